/*
 * Queries on an opened index: their count, whether there is any result, results in the caller's
 * columns, and results batch by batch.
 *
 * Each is a search with a sink of its own; where values are wanted, the sink adds what is found to
 * a gather. Inserted elements, where there are any, follow the others.
 */
#include <assert.h>

#include "base/arithmetic.h"
#include "base/bits.h"
#include "base/memory.h"
#include "query/delta_search.h"
#include "query/gather.h"
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
    counter->count += si_tree_element_count(counter->index, first, end);
    return true;
}

si_result si_index_count(const si_index *index, const si_query *query, uint64_t *count,
                         si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(count, "count", error));
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
    *(bool *)context = false;
    return false;
}

static bool stop_at_leaves(void *context, uint64_t first, uint64_t end)
{
    (void)first, (void)end;
    *(bool *)context = false;
    return false;
}

si_result si_index_empty(const si_index *index, const si_query *query, bool *empty, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(empty, "empty", error));
    SI_TRY(si_search_check(index, query, error));
    *empty = true;
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

/* ---- results in the caller's columns ---- */

typedef struct column_sink {
    result_counter counter; /* must be first: results beyond the capacity are only counted */
    si_gather gather;
} column_sink;

static bool add_leaf_to_columns(void *context, uint64_t leaf, uint64_t mask)
{
    column_sink *sink = context;
    if (sink->counter.count < sink->gather.capacity)
        si_gather_add(&sink->gather, &(si_find){.first_leaf = leaf, .mask = mask});
    return count_leaf(&sink->counter, leaf, mask);
}

static bool add_leaves_to_columns(void *context, uint64_t first, uint64_t end)
{
    column_sink *sink = context;
    if (sink->counter.count < sink->gather.capacity)
        si_gather_add(&sink->gather, &(si_find){.first_leaf = first, .end_leaf = end});
    return count_leaves(&sink->counter, first, end);
}

static void flush_columns(void *context)
{
    si_gather_flush(&((column_sink *)context)->gather);
}

si_result si_index_find(const si_index *index, const si_query *query, const si_column *columns,
                        size_t column_count, uint64_t capacity, uint64_t *count, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(count, "count", error));
    if (column_count > 0)
        SI_TRY(si_require(columns, "columns", error));
    SI_TRY(si_search_check(index, query, error));
    SI_TRY(si_gather_check(index, columns, column_count, capacity > 0, error));
    column_sink sink = {.counter.index = index};
    si_gather_start(&sink.gather, index, columns, column_count, column_count ? capacity : 0);
    SI_TRY(si_search(index, query,
                     &(si_search_sink){.context = &sink,
                                       .leaf = add_leaf_to_columns,
                                       .leaves = add_leaves_to_columns,
                                       .needed = sink.gather.needed,
                                       .flush = flush_columns},
                     error));
    si_delta *delta = si_index_delta(index);
    if (delta) {
        si_place_list inserted;
        si_result result = si_delta_find(delta, query, &inserted, error);
        if (result == SI_OK) {
            si_gather_add_inserted(&sink.gather, inserted.places, inserted.count);
            sink.counter.count += inserted.count;
        }
        si_place_list_free(&inserted);
        SI_TRY(result);
    }
    *count = sink.counter.count;
    return SI_OK;
}

/* ---- results batch by batch ---- */

/* Small enough to stay in a processor's cache, large enough that the visitor's call costs nothing.
 */
#define BATCH_ROWS 1024

typedef struct batch_sink {
    si_gather gather;
    si_column *columns;
    size_t column_count;
    uint64_t rows; /* added to the gather */
    si_results_fn visitor;
    void *visitor_context;
    bool stopped; /* by the visitor */
} batch_sink;

/* Calls the visitor with the rows that have been added. False: it stops. */
static bool hand_out_batch(batch_sink *sink)
{
    si_gather_flush(&sink->gather);
    assert(sink->gather.filled == sink->rows || sink->column_count == 0);
    if (sink->rows > 0 && !sink->stopped)
        sink->stopped = sink->visitor(sink->visitor_context, sink->columns, sink->column_count,
                                      sink->rows) != 0;
    sink->rows = sink->gather.filled = 0;
    return !sink->stopped;
}

