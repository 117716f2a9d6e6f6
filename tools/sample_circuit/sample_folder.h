/* The folder of the circuit. Files are made in a folder of their own inside it and moved to their
 * places when all are complete, so that a failure leaves nothing and harms nothing. */
#ifndef SI_SAMPLE_CIRCUIT_SAMPLE_FOLDER_H
#define SI_SAMPLE_CIRCUIT_SAMPLE_FOLDER_H

#include "sample_circuit/sample_error.h"

typedef struct si_sample_folder {
    char *path;
    char *staging;       /* where to write; NULL before it exists */
    size_t folders_made; /* the folder itself and parents that were missing */
} si_sample_folder;

/* An existing folder must be empty, unless `force`. */
si_result si_sample_folder_open(si_sample_folder *folder, const char *path, bool force,
                                si_error *error);
/* Moves what was written to its place. */
si_result si_sample_folder_publish(si_sample_folder *folder, si_error *error);
/* Frees, and where nothing was published removes all traces. */
void si_sample_folder_close(si_sample_folder *folder);

/* "folder/name", to be freed; NULL when out of memory. */
char *si_sample_path(const char *folder, const char *name);

#endif
