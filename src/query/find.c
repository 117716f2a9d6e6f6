/* Queries on an opened index: counts, emptiness, columns and batches of results. */
#include "base/arithmetic.h"
#include "base/bits.h"
#include "base/memory.h"
#include "query/delta_search.h"
#include "query/extract.h"
#include "query/search.h"

/* ---- count and emptiness ---- */

typedef struct result_counter {
    const si_index *index;
    uint64_t count;
} result_counter;

static bool count_leaf(void *context, uint64_t leaf, uint64_t mask)
{
    result_counter *counter = context;
    (void)leaf;
    counter->count += si_bit_count(mask);
    return true;
}

static bool count_leaves(void *context, uint64_t first, uint64_t end)
{
    result_counter *counter = context;
    counter->count += si_leaves_size(counter->index, first, end);
    return true;
}

si_result si_index_count(const si_index *index, const si_query *query, uint64_t *count,
                         si_error *error)
{
    SI_TRY(si_search_check(index, query, error));
    result_counter counter = {.index = index};
    SI_TRY(si_search(
        index, query,
        &(si_search_sink){.context = &counter, .leaf = count_leaf, .leaves = count_leaves}, error));
    si_delta *delta = si_index_delta(index);
    uint64_t inserted = 0;
    if (delta)
        SI_TRY(si_delta_count_found(delta, query, &inserted, error));
    *count = counter.count + inserted;
    return SI_OK;
}

static bool stop_at_leaf(void *context, uint64_t leaf, uint64_t mask)
{
    (void)leaf, (void)mask;
    *(int *)context = 0;
    return false;
}

static bool stop_at_leaves(void *context, uint64_t first, uint64_t end)
{
    (void)first, (void)end;
    *(int *)context = 0;
    return false;
}

si_result si_index_empty(const si_index *index, const si_query *query, int *empty, si_error *error)
{
    SI_TRY(si_search_check(index, query, error));
    *empty = 1;
    SI_TRY(si_search(
        index, query,
        &(si_search_sink){
            .context = empty, .leaf = stop_at_leaf, .leaves = stop_at_leaves, .first_only = true},
        error));
    si_delta *delta = si_index_delta(index);
    if (delta && *empty) {
        bool is_any;
        SI_TRY(si_delta_find_any(delta, query, &is_any, error));
        *empty = !is_any;
    }
    return SI_OK;
}

/* ---- results as columns ---- */

static si_result check_field(const si_index *index, si_field field, si_error *error)
{
    if (!si_element_field(index->layout.kind, field))
        return si_fail(error, SI_ERROR_ARGUMENT, "a %s index has no field %d", index->type->name,
                       (int)field);
    return SI_OK;
}

typedef struct result_collector {
    result_counter counter; /* must be first: beyond the capacity, a collector only counts */
    si_extractor extractor;
} result_collector;

static bool collect_leaf(void *context, uint64_t leaf, uint64_t mask)
{
    result_collector *collector = context;
    if (collector->counter.count < collector->extractor.capacity)
        si_extractor_add_elements(&collector->extractor, leaf, mask);
    return count_leaf(&collector->counter, leaf, mask);
}

static bool collect_leaves(void *context, uint64_t first, uint64_t end)
{
    result_collector *collector = context;
    if (collector->counter.count < collector->extractor.capacity)
        si_extractor_add_leaves(&collector->extractor, first, end);
    return count_leaves(&collector->counter, first, end);
}

static void copy_found(void *context)
{
    result_collector *collector = context;
    si_extractor_flush(&collector->extractor);
}

/* Inserted elements follow the others, of which `*count` were found. */
static si_result add_inserted(si_delta *delta, const si_query *query, const si_column *columns,
                              size_t column_count, uint64_t capacity, uint64_t *count,
                              si_error *error)
{
    si_place_list list;
    si_result result = si_delta_find(delta, query, &list, error);
    if (result == SI_OK) {
        if (*count < capacity)
            si_delta_copy_columns(delta, list.places, si_min_u64(list.count, capacity - *count),
                                  columns, column_count, *count);
        *count += list.count;
    }
    si_place_list_free(&list);
    return result;
}

si_result si_index_find(const si_index *index, const si_query *query, const si_column *columns,
                        size_t column_count, uint64_t capacity, uint64_t *count, si_error *error)
{
    SI_TRY(si_search_check(index, query, error));
    for (size_t i = 0; i < column_count; i++) {
        SI_TRY(check_field(index, columns[i].field, error));
        if (!columns[i].data && capacity > 0)
            return si_fail(error, SI_ERROR_ARGUMENT, "the data of column %zu is NULL", i);
    }
    result_collector collector = {.counter.index = index};
    si_extractor_start(&collector.extractor, index, columns, column_count,
                       column_count ? capacity : 0);
    SI_TRY(si_search(index, query,
                     &(si_search_sink){.context = &collector,
                                       .leaf = collect_leaf,
                                       .leaves = collect_leaves,
                                       .needed = collector.extractor.needed,
                                       .flush = copy_found},
                     error));
    si_delta *delta = si_index_delta(index);
    uint64_t found = collector.counter.count;
    if (delta)
        SI_TRY(add_inserted(delta, query, columns, column_count, column_count ? capacity : 0,
                            &found, error));
    *count = found;
    return SI_OK;
}

