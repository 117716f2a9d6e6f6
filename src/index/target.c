#include "index/target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#define TEMPORARY_PREFIX ".spatial-index-"
#define INNER_LOCK_NAME TEMPORARY_PREFIX "lock"
#define HEAVY_PREFIX "index-"
#define HEAVY_SUFFIX ".si"
#define HEAVY_NAME_LENGTH (sizeof HEAVY_PREFIX - 1 + 16 + sizeof HEAVY_SUFFIX - 1)

/* ---- what a folder holds ---- */

typedef struct folder_content {
    bool metadata;
    bool foreign; /* anything that neither is an index nor was left by a dead build */
} folder_content;

static bool is_temporary_name(const char *name)
{
    return strncmp(name, TEMPORARY_PREFIX, sizeof TEMPORARY_PREFIX - 1) == 0;
}

static bool is_heavy_name(const char *name)
{
    return strlen(name) == HEAVY_NAME_LENGTH &&
           strncmp(name, HEAVY_PREFIX, sizeof HEAVY_PREFIX - 1) == 0 &&
           strspn(name + sizeof HEAVY_PREFIX - 1, "0123456789abcdef") == 16 &&
           strcmp(name + sizeof HEAVY_PREFIX - 1 + 16, HEAVY_SUFFIX) == 0;
}

static bool is_dot_name(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static si_status look_into(const char *folder, folder_content *content, si_error *error)
{
    *content = (folder_content){0};
    DIR *listing = opendir(folder);
    if (!listing)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot read the folder", folder);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        if (strcmp(entry->d_name, SI_METADATA_NAME) == 0)
            content->metadata = true;
        else if (!is_heavy_name(entry->d_name) && !is_temporary_name(entry->d_name) &&
                 !is_dot_name(entry->d_name))
            content->foreign = true;
    }
    closedir(listing);
    return SI_OK;
}

static si_status check_free(const char *folder, bool replace, si_error *error)
{
    folder_content content;
    SI_TRY(look_into(folder, &content, error));
    if (content.metadata && !replace)
        return si_fail(error, SI_ERROR_EXISTS,
                       "%s: there is an index here already, and replacing it was not asked for",
                       folder);
    if (content.foreign && !content.metadata)
        return si_fail(error, SI_ERROR_EXISTS, "%s: the folder is not empty, and holds no index",
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

/* ---- locking ---- */

static char *lock_path_of(const char *folder)
{
    char *parent = si_path_parent(folder);
    char *name = si_format(".%s.lock", si_path_base_name(folder));
    char *path = parent && name ? si_path_join(parent, name) : NULL;
    si_free(parent);
    si_free(name);
    return path;
}

static bool is_same_file(int descriptor, const char *path)
{
    struct stat opened, named;
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* The lock stands beside the folder, or in it where nothing may be created beside it, such as at a
 * mount point. */
static int open_lock(si_target *target)
{
    int lock = open(target->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    bool is_refused = lock < 0 && (errno == EACCES || errno == EPERM || errno == EROFS);
    if (!is_refused || !si_path_is_folder(target->folder))
        return lock;
    si_free(target->lock_path);
    target->lock_path = si_path_join(target->folder, INNER_LOCK_NAME);
    if (!target->lock_path) {
        errno = ENOMEM;
        return -1;
    }
    return open(target->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
}

/* Another build may remove the lock file between our opening and locking it: then it is made anew.
 */
static si_status take_lock(si_target *target, si_error *error)
{
    for (;;) {
        int lock = open_lock(target);
        if (lock < 0)
            return si_fail_errno(error, SI_ERROR_IO, errno,
                                 "%s: cannot lock the folder for writing", target->folder);
        if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
            int reason = errno;
            close(lock);
            if (reason == EWOULDBLOCK)
                return si_fail(error, SI_ERROR_BUSY, "%s: another build is writing this index",
                               target->folder);
            return si_fail_errno(error, SI_ERROR_IO, reason, "%s: cannot lock the file",
                                 target->lock_path);
        }
        if (is_same_file(lock, target->lock_path)) {
            target->lock = lock;
            return SI_OK;
        }
        close(lock);
    }
}

static void release_lock(si_target *target)
{
    if (target->lock < 0)
        return;
    unlink(target->lock_path);
    close(target->lock);
    target->lock = -1;
}

/* ---- opening ---- */

/* The topmost folder on the way to `folder` that does not exist; NULL if all do. */
static si_status find_first_missing(const char *folder, char **missing, si_error *error)
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

static si_status open_unlinked(si_target *target, si_error *error)
{
    const char *folder = getenv("TMPDIR");
    folder = folder && *folder ? folder : "/tmp";
    char *path = si_path_join(folder, TEMPORARY_PREFIX "XXXXXX");
    if (!path)
        return si_fail_memory(error);
    target->descriptor = mkostemp(path, O_CLOEXEC);
    si_status status = SI_OK;
    if (target->descriptor < 0)
        status = si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot create a temporary file",
                               folder);
    else
        unlink(path);
    si_free(path);
    return status;
}

/* The lock makes sure that nobody else uses the name; a dead build may have left a file of it. */
static si_status open_temporary(si_target *target, si_error *error)
{
    char *path = si_path_join(target->folder, TEMPORARY_PREFIX "build.tmp");
    if (!path)
        return si_fail_memory(error);
    target->descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (target->descriptor < 0) {
        si_free(path);
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot create a file in the folder",
                             target->folder);
    }
    target->temporary = path;
    return SI_OK;
}

static si_status create_parent(const char *folder, si_error *error)
{
    char *parent = si_path_parent(folder);
    si_status status = parent ? si_folder_create(parent, error) : si_fail_memory(error);
    si_free(parent);
    return status;
}

static si_status open_folder(si_target *target, si_error *error)
{
    SI_TRY(find_first_missing(target->folder, &target->first_created, error));
    SI_TRY(create_parent(target->folder, error));
    SI_TRY(take_lock(target, error));
    SI_TRY(si_folder_create(target->folder, error));
    SI_TRY(check_free(target->folder, target->replace, error));
    return open_temporary(target, error);
}

si_status si_target_open(const char *folder, bool replace, si_target *target, si_error *error)
{
    *target = (si_target){.lock = -1, .descriptor = -1, .replace = replace};
    if (!folder)
        return open_unlinked(target, error);
    if (!*folder)
        return si_fail(error, SI_ERROR_ARGUMENT, "the name of the index folder is empty");
    target->folder = si_path_absolute(folder);
    target->lock_path = target->folder ? lock_path_of(target->folder) : NULL;
    si_status status = target->lock_path ? open_folder(target, error) : si_fail_memory(error);
    if (status != SI_OK)
        si_target_close(target);
    return status;
}

const char *si_target_name(const si_target *target)
{
    return target->temporary ? target->temporary : "temporary index";
}

si_status si_target_reserve(si_target *target, uint64_t bytes, si_error *error)
{
    /* Not posix_fallocate: it writes zeros where the file system can't reserve. */
    if (fallocate(target->descriptor, 0, 0, (off_t)bytes) == 0 || errno == EOPNOTSUPP ||
        errno == ENOSYS)
        return SI_OK;
    return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot reserve %llu bytes for the index",
                         target->folder ? target->folder : si_target_name(target),
                         (unsigned long long)bytes);
}

/* ---- publishing ---- */

static si_status give_final_name(si_target *target, const char *name, si_error *error)
{
    char *path = si_path_join(target->folder, name);
    if (!path)
        return si_fail_memory(error);
    si_status status = SI_OK;
    if (rename(target->temporary, path) != 0)
        status = si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot rename it to %s",
                               target->temporary, path);
    /* From here on, failing to go on leaves a heavy file that no metadata names. */
    si_free(status == SI_OK ? target->temporary : path);
    if (status == SI_OK)
        target->temporary = path;
    return status == SI_OK ? si_folder_sync(target->folder, error) : status;
}

