/*
 * Sorting in memory. Entries (key, place) are scattered into buckets by the highest bits in which
 * their keys differ, then each bucket, which fits a processor's cache, is sorted. Keys are prefixes
 * of the places on the Hilbert curve; the few that are equal are told apart by comparing the
 * records themselves.
 */
#include "sort/sort.h"

#include <stdatomic.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "element/hilbert.h"

#define SLICE_RECORDS 65536
#define KEYS_AT_A_TIME 128
#define BUCKET_ENTRIES 2048
#define MOST_BUCKET_BITS 14
#define BUCKETS_PER_TASK 16

/* Records of a piece whose keys one task computes. */
typedef struct key_slice {
    uint64_t piece;
    uint32_t first_record;
    uint32_t count;
    uint64_t first_entry;
    uint64_t least_key;
    uint64_t greatest_key;
} key_slice;

typedef struct sort_job {
    const si_sort_input *input;
    si_sort_space *space;
    si_hilbert_window window;
    uint64_t count;
    key_slice *slices;
    uint64_t slice_count;
    uint64_t least_key;
    unsigned bucket_shift;
    uint64_t bucket_count;
    uint64_t *starts; /* [share][bucket]: counts at first, then where the share's next entry goes */
    uint64_t *bucket_starts; /* one more than buckets */
    _Atomic uint64_t keyed;
    _Atomic uint64_t in_order;
} sort_job;

/* ---- space ---- */

si_result si_sort_space_allocate(si_sort_space *space, uint64_t capacity, si_error *error)
{
    space->capacity = capacity;
    space->entries = si_allocate_large(capacity, sizeof *space->entries);
    space->scratch = si_allocate_large(capacity, sizeof *space->scratch);
    if (space->entries && space->scratch)
        return SI_OK;
    si_sort_space_free(space);
    return si_fail_memory(error);
}

void si_sort_space_trim(si_sort_space *space)
{
    si_free_large(space->scratch, space->capacity, sizeof *space->scratch);
    space->scratch = NULL;
}

void si_sort_space_free(si_sort_space *space)
{
    si_sort_space_trim(space);
    si_free_large(space->entries, space->capacity, sizeof *space->entries);
    *space = (si_sort_space){.capacity = 0};
}

/* ---- keys ---- */

static si_result report(const sort_job *job, const char *phase, _Atomic uint64_t *counter,
                        uint64_t count, si_error *error)
{
    const si_progress *progress = job->input->progress;
    uint64_t done = atomic_fetch_add(counter, count) + count;
    return si_progress_report(progress, phase, done, error);
}

/* With `slices` NULL it only counts them. */
static uint64_t cut_slices(const si_record_pieces *records, key_slice *slices, uint64_t *count)
{
    uint64_t slice = 0;
    *count = 0;
    for (uint64_t piece = 0; piece < records->piece_count; piece++)
        for (uint32_t first = 0; first < records->counts[piece]; first += SLICE_RECORDS) {
            uint32_t size = (uint32_t)si_min_u64(SLICE_RECORDS, records->counts[piece] - first);
            if (slices)
                slices[slice] = (key_slice){piece, first, size, *count, 0, 0};
            slice++;
            *count += size;
        }
    return slice;
}

/* Keys of records that lie side by side. */
static void key_some(const sort_job *job, const char *record, uint32_t count,
                     uint64_t keys[KEYS_AT_A_TIME])
{
    float centroids[KEYS_AT_A_TIME][3];
    for (uint32_t i = 0; i < count; i++, record += job->input->records->stride)
        si_record_centroid(job->input->type, record, centroids[i]);
    si_hilbert_window_keys(&job->window, (const float(*)[3])centroids, count, keys);
}

static si_result compute_keys(void *context, unsigned worker, uint64_t task, si_error *error)
{
    sort_job *job = context;
    key_slice *slice = &job->slices[task];
    si_sort_entry *entries = job->space->scratch + slice->first_entry;
    uint64_t keys[KEYS_AT_A_TIME], least = UINT64_MAX, greatest = 0;
    (void)worker;
    for (uint32_t first = 0; first < slice->count; first += KEYS_AT_A_TIME) {
        uint32_t count = (uint32_t)si_min_u64(KEYS_AT_A_TIME, slice->count - first);
        uint64_t place = si_record_place(slice->piece, slice->first_record + first);
        key_some(job, si_record_at(job->input->records, place), count, keys);
        for (uint32_t i = 0; i < count; i++) {
            least = si_min_u64(least, keys[i]);
            greatest = si_max_u64(greatest, keys[i]);
            entries[first + i] = (si_sort_entry){keys[i], place + i};
        }
    }
    slice->least_key = least;
    slice->greatest_key = greatest;
    return report(job, "ordering", &job->keyed, slice->count, error);
}

static unsigned bit_length(uint64_t value)
{
    return value > 0 ? 64u - (unsigned)__builtin_clzll(value) : 0;
}

