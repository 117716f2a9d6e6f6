/*
 * Recovery after a crash. The metadata that are in force decide: index files that they do not
 * name and all temporary names are removed, and what a published list of populations still lacks
 * is moved to its place.
 */
#include "folder/recovery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "folder/folder_lock.h"
#include "folder/index_file.h"
#include "format/metadata.h"

/* ---- names ---- */

/* Memory may be what a build has failed for: so paths are made without. */
typedef struct path_buffer {
    char text[PATH_MAX];
} path_buffer;

/* Empty, which no file is called, where it would be too long. */
static const char *join(path_buffer *path, const char *folder, const char *name)
{
    int length = snprintf(path->text, sizeof path->text, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path->text)
        path->text[0] = '\0';
    return path->text;
}

static bool is_temporary_name(const char *name)
{
    return strncmp(name, SI_TEMPORARY_PREFIX, sizeof SI_TEMPORARY_PREFIX - 1) == 0;
}

static bool is_heavy_name(const char *name)
{
    const size_t prefix = sizeof SI_HEAVY_PREFIX - 1;
    if (strncmp(name, SI_HEAVY_PREFIX, prefix) != 0 ||
        strspn(name + prefix, "0123456789abcdef") != SI_CHECKSUM_DIGITS)
        return false;
    const char *suffix = name + prefix + SI_CHECKSUM_DIGITS;
    return strcmp(suffix, SI_HEAVY_SUFFIX) == 0 || strcmp(suffix, SI_PARTS_SUFFIX) == 0;
}

static bool is_dot_name(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

bool si_is_leftover(const char *folder, const char *name)
{
    path_buffer staging, staged;
    return is_temporary_name(name) || is_heavy_name(name) ||
           si_path_is_folder(join(&staged, join(&staging, folder, SI_STAGING_NAME), name));
}

/* ---- removing ---- */

/* Whether the metadata (NULL: none) name this heavy file. */
static bool names_heavy(const si_metadata *metadata, const char *name)
{
    return metadata && metadata->heavy_path &&
           strcmp(si_path_base_name(metadata->heavy_path), name) == 0;
}

/* Whether it is gone. */
static bool remove_entry(DIR *listing, const char *folder, const char *name)
{
    path_buffer path;
    size_t length = strlen(name), suffix = sizeof SI_PARTS_SUFFIX - 1;
    if (length <= suffix || strcmp(name + length - suffix, SI_PARTS_SUFFIX) != 0)
        return unlinkat(dirfd(listing), name, 0) == 0;
    si_heavy_remove(join(&path, folder, name));
    return !si_path_exists(path.text);
}

/* Of the files of builds in a folder, all but the lock and the heavy files that its own metadata or
 * those in the list of its parent name. Whether they are gone. */
static bool remove_files(const char *folder, const si_metadata *own, const si_metadata *listed)
{
    DIR *listing = opendir(folder);
    bool all_are_gone = true;
    if (!listing)
        return false;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        const char *name = entry->d_name;
        bool is_old_heavy = is_heavy_name(name) && !names_heavy(own, name) &&
                            !names_heavy(listed, name);
        if (is_old_heavy || (is_temporary_name(name) && strcmp(name, SI_LOCK_NAME) != 0))
            all_are_gone = remove_entry(listing, folder, name) && all_are_gone;
    }
    closedir(listing);
    return all_are_gone;
}

/* Keeps the folder where there is more in it. Whether nothing of the index is left. */
static bool remove_index(const char *folder)
{
    path_buffer path;
    bool metadata_are_gone = unlink(join(&path, folder, SI_METADATA_NAME)) == 0 || errno == ENOENT;
    return remove_files(folder, NULL, NULL) && metadata_are_gone;
}

/* Staged indexes are built under the lock of the folder that they are staged in: a lock of their
 * own that is still there is that of a dead build. */
static void remove_staged(const char *staged)
{
    path_buffer path;
    remove_index(staged);
    unlink(join(&path, staged, SI_LOCK_NAME));
    rmdir(staged);
}

static void remove_staging(const char *folder)
{
    path_buffer staging, staged;
    DIR *listing = opendir(join(&staging, folder, SI_STAGING_NAME));
    if (!listing)
        return;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (!is_dot_name(entry->d_name))
            remove_staged(join(&staged, staging.text, entry->d_name));
    closedir(listing);
    rmdir(staging.text);
}

void si_unpublished_remove(const char *folder)
{
    path_buffer path;
    unlink(join(&path, folder, SI_REPLACED_NAME));
    remove_staging(folder);
}

/* ---- folders of populations ---- */

