#include "index/index_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "index/metadata.h"

#define HEAVY_NAME_LENGTH (sizeof SI_HEAVY_PREFIX - 1 + 16 + sizeof SI_HEAVY_SUFFIX - 1)

#define INNER_LOCK_NAME SI_TEMPORARY_PREFIX "lock"

/* ---- what a folder holds ---- */

static bool is_temporary_name(const char *name)
{
    return strncmp(name, SI_TEMPORARY_PREFIX, sizeof SI_TEMPORARY_PREFIX - 1) == 0;
}

static bool is_heavy_name(const char *name)
{
    return strlen(name) == HEAVY_NAME_LENGTH &&
           strncmp(name, SI_HEAVY_PREFIX, sizeof SI_HEAVY_PREFIX - 1) == 0 &&
           strspn(name + sizeof SI_HEAVY_PREFIX - 1, "0123456789abcdef") == 16 &&
           strcmp(name + sizeof SI_HEAVY_PREFIX - 1 + 16, SI_HEAVY_SUFFIX) == 0;
}

static bool is_dot_name(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_lock_name(const char *name)
{
    size_t length = strlen(name);
    return name[0] == '.' && length > 5 && strcmp(name + length - 5, ".lock") == 0;
}

static bool is_expected(const si_folder_claim *claim, const char *name)
{
    if (is_dot_name(name) || is_heavy_name(name) || is_temporary_name(name) || is_lock_name(name))
        return true;
    for (size_t i = 0; i < claim->name_count; i++)
        if (strcmp(name, claim->names[i]) == 0)
            return true;
    return false;
}

/* Wants no memory that may not be there: what a build may remove hangs on the answer. */
bool si_folder_holds_index(const char *folder)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", folder, SI_METADATA_NAME);
    return length > 0 && (size_t)length < sizeof path && si_path_exists(path);
}

static si_result check_no_stranger(const char *folder, const si_folder_claim *claim,
                                   si_error *error)
{
    DIR *listing = opendir(folder);
    if (!listing)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot read the folder", folder);
    si_result status = SI_OK;
    for (struct dirent *entry; status == SI_OK && (entry = readdir(listing)) != NULL;)
        if (!is_expected(claim, entry->d_name))
            status = si_fail(error, SI_ERROR_EXISTS,
                             "%s: the folder is not empty, and holds no index: there is %s", folder,
                             entry->d_name);
    closedir(listing);
    return status;
}

static si_result check_free(const char *folder, const si_folder_claim *claim, si_error *error)
{
    if (!si_folder_holds_index(folder))
        return check_no_stranger(folder, claim, error);
    if (!claim->replace)
        return si_fail(error, SI_ERROR_EXISTS,
                       "%s: there is an index here already, and replacing it was not asked for",
                       folder);
    return SI_OK;
}

void si_folder_remove_leftovers(const char *folder, const char *heavy_to_keep)
{
    DIR *listing = opendir(folder);
    if (!listing)
        return;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        bool is_old_heavy = is_heavy_name(entry->d_name) &&
                            (!heavy_to_keep || strcmp(entry->d_name, heavy_to_keep) != 0);
        bool is_lock = strcmp(entry->d_name, INNER_LOCK_NAME) == 0;
        if (is_old_heavy || (is_temporary_name(entry->d_name) && !is_lock))
            unlinkat(dirfd(listing), entry->d_name, 0);
    }
    closedir(listing);
}

void si_folder_remove_index(const char *folder)
{
    char *path = si_path_join(folder, SI_METADATA_NAME);
    if (path)
        unlink(path);
    si_free(path);
    si_folder_remove_leftovers(folder, NULL);
    rmdir(folder);
}

/* ---- locking ---- */

