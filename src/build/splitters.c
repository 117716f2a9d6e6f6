/*
 * The first half of a sample sort. Each rank sends samples, evenly spaced in the order of its
 * records, to rank 0, in proportion to how many it has. Rank 0 sorts all of them and takes as
 * splitters those that cut them into equal stretches.
 */
#include "build/splitters.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "sort/sort.h"

/* The more samples, the more alike are the ranges: with so many for each rank, the largest of a
 * thousand runs is some hundredths larger than they are on average. */
#define SAMPLES_PER_RANK 1024

/* But no more than this share of the records. */
#define SAMPLE_SHARE 32

/* What a rank sends are quantiles of so many times more records that it looks at: so a sample
 * stands for more than itself. On the disk, each of them may take a read. */
#define LOOKED_AT_PER_SAMPLE 16
#define LOOKED_AT_PER_SAMPLE_ON_DISK 4

/* Writes `count` records in order, every `step`th from `first` on, to `chosen`. */
static si_result choose_in_order(const si_splitting *splitting, const char *records, uint64_t count,
                                 double first, double step, uint64_t chosen_count, char *chosen,
                                 si_error *error)
{
    const uint32_t piece_count = (uint32_t)count;
    const size_t bytes = splitting->type->record_bytes;
    const si_record_pieces pieces = {bytes, 1, &records, &piece_count};
    const si_sort_input sorting = {splitting->type, &pieces, splitting->largest, 1, NULL};
    si_sort_space space = {.capacity = 0};
    si_result result = si_sort_space_allocate(&space, count, error);
    if (result == SI_OK)
        result = si_sort_records(&sorting, &space, error);
    for (uint64_t i = 0; i < chosen_count && result == SI_OK; i++) {
        uint64_t place = si_min_u64((uint64_t)(first + (double)i * step), count - 1);
        memcpy(chosen + i * bytes, si_record_at(&pieces, space.entries[place].place), bytes);
    }
    si_sort_space_free(&space);
    return result;
}

/* ---- the samples of a rank ---- */

/* In proportion to its records, so that each stands for as many. */
static uint64_t choose_sample_count(const si_splitting *splitting)
{
    uint64_t wanted = si_min_u64((uint64_t)splitting->cluster->size * SAMPLES_PER_RANK,
                                 si_divide_up(splitting->count_of_all, SAMPLE_SHARE));
    wanted = si_min_u64(wanted, splitting->most_samples);
    if (splitting->count == 0)
        return 0;
    double share = (double)splitting->count / (double)splitting->count_of_all;
    return si_min_u64(splitting->count, 1 + (uint64_t)((double)wanted * share));
}

/* The middles of `looked_at` equal stretches of all records. */
static si_result look_at_some(const si_splitting *splitting, uint64_t looked_at, char *seen,
                              si_error *error)
{
    const size_t bytes = splitting->type->record_bytes;
    double stretch = (double)splitting->count / (double)looked_at;
    uint64_t place = 0;
    for (uint64_t i = 0; i < looked_at; i++) {
        const char *record;
        uint64_t there, wanted = (uint64_t)(((double)i + 0.5) * stretch);
        wanted = si_max_u64(place, si_min_u64(wanted, splitting->count - 1));
        SI_TRY(si_record_cursor_skip(splitting->cursor, wanted - place, error));
        SI_TRY(si_record_cursor_next(splitting->cursor, 1, &record, &there, error));
        if (there == 0)
            return si_fail(error, SI_ERROR_FORMAT,
                           "a temporary file has fewer than the %llu records written to it",
                           (unsigned long long)splitting->count);
        memcpy(seen + i * bytes, record, bytes);
        place = wanted + 1;
    }
    si_record_cursor_rewind(splitting->cursor);
    return SI_OK;
}

static uint64_t choose_looked_at(const si_splitting *splitting, uint64_t sample_count)
{
    bool is_on_disk = splitting->cursor->sorter->is_external;
    uint64_t wanted = sample_count *
                      (is_on_disk ? LOOKED_AT_PER_SAMPLE_ON_DISK : LOOKED_AT_PER_SAMPLE);
    wanted = si_min_u64(wanted, si_min_u64(splitting->most_samples, UINT32_MAX));
    return si_min_u64(splitting->count, si_max_u64(wanted, sample_count));
}

/* Quantiles of what is seen. Those of different ranks are set off against each other, so that what
 * is lost by rounding is not the same on all. */
static si_result take_samples(const si_splitting *splitting, uint64_t sample_count, char *samples,
                              si_error *error)
{
    const si_cluster *cluster = splitting->cluster;
    uint64_t looked_at = choose_looked_at(splitting, sample_count);
    double step = (double)looked_at / (double)sample_count;
    double first = step * (cluster->rank + 0.5) / cluster->size;
    char *seen = si_allocate(looked_at, splitting->type->record_bytes);
    si_result result = seen ? look_at_some(splitting, looked_at, seen, error)
                            : si_fail_memory(error);
    if (result == SI_OK)
        result = choose_in_order(splitting, seen, looked_at, first, step, sample_count, samples,
                                 error);
    si_free(seen);
    return result;
}

/* ---- all samples ---- */

/* The tables of gathering: what a rank sends to and receives from each other one. */
typedef struct number_tables {
    uint64_t *sent;
    uint64_t *received;
} number_tables;

