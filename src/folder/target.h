/*
 * The folder that a build writes into.
 *
 * The heavy file grows under a temporary name, gets its final name, which holds its checksum, and
 * meta_data.json, which names it, is renamed into place last: that is the moment the new index is
 * there. A build that dies before leaves the old index, or none, and files that the next build to
 * the same folder removes.
 */
#ifndef SI_FOLDER_TARGET_H
#define SI_FOLDER_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "folder/folder_claim.h"
#include "format/provenance.h"

typedef struct si_target {
    si_index_folder folder; /* path NULL: an unlinked temporary file */
    char *temporary;        /* path of the growing file; NULL once it is gone or must stay */
    int descriptor;         /* of the growing file; -1: none */
    bool is_multi;          /* it is a folder for the parts of a multi-index */
} si_target;

/* What to call the growing file in messages. */
const char *si_target_name(const si_target *target);

/* Where the file grows. */
const char *si_target_folder(const si_target *target);

/* Checks, locks and creates the folder, and opens a temporary file in it. `folder` may be NULL. On
 * failure nothing is left, and `target` needs no si_target_close. */
si_result si_target_open(const char *folder, bool replace, si_target *target, si_error *error);

/* The same for a multi-index: si_target_name is the folder for its parts. */
si_result si_target_open_parts(const char *folder, bool replace, si_target *target,
                               si_error *error);

/* Reserves the blocks of a file, so that a full disk is known before anything is written. `name` is
 * for messages. */
si_result si_blocks_reserve(int descriptor, uint64_t bytes, const char *name, si_error *error);
si_result si_target_reserve(const si_target *target, uint64_t bytes, si_error *error);

/* Flushes the file, whose content has this checksum, and makes it the folder's index, in place of
 * an older one. */
si_result si_target_publish(si_target *target, uint64_t checksum, const si_provenance *provenance,
                            si_error *error);

/* Removes what the build left unless it was published, and releases everything. */
void si_target_close(si_target *target);

#endif
