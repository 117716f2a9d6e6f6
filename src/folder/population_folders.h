/* The folder of several populations: an index in a folder for each, and a list of them.
 *
 * The indexes are built apart, in folders of their own inside of it. Then their heavy files come to
 * their places, where nothing names them yet, and the list is renamed into place: at that moment
 * all of them are there, and those of an older list are not. */
#ifndef SI_FOLDER_POPULATION_FOLDERS_H
#define SI_FOLDER_POPULATION_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "folder/folder_claim.h"
#include "format/metadata.h"

typedef struct si_population_folder {
    char *path;            /* of the folder in which the index is built */
    si_index_folder place; /* where it comes to */
    si_metadata *metadata; /* once it is built */
    char *moved;           /* path of its heavy file, once that is there and was not before */
} si_population_folder;

typedef struct si_population_folders {
    si_index_folder folder;
    const char *const *names;
    size_t count;
    si_population_folder *populations;
    bool is_published;
} si_population_folders;

/* Claims the folder for these populations. SI_ERROR_EXISTS: something is there that is not to be
 * replaced; SI_ERROR_BUSY: another build has it. `names` is kept, not copied. On failure nothing is
 * left. */
si_result si_population_folders_claim(si_population_folders *folders, const char *folder,
                                      const char *const *names, size_t count, bool replace,
                                      si_error *error);

/* Makes the folder that of these populations, once all their indexes are built. */
si_result si_population_folders_publish(si_population_folders *folders, si_element_kind kind,
                                        si_error *error);

/* Gives the folder back; unless it was published, it is as it was before. */
void si_population_folders_release(si_population_folders *folders);

#endif
