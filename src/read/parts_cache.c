/*
 * A multi-index that is read explicitly: reads of its map become reads of the files of its parts.
 * Files stay open up to a share of the files that the process may open.
 */
#include "read/parts_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "read/part_file.h"
#include "read/parts_layout.h"

/* Of the files that the process may open, parts stay open up to this share; more are opened anew
 * for each read. */
#define OPEN_FILES_SHARE 4
#define MOST_OPEN_PARTS 4096

/* ---- files ---- */

static uint64_t most_open_parts(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    return si_min_u64(limit.rlim_cur / OPEN_FILES_SHARE, MOST_OPEN_PARTS);
}

/* Keeps it, unless another thread has done so or too many are. No lock: a child of a process that
 * holds one in another thread would wait for ever. */
static bool keep_open(si_parts *parts, si_part *part, int descriptor)
{
    int none = -1;
    if (atomic_fetch_add(&parts->open_count, 1) < parts->most_open &&
        atomic_compare_exchange_strong(&part->descriptor, &none, descriptor))
        return true;
    atomic_fetch_sub(&parts->open_count, 1);
    return false;
}

static si_result open_checked(const si_index *index, si_part *part, const char *path,
                              int *descriptor, si_error *error)
{
    si_header_content header;
    SI_TRY(si_part_open(path, descriptor, error));
    /* What is to be read is known: the kernel need not guess. */
    posix_fadvise(*descriptor, 0, 0, POSIX_FADV_RANDOM);
    if (atomic_load(&part->is_used))
        return SI_OK;
    si_result result = si_part_check_header(index, part, *descriptor, path, &header, error);
    if (result != SI_OK)
        close(*descriptor);
    else if (!atomic_exchange(&part->is_used, true))
        atomic_fetch_add(&index->parts->used_count, 1);
    return result;
}

static si_result read_file_of_part(const si_index *index, si_part *part, const char *path,
                                   const si_part_place *place, void *bytes, si_error *error)
{
    si_opened_file file = {atomic_load(&part->descriptor), path, part->file_bytes};
    bool is_kept = file.descriptor >= 0;
    if (!is_kept) {
        SI_TRY(open_checked(index, part, path, &file.descriptor, error));
        is_kept = keep_open(index->parts, part, file.descriptor);
    }
    si_result result = si_opened_file_read(&file, place->offset, place->bytes, bytes, error);
    if (!is_kept)
        close(file.descriptor);
    return result;
}

static si_result read_part(const si_index *index, const si_part_place *place, void *bytes,
                           si_error *error)
{
    char *path = si_part_path(index->parts->folder, place->part);
    if (!path)
        return si_fail_memory(error);
    si_part *part = &index->parts->parts[place->part];
    si_result result = read_file_of_part(index, part, path, place, bytes, error);
    si_free(path);
    return result;
}

/* ---- reading the map ---- */

static si_result read_place(const si_index *index, const si_part_place *place, void *bytes,
                            si_error *error)
{
    switch (place->file) {
    case SI_IN_TOP:
        return si_opened_file_read(&index->parts->top, place->offset, place->bytes, bytes, error);
    case SI_IN_PART:
        return read_part(index, place, bytes, error);
    case SI_IN_NO_FILE:
    default:
        memset(bytes, 0, place->bytes);
        return SI_OK;
    }
}

static si_result read_map(const void *context, uint64_t offset, size_t length, void *bytes,
                          si_error *error)
{
    for (size_t done = 0; done < length;) {
        si_part_place place = si_parts_locate(context, offset + done);
        place.bytes = si_min_u64(place.bytes, length - done);
        SI_TRY(read_place(context, &place, (char *)bytes + done, error));
        done += place.bytes;
    }
    return SI_OK;
}

/* ---- opening and closing ---- */

si_result si_parts_cache(si_index *index, int top, uint64_t cache_bytes, si_error *error)
{
    si_parts *parts = index->parts;
    parts->most_open = most_open_parts();
    parts->top.descriptor = fcntl(top, F_DUPFD_CLOEXEC, 0);
    if (parts->top.descriptor < 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot duplicate the file descriptor",
                             parts->top.path);
    SI_TRY(si_index_cache(index, read_map, index, cache_bytes, error));
    for (uint64_t i = 0; i < parts->count; i++)
        atomic_store(&parts->parts[i].nodes, index->map + parts->parts[i].nodes_offset);
    return SI_OK;
}

void si_parts_close_files(si_parts *parts)
{
    for (uint64_t i = 0; parts->parts && i < parts->count; i++)
        if (parts->parts[i].descriptor >= 0)
            close(parts->parts[i].descriptor);
    if (parts->top.descriptor >= 0)
        close(parts->top.descriptor);
}
