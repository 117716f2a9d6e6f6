#include "index/sort.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "index/hilbert.h"
#include "index/record.h"

/*
 * Entries (key, position) are scattered into buckets by the highest bits of their keys, then each
 * bucket, which fits a processor's cache, is sorted by radix. Keys are prefixes of the curve's; the
 * few runs of equal keys are put in order by comparing the records themselves.
 */

#define KEY_TASK_RECORDS 65536
#define BUCKETS_PER_TASK 64
#define INSERTION_SORT_LIMIT 48

typedef struct sort_job {
    const si_element_type *type;
    const si_record_store *store;
    si_hilbert_window window;
    unsigned bucket_bits;
    unsigned slices;
    si_sort_entry *unsorted;
    si_sort_entry *sorted;
    uint64_t *
        slice_starts; /* [slice][bucket]: counts at first, then where the slice's next entry goes */
    uint64_t *bucket_starts; /* one more than buckets */
    const si_build_watch *watch;
    _Atomic uint64_t keyed;
    _Atomic uint64_t in_order;
} sort_job;

/* ---- comparing records ---- */

static si_grid_cell cell_of_record(const si_element_type *type, const char *record)
{
    float centroid[3];
    si_record_centroid(type, record, centroid);
    return si_grid_cell_of(centroid);
}

