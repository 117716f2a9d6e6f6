/*
 * Compares what is needed with the free bytes of the disks, as one sum where both are the same
 * disk.
 */
#include "folder/free_space.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/arithmetic.h"

typedef struct disk {
    dev_t device;
    uint64_t free_bytes;
} disk;

static bool find_disk(const char *folder, disk *found)
{
    struct statvfs space;
    struct stat information;
    if (!folder || statvfs(folder, &space) != 0 || stat(folder, &information) != 0 ||
        space.f_blocks == 0)
        return false;
    found->device = information.st_dev;
    return si_multiply_u64(space.f_bavail, space.f_frsize, &found->free_bytes);
}

static si_result fail_target(const si_space_need *target, const disk *on, si_error *error)
{
    return si_fail(error, SI_ERROR_IO, "%s: the index needs %llu bytes, but only %llu are free",
                   target->folder, (unsigned long long)target->bytes,
                   (unsigned long long)on->free_bytes);
}

si_result si_check_space(const si_space_need *target, const si_space_need *temporary,
                         si_error *error)
{
    disk target_disk, other_disk;
    bool target_known = find_disk(target->folder, &target_disk);
    bool other_known = find_disk(temporary->folder, &other_disk);
    if (target_known && target->bytes > target_disk.free_bytes)
        return fail_target(target, &target_disk, error);
    if (!other_known)
        return SI_OK;
    bool is_shared = target_known && target_disk.device == other_disk.device;
    uint64_t needed = temporary->bytes + (is_shared ? target->bytes : 0);
    if (needed <= other_disk.free_bytes)
        return SI_OK;
    if (is_shared)
        return si_fail(error, SI_ERROR_IO,
                       "%s and %s are on the same disk: the index needs %llu bytes, and the "
                       "temporary file %llu, but only %llu are free",
                       target->folder, temporary->folder, (unsigned long long)target->bytes,
                       (unsigned long long)temporary->bytes,
                       (unsigned long long)other_disk.free_bytes);
    return si_fail(error, SI_ERROR_IO,
                   "%s: the temporary file needs %llu bytes, but only %llu are free, besides %llu "
                   "bytes for the index in %s",
                   temporary->folder, (unsigned long long)temporary->bytes,
                   (unsigned long long)other_disk.free_bytes, (unsigned long long)target->bytes,
                   target->folder ? target->folder : "a temporary file");
}
