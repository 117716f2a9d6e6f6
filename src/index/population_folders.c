#include "index/population_folders.h"

#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "index/metadata.h"
#include "index/replaced_populations.h"

static si_result look_at_populations(si_population_folders *folders, si_error *error)
{
    folders->paths = si_allocate_zeroed(folders->count, sizeof *folders->paths);
    folders->had_index = si_allocate_zeroed(folders->count, sizeof *folders->had_index);
    if (!folders->paths || !folders->had_index)
        return si_fail_memory(error);
    for (size_t i = 0; i < folders->count; i++) {
        folders->paths[i] = si_path_join(folders->folder.path, folders->names[i]);
        if (!folders->paths[i])
            return si_fail_memory(error);
        folders->had_index[i] = si_folder_holds_index(folders->paths[i]);
    }
    return SI_OK;
}

si_result si_population_folders_claim(si_population_folders *folders, const char *folder,
                                      const char *const *names, size_t count, bool replace,
                                      si_error *error)
{
    const si_folder_claim claim = {.replace = replace, .names = names, .name_count = count};
    *folders = (si_population_folders){.names = names, .count = count};
    SI_TRY(si_index_folder_claim(folder, &claim, &folders->folder, error));
    si_result status = look_at_populations(folders, error);
    if (status != SI_OK)
        si_population_folders_release(folders);
    return status;
}

si_result si_population_folders_publish(si_population_folders *folders, si_element_kind kind,
                                        si_error *error)
{
    si_metadata *replaced = NULL; /* stays NULL where there is none, or none that can be read */
    si_metadata_read(folders->folder.path, &replaced, NULL);
    si_result status = si_metadata_write_multi_population(folders->folder.path, kind,
                                                          folders->names, folders->count, error);
    if (status == SI_OK) {
        si_index_folder_keep(&folders->folder);
        si_replaced_populations_remove(replaced, folders->names, folders->count);
        /* The index of a single population may have stood here. */
        si_folder_remove_leftovers(folders->folder.path, NULL);
    }
    si_metadata_free(replaced);
    return status;
}

void si_population_folders_undo(const si_population_folders *folders, size_t built)
{
    for (size_t i = 0; i < built; i++)
        if (!folders->had_index[i])
            si_folder_remove_index(folders->paths[i]);
}

void si_population_folders_release(si_population_folders *folders)
{
    for (size_t i = 0; folders->paths && i < folders->count; i++)
        si_free(folders->paths[i]);
    si_free(folders->paths);
    si_free(folders->had_index);
    si_index_folder_release(&folders->folder);
    *folders = (si_population_folders){.folder.lock = -1};
}