static int compare_words(const char *a, const char *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t left, right;
        memcpy(&left, a + i * sizeof left, sizeof left);
        memcpy(&right, b + i * sizeof right, sizeof right);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

static int compare_float_bits(const char *a, const char *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t left, right;
        memcpy(&left, a + i * sizeof left, sizeof left);
        memcpy(&right, b + i * sizeof right, sizeof right);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

int si_record_compare(const si_element_type *type, const char *a, const char *b)
{
    si_grid_cell cell_a = cell_of_record(type, a), cell_b = cell_of_record(type, b);
    int order = si_hilbert_compare(&cell_a, &cell_b);
    if (order == 0)
        order = compare_words(a, b, type->word_count);
    if (order == 0)
        order = memcmp(a + si_record_bytes_offset(type), b + si_record_bytes_offset(type),
                       type->byte_count);
    if (order == 0)
        order = compare_float_bits(a + si_record_floats_offset(type),
                                   b + si_record_floats_offset(type), type->float_count);
    return order;
}

static int compare_entries(const void *a, const void *b, void *context)
{
    const sort_job *job = context;
    const si_sort_entry *left = a, *right = b;
    return si_record_compare(job->type, si_record_at(job->store, left->position),
                             si_record_at(job->store, right->position));
}

/* ---- keys and the scatter ---- */

static si_result report(const sort_job *job, const char *phase, _Atomic uint64_t *counter,
                        uint64_t count, si_error *error)
{
    uint64_t done = atomic_fetch_add(counter, count) + count;
    return job->watch->step(job->watch->context, phase, done, error);
}

static si_result compute_keys(void *context, unsigned worker, uint64_t task, si_error *error)
{
    sort_job *job = context;
    (void)worker;
    uint64_t first = task * KEY_TASK_RECORDS;
    uint64_t end = si_min_u64(first + KEY_TASK_RECORDS, job->store->count);
    for (uint64_t i = first; i < end; i++) {
        si_grid_cell cell = cell_of_record(job->type, si_record_at(job->store, i));
        job->unsorted[i] = (si_sort_entry){si_hilbert_window_key(&job->window, &cell), i};
    }
    return report(job, "ordering", &job->keyed, end - first, error);
}

static uint64_t bucket_count(const sort_job *job)
{
    return UINT64_C(1) << job->bucket_bits;
}

static uint64_t bucket_of(const sort_job *job, uint64_t key)
{
    return key >> (job->window.key_bits - job->bucket_bits);
}

static uint64_t slice_start(const sort_job *job, uint64_t slice)
{
    return job->store->count / job->slices * slice +
           si_min_u64(slice, job->store->count % job->slices);
}

static si_result count_slice(void *context, unsigned worker, uint64_t slice, si_error *error)
{
    sort_job *job = context;
    (void)worker, (void)error;
    uint64_t *counts = job->slice_starts + slice * bucket_count(job);
    for (uint64_t i = slice_start(job, slice), end = slice_start(job, slice + 1); i < end; i++)
        counts[bucket_of(job, job->unsorted[i].key)]++;
    return SI_OK;
}

static void place_buckets(sort_job *job)
{
    uint64_t total = 0, buckets = bucket_count(job);
    for (uint64_t bucket = 0; bucket < buckets; bucket++) {
        job->bucket_starts[bucket] = total;
        for (unsigned slice = 0; slice < job->slices; slice++) {
            uint64_t *start = &job->slice_starts[slice * buckets + bucket];
            uint64_t count = *start;
            *start = total;
            total += count;
        }
    }
    job->bucket_starts[buckets] = total;
}

static si_result scatter_slice(void *context, unsigned worker, uint64_t slice, si_error *error)
{
    sort_job *job = context;
    (void)worker, (void)error;
    uint64_t *starts = job->slice_starts + slice * bucket_count(job);
    for (uint64_t i = slice_start(job, slice), end = slice_start(job, slice + 1); i < end; i++) {
        si_sort_entry entry = job->unsorted[i];
        job->sorted[starts[bucket_of(job, entry.key)]++] = entry;
    }
    return SI_OK;
}

/* ---- sorting a bucket ---- */

static void insertion_sort(si_sort_entry *entries, uint64_t count)
{
    for (uint64_t i = 1; i < count; i++) {
        si_sort_entry entry = entries[i];
        uint64_t hole = i;
        for (; hole > 0 && entries[hole - 1].key > entry.key; hole--)
            entries[hole] = entries[hole - 1];
        entries[hole] = entry;
    }
}

static void scatter_by_byte(const si_sort_entry *from, si_sort_entry *to, uint64_t count,
                            unsigned shift, const uint64_t counts[256])
{
    uint64_t starts[256], total = 0;
    for (unsigned value = 0; value < 256; value++) {
        starts[value] = total;
        total += counts[value];
    }
    for (uint64_t i = 0; i < count; i++)
        to[starts[from[i].key >> shift & 255]++] = from[i];
}

/* Least significant byte first; bytes that are alike in all keys cost nothing but the count. */
static void radix_sort(si_sort_entry *entries, si_sort_entry *scratch, uint64_t count,
                       unsigned byte_count)
{
    uint64_t counts[8][256] = {0};
    for (uint64_t i = 0; i < count; i++)
        for (unsigned byte = 0; byte < byte_count; byte++)
            counts[byte][entries[i].key >> 8 * byte & 255]++;
    si_sort_entry *from = entries, *to = scratch;
    for (unsigned byte = 0; byte < byte_count; byte++) {
        if (counts[byte][entries[0].key >> 8 * byte & 255] == count)
            continue;
        scatter_by_byte(from, to, count, 8 * byte, counts[byte]);
        si_sort_entry *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != entries)
        memcpy(entries, from, count * sizeof *entries);
}

static si_result sort_by_key(const sort_job *job, si_sort_entry *entries, uint64_t count,
                             si_error *error)
{
    if (count <= INSERTION_SORT_LIMIT) {
        insertion_sort(entries, count);
        return SI_OK;
    }
    si_sort_entry *scratch = si_allocate(count, sizeof *scratch);
    if (!scratch)
        return si_fail_memory(error);
    unsigned varying_bits = job->window.key_bits - job->bucket_bits;
    radix_sort(entries, scratch, count, (varying_bits + 7) / 8);
    si_free(scratch);
    return SI_OK;
}

static void sort_equal_keys(sort_job *job, si_sort_entry *entries, uint64_t count)
{
    for (uint64_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && entries[end].key == entries[first].key;)
            end++;
        if (end - first > 1)
            qsort_r(entries + first, end - first, sizeof *entries, compare_entries, job);
    }
}

static si_result sort_buckets(void *context, unsigned worker, uint64_t task, si_error *error)
{
    sort_job *job = context;
    (void)worker;
    uint64_t bucket = task * BUCKETS_PER_TASK;
    uint64_t end = si_min_u64(bucket + BUCKETS_PER_TASK, bucket_count(job));
    uint64_t total = job->bucket_starts[end] - job->bucket_starts[bucket];
    for (; bucket < end; bucket++) {
        si_sort_entry *entries = job->sorted + job->bucket_starts[bucket];
        uint64_t count = job->bucket_starts[bucket + 1] - job->bucket_starts[bucket];
        SI_TRY(sort_by_key(job, entries, count, error));
        sort_equal_keys(job, entries, count);
    }
    return total > 0 ? report(job, "sorting", &job->in_order, total, error) : SI_OK;
}

/* ---- the whole ---- */

/* Buckets of a few thousand entries, if they were spread over an eighth of the key space. */
static unsigned choose_bucket_bits(uint64_t count, unsigned key_bits)
{
    unsigned bits = 0;
    while (bits < 16 && bits < key_bits && (UINT64_C(1) << bits) < count / 512)
        bits++;
    return bits;
}

static si_result scatter_into_buckets(sort_job *job, unsigned threads, si_error *error)
{
    uint64_t buckets = bucket_count(job);
    uint64_t key_tasks = si_divide_up(job->store->count, KEY_TASK_RECORDS);
    job->slice_starts = si_allocate_zeroed(buckets * job->slices, sizeof *job->slice_starts);
    job->bucket_starts = si_allocate(buckets + 1, sizeof *job->bucket_starts);
    job->unsorted = si_allocate_large(job->store->count, sizeof *job->unsorted);
    if (!job->slice_starts || !job->bucket_starts || !job->unsorted)
        return si_fail_memory(error);
    SI_TRY(si_parallel(threads, key_tasks, compute_keys, job, error));
    job->sorted = si_allocate_large(job->store->count, sizeof *job->sorted);
    if (!job->sorted)
        return si_fail_memory(error);
    SI_TRY(si_parallel(threads, job->slices, count_slice, job, error));
    place_buckets(job);
    return si_parallel(threads, job->slices, scatter_slice, job, error);
}

si_result si_sort_records(const si_element_type *type, const si_record_store *store, float largest,
                          unsigned threads, const si_build_watch *watch, si_sort_entry **entries,
                          si_error *error)
{
    sort_job job = {.type = type,
                    .store = store,
                    .window = si_hilbert_window_for(largest),
                    .watch = watch,
                    .slices = threads ? threads : si_processor_count()};
    job.bucket_bits = choose_bucket_bits(store->count, job.window.key_bits);
    si_result status = scatter_into_buckets(&job, threads, error);
    si_free(job.unsorted);
    if (status == SI_OK)
        status = si_parallel(threads, si_divide_up(bucket_count(&job), BUCKETS_PER_TASK),
                             sort_buckets, &job, error);
    si_free(job.slice_starts);
    si_free(job.bucket_starts);
    if (status == SI_OK)
        *entries = job.sorted;
    else
        si_free(job.sorted);
    return status;
}
