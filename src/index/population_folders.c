#include "circuit/population_folders.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "index/metadata.h"

static bool holds_index(const char *folder)
{
    char *metadata = si_path_join(folder, SI_METADATA_NAME);
    bool held = metadata && si_path_exists(metadata);
    si_free(metadata);
    return held;
}

static bool is_population(const si_population_folders *folders, const char *name)
{
    for (size_t i = 0; i < folders->count; i++)
        if (strcmp(folders->names[i], name) == 0)
            return true;
    return false;
}

/* Hidden files are what builds work with; folders of the populations are looked into when they are
 * built. */
static si_status check_no_stranger(const si_population_folders *folders, si_error *error)
{
    DIR *listing = opendir(folders->folder);
    if (!listing)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot read the folder",
                             folders->folder);
    si_status status = SI_OK;
    for (struct dirent *entry; status == SI_OK && (entry = readdir(listing)) != NULL;)
        if (entry->d_name[0] != '.' && !is_population(folders, entry->d_name))
            status = si_fail(error, SI_ERROR_EXISTS,
                             "%s: the folder is not empty, and holds no index: there is %s",
                             folders->folder, entry->d_name);
    closedir(listing);
    return status;
}

static si_status check_free(const si_population_folders *folders, bool replace, si_error *error)
{
    if (!si_path_exists(folders->folder))
        return SI_OK;
    if (!holds_index(folders->folder))
        return check_no_stranger(folders, error);
    if (!replace)
        return si_fail(error, SI_ERROR_EXISTS,
                       "%s: there is an index here already, and replacing it was not asked for",
                       folders->folder);
    return SI_OK;
}

static si_status find_first_missing(si_population_folders *folders, si_error *error)
{
    char *path = si_path_absolute(folders->folder);
    while (path && !si_path_exists(path)) {
        char *parent = si_path_parent(path);
        si_free(folders->first_missing);
        folders->first_missing = path;
        path = parent;
    }
    si_status status = path ? SI_OK : si_fail_memory(error);
    si_free(path);
    return status;
}

static si_status look_at_populations(si_population_folders *folders, si_error *error)
{
    folders->paths = si_allocate_zeroed(folders->count, sizeof *folders->paths);
    folders->had_index = si_allocate_zeroed(folders->count, sizeof *folders->had_index);
    if (!folders->paths || !folders->had_index)
        return si_fail_memory(error);
    for (size_t i = 0; i < folders->count; i++) {
        folders->paths[i] = si_path_join(folders->folder, folders->names[i]);
        if (!folders->paths[i])
            return si_fail_memory(error);
        folders->had_index[i] = holds_index(folders->paths[i]);
    }
    return SI_OK;
}

si_status si_population_folders_start(si_population_folders *folders, const char *folder,
                                      const char *const *names, size_t count, bool replace,
                                      si_error *error)
{
    *folders = (si_population_folders){.folder = folder, .names = names, .count = count};
    si_status status = check_free(folders, replace, error);
    if (status == SI_OK)
        status = find_first_missing(folders, error);
    if (status == SI_OK)
        status = look_at_populations(folders, error);
    if (status != SI_OK)
        si_population_folders_free(folders);
    return status;
}

void si_population_folders_free(si_population_folders *folders)
{
    for (size_t i = 0; folders->paths && i < folders->count; i++)
        si_free(folders->paths[i]);
    si_free(folders->paths);
    si_free(folders->had_index);
    si_free(folders->first_missing);
    *folders = (si_population_folders){0};
}

/* An index is a folder of files alone. */
static void remove_index(const char *folder)
{
    DIR *listing = opendir(folder);
    if (!listing)
        return;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        unlinkat(dirfd(listing), entry->d_name, 0);
    closedir(listing);
    rmdir(folder);
}

static void remove_created_folders(const si_population_folders *folders)
{
    char *path = si_path_absolute(folders->folder);
    while (path && rmdir(path) == 0 && strcmp(path, folders->first_missing) != 0) {
        char *parent = si_path_parent(path);
        si_free(path);
        path = parent;
    }
    si_free(path);
}

void si_population_folders_undo(const si_population_folders *folders, size_t built)
{
    for (size_t i = 0; i < built; i++)
        if (!folders->had_index[i])
            remove_index(folders->paths[i]);
    if (folders->first_missing)
        remove_created_folders(folders);
}