/* Metadata may name indexes anywhere: only folders right below were made by a build. */
static bool lies_in_folder(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) != 0 || path[length] != '/')
        return false;
    const char *name = path + length + 1;
    return *name && !strchr(name, '/') && !is_dot_name(name);
}

static bool is_own_folder(const char *path)
{
    struct stat information;
    return lstat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

/* The population (NULL: none) that metadata list in the folder of this name. */
static const si_metadata_population *find_listed(const si_metadata *metadata, const char *name)
{
    for (size_t i = 0; metadata && i < metadata->population_count; i++) {
        const si_metadata_population *population = &metadata->populations[i];
        if (lies_in_folder(population->path, metadata->folder) &&
            strcmp(si_path_base_name(population->path), name) == 0)
            return population;
    }
    return NULL;
}

static bool is_same_index(const si_metadata *a, const si_metadata *b)
{
    return a->heavy_path && names_heavy(b, si_path_base_name(a->heavy_path)) &&
           si_provenance_is_equal(&a->provenance, &b->provenance);
}

/* Once a list names a staged index, the metadata of that index come to their place. */
static void adopt_metadata(const char *staged, const char *path, const si_metadata *listed)
{
    si_metadata *metadata = NULL;
    path_buffer from, to;
    if (!listed || si_metadata_read(staged, &metadata, NULL) != SI_OK)
        return;
    if (is_same_index(metadata, listed))
        rename(join(&from, staged, SI_METADATA_NAME), join(&to, path, SI_METADATA_NAME));
    si_metadata_free(metadata);
}

static void remove_old_files(const char *path, const si_metadata *listed)
{
    si_metadata *own = NULL;
    if (!si_folder_holds_index(path) || si_metadata_read(path, &own, NULL) == SI_OK)
        remove_files(path, own, listed);
    si_metadata_free(own);
}

/* Where no lock is to be had, for want of space maybe, no other build can have it either. */
static bool is_taken(const char *folder, int *lock)
{
    return si_folder_lock(folder, lock, NULL) == SI_ERROR_BUSY;
}

static void settle_population(const char *folder, const char *name, const si_metadata *current)
{
    path_buffer path, staging, staged;
    int lock;
    const si_metadata_population *population = find_listed(current, name);
    const si_metadata *listed = population ? population->single : NULL;
    join(&path, folder, name);
    if (!is_own_folder(path.text) || is_taken(path.text, &lock))
        return;
    adopt_metadata(join(&staged, join(&staging, folder, SI_STAGING_NAME), name), path.text, listed);
    remove_old_files(path.text, listed);
    si_folder_unlock(path.text, &lock);
    rmdir(path.text);
}

static void settle_populations(const char *folder, const si_metadata *current)
{
    path_buffer staging;
    DIR *listing = opendir(join(&staging, folder, SI_STAGING_NAME));
    if (!listing)
        return;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (!is_dot_name(entry->d_name))
            settle_population(folder, entry->d_name, current);
    closedir(listing);
    remove_staging(folder);
}

/* False if the next build should try again: not where another one is building in the folder. */
static bool remove_population(const char *path)
{
    path_buffer lock_path;
    int lock;
    if (!is_own_folder(path) || is_taken(path, &lock))
        return true;
    bool is_gone = remove_index(path);
    si_folder_unlock(path, &lock);
    if (rmdir(path) == 0)
        return true;
    /* What its users have put into the folder stays, and the folder with it. */
    return is_gone && errno == ENOTEMPTY && !si_path_exists(join(&lock_path, path, SI_LOCK_NAME));
}

/* False if there is something left to do for the next build. */
static bool remove_replaced(const char *folder, const si_metadata *current)
{
    path_buffer path;
    si_metadata *replaced = NULL;
    join(&path, folder, SI_REPLACED_NAME);
    if (!si_path_is_file(path.text))
        return true;
    si_result result = si_metadata_read(path.text, &replaced, NULL);
    if (result != SI_OK)
        return result != SI_ERROR_IO && result != SI_ERROR_MEMORY;
    bool is_done = true;
    for (size_t i = 0; i < replaced->population_count; i++) {
        const char *population = replaced->populations[i].path;
        if (lies_in_folder(population, replaced->folder) &&
            !find_listed(current, si_path_base_name(population)))
            is_done = remove_population(population) && is_done;
    }
    si_metadata_free(replaced);
    return is_done;
}

void si_leftovers_remove(const char *folder)
{
    si_metadata *current = NULL;
    /* What is in force must be known before anything goes. */
    if (si_folder_holds_index(folder) && si_metadata_read(folder, &current, NULL) != SI_OK)
        return;
    settle_populations(folder, current);
    if (remove_replaced(folder, current))
        remove_files(folder, current, NULL);
    si_metadata_free(current);
}