/* ---- results in batches ---- */

/* Small enough to stay in a processor's cache, large enough that the visitor's call costs nothing.
 */
#define BATCH_CAPACITY 1024

typedef struct result_batcher {
    const si_index *index;
    si_column *columns;
    size_t column_count;
    uint64_t added; /* to the extractor */
    si_extractor extractor;
    si_results_fn visitor;
    void *visitor_context;
    bool stopped;
} result_batcher;

static bool flush(result_batcher *batcher)
{
    si_extractor_flush(&batcher->extractor);
    if (batcher->added > 0 && !batcher->stopped)
        batcher->stopped = batcher->visitor(batcher->visitor_context, batcher->columns,
                                            batcher->column_count, batcher->added) != 0;
    batcher->added = batcher->extractor.filled = 0;
    return !batcher->stopped;
}

static bool batch_leaf(void *context, uint64_t leaf, uint64_t mask)
{
    result_batcher *batcher = context;
    if (batcher->added + SI_LEAF_CAPACITY > BATCH_CAPACITY && !flush(batcher))
        return false;
    si_extractor_add_elements(&batcher->extractor, leaf, mask);
    batcher->added += si_bit_count(mask);
    return true;
}

static bool batch_leaves(void *context, uint64_t first, uint64_t end)
{
    result_batcher *batcher = context;
    while (first < end) {
        uint64_t room = (BATCH_CAPACITY - batcher->added) / SI_LEAF_CAPACITY;
        uint64_t run = si_min_u64(first + room, end);
        if (run > first) {
            si_extractor_add_leaves(&batcher->extractor, first, run);
            batcher->added += si_leaves_size(batcher->index, first, run);
        }
        first = run;
        if (first < end && !flush(batcher))
            return false;
    }
    return true;
}

static void batch_found(void *context)
{
    result_batcher *batcher = context;
    si_extractor_flush(&batcher->extractor);
}

static si_result allocate_batch(result_batcher *batcher, const si_field *fields, si_error *error)
{
    batcher->columns = si_allocate_zeroed(batcher->column_count, sizeof *batcher->columns);
    if (!batcher->columns)
        return si_fail_memory(error);
    for (size_t i = 0; i < batcher->column_count; i++) {
        SI_TRY(check_field(batcher->index, fields[i], error));
        size_t size = si_element_field(batcher->index->layout.kind, fields[i])->size;
        batcher->columns[i] = (si_column){fields[i], si_allocate(BATCH_CAPACITY, size)};
        if (!batcher->columns[i].data)
            return si_fail_memory(error);
    }
    return SI_OK;
}

/* The delta is not locked while the visitor runs, so it may insert more elements. */
static si_result visit_inserted(result_batcher *batcher, si_delta *delta, const si_query *query,
                                si_error *error)
{
    si_place_list list;
    si_result result = si_delta_find(delta, query, &list, error);
    for (uint64_t first = 0; result == SI_OK && first < list.count && !batcher->stopped;
         first += BATCH_CAPACITY) {
        batcher->added = si_min_u64(BATCH_CAPACITY, list.count - first);
        si_delta_copy_columns(delta, list.places + first, batcher->added, batcher->columns,
                              batcher->column_count, 0);
        flush(batcher);
    }
    si_place_list_free(&list);
    return result;
}

si_result si_index_visit(const si_index *index, const si_query *query, const si_field *fields,
                         size_t field_count, si_results_fn visitor, void *context, si_error *error)
{
    SI_TRY(si_search_check(index, query, error));
    result_batcher batcher = {.index = index,
                              .column_count = field_count,
                              .visitor = visitor,
                              .visitor_context = context};
    si_result result = allocate_batch(&batcher, fields, error);
    if (result == SI_OK) {
        si_extractor_start(&batcher.extractor, index, batcher.columns, field_count, BATCH_CAPACITY);
        result = si_search(index, query,
                           &(si_search_sink){.context = &batcher,
                                             .leaf = batch_leaf,
                                             .leaves = batch_leaves,
                                             .needed = batcher.extractor.needed,
                                             .flush = batch_found},
                           error);
        si_delta *delta = si_index_delta(index);
        if (result == SI_OK && flush(&batcher) && delta)
            result = visit_inserted(&batcher, delta, query, error);
    }
    for (size_t i = 0; batcher.columns && i < field_count; i++)
        si_free(batcher.columns[i].data);
    si_free(batcher.columns);
    return result;
}