static bool is_same_file(int descriptor, const char *path)
{
    struct stat opened, named;
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* The lock stands beside the folder, so that a new one is locked before it is there, or in it where
 * nothing may be created beside it, such as at a mount point. */
static int open_lock(si_index_folder *claimed)
{
    int lock = open(claimed->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    bool is_refused = lock < 0 && (errno == EACCES || errno == EPERM || errno == EROFS);
    if (!is_refused || !si_path_is_folder(claimed->path))
        return lock;
    si_free(claimed->lock_path);
    claimed->lock_path = si_path_join(claimed->path, INNER_LOCK_NAME);
    if (!claimed->lock_path) {
        errno = ENOMEM;
        return -1;
    }
    return open(claimed->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
}

/* Another build may remove the lock file between our opening and locking it: then it is made anew.
 */
static si_result take_lock(si_index_folder *claimed, si_error *error)
{
    for (;;) {
        int lock = open_lock(claimed);
        if (lock < 0)
            return si_fail_errno(error, SI_ERROR_IO, errno,
                                 "%s: cannot lock the folder for writing", claimed->path);
        if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
            int reason = errno;
            close(lock);
            if (reason == EWOULDBLOCK)
                return si_fail(error, SI_ERROR_BUSY, "%s: another build is writing this index",
                               claimed->path);
            return si_fail_errno(error, SI_ERROR_IO, reason, "%s: cannot lock the file",
                                 claimed->lock_path);
        }
        if (is_same_file(lock, claimed->lock_path)) {
            claimed->lock = lock;
            return SI_OK;
        }
        close(lock);
    }
}

static void release_lock(si_index_folder *claimed)
{
    if (claimed->lock < 0)
        return;
    unlink(claimed->lock_path);
    close(claimed->lock);
    claimed->lock = -1;
}

/* With links resolved, so that a folder has one lock, whatever way leads to it. Where that cannot
 * be done, locking will say why. */
static char *real_path_of(const char *folder)
{
    char *real = realpath(folder, NULL);
    char *copy;
    if (real) {
        copy = si_duplicate_string(real);
        free(real);
        return copy;
    }
    char *parent = si_path_parent(folder);
    char *real_parent = parent ? realpath(parent, NULL) : NULL;
    if (real_parent)
        copy = si_path_join(real_parent, si_path_base_name(folder));
    else
        copy = si_duplicate_string(folder);
    free(real_parent);
    si_free(parent);
    return copy;
}

static si_result name_lock(si_index_folder *claimed, si_error *error)
{
    char *real = real_path_of(claimed->path);
    char *parent = real ? si_path_parent(real) : NULL;
    char *name = real ? si_format(".%s.lock", si_path_base_name(real)) : NULL;
    claimed->lock_path = parent && name ? si_path_join(parent, name) : NULL;
    si_free(real);
    si_free(parent);
    si_free(name);
    return claimed->lock_path ? SI_OK : si_fail_memory(error);
}

/* ---- folders that come and go ---- */

/* The topmost folder on the way to `folder` that does not exist; NULL if all do. */
static si_result find_first_missing(const char *folder, char **missing, si_error *error)
{
    *missing = NULL;
    char *path = si_duplicate_string(folder);
    while (path && !si_path_exists(path)) {
        char *parent = si_path_parent(path);
        si_free(*missing);
        *missing = path;
        path = parent;
    }
    if (!path)
        return si_fail_memory(error);
    si_free(path);
    return SI_OK;
}

/* Removes `folder` and those above it that are empty, up to `first_created`. */
static void remove_created_folders(const char *folder, const char *first_created)
{
    char *path = si_duplicate_string(folder);
    while (path && (rmdir(path) == 0 || errno == ENOENT) && strcmp(path, first_created) != 0) {
        char *parent = si_path_parent(path);
        si_free(path);
        path = parent;
    }
    si_free(path);
}

static si_result create_parent(const char *folder, si_error *error)
{
    char *parent = si_path_parent(folder);
    si_result status = parent ? si_folder_create(parent, error) : si_fail_memory(error);
    si_free(parent);
    return status;
}

/* Only who holds the lock removes the folder itself: it may be empty because another build has just
 * created it. The lock file may stand in a folder that was created too, so those above come last.
 */
static void remove_created(si_index_folder *claimed)
{
    if (claimed->lock >= 0)
        remove_created_folders(claimed->path, claimed->path);
    release_lock(claimed);
    if (strcmp(claimed->path, claimed->first_created) == 0)
        return;
    char *parent = si_path_parent(claimed->path);
    if (parent && !si_path_exists(claimed->path))
        remove_created_folders(parent, claimed->first_created);
    si_free(parent);
}

/* ---- claiming ---- */

static si_result claim_path(const si_folder_claim *claim, si_index_folder *claimed, si_error *error)
{
    SI_TRY(find_first_missing(claimed->path, &claimed->first_created, error));
    SI_TRY(create_parent(claimed->path, error));
    SI_TRY(name_lock(claimed, error));
    SI_TRY(take_lock(claimed, error));
    SI_TRY(si_folder_create(claimed->path, error));
    return check_free(claimed->path, claim, error);
}

si_result si_index_folder_claim(const char *folder, const si_folder_claim *claim,
                                si_index_folder *claimed, si_error *error)
{
    *claimed = (si_index_folder){.lock = -1};
    if (!*folder)
        return si_fail(error, SI_ERROR_ARGUMENT, "the name of the index folder is empty");
    claimed->path = si_path_absolute(folder);
    si_result status = claimed->path ? claim_path(claim, claimed, error) : si_fail_memory(error);
    if (status != SI_OK)
        si_index_folder_release(claimed);
    return status;
}

void si_index_folder_keep(si_index_folder *claimed)
{
    si_free(claimed->first_created);
    claimed->first_created = NULL;
}

void si_index_folder_release(si_index_folder *claimed)
{
    if (claimed->first_created)
        remove_created(claimed);
    release_lock(claimed);
    si_free(claimed->path);
    si_free(claimed->first_created);
    si_free(claimed->lock_path);
    *claimed = (si_index_folder){.lock = -1};
}
