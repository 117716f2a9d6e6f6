/* The folder of several populations: an index in a folder for each, and a list of them. */
#ifndef SI_INDEX_POPULATION_FOLDERS_H
#define SI_INDEX_POPULATION_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "index/index_folder.h"

typedef struct si_population_folders {
    si_index_folder folder;
    const char *const *names;
    size_t count;
    char **paths;    /* of the populations' folders */
    bool *had_index; /* before: such an index is being replaced */
} si_population_folders;

/* Claims the folder for these populations. SI_ERROR_EXISTS: something is there that is not to be
 * replaced; SI_ERROR_BUSY: another build has it. `names` is kept, not copied. On failure nothing is
 * left. */
si_result si_population_folders_claim(si_population_folders *folders, const char *folder,
                                      const char *const *names, size_t count, bool replace,
                                      si_error *error);

/* Makes the folder that of these populations, once all their indexes are there. */
si_result si_population_folders_publish(si_population_folders *folders, si_element_kind kind,
                                        si_error *error);

/* Removes the indexes of the first `built` populations, but for those that replaced others. */
void si_population_folders_undo(const si_population_folders *folders, size_t built);

/* Gives the folder back; unless it was published, folders that were created and are empty go. */
void si_population_folders_release(si_population_folders *folders);

#endif
