/* Verifies the elements of a heavy file: their values, their order and the boxes of their leaves,
 * one pack unit at a time. */
#ifndef SI_VERIFY_VERIFY_ELEMENTS_H
#define SI_VERIFY_VERIFY_ELEMENTS_H

#include "verify/verify_blocks.h"

/* Elements that are verified together: all their columns fill whole blocks, and fit the processor's
 * cache. */
#define SI_VERIFIED_UNIT 32768u

/* The buffers of one thread. */
typedef struct si_unit_reader {
    char *memory;
    float *floats;
    uint64_t *words[SI_MAX_WORDS];
    uint8_t *bytes[SI_MAX_BYTES];
    float *nodes; /* those above the leaves */
} si_unit_reader;

si_result si_unit_reader_create(const si_layout *layout, si_unit_reader *reader, si_error *error);
void si_unit_reader_destroy(si_unit_reader *reader);

/* Bytes of the file that the elements of a unit take. */
uint64_t si_unit_bytes(const si_layout *layout);

/* Verifies the elements from unit * SI_VERIFIED_UNIT on. */
si_result si_unit_verify(const si_verified_file *file, si_unit_reader *reader, uint64_t unit,
                         si_damage_log *log, si_error *error);

#endif
