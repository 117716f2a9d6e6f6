/* Reading bytes of an open file by pread, in as many calls as it takes. */
#include "read/opened_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static si_result fail_short(const si_opened_file *file, uint64_t offset, size_t found,
                            size_t expected, si_error *error)
{
    struct stat information = {.st_size = 0};
    fstat(file->descriptor, &information);
    return si_fail(error, SI_ERROR_IO,
                   "%s: read %zu bytes at offset %llu, expected %zu: the file has %llu bytes, but "
                   "had %llu when it was opened",
                   file->path, found, (unsigned long long)offset, expected,
                   (unsigned long long)information.st_size, (unsigned long long)file->bytes);
}

si_result si_opened_file_read(const si_opened_file *file, uint64_t offset, size_t length,
                              void *bytes, si_error *error)
{
    size_t done = 0;
    while (done < length) {
        ssize_t got = pread(file->descriptor, (char *)bytes + done, length - done,
                            (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return si_fail_errno(error, SI_ERROR_IO, errno,
                                 "%s: cannot read %zu bytes at offset %llu", file->path,
                                 length - done, (unsigned long long)(offset + done));
        if (got == 0)
            return fail_short(file, offset, done, length, error);
        done += (size_t)got;
    }
    return SI_OK;
}