/* Buckets of some thousands of entries, by the bits in which keys differ. */
static void choose_buckets(sort_job *job)
{
    uint64_t greatest = 0;
    unsigned bits = bit_length(job->count / BUCKET_ENTRIES);
    job->least_key = UINT64_MAX;
    for (uint64_t i = 0; i < job->slice_count; i++) {
        job->least_key = si_min_u64(job->least_key, job->slices[i].least_key);
        greatest = si_max_u64(greatest, job->slices[i].greatest_key);
    }
    bits = bits < MOST_BUCKET_BITS ? bits : MOST_BUCKET_BITS;
    unsigned differing = bit_length(greatest - job->least_key);
    job->bucket_shift = differing > bits ? differing - bits : 0;
    job->bucket_count = ((greatest - job->least_key) >> job->bucket_shift) + 1;
}

/* ---- the scatter ---- */

static uint64_t bucket_of(const sort_job *job, uint64_t key)
{
    return (key - job->least_key) >> job->bucket_shift;
}

/* Where the share of a thread begins. */
static uint64_t slice_start(const sort_job *job, uint64_t share)
{
    unsigned shares = job->input->threads;
    return job->count / shares * share + si_min_u64(share, job->count % shares);
}

static si_result count_share(void *context, unsigned worker, uint64_t share, si_error *error)
{
    sort_job *job = context;
    (void)worker, (void)error;
    uint64_t *counts = job->starts + share * job->bucket_count;
    for (uint64_t i = slice_start(job, share), end = slice_start(job, share + 1); i < end; i++)
        counts[bucket_of(job, job->space->scratch[i].key)]++;
    return SI_OK;
}

static void place_buckets(sort_job *job)
{
    uint64_t total = 0;
    for (uint64_t bucket = 0; bucket < job->bucket_count; bucket++) {
        job->bucket_starts[bucket] = total;
        for (unsigned share = 0; share < job->input->threads; share++) {
            uint64_t *start = &job->starts[share * job->bucket_count + bucket];
            uint64_t count = *start;
            *start = total;
            total += count;
        }
    }
    job->bucket_starts[job->bucket_count] = total;
}

static si_result scatter_share(void *context, unsigned worker, uint64_t share, si_error *error)
{
    sort_job *job = context;
    (void)worker, (void)error;
    uint64_t *starts = job->starts + share * job->bucket_count;
    for (uint64_t i = slice_start(job, share), end = slice_start(job, share + 1); i < end; i++) {
        si_sort_entry entry = job->space->scratch[i];
        job->space->entries[starts[bucket_of(job, entry.key)]++] = entry;
    }
    return SI_OK;
}

static si_result sort_buckets(void *context, unsigned worker, uint64_t task, si_error *error)
{
    sort_job *job = context;
    const si_sorted_records records = {job->input->type, job->input->records};
    (void)worker;
    uint64_t first = task * BUCKETS_PER_TASK;
    uint64_t end = si_min_u64(first + BUCKETS_PER_TASK, job->bucket_count);
    uint64_t total = job->bucket_starts[end] - job->bucket_starts[first];
    for (uint64_t bucket = first; bucket < end; bucket++) {
        uint64_t start = job->bucket_starts[bucket];
        si_sort_entries(&records, job->space->entries + start, job->space->scratch + start,
                        job->bucket_starts[bucket + 1] - start);
    }
    return total > 0 ? report(job, "sorting", &job->in_order, total, error) : SI_OK;
}

/* ---- the whole ---- */

static si_result key_records(sort_job *job, si_error *error)
{
    const si_sort_input *input = job->input;
    job->slice_count = cut_slices(input->records, NULL, &job->count);
    job->slices = si_allocate(job->slice_count, sizeof *job->slices);
    if (!job->slices)
        return si_fail_memory(error);
    cut_slices(input->records, job->slices, &job->count);
    SI_TRY(si_parallel(input->threads, job->slice_count, compute_keys, job, error));
    choose_buckets(job);
    return SI_OK;
}

static si_result sort_keyed(sort_job *job, si_error *error)
{
    unsigned threads = job->input->threads;
    job->starts = si_allocate_zeroed(job->bucket_count * threads, sizeof *job->starts);
    job->bucket_starts = si_allocate(job->bucket_count + 1, sizeof *job->bucket_starts);
    if (!job->starts || !job->bucket_starts)
        return si_fail_memory(error);
    SI_TRY(si_parallel(threads, threads, count_share, job, error));
    place_buckets(job);
    SI_TRY(si_parallel(threads, threads, scatter_share, job, error));
    return si_parallel(threads, si_divide_up(job->bucket_count, BUCKETS_PER_TASK), sort_buckets,
                       job, error);
}

si_result si_sort_records(const si_sort_input *input, si_sort_space *space, si_error *error)
{
    sort_job job = {
        .input = input, .space = space, .window = si_hilbert_window_for(input->largest)};
    si_result result = key_records(&job, error);
    if (result == SI_OK && job.count > 0)
        result = sort_keyed(&job, error);
    si_free(job.slices);
    si_free(job.starts);
    si_free(job.bucket_starts);
    return result;
}
