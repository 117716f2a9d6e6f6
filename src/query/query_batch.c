/*
 * Batches of queries. si_batch_find runs the queries and keeps what they find as lists of leaves
 * and masks; then the number of results is known, and si_batch_copy gathers their values.
 *
 * Many queries are run in the order of a Hilbert curve over their centers, so that neighbours find
 * their nodes in the processor's caches, and are shared out to threads in small tasks.
 */
#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "query/delta_search.h"
#include "query/find_list.h"
#include "query/query_order.h"
#include "query/query_threads.h"
#include "query/search.h"

/* What one thread has found: for its queries, one after another. */
typedef struct find_list {
    si_find *finds;
    size_t count;
    size_t capacity;
    uint64_t *places; /* of inserted elements */
    size_t place_count;
    size_t place_capacity;
    uint64_t element_count; /* of the query that is being run */
    const si_index *index;
    bool out_of_memory;
    char apart[64]; /* from the next thread's, so that they share no line of a cache */
} find_list;

typedef struct query_finds {
    unsigned list;
    size_t first;
    size_t count;
    size_t first_place;
    size_t place_count;
} query_finds;

struct si_batch {
    const si_index *index;
    const si_query *queries; /* while they are run */
    uint64_t query_count;
    uint64_t *offsets;     /* query_count + 1 */
    query_finds *found;    /* query_count */
    si_query_place *order; /* 2 * query_count; unused where there are few */
    find_list *lists;      /* list_count */
    unsigned list_count;
    size_t query_capacity; /* of the three arrays above */
    bool is_ordered;
};

/* ---- create and free ---- */

si_result si_batch_create(si_batch **batch, si_error *error)
{
    SI_TRY(si_require(batch, "batch", error));
    *batch = si_allocate_zeroed(1, sizeof **batch);
    return *batch ? SI_OK : si_fail_memory(error);
}

static void free_lists(si_batch *batch)
{
    for (unsigned i = 0; i < batch->list_count; i++) {
        si_free(batch->lists[i].finds);
        si_free(batch->lists[i].places);
    }
    si_free(batch->lists);
    batch->lists = NULL;
    batch->list_count = 0;
}

static void free_queries(si_batch *batch)
{
    si_free(batch->offsets);
    si_free(batch->found);
    si_free(batch->order);
    batch->offsets = NULL;
    batch->found = NULL;
    batch->order = NULL;
    batch->query_capacity = 0;
}

void si_batch_free(si_batch *batch)
{
    if (!batch)
        return;
    free_lists(batch);
    free_queries(batch);
    si_free(batch);
}

/* ---- room ---- */

static si_result reserve_queries(si_batch *batch, uint64_t count, si_error *error)
{
    if (batch->offsets && count <= batch->query_capacity)
        return SI_OK;
    uint64_t doubled;
    free_queries(batch);
    if (count == UINT64_MAX || !si_multiply_u64(count, 2, &doubled))
        return si_fail_memory(error);
    batch->offsets = si_allocate(count + 1, sizeof *batch->offsets);
    batch->found = si_allocate(count, sizeof *batch->found);
    batch->order = si_allocate(doubled, sizeof *batch->order);
    if (!batch->offsets || !batch->found || !batch->order) {
        free_queries(batch);
        return si_fail_memory(error);
    }
    batch->query_capacity = count;
    return SI_OK;
}

static si_result reserve_lists(si_batch *batch, unsigned count, si_error *error)
{
    if (count > batch->list_count) {
        free_lists(batch);
        batch->lists = si_allocate_zeroed(count, sizeof *batch->lists);
        if (!batch->lists)
            return si_fail_memory(error);
        batch->list_count = count;
    }
    for (unsigned i = 0; i < count; i++) {
        batch->lists[i].count = batch->lists[i].place_count = 0;
        batch->lists[i].index = batch->index;
        batch->lists[i].out_of_memory = false;
    }
    return SI_OK;
}

/* ---- finding ---- */

static bool add_find(find_list *list, si_find find)
{
    if (list->count == list->capacity) {
        si_find *grown = si_grow(list->finds, &list->capacity, list->count + 1, sizeof find);
        list->out_of_memory = !grown;
        if (!grown)
            return false;
        list->finds = grown;
    }
    list->finds[list->count++] = find;
    return true;
}

static bool find_elements(void *context, uint64_t leaf, uint64_t mask)
{
    find_list *list = context;
    list->element_count += (uint64_t)__builtin_popcountll(mask);
    return add_find(list, (si_find){.first_leaf = leaf, .mask = mask});
}

