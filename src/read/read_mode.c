/* Choosing between a memory map and explicit reads, and the size of the block cache. */
#include "read/read_mode.h"

#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/arithmetic.h"
#include "base/machine_memory.h"

#define DEFAULT_CACHE_BYTES (UINT64_C(1) << 30)

/* A share of the memory that is to be had, where that is little. */
#define DEFAULT_CACHE_SHARE 4

/* With less, searches would hold more than all of it. */
#define LEAST_CACHE_BYTES (UINT64_C(1) << 20)

bool si_prefers_explicit_reading(uint64_t file_system)
{
    static const uint32_t file_systems[] = {
        0x6969,     /* NFS */
        0x517B,     /* SMB */
        0xFF534D42, /* CIFS */
        0xFE534D42, /* SMB 2 */
        0x47504653, /* GPFS */
        0x0BD00BD0, /* Lustre */
        0x19830326, /* BeeGFS */
        0xAAD7AAEA, /* PanFS */
        0x20030528, /* OrangeFS */
        0x00C36400, /* CephFS */
        0x5346414F, /* AFS */
        0x6B414653, /* kAFS */
        0x01021997, /* 9P */
        0x65735546, /* FUSE */
    };
    for (size_t i = 0; i < sizeof file_systems / sizeof *file_systems; i++)
        if (file_system == file_systems[i])
            return true;
    return false;
}

si_reading si_choose_reading(si_reading asked, int descriptor)
{
    const char *wish = getenv("SPATIAL_INDEX_READING");
    struct statfs information;
    if (asked != SI_READING_AUTO)
        return asked;
    if (wish && strcmp(wish, "mapped") == 0)
        return SI_READING_MAPPED;
    if (wish && strcmp(wish, "explicit") == 0)
        return SI_READING_EXPLICIT;
    /* The number is signed on some machines. */
    bool explicit_is_better = fstatfs(descriptor, &information) == 0 &&
                              si_prefers_explicit_reading((uint32_t)information.f_type);
    return explicit_is_better ? SI_READING_EXPLICIT : SI_READING_MAPPED;
}

uint64_t si_cache_bytes_to_use(uint64_t asked)
{
    uint64_t bytes = asked;
    if (bytes == 0)
        bytes = si_min_u64(DEFAULT_CACHE_BYTES, si_machine_memory("") / DEFAULT_CACHE_SHARE);
    return si_max_u64(bytes, LEAST_CACHE_BYTES);
}