/* To rank 0, which has room for all of them. */
static si_result gather_samples(si_splitters *splitters, const si_splitting *splitting,
                                const char *own, uint64_t own_count, number_tables *tables,
                                si_error *error)
{
    const size_t bytes = splitting->type->record_bytes;
    si_cluster *cluster = splitting->cluster;
    bool is_first = cluster->rank == 0;
    uint64_t total = 0;
    SI_TRY(si_cluster_gather(cluster, &own_count, sizeof own_count, tables->received, error));
    tables->sent[0] = own_count * bytes;
    for (unsigned rank = 0; rank < cluster->size; rank++) {
        total += tables->received[rank];
        tables->received[rank] *= is_first ? bytes : 0;
    }
    char *samples = si_allocate(is_first ? total : 0, bytes);
    si_result result = si_cluster_agree(cluster, samples ? SI_OK : si_fail_memory(error), error);
    if (result == SI_OK)
        result = si_cluster_exchange(cluster, own, tables->sent, samples, tables->received, error);
    double step = (double)total / cluster->size;
    if (result == SI_OK && is_first && total > 0)
        result = choose_in_order(splitting, samples, total, step, step, splitters->count,
                                 splitters->records, error);
    si_free(samples);
    return si_cluster_agree(cluster, result, error);
}

static si_result find_records(si_splitters *splitters, const si_splitting *splitting,
                              si_error *error)
{
    si_cluster *cluster = splitting->cluster;
    uint64_t count = choose_sample_count(splitting);
    number_tables tables = {si_allocate_zeroed(cluster->size, sizeof *tables.sent),
                            si_allocate_zeroed(cluster->size, sizeof *tables.received)};
    char *samples = si_allocate(count, splitting->type->record_bytes);
    si_result result = tables.sent && tables.received && samples ? SI_OK : si_fail_memory(error);
    if (result == SI_OK && count > 0)
        result = take_samples(splitting, count, samples, error);
    result = si_cluster_agree(cluster, result, error);
    if (result == SI_OK)
        result = gather_samples(splitters, splitting, samples, count, &tables, error);
    if (result == SI_OK)
        result = si_cluster_broadcast(cluster, splitters->records,
                                      splitters->count * splitting->type->record_bytes, error);
    si_free(tables.sent);
    si_free(tables.received);
    si_free(samples);
    return result;
}

static void compute_keys(const si_splitters *splitters, const char *records, uint64_t count,
                         uint64_t *keys)
{
    float centroids[SI_SPLIT_AT_A_TIME][3];
    for (uint64_t i = 0; i < count; i++)
        si_record_centroid(splitters->type, records + i * splitters->type->record_bytes,
                           centroids[i]);
    si_hilbert_window_keys(&splitters->window, (const float(*)[3])centroids, count, keys);
}

si_result si_splitters_find(si_splitters *splitters, const si_splitting *splitting, si_error *error)
{
    const size_t bytes = splitting->type->record_bytes;
    *splitters = (si_splitters){.type = splitting->type,
                                .count = splitting->cluster->size - 1,
                                .window = si_hilbert_window_for(splitting->largest)};
    splitters->records = si_allocate_zeroed(splitters->count, bytes);
    splitters->keys = si_allocate(splitters->count, sizeof *splitters->keys);
    bool is_complete = splitters->records && splitters->keys;
    SI_TRY(
        si_cluster_agree(splitting->cluster, is_complete ? SI_OK : si_fail_memory(error), error));
    SI_TRY(find_records(splitters, splitting, error));
    for (unsigned i = 0; i < splitters->count; i += SI_SPLIT_AT_A_TIME)
        compute_keys(splitters, splitters->records + i * bytes,
                     si_min_u64(SI_SPLIT_AT_A_TIME, splitters->count - i), splitters->keys + i);
    return SI_OK;
}

void si_splitters_free(si_splitters *splitters)
{
    si_free(splitters->records);
    si_free(splitters->keys);
    *splitters = (si_splitters){.type = NULL};
}

/* ---- targets ---- */

/* How many of the splitters have a smaller key. */
static uint32_t count_smaller(const si_splitters *splitters, uint64_t key)
{
    uint32_t low = 0;
    for (uint32_t rest = splitters->count; rest > 0;) {
        uint32_t half = (rest + 1) / 2;
        low += splitters->keys[low + half - 1] < key ? half : 0;
        rest -= half;
    }
    return low;
}

/* Different places on the curve, and different records at one, share a key. */
static uint32_t pass_equal_keys(const si_splitters *splitters, uint32_t low, uint64_t key,
                                const char *record)
{
    size_t bytes = splitters->type->record_bytes;
    uint32_t high = low;
    if (low < splitters->count && splitters->keys[low] == key)
        high = count_smaller(splitters, key + 1);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (si_record_compare(splitters->type, record, splitters->records + middle * bytes) < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void si_splitters_targets(const si_splitters *splitters, const char *records, uint64_t count,
                          uint32_t *targets)
{
    uint64_t keys[SI_SPLIT_AT_A_TIME];
    compute_keys(splitters, records, count, keys);
    for (uint64_t i = 0; i < count; i++)
        targets[i] = pass_equal_keys(splitters, count_smaller(splitters, keys[i]), keys[i],
                                     records + i * splitters->type->record_bytes);
}