/* An older build with the same content has the same heavy file: it must survive a failure. */
static bool names_heavy_file(const si_metadata *metadata, const char *heavy_name)
{
    return metadata && metadata->heavy_path &&
           strcmp(si_path_base_name(metadata->heavy_path), heavy_name) == 0;
}

/* Once nothing names them any more. Folders that hold more than an index stay. */
static void remove_populations(const si_metadata *metadata)
{
    for (size_t i = 0; metadata && i < metadata->population_count; i++) {
        char *path = si_path_join(metadata->populations[i].path, SI_METADATA_NAME);
        if (path)
            unlink(path);
        si_free(path);
        si_folder_remove_leftovers(metadata->populations[i].path, NULL);
        rmdir(metadata->populations[i].path);
    }
}

static void forget_temporary(si_target *target)
{
    si_free(target->temporary);
    target->temporary = NULL;
}

static si_status publish_as(si_target *target, const char *heavy_name, const si_metadata *replaced,
                            const si_target_content *content, si_error *error)
{
    SI_TRY(give_final_name(target, heavy_name, error));
    if (names_heavy_file(replaced, heavy_name))
        forget_temporary(target);
    SI_TRY(si_metadata_write(target->folder, content->kind, heavy_name, content->population,
                             content->dataset_path, error));
    forget_temporary(target);
    si_free(target->first_created);
    target->first_created = NULL;
    remove_populations(replaced);
    si_folder_remove_leftovers(target->folder, heavy_name);
    return SI_OK;
}

si_status si_target_publish(si_target *target, const si_target_content *content, si_error *error)
{
    if (!target->folder)
        return SI_OK;
    if (fsync(target->descriptor) != 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot flush the file",
                             si_target_name(target));
    char *name = si_format(HEAVY_PREFIX "%016llx" HEAVY_SUFFIX,
                           (unsigned long long)content->checksum);
    if (!name)
        return si_fail_memory(error);
    si_metadata *replaced = NULL; /* stays NULL where there is none, or none that can be read */
    si_metadata_read(target->folder, &replaced, NULL);
    si_status status = publish_as(target, name, replaced, content, error);
    si_metadata_free(replaced);
    si_free(name);
    return status;
}

void si_target_close(si_target *target)
{
    if (target->temporary)
        unlink(target->temporary);
    if (target->descriptor >= 0)
        close(target->descriptor);
    if (target->folder && target->first_created)
        remove_created_folders(target->folder, target->first_created);
    release_lock(target);
    /* The lock file may have stood in a folder that was created too. */
    if (target->folder && target->first_created)
        remove_created_folders(target->folder, target->first_created);
    si_free(target->folder);
    si_free(target->first_created);
    si_free(target->temporary);
    si_free(target->lock_path);
    *target = (si_target){.lock = -1, .descriptor = -1};
}
