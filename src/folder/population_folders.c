/*
 * Indexes of several populations: claim the folder and those of the populations, build in a
 * staging folder, move the index files to their places, and publish all at once by renaming the
 * list.
 */
#include "folder/population_folders.h"

#include "base/file.h"
#include "base/memory.h"
#include "folder/index_file.h"
#include "folder/recovery.h"

/* ---- claiming ---- */

static si_result create_staging(si_population_folders *folders, const char *staging,
                                si_error *error)
{
    for (size_t i = 0; i < folders->count; i++) {
        folders->populations[i].path = si_path_join(staging, folders->names[i]);
        if (!folders->populations[i].path)
            return si_fail_memory(error);
        SI_TRY(si_folder_create(folders->populations[i].path, error));
    }
    return SI_OK;
}

/* After the staging folders, which tell whose the folders of the populations are. */
static si_result claim_place(const si_population_folders *folders, size_t position, bool replace,
                             si_error *error)
{
    const si_folder_claim claim = {.replace = replace};
    char *path = si_path_join(folders->folder.path, folders->names[position]);
    si_result result = path ? si_index_folder_claim(path, &claim,
                                                    &folders->populations[position].place, error)
                            : si_fail_memory(error);
    si_free(path);
    return result;
}

static si_result claim_populations(si_population_folders *folders, bool replace, si_error *error)
{
    folders->populations = si_allocate_zeroed(folders->count, sizeof *folders->populations);
    char *staging = si_path_join(folders->folder.path, SI_STAGING_NAME);
    if (!folders->populations || !staging) {
        si_free(staging);
        return si_fail_memory(error);
    }
    for (size_t i = 0; i < folders->count; i++)
        folders->populations[i].place.lock = -1;
    si_result result = create_staging(folders, staging, error);
    si_free(staging);
    for (size_t i = 0; i < folders->count && result == SI_OK; i++)
        result = claim_place(folders, i, replace, error);
    return result;
}

si_result si_population_folders_claim(si_population_folders *folders, const char *folder,
                                      const char *const *names, size_t count, bool replace,
                                      si_error *error)
{
    const si_folder_claim claim = {.replace = replace, .names = names, .name_count = count};
    *folders = (si_population_folders){.names = names, .count = count};
    SI_TRY(si_index_folder_claim(folder, &claim, &folders->folder, error));
    si_result result = claim_populations(folders, replace, error);
    if (result != SI_OK)
        si_population_folders_release(folders);
    return result;
}

/* ---- publishing ---- */

/* A file that has the name already has the same content, and may be in use. */
static si_result move_heavy_file(si_population_folder *population, char *to, si_error *error)
{
    const char *from = population->metadata->heavy_path;
    bool was_there = si_path_exists(to);
    si_result result = si_heavy_rename(from, to, error);
    if (result != SI_OK) {
        si_free(to);
        return result;
    }
    if (was_there)
        si_free(to);
    else
        population->moved = to;
    return si_folder_sync(population->place.path, error);
}

static si_result bring_to_place(si_population_folder *population, si_error *error)
{
    SI_TRY(si_metadata_read(population->path, &population->metadata, error));
    char *to = si_path_join(population->place.path,
                            si_path_base_name(population->metadata->heavy_path));
    return to ? move_heavy_file(population, to, error) : si_fail_memory(error);
}

static si_result write_list(const si_population_folders *folders, si_element_kind kind,
                            si_error *error)
{
    const si_metadata **listed = si_allocate(folders->count, sizeof *listed);
    if (!listed)
        return si_fail_memory(error);
    for (size_t i = 0; i < folders->count; i++)
        listed[i] = folders->populations[i].metadata;
    si_result result = si_metadata_write_multi_population(
        folders->folder.path, kind, folders->names, listed, folders->count, error);
    si_free(listed);
    return result;
}

si_result si_population_folders_publish(si_population_folders *folders, si_element_kind kind,
                                        si_error *error)
{
    for (size_t i = 0; i < folders->count; i++)
        SI_TRY(bring_to_place(&folders->populations[i], error));
    SI_TRY(si_folder_sync(folders->folder.path, error));
    SI_TRY(si_index_folder_sync_parents(&folders->folder, error));
    SI_TRY(si_metadata_keep_list(folders->folder.path, SI_REPLACED_NAME, error));
    SI_TRY(write_list(folders, kind, error));
    folders->is_published = true;
    return SI_OK;
}

/* ---- releasing ---- */

static void release_population(si_population_folder *population, bool is_published)
{
    if (is_published)
        si_index_folder_keep(&population->place);
    else if (population->moved)
        si_heavy_remove(population->moved);
    if (population->place.path)
        si_index_folder_release(&population->place);
    si_metadata_free(population->metadata);
    si_free(population->moved);
    si_free(population->path);
}

void si_population_folders_release(si_population_folders *folders)
{
    for (size_t i = 0; folders->populations && i < folders->count; i++)
        release_population(&folders->populations[i], folders->is_published);
    if (folders->is_published)
        si_index_folder_keep(&folders->folder);
    else if (folders->folder.path)
        si_unpublished_remove(folders->folder.path);
    if (folders->folder.path)
        si_leftovers_remove(folders->folder.path);
    si_index_folder_release(&folders->folder);
    si_free(folders->populations);
    *folders = (si_population_folders){.folder.lock = -1};
}
