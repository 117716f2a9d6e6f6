/* Reads blocks of a heavy file that is being verified, and compares them with their checksums. */
#ifndef SI_VERIFY_VERIFY_BLOCKS_H
#define SI_VERIFY_VERIFY_BLOCKS_H

#include "format/header.h"
#include "verify/damage_list.h"

/* A file whose header has been read and is valid. */
typedef struct si_verified_file {
    int descriptor;
    const char *path; /* for sentences */
    const si_header_content *header;
} si_verified_file;

/* The most blocks that are read at once. */
#define SI_BLOCKS_AT_ONCE 256u

/* Consecutive blocks. Their first `bytes` bytes are content, all others must be 0. */
typedef struct si_verified_blocks {
    const char *content; /* what the bytes are, for sentences */
    uint64_t offset;
    uint64_t bytes;
    uint64_t blocks; /* at most SI_BLOCKS_AT_ONCE */
} si_verified_blocks;

/* Reads the blocks and reports those that are damaged. */
si_result si_blocks_verify(const si_verified_file *file, const si_verified_blocks *range,
                           void *buffer, si_damage_log *log, si_error *error);

/* Verifies the section of checksums against its checksum in the header. */
si_result si_checksums_verify(const si_verified_file *file, si_damage_log *log, si_error *error);

#endif
