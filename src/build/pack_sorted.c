/* Packing records that are all in memory. */
#include <stdatomic.h>

#include "base/arithmetic.h"
#include "base/machine_memory.h"
#include "base/parallel.h"
#include "build/pack.h"

typedef struct pack_job {
    si_packer *packer;
    const si_pack_source *source;
    const si_build_watch *watch;
    _Atomic uint64_t written;
} pack_job;

static void locate(const void *context, uint64_t first, unsigned count, const char *records[])
{
    const si_pack_source *source = context;
    for (unsigned i = 0; i < count; i++)
        records[i] = si_record_at(source->records, source->entries[first + i].place);
}

static si_result write_part(void *context, unsigned worker, uint64_t part, si_error *error)
{
    pack_job *job = context;
    const si_record_source source = {locate, job->source};
    SI_TRY(si_packer_write_part(job->packer, worker, part, &source, error));
    uint64_t size = si_packer_part_size(job->packer, part);
    uint64_t written = atomic_fetch_add(&job->written, size) + size;
    return job->watch->step(job->watch->context, "writing", written, error);
}

/* Parts small enough that every thread has some. */
static uint64_t choose_part_elements(uint64_t element_count, unsigned threads)
{
    uint64_t share = element_count / (4 * (uint64_t)threads) / SI_PART_UNIT * SI_PART_UNIT;
    return si_min_u64(SI_PART_ELEMENTS, si_max_u64(SI_PART_UNIT, share));
}

/* A file that has just been written is in memory, for the first queries; but not at any price. */
static bool is_too_large_to_stay(uint64_t file_bytes)
{
    return file_bytes > si_machine_memory("") / 4;
}

si_result si_pack(const si_layout *layout, const si_pack_source *source, int descriptor,
                  const char *path, unsigned threads, const si_build_watch *watch,
                  uint64_t *checksum, si_error *error)
{
    pack_job job = {.source = source, .watch = watch};
    if (threads == 0)
        threads = si_processor_count();
    const si_packing packing = {
        .layout = layout,
        .descriptor = descriptor,
        .path = path,
        .workers = threads,
        .part_elements = choose_part_elements(layout->element_count, threads),
        .is_direct = is_too_large_to_stay(layout->file_bytes)};
    SI_TRY(si_packer_create(&packing, &job.packer, error));
    si_result result = si_parallel(threads, si_packer_part_count(job.packer), write_part, &job,
                                   error);
    if (result == SI_OK)
        result = si_packer_finish(job.packer, checksum, error);
    si_packer_free(job.packer);
    return result;
}