static bool find_leaves(void *context, uint64_t first, uint64_t end)
{
    find_list *list = context;
    list->element_count += si_tree_element_count(list->index, first, end);
    return add_find(list, (si_find){.first_leaf = first, .end_leaf = end});
}

static si_result find_inserted(si_delta *delta, const si_query *query, find_list *list,
                               si_error *error)
{
    si_place_list found;
    si_result result = si_delta_find(delta, query, &found, error);
    if (result == SI_OK && found.count > 0) {
        uint64_t *grown = si_grow(list->places, &list->place_capacity,
                                  list->place_count + found.count, sizeof *grown);
        if (grown) {
            list->places = grown;
            memcpy(grown + list->place_count, found.places, found.count * sizeof *grown);
            list->place_count += found.count;
        } else {
            result = si_fail_memory(error);
        }
    }
    si_place_list_free(&found);
    return result;
}

static si_result check_query(const si_index *index, const si_query *query, uint64_t number,
                             uint64_t count, si_error *error)
{
    si_error why;
    si_result result = si_search_check(index, query, &why);
    if (result == SI_OK || count == 1)
        return result == SI_OK ? SI_OK : si_fail(error, result, "%s", why.message);
    return si_fail(error, result, "query %llu: %s", (unsigned long long)number, why.message);
}

/* Finds the elements of one query, and keeps them in the worker's list. */
static si_result find_one(void *context, unsigned worker, uint64_t number, si_error *error)
{
    si_batch *batch = context;
    find_list *list = &batch->lists[worker];
    const si_query *query = &batch->queries[number];
    size_t first = list->count, first_place = list->place_count;
    SI_TRY(check_query(batch->index, query, number, batch->query_count, error));
    list->element_count = 0;
    SI_TRY(si_search(
        batch->index, query,
        &(si_search_sink){.context = list, .leaf = find_elements, .leaves = find_leaves}, error));
    if (list->out_of_memory)
        return si_fail_memory(error);
    si_delta *delta = si_index_delta(batch->index);
    if (delta)
        SI_TRY(find_inserted(delta, query, list, error));
    size_t place_count = list->place_count - first_place;
    batch->found[number] = (query_finds){worker, first, list->count - first, first_place,
                                         place_count};
    batch->offsets[number + 1] = list->element_count + place_count;
    return SI_OK;
}

/* ---- sharing out ---- */

typedef si_result (*query_work)(void *context, unsigned worker, uint64_t number, si_error *error);

/* Work on each query, in their order, on several threads. */
typedef struct shared_queries {
    query_work work;
    void *context;
    const si_query *queries;     /* NULL if they are not needed any more */
    const si_query_place *order; /* NULL: as they come */
    uint64_t count;
    uint64_t per_task;
} shared_queries;

/* In another order than they lie in, the processor does not see the next ones coming. */
static void prefetch_query(const shared_queries *shared, uint64_t i)
{
    if (!shared->queries || !shared->order || i >= shared->count)
        return;
    const char *query = (const char *)&shared->queries[shared->order[i].query];
    for (size_t byte = 0; byte < sizeof *shared->queries; byte += 64)
        __builtin_prefetch(query + byte);
}

static si_result do_task(void *context, unsigned worker, uint64_t task, si_error *error)
{
    const shared_queries *shared = context;
    uint64_t end = si_min_u64((task + 1) * shared->per_task, shared->count);
    for (uint64_t i = task * shared->per_task; i < end; i++) {
        prefetch_query(shared, i + 2);
        uint64_t number = shared->order ? shared->order[i].query : i;
        SI_TRY(shared->work(shared->context, worker, number, error));
    }
    return SI_OK;
}

static si_result share_out(shared_queries *shared, unsigned threads, si_error *error)
{
    uint64_t even = si_divide_up(shared->count, (uint64_t)threads * SI_QUERIES_PER_TASK);
    shared->per_task = si_min_u64(si_max_u64(even, 1), SI_QUERIES_PER_TASK);
    uint64_t tasks = si_divide_up(shared->count, shared->per_task);
    if (threads > 1)
        return si_parallel(threads, tasks, do_task, shared, error);
    for (uint64_t task = 0; task < tasks; task++)
        SI_TRY(do_task(shared, 0, task, error));
    return SI_OK;
}

/* ---- running a batch ---- */

static void sum_offsets(si_batch *batch)
{
    batch->offsets[0] = 0;
    for (uint64_t i = 0; i < batch->query_count; i++)
        batch->offsets[i + 1] += batch->offsets[i];
}

