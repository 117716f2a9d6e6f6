#include "build/pack_merged.h"

#include <stdatomic.h>

#include "base/arithmetic.h"
#include "base/parallel.h"
#include "build/pack.h"

typedef struct pack_job {
    si_packer *packer;
    unsigned threads;
    const si_build_watch *watch;
    uint64_t packed; /* elements */
    /* Being packed: */
    const si_record_pieces *records;
    const si_sort_entry *entries;
} pack_job;

static void locate(const void *context, uint64_t first, unsigned count, const char *records[])
{
    const pack_job *job = context;
    const si_sort_entry *entries = job->entries + (first - job->packed);
    for (unsigned i = 0; i < count; i++)
        records[i] = si_record_at(job->records, entries[i].place);
}

static si_result write_part(void *context, unsigned worker, uint64_t task, si_error *error)
{
    const pack_job *job = context;
    const si_record_source source = {locate, job};
    return si_packer_write_part(job->packer, worker, job->packed / SI_PART_UNIT + task, &source,
                                error);
}

static si_result take(void *context, const si_record_pieces *records, const si_sort_entry *entries,
                      uint64_t count, si_error *error)
{
    pack_job *job = context;
    job->records = records;
    job->entries = entries;
    SI_TRY(si_parallel(job->threads, si_divide_up(count, SI_PART_UNIT), write_part, job, error));
    job->packed += count;
    return job->watch->step(job->watch->context, "merging", job->packed, error);
}

/* The steps of sorting a slab are no steps of the whole. */
static si_result step(void *context, const char *phase, uint64_t done, si_error *error)
{
    const pack_job *job = context;
    (void)phase, (void)done;
    return job->watch->step(job->watch->context, "merging", job->packed, error);
}

si_result si_pack_merged(const si_layout *layout, si_external_sort *sort, float largest,
                         int descriptor, const char *path, const si_build_watch *watch,
                         uint64_t *checksum, si_error *error)
{
    pack_job job = {.threads = sort->limits->threads, .watch = watch};
    const si_build_watch inner = {&job, step};
    const si_packing packing = {.layout = layout,
                                .descriptor = descriptor,
                                .path = path,
                                .workers = job.threads,
                                .part_elements = SI_PART_UNIT,
                                .is_direct = true};
    const si_merge_sink sink = {.context = &job,
                                .unit = SI_PART_UNIT,
                                .bytes = si_packer_bytes(layout, job.threads, SI_PART_UNIT),
                                .take = take};
    SI_TRY(si_packer_create(&packing, &job.packer, error));
    si_result result = si_external_sort_merge(sort, largest, &inner, &sink, error);
    if (result == SI_OK)
        result = si_packer_finish(job.packer, checksum, error);
    si_packer_free(job.packer);
    return result;
}