static bool add_leaf_to_batch(void *context, uint64_t leaf, uint64_t mask)
{
    batch_sink *sink = context;
    if (sink->rows + SI_LEAF_CAPACITY > BATCH_ROWS && !hand_out_batch(sink))
        return false;
    si_gather_add(&sink->gather, &(si_find){.first_leaf = leaf, .mask = mask});
    sink->rows += si_bit_count(mask);
    return true;
}

static bool add_leaves_to_batch(void *context, uint64_t first, uint64_t end)
{
    batch_sink *sink = context;
    while (first < end) {
        uint64_t room = (BATCH_ROWS - sink->rows) / SI_LEAF_CAPACITY;
        uint64_t next = si_min_u64(first + room, end);
        if (next > first) {
            si_gather_add(&sink->gather, &(si_find){.first_leaf = first, .end_leaf = next});
            sink->rows += si_tree_element_count(sink->gather.index, first, next);
        }
        first = next;
        if (first < end && !hand_out_batch(sink))
            return false;
    }
    return true;
}

static void flush_batch(void *context)
{
    si_gather_flush(&((batch_sink *)context)->gather);
}

/* The delta is not locked while the visitor runs, so the visitor may insert more elements. */
static si_result visit_inserted(batch_sink *sink, si_delta *delta, const si_query *query,
                                si_error *error)
{
    si_place_list inserted;
    si_result result = si_delta_find(delta, query, &inserted, error);
    for (uint64_t first = 0; result == SI_OK && first < inserted.count && !sink->stopped;
         first += BATCH_ROWS) {
        sink->rows = si_min_u64(BATCH_ROWS, inserted.count - first);
        si_gather_add_inserted(&sink->gather, inserted.places + first, sink->rows);
        hand_out_batch(sink);
    }
    si_place_list_free(&inserted);
    return result;
}

static si_result allocate_columns(const si_index *index, const si_field *fields, size_t field_count,
                                  si_column *columns, si_error *error)
{
    for (size_t i = 0; i < field_count; i++) {
        columns[i].field = fields[i];
        SI_TRY(si_gather_check(index, &columns[i], 1, false, error));
        size_t size = si_element_field(index->layout.kind, fields[i])->size;
        columns[i].data = si_allocate(BATCH_ROWS, size);
        if (!columns[i].data)
            return si_fail_memory(error);
    }
    return SI_OK;
}

si_result si_index_visit(const si_index *index, const si_query *query, const si_field *fields,
                         size_t field_count, si_results_fn visitor, void *context, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(visitor, "visitor", error));
    if (field_count > 0)
        SI_TRY(si_require(fields, "fields", error));
    SI_TRY(si_search_check(index, query, error));
    si_column *columns = si_allocate_zeroed(field_count, sizeof *columns);
    if (!columns)
        return si_fail_memory(error);
    si_result result = allocate_columns(index, fields, field_count, columns, error);
    if (result == SI_OK) {
        batch_sink sink = {.columns = columns,
                           .column_count = field_count,
                           .visitor = visitor,
                           .visitor_context = context};
        si_gather_start(&sink.gather, index, columns, field_count, BATCH_ROWS);
        result = si_search(index, query,
                           &(si_search_sink){.context = &sink,
                                             .leaf = add_leaf_to_batch,
                                             .leaves = add_leaves_to_batch,
                                             .needed = sink.gather.needed,
                                             .flush = flush_batch},
                           error);
        si_delta *delta = si_index_delta(index);
        if (result == SI_OK && hand_out_batch(&sink) && delta)
            result = visit_inserted(&sink, delta, query, error);
    }
    for (size_t i = 0; i < field_count; i++)
        si_free(columns[i].data);
    si_free(columns);
    return result;
}
