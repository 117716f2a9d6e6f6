/*
 * The temporary file: opened without a name (O_TMPFILE) and without the page cache (O_DIRECT),
 * where the file system has these, and grown by giving out its end. Holes are punched where it
 * has been read.
 */
#include "sort/spill_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "format/file_names.h"

/* ---- opening ---- */

/* Where the file system has no files without a name: one that loses it at once, and that the next
 * build to the folder removes if this one is killed in between. */
static int open_and_unlink(const char *folder)
{
    char *path = si_path_join(folder, SI_TEMPORARY_PATTERN);
    if (!path) {
        errno = ENOMEM;
        return -1;
    }
    int descriptor = mkostemp(path, O_CLOEXEC);
    if (descriptor >= 0)
        unlink(path);
    si_free(path);
    return descriptor;
}

static int open_unnamed(const char *folder)
{
    int descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    bool is_unknown = descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL);
    return is_unknown ? open_and_unlink(folder) : descriptor;
}

si_result si_spill_file_open(const char *folder, si_spill_file *file, si_error *error)
{
    *file = (si_spill_file){.descriptor = open_unnamed(folder)};
    if (file->descriptor < 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot create a temporary file",
                             folder);
    file->folder = si_duplicate_string(folder);
    if (!file->folder) {
        si_spill_file_close(file);
        return si_fail_memory(error);
    }
    /* Not every file system can do without the page cache; then it is used. */
    fcntl(file->descriptor, F_SETFL, O_DIRECT);
    return SI_OK;
}

void si_spill_file_close(si_spill_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    si_free(file->folder);
    *file = (si_spill_file){.descriptor = -1};
}

uint64_t si_spill_file_give_out(si_spill_file *file, uint64_t bytes)
{
    uint64_t offset = file->end;
    file->end += bytes;
    return offset;
}

/* ---- reading and writing ---- */

static bool is_direct(const si_spill_file *file)
{
    return (fcntl(file->descriptor, F_GETFL) & O_DIRECT) != 0;
}

/* Some file systems take the flag and then refuse to do it. */
static bool goes_without_direct(const si_spill_file *file)
{
    return errno == EINVAL && is_direct(file) && fcntl(file->descriptor, F_SETFL, 0) == 0;
}

si_result si_spill_file_write(const si_spill_file *file, const void *data, size_t length,
                              uint64_t offset, si_error *error)
{
    const char *bytes = data;
    size_t left = length;
    uint64_t at = offset;
    while (left > 0) {
        ssize_t written = pwrite(file->descriptor, bytes, left, (off_t)at);
        if (written < 0 && (errno == EINTR || goes_without_direct(file)))
            continue;
        if (written <= 0)
            return si_fail_errno(error, SI_ERROR_IO, written < 0 ? errno : ENOSPC,
                                 "%s: cannot write %zu bytes of a temporary file at offset %llu",
                                 file->folder, left, (unsigned long long)at);
        bytes += written;
        left -= (size_t)written;
        at += (uint64_t)written;
    }
    /* Of what is in the page cache after all, it should not pile up. */
    if (!is_direct(file))
        sync_file_range(file->descriptor, (off_t)offset, (off_t)length, SYNC_FILE_RANGE_WRITE);
    return SI_OK;
}

si_result si_spill_file_read(const si_spill_file *file, void *data, size_t length, uint64_t offset,
                             si_error *error)
{
    char *bytes = data;
    while (length > 0) {
        ssize_t got = pread(file->descriptor, bytes, length, (off_t)offset);
        if (got < 0 && (errno == EINTR || goes_without_direct(file)))
            continue;
        if (got <= 0)
            return si_fail_errno(error, SI_ERROR_IO, got < 0 ? errno : EIO,
                                 "%s: cannot read %zu bytes of a temporary file at offset %llu",
                                 file->folder, length, (unsigned long long)offset);
        bytes += got;
        length -= (size_t)got;
        offset += (uint64_t)got;
    }
    return SI_OK;
}

void si_spill_file_forget(const si_spill_file *file, uint64_t offset, uint64_t length)
{
    if (!is_direct(file))
        posix_fadvise(file->descriptor, (off_t)offset, (off_t)length, POSIX_FADV_DONTNEED);
    fallocate(file->descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
              (off_t)length);
}
