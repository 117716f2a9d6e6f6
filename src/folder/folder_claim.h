/* A folder that indexes are written into: claimed by one build at a time, and as it was before
 * where the build fails. */
#ifndef SI_FOLDER_FOLDER_CLAIM_H
#define SI_FOLDER_FOLDER_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef struct si_index_folder {
    char *path;          /* absolute */
    char *first_created; /* topmost folder on the way that was not there; NULL: none */
    int lock;            /* -1: none */
} si_index_folder;

/* What may stand in the folder, besides an index and what a dead build has left. */
typedef struct si_folder_claim {
    bool replace; /* an index that stands there */
    const char *const *names;
    size_t name_count;
} si_folder_claim;

/* Creates the folder and its parents where they are missing, locks it, checks that it is free and
 * removes what dead builds have left. SI_ERROR_BUSY: another build has it; SI_ERROR_EXISTS:
 * something is there that may not be. On failure nothing is left. */
si_result si_index_folder_claim(const char *folder, const si_folder_claim *claim,
                                si_index_folder *claimed, si_error *error);

/* Makes the names of the folders that were created survive a power cut. */
si_result si_index_folder_sync_parents(const si_index_folder *claimed, si_error *error);

/* The folders that were created stay. */
void si_index_folder_keep(si_index_folder *claimed);

/* Gives the folder back, and removes what was created and is empty. Nothing happens to one that is
 * all zero but for the lock of -1. */
void si_index_folder_release(si_index_folder *claimed);

#endif
