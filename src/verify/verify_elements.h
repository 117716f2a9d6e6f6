/* Elements of a heavy file, their order and the boxes of their leaves, a part of the file at a
 * time. */
#ifndef SI_VERIFY_VERIFY_ELEMENTS_H
#define SI_VERIFY_VERIFY_ELEMENTS_H

#include "verify/verify_blocks.h"

/* Elements of a part: with them, each column fills whole blocks, which fit a processor's cache. */
#define SI_VERIFIED_PART 32768u

/* What one thread works with. */
typedef struct si_part_reader {
    char *memory;
    float *floats;
    uint64_t *words[SI_MAX_WORDS];
    uint8_t *bytes[SI_MAX_BYTES];
    float *nodes; /* above the leaves */
} si_part_reader;

si_result si_part_reader_create(const si_layout *layout, si_part_reader *reader, si_error *error);
void si_part_reader_destroy(si_part_reader *reader);

/* Bytes of the file that the elements of a part take. */
uint64_t si_part_bytes(const si_layout *layout);

/* Verifies elements part * SI_VERIFIED_PART on. */
si_result si_part_verify(const si_verified_file *file, si_part_reader *reader, uint64_t part,
                         si_damage_log *log, si_error *error);

#endif
