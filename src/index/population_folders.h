/* The folder of several populations: an index in a folder for each, and a list of them. */
#ifndef SI_CIRCUIT_POPULATION_FOLDERS_H
#define SI_CIRCUIT_POPULATION_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

typedef struct si_population_folders {
    const char *folder;
    const char *const *names;
    size_t count;
    char *first_missing; /* topmost folder on the way to `folder` that was not there; NULL: none */
    char **paths;        /* of the populations' folders */
    bool *had_index;     /* before: such an index is being replaced */
} si_population_folders;

/* Looks at what is there, and changes nothing. SI_ERROR_EXISTS: something that is not to be
 * replaced. `folder` and `names` are kept, not copied. */
si_status si_population_folders_start(si_population_folders *folders, const char *folder,
                                      const char *const *names, size_t count, bool replace,
                                      si_error *error);

/* Removes the indexes of the first `built` populations, but for those that replaced others, and the
 * folders that were not there before. */
void si_population_folders_undo(const si_population_folders *folders, size_t built);

void si_population_folders_free(si_population_folders *folders);

#endif
