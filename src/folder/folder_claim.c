/*
 * Claiming: create, lock, check that nothing else is there, clean up after dead builds. Locking
 * begins anew where another build, failing, has just removed the folder.
 */
#include "folder/folder_claim.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "folder/folder_lock.h"
#include "folder/recovery.h"
#include "format/metadata.h"

/* Others removing, each time in the same short moment, what we need: that is no accident. */
#define CLAIM_ATTEMPTS 16

/* ---- what a folder holds ---- */

static bool is_expected(const char *folder, const si_folder_claim *claim, const char *name)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || si_is_leftover(folder, name))
        return true;
    for (size_t i = 0; i < claim->name_count; i++)
        if (strcmp(name, claim->names[i]) == 0)
            return true;
    return false;
}

static si_result check_no_stranger(const char *folder, const si_folder_claim *claim,
                                   si_error *error)
{
    DIR *listing = opendir(folder);
    if (!listing)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot read the folder", folder);
    si_result result = SI_OK;
    for (struct dirent *entry; result == SI_OK && (entry = readdir(listing)) != NULL;)
        if (!is_expected(folder, claim, entry->d_name))
            result = si_fail(error, SI_ERROR_EXISTS,
                             "%s: the folder is not empty and holds no index: it contains %s",
                             folder, entry->d_name);
    closedir(listing);
    return result;
}

static si_result check_free(const char *folder, const si_folder_claim *claim, si_error *error)
{
    if (!si_folder_holds_index(folder))
        return check_no_stranger(folder, claim, error);
    if (!claim->replace)
        return si_fail(error, SI_ERROR_EXISTS,
                       "%s: already contains an index (use --replace, or replace=True in Python, "
                       "to replace it)",
                       folder);
    return SI_OK;
}

/* ---- folders that come and go ---- */

/* Notes the topmost folder on the way that does not exist, unless one was noted before. */
static si_result find_first_missing(si_index_folder *claimed, si_error *error)
{
    char *missing = NULL;
    char *path = si_duplicate_string(claimed->path);
    while (path && !si_path_exists(path)) {
        char *parent = si_path_parent(path);
        si_free(missing);
        missing = path;
        path = parent;
    }
    bool is_known = path != NULL;
    si_free(path);
    if (is_known && missing && !claimed->first_created)
        claimed->first_created = missing;
    else
        si_free(missing);
    return is_known ? SI_OK : si_fail_memory(error);
}

/* Only what is empty goes: another build may have its own folder in one that we created. Where
 * memory was wanting, it still may be: the path itself is cut, down to what was there before. */
static void remove_created(si_index_folder *claimed)
{
    while ((rmdir(claimed->path) == 0 || errno == ENOENT) &&
           strcmp(claimed->path, claimed->first_created) != 0)
        *strrchr(claimed->path, '/') = '\0';
}

si_result si_index_folder_sync_parents(const si_index_folder *claimed, si_error *error)
{
    if (!claimed->first_created)
        return SI_OK;
    char *path = si_duplicate_string(claimed->path);
    si_result result = SI_OK;
    for (bool is_last = false; path && result == SI_OK && !is_last;) {
        is_last = strcmp(path, claimed->first_created) == 0;
        char *parent = si_path_parent(path);
        result = parent ? si_folder_sync(parent, error) : si_fail_memory(error);
        si_free(path);
        path = parent;
    }
    bool is_complete = path != NULL;
    si_free(path);
    return is_complete || result != SI_OK ? result : si_fail_memory(error);
}

/* ---- claiming ---- */

static si_result create_and_lock(si_index_folder *claimed, si_error *error)
{
    SI_TRY(find_first_missing(claimed, error));
    SI_TRY(si_folder_create(claimed->path, error));
    return si_folder_lock(claimed->path, &claimed->lock, error);
}

/* A build that fails removes folders that it created and that are empty, perhaps right before they
 * would be used here. */
static si_result claim_path(const si_folder_claim *claim, si_index_folder *claimed, si_error *error)
{
    si_result result = SI_ERROR_NOT_FOUND;
    for (unsigned attempt = 0; result == SI_ERROR_NOT_FOUND && attempt < CLAIM_ATTEMPTS; attempt++)
        result = create_and_lock(claimed, error);
    SI_TRY(result);
    SI_TRY(check_free(claimed->path, claim, error));
    si_leftovers_remove(claimed->path);
    return SI_OK;
}

si_result si_index_folder_claim(const char *folder, const si_folder_claim *claim,
                                si_index_folder *claimed, si_error *error)
{
    *claimed = (si_index_folder){.lock = -1};
    if (!*folder)
        return si_fail(error, SI_ERROR_ARGUMENT, "the name of the index folder is empty");
    claimed->path = si_path_absolute(folder);
    si_result result = claimed->path ? claim_path(claim, claimed, error) : si_fail_memory(error);
    if (result != SI_OK)
        si_index_folder_release(claimed);
    return result;
}

void si_index_folder_keep(si_index_folder *claimed)
{
    si_free(claimed->first_created);
    claimed->first_created = NULL;
}

void si_index_folder_release(si_index_folder *claimed)
{
    if (claimed->path)
        si_folder_unlock(claimed->path, &claimed->lock);
    if (claimed->first_created)
        remove_created(claimed);
    si_free(claimed->path);
    si_free(claimed->first_created);
    *claimed = (si_index_folder){.lock = -1};
}
