/* A folder that indexes are written into: claimed by one build at a time, and as it was before
 * where the build fails. */
#ifndef SI_INDEX_INDEX_FOLDER_H
#define SI_INDEX_INDEX_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Names of files that a build works with begin so. */
#define SI_TEMPORARY_PREFIX ".spatial-index-"

#define SI_HEAVY_PREFIX "index-"
#define SI_HEAVY_SUFFIX ".si"

typedef struct si_index_folder {
    char *path;          /* absolute */
    char *first_created; /* topmost folder on the way that was not there; NULL: none */
    char *lock_path;
    int lock; /* -1: none */
} si_index_folder;

/* What may stand in the folder, besides an index and what a dead build has left. */
typedef struct si_folder_claim {
    bool replace; /* an index that stands there */
    const char *const *names;
    size_t name_count;
} si_folder_claim;

/* Creates the folder and its parents where they are missing, locks it and checks that it is free.
 * SI_ERROR_BUSY: another build has it; SI_ERROR_EXISTS: something is there that may not be. On
 * failure nothing is left. */
si_result si_index_folder_claim(const char *folder, const si_folder_claim *claim,
                                si_index_folder *claimed, si_error *error);

/* The folders that were created stay. */
void si_index_folder_keep(si_index_folder *claimed);

/* Gives the folder back, and removes what was created and is empty. Nothing happens to one that is
 * all zero but for the lock of -1. */
void si_index_folder_release(si_index_folder *claimed);

/* Removes temporary files, and heavy files but the one to keep (NULL: none), from an index folder.
 */
void si_folder_remove_leftovers(const char *folder, const char *heavy_to_keep);

/* Removes an index, and the folder unless it holds more. Once nothing names it any more. */
void si_folder_remove_index(const char *folder);

/* True if meta_data.json is there. */
bool si_folder_holds_index(const char *folder);

#endif
