/* Reading blocks of a heavy file that is being verified, and whether they are as they were written.
 */
#ifndef SI_VERIFY_VERIFY_BLOCKS_H
#define SI_VERIFY_VERIFY_BLOCKS_H

#include "format/header.h"
#include "verify/damage_list.h"

/* Whose header is fine. */
typedef struct si_verified_file {
    int descriptor;
    const char *path; /* for sentences */
    const si_header_content *header;
} si_verified_file;

/* The most blocks that are read at once. */
#define SI_BLOCKS_AT_ONCE 256u

/* Blocks that have checksums. Of their bytes the first `bytes` are used, all others 0. */
typedef struct si_block_run {
    const char *content; /* what the bytes are, for sentences */
    uint64_t offset;
    uint64_t bytes;
    uint64_t blocks; /* at most SI_BLOCKS_AT_ONCE */
} si_block_run;

/* Reads the blocks and notes which are damaged. */
si_result si_blocks_verify(const si_verified_file *file, const si_block_run *run, void *buffer,
                           si_damage_log *log, si_error *error);

/* The section of checksums, which has a checksum in the header. */
si_result si_checksums_verify(const si_verified_file *file, si_damage_log *log, si_error *error);

#endif