si_result si_batch_find(const si_index *index, const si_query *queries, uint64_t query_count,
                        unsigned threads, si_batch *batch, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    SI_TRY(si_require(batch, "batch", error));
    if (query_count > 0)
        SI_TRY(si_require(queries, "queries", error));
    unsigned used = si_query_threads(index, threads, query_count);
    batch->index = index;
    batch->queries = queries;
    batch->query_count = 0;
    SI_TRY(reserve_queries(batch, query_count, error));
    SI_TRY(reserve_lists(batch, used, error));
    batch->query_count = query_count;
    batch->is_ordered = query_count > SI_QUERIES_PER_TASK;
    if (batch->is_ordered)
        si_query_order(queries, query_count, batch->order);
    shared_queries shared = {.work = find_one,
                             .context = batch,
                             .queries = queries,
                             .order = batch->is_ordered ? batch->order : NULL,
                             .count = query_count};
    si_result result = share_out(&shared, used, error);
    batch->queries = NULL;
    if (result != SI_OK)
        batch->query_count = 0;
    sum_offsets(batch);
    return result;
}

const uint64_t *si_batch_offsets(const si_batch *batch)
{
    return batch ? batch->offsets : NULL;
}

/* ---- copying ---- */

typedef struct batch_copy {
    const si_batch *batch;
    const si_column *columns;
    size_t column_count;
} batch_copy;

static si_result copy_one(void *context, unsigned worker, uint64_t number, si_error *error)
{
    const batch_copy *copy = context;
    const si_batch *batch = copy->batch;
    uint64_t first = batch->offsets[number], end = batch->offsets[number + 1];
    si_column columns[SI_FIELD_COUNT];
    si_gather gather;
    (void)worker;
    if (first == end)
        return SI_OK;
    si_columns_from_row(batch->index, copy->columns, copy->column_count, first, columns);
    si_gather_start(&gather, batch->index, columns, copy->column_count, end - first);
    const query_finds *found = &batch->found[number];
    const find_list *list = &batch->lists[found->list];
    SI_TRY(si_gather_finds(&gather, list->finds + found->first, found->count, error));
    assert(copy->column_count == 0 || gather.filled + found->place_count == end - first);
    if (found->place_count > 0)
        si_gather_add_inserted(&gather, list->places + found->first_place, found->place_count);
    return SI_OK;
}

si_result si_batch_copy(const si_batch *batch, const si_column *columns, size_t column_count,
                        unsigned threads, si_error *error)
{
    SI_TRY(si_require(batch, "batch", error));
    if (column_count > 0)
        SI_TRY(si_require(columns, "columns", error));
    batch_copy copy = {batch, columns, column_count};
    if (batch->query_count == 0)
        return SI_OK;
    if (column_count > SI_FIELD_COUNT)
        return si_fail(error, SI_ERROR_ARGUMENT, "%zu columns, expected at most %d", column_count,
                       (int)SI_FIELD_COUNT);
    SI_TRY(si_gather_check(batch->index, columns, column_count, false, error));
    shared_queries shared = {.work = copy_one,
                             .context = &copy,
                             .order = batch->is_ordered ? batch->order : NULL,
                             .count = batch->query_count};
    return share_out(&shared, si_query_threads(batch->index, threads, batch->query_count), error);
}

/* ---- counting ---- */

typedef struct batch_counts {
    const si_index *index;
    const si_query *queries;
    uint64_t query_count;
    uint64_t *counts;
} batch_counts;

static si_result count_one(void *context, unsigned worker, uint64_t number, si_error *error)
{
    const batch_counts *many = context;
    (void)worker;
    SI_TRY(check_query(many->index, &many->queries[number], number, many->query_count, error));
    return si_index_count(many->index, &many->queries[number], &many->counts[number], error);
}

si_result si_batch_count(const si_index *index, const si_query *queries, uint64_t query_count,
                         unsigned threads, uint64_t *counts, si_error *error)
{
    SI_TRY(si_require(index, "index", error));
    if (query_count > 0) {
        SI_TRY(si_require(queries, "queries", error));
        SI_TRY(si_require(counts, "counts", error));
    }
    batch_counts many = {index, queries, query_count, counts};
    shared_queries shared = {
        .work = count_one, .context = &many, .queries = queries, .count = query_count};
    si_query_place *order = NULL;
    uint64_t doubled;
    if (query_count > SI_QUERIES_PER_TASK) {
        if (!si_multiply_u64(query_count, 2, &doubled) ||
            !(order = si_allocate(doubled, sizeof *order)))
            return si_fail_memory(error);
        si_query_order(queries, query_count, order);
        shared.order = order;
    }
    si_result result = share_out(&shared, si_query_threads(index, threads, query_count), error);
    si_free(order);
    return result;
}
