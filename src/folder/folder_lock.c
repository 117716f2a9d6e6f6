/*
 * A lock is flock on a file in the folder. Whoever unlocks removes the file, so whoever has
 * locked a file checks that it is still the one that has the name.
 */
#include "folder/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Wants no memory, which may be what a build has failed for. */
static si_result name_lock(const char *folder, char path[PATH_MAX], si_error *error)
{
    int length = snprintf(path, PATH_MAX, "%s/" SI_LOCK_NAME, folder);
    if (length < 0 || length >= PATH_MAX)
        return si_fail_errno(error, SI_ERROR_IO, ENAMETOOLONG, "%s: cannot lock the folder",
                             folder);
    return SI_OK;
}

/* A lock file of another user may be there that we may read only, which does for locking it. */
static int open_lock(const char *path, bool *is_new)
{
    int lock = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    *is_new = lock >= 0;
    if (lock < 0 && errno == EEXIST)
        lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock < 0 && errno == EACCES)
        lock = open(path, O_RDONLY | O_CLOEXEC);
    return lock;
}

static bool is_same_file(int descriptor, const char *path)
{
    struct stat opened, named;
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* 0, or the number of the error. */
static int lock_file(int lock)
{
    int failed;
    do
        failed = flock(lock, LOCK_EX | LOCK_NB) != 0 ? errno : 0;
    while (failed == EINTR);
    return failed == ENOSYS || failed == EOPNOTSUPP ? 0 : failed;
}

static si_result refuse(const char *folder, int reason, si_error *error)
{
    if (reason == EWOULDBLOCK)
        return si_fail(error, SI_ERROR_BUSY, "%s: another build is writing this index", folder);
    return si_fail_errno(error, reason == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, reason,
                         "%s: cannot lock the folder for writing", folder);
}

/* Another build may remove the file between our opening and locking it: then it is made anew. */
si_result si_folder_lock(const char *folder, int *lock, si_error *error)
{
    char path[PATH_MAX];
    *lock = -1;
    SI_TRY(name_lock(folder, path, error));
    for (;;) {
        bool is_new;
        int opened = open_lock(path, &is_new);
        if (opened < 0)
            return refuse(folder, errno, error);
        int failed = lock_file(opened);
        if (!failed && is_same_file(opened, path)) {
            *lock = opened;
            return SI_OK;
        }
        if (failed && failed != EWOULDBLOCK && is_new)
            unlink(path);
        close(opened);
        if (failed)
            return refuse(folder, failed, error);
    }
}

void si_folder_unlock(const char *folder, int *lock)
{
    char path[PATH_MAX];
    if (*lock < 0)
        return;
    if (name_lock(folder, path, NULL) == SI_OK)
        unlink(path);
    close(*lock);
    *lock = -1;
}
