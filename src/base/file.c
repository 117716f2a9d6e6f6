/* Files and folders by system calls. Interrupted and partial calls are continued; every failure
 * names the path. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

int si_open_readonly(const char *path)
{
    /* O_NONBLOCK: opening a pipe does not wait for a writer. */
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

si_result si_file_read_all(const char *path, char **content, size_t *length, si_error *error)
{
    int descriptor = si_open_readonly(path);
    if (descriptor < 0)
        return si_fail_errno(error, errno == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, errno,
                             "%s: cannot open the file", path);
    struct stat information;
    if (fstat(descriptor, &information) != 0 || !S_ISREG(information.st_mode)) {
        close(descriptor);
        return si_fail(error, SI_ERROR_IO, "%s: not a regular file", path);
    }
    uint64_t size = (uint64_t)information.st_size;
    char *buffer = size < SIZE_MAX ? si_allocate((size_t)size + 1, 1) : NULL;
    si_result result = buffer ? si_file_read_at(descriptor, buffer, (size_t)size, 0, path, error)
                              : si_fail_memory(error);
    close(descriptor);
    if (result != SI_OK) {
        si_free(buffer);
        return result;
    }
    buffer[size] = '\0';
    *content = buffer;
    *length = (size_t)size;
    return SI_OK;
}

si_result si_file_write_at(int descriptor, const void *data, size_t length, uint64_t offset,
                           const char *path, si_error *error)
{
    const char *bytes = data;
    while (length > 0) {
        ssize_t written = pwrite(descriptor, bytes, length, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return si_fail_errno(error, SI_ERROR_IO, written < 0 ? errno : ENOSPC,
                                 "%s: cannot write %zu bytes at offset %llu", path, length,
                                 (unsigned long long)offset);
        bytes += written;
        length -= (size_t)written;
        offset += (uint64_t)written;
    }
    return SI_OK;
}

si_result si_file_read_at(int descriptor, void *data, size_t length, uint64_t offset,
                          const char *path, si_error *error)
{
    char *bytes = data;
    while (length > 0) {
        ssize_t got = pread(descriptor, bytes, length, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot read at offset %llu", path,
                                 (unsigned long long)offset);
        if (got == 0)
            return si_fail(error, SI_ERROR_FORMAT, "%s: the file ends %zu bytes early", path,
                           length);
        bytes += got;
        length -= (size_t)got;
        offset += (uint64_t)got;
    }
    return SI_OK;
}

/* Returns 0, or the number of the error. */
static int flush_descriptor(int descriptor)
{
    int failed;
    do
        failed = fsync(descriptor) != 0 ? errno : 0;
    while (failed == EINTR);
    return failed;
}

si_result si_file_flush(int descriptor, const char *path, si_error *error)
{
    int failed = flush_descriptor(descriptor);
    if (failed)
        return si_fail_errno(error, SI_ERROR_IO, failed, "%s: cannot flush the file", path);
    return SI_OK;
}

si_result si_path_look(const char *path, mode_t *kind, si_error *error)
{
    struct stat information;
    *kind = 0;
    if (stat(path, &information) == 0)
        *kind = information.st_mode & S_IFMT;
    else if (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG && errno != ELOOP)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot be looked at", path);
    return SI_OK;
}

static bool has_mode(const char *path, mode_t kind)
{
    struct stat information;
    return stat(path, &information) == 0 && (information.st_mode & S_IFMT) == kind;
}

bool si_path_is_file(const char *path)
{
    return has_mode(path, S_IFREG);
}

bool si_path_is_folder(const char *path)
{
    return has_mode(path, S_IFDIR);
}

bool si_path_exists(const char *path)
{
    struct stat information;
    return lstat(path, &information) == 0;
}

char *si_path_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    if (name[0] == '/' || length == 0)
        return si_duplicate_string(name);
    return si_format("%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", name);
}

char *si_path_parent(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length == 0)
        return si_duplicate_string(".");
    while (length > 1 && path[length - 1] == '/')
        length--;
    return si_duplicate_bytes(path, length);
}

const char *si_path_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Folds "." and ".." and repeated slashes of an absolute path, in place. */
static void normalise_path(char *path)
{
    char *end = path; /* of the folded path so far, which has no trailing slash */
    const char *next = path;
    while (*next) {
        while (*next == '/')
            next++;
        size_t length = strcspn(next, "/");
        if (length == 2 && next[0] == '.' && next[1] == '.') {
            while (end > path && *--end != '/')
                ;
        } else if (length > 0 && !(length == 1 && next[0] == '.')) {
            *end++ = '/';
            memmove(end, next, length);
            end += length;
        }
        next += length;
    }
    if (end == path)
        *end++ = '/';
    *end = '\0';
}

char *si_path_absolute(const char *path)
{
    char *absolute = NULL;
    if (path[0] == '/') {
        absolute = si_duplicate_string(path);
    } else {
        char *here = getcwd(NULL, 0);
        absolute = here ? si_path_join(here, path) : NULL;
        free(here);
    }
    if (absolute)
        normalise_path(absolute);
    return absolute;
}

char *si_path_relative(const char *folder, const char *path)
{
    size_t shared = 0, same = 0; /* up to the last slash that ends a folder of both */
    for (; folder[same] != '\0' && folder[same] == path[same]; same++)
        shared = path[same] == '/' ? same : shared;
    if (folder[same] == '\0' && path[same] == '/')
        shared = same;
    size_t steps_up = 0;
    for (const char *rest = folder + shared; *rest != '\0'; rest++)
        steps_up += rest[0] == '/' && rest[1] != '\0';
    size_t length = strlen(path + shared + 1);
    char *way = si_allocate(3 * steps_up + length + 1, 1);
    if (!way)
        return NULL;
    for (size_t i = 0; i < steps_up; i++)
        memcpy(way + 3 * i, "../", 3);
    memcpy(way + 3 * steps_up, path + shared + 1, length + 1);
    return way;
}

static si_result create_folder(const char *path, si_error *error)
{
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && si_path_is_folder(path)))
        return SI_OK;
    if (errno == EEXIST)
        return si_fail(error, SI_ERROR_IO, "%s: not a folder", path);
    return si_fail_errno(error, errno == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, errno,
                         "%s: cannot create the folder", path);
}

si_result si_folder_create(const char *path, si_error *error)
{
    char *partial = si_duplicate_string(path);
    if (!partial)
        return si_fail_memory(error);
    si_result result = SI_OK;
    for (char *slash = strchr(partial + 1, '/'); slash && result == SI_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!si_path_is_folder(partial))
            result = create_folder(partial, error);
        *slash = '/';
    }
    if (result == SI_OK && !si_path_is_folder(path))
        result = create_folder(path, error);
    si_free(partial);
    return result;
}

si_result si_folder_sync(const char *path, si_error *error)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot open the folder", path);
    int failed = flush_descriptor(descriptor);
    close(descriptor);
    /* Some file systems cannot sync a folder and say so. */
    if (failed && failed != EINVAL && failed != ENOTSUP)
        return si_fail_errno(error, SI_ERROR_IO, failed, "%s: cannot flush the folder", path);
    return SI_OK;
}
