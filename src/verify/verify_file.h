/* Verifies a whole heavy file: is it what a writer would have written? */
#ifndef SI_VERIFY_VERIFY_FILE_H
#define SI_VERIFY_VERIFY_FILE_H

#include "verify/verify_blocks.h"

/* Progress in bytes of the file. Called by one thread at a time. */
typedef struct si_verify_watch {
    void *context;
    si_result (*step)(void *context, uint64_t done, uint64_t total, si_error *error);
} si_verify_watch;

/* Reads the whole file behind its header and adds every damage to `list`, under task numbers from
 * `first_task` on. Returns SI_OK whether there is damage or not. */
si_result si_file_verify(const si_verified_file *file, unsigned threads, uint64_t first_task,
                         const si_verify_watch *watch, si_damage_list *list, si_error *error);

/* Verifies a file; SI_ERROR_FORMAT, with the first sentence, if there is any damage. */
si_result si_file_check(int descriptor, const char *path, const si_header_content *header,
                        si_error *error);

#endif
