/* One pass over an index: finds the lowest nodes that the grid meets, then threads add their
 * leaves, a fixed number of nodes for each task. */
#include "grid/grid_pass.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "grid/grid_leaf.h"
#include "grid/grid_nodes.h"
#include "query/filter.h"
#include "query/part_mapping.h"
#include "read/fetch.h"
#include "read/readahead.h"
#include "read/sigbus_guard.h"

/* Nodes of level 1 that make a task. */
#define NODES_PER_TASK (SI_GRID_TASK_LEAVES / SI_FAN_OUT)

#define LEAVES_AHEAD 3

typedef struct grid_worker {
    si_grid_adder adder;
    si_fetch nodes;
    si_fetch leaves;
} grid_worker;

typedef struct grid_pass {
    si_grid_walk walk;
    const si_filter *filter;
    si_grid_nodes nodes;
    grid_worker **workers; /* one for each thread, created when it starts its first task */
    unsigned worker_count;
} grid_pass;

/* ---- tasks ---- */

typedef struct grid_task {
    const grid_pass *pass;
    grid_worker *worker;
    const uint64_t *nodes;
    size_t node_count;
    bool is_slow; /* reading: everything is fetched before it is read */
    size_t leaf_count;
    uint64_t leaves[SI_GRID_TASK_LEAVES];
    si_tree_range ranges[SI_GRID_TASK_LEAVES]; /* the same leaves */
} grid_task;

static si_result fetch_task_nodes(grid_task *task, si_error *error)
{
    for (size_t i = 0; i < task->node_count; i++)
        SI_TRY(si_map_part_of_node(task->pass->walk.index, 1, task->nodes[i], error));
    si_fetch *fetch = &task->worker->nodes;
    for (size_t i = 0; task->is_slow && i < task->node_count; i++)
        si_fetch_add_nodes(fetch, 1, task->nodes[i], task->nodes[i] + 1);
    return task->is_slow ? si_fetch_now(fetch, error) : SI_OK;
}

static si_result find_task_leaves(void *context, si_error *error)
{
    grid_task *task = context;
    (void)error;
    task->leaf_count = 0;
    for (size_t i = 0; i < task->node_count; i++) {
        uint64_t node = task->nodes[i];
        uint32_t children = si_grid_children(&task->pass->walk, 1, node, &task->worker->adder);
        for (; children; children &= children - 1)
            task->leaves[task->leaf_count++] = node * SI_FAN_OUT +
                                               (unsigned)__builtin_ctz(children);
    }
    return SI_OK;
}

static si_result fetch_task_leaves(grid_task *task, si_error *error)
{
    si_fetch *fetch = &task->worker->leaves;
    si_column_set columns = {.floats = UINT8_MAX};
    if (!task->is_slow)
        return SI_OK;
    if (task->pass->filter)
        si_filter_add_columns(task->pass->filter, &columns);
    for (size_t i = 0; i < task->leaf_count; i++)
        task->ranges[i] = (si_tree_range){task->leaves[i], task->leaves[i] + 1, true};
    si_fetch_add_ranges(fetch, columns, columns, task->ranges, task->leaf_count);
    return si_fetch_now(fetch, error);
}

static void add_leaf(const grid_pass *pass, uint64_t leaf, si_grid_adder *adder)
{
    const si_index *index = pass->walk.index;
    uint64_t mask = UINT64_MAX >> (64 - si_layout_leaf_size(&index->layout, leaf));
    if (pass->filter)
        mask = si_filter_leaf(pass->filter, index, leaf, mask);
    if (mask != 0)
        si_grid_add_leaf(pass->walk.frame, adder, si_index_leaf_floats(index, leaf), mask);
}

/* Loads the floats of a leaf that is added soon into the cache: processors prefetch within a page
 * only. */
static void prefetch_leaf_floats(const si_index *index, uint64_t leaf)
{
    const float *floats = si_index_leaf_floats(index, leaf);
    unsigned count = index->type->float_count * SI_LEAF_CAPACITY;
    for (unsigned i = 0; i < count; i += 64 / sizeof *floats)
        __builtin_prefetch(floats + i);
}

static si_result add_task_leaves(void *context, si_error *error)
{
    const grid_task *task = context;
    si_grid_adder *adder = &task->worker->adder;
    for (size_t i = 0; i < task->leaf_count; i++) {
        if (i + LEAVES_AHEAD < task->leaf_count)
            prefetch_leaf_floats(task->pass->walk.index, task->leaves[i + LEAVES_AHEAD]);
        add_leaf(task->pass, task->leaves[i], adder);
    }
    return adder->out_of_memory ? si_fail_memory(error) : SI_OK;
}

static si_result run_grid_task(grid_task *task, si_error *error)
{
    const si_index *index = task->pass->walk.index;
    SI_TRY(fetch_task_nodes(task, error));
    SI_TRY(si_read_guarded(index, find_task_leaves, task, error));
    SI_TRY(fetch_task_leaves(task, error));
    SI_TRY(si_read_guarded(index, add_task_leaves, task, error));
    si_fetch_release(&task->worker->leaves);
    si_fetch_release(&task->worker->nodes);
    return SI_OK;
}

static grid_worker *worker_of(const grid_pass *pass, unsigned number)
{
    grid_worker *worker = pass->workers[number];
    if (worker)
        return worker;
    worker = si_allocate_zeroed(1, sizeof *worker);
    if (worker) {
        worker->adder.totals = pass->walk.frame->totals;
        worker->adder.worker = number;
        worker->nodes = worker->leaves = si_fetch_of(pass->walk.index);
    }
    return pass->workers[number] = worker;
}

static si_result start_grid_task(void *context, unsigned worker, uint64_t number, si_error *error)
{
    const grid_pass *pass = context;
    uint64_t first = number * NODES_PER_TASK;
    grid_task task;
    task.pass = pass;
    task.worker = worker_of(pass, worker);
    task.nodes = pass->nodes.nodes + first;
    task.node_count = si_min_u64(NODES_PER_TASK, pass->nodes.count - first);
    task.is_slow = pass->walk.index->cache || si_should_prefetch(pass->walk.index);
    return task.worker ? run_grid_task(&task, error) : si_fail_memory(error);
}

/* ---- the pass ---- */

static si_result flush_adders(const grid_pass *pass, si_error *error)
{
    bool is_out_of_memory = false;
    for (unsigned i = 0; i < pass->worker_count; i++)
        if (pass->workers[i]) {
            si_grid_adder_flush(&pass->workers[i]->adder);
            is_out_of_memory |= pass->workers[i]->adder.out_of_memory;
        }
    return is_out_of_memory ? si_fail_memory(error) : SI_OK;
}

static si_result run_pass(grid_pass *pass, si_error *error)
{
    grid_worker *worker = worker_of(pass, 0);
    if (!worker)
        return si_fail_memory(error);
    SI_TRY(si_grid_find_nodes(&pass->walk, &worker->adder, &pass->nodes, error));
    SI_TRY(si_parallel(pass->worker_count, si_divide_up(pass->nodes.count, NODES_PER_TASK),
                       start_grid_task, pass, error));
    return flush_adders(pass, error);
}

static void free_pass(grid_pass *pass)
{
    for (unsigned i = 0; i < pass->worker_count; i++)
        if (pass->workers[i]) {
            si_fetch_end(&pass->workers[i]->nodes);
            si_fetch_end(&pass->workers[i]->leaves);
            si_free(pass->workers[i]);
        }
    si_free(pass->workers);
    si_free(pass->nodes.nodes);
}

si_result si_grid_pass(const si_index *index, const si_grid_frame *frame, const si_filter *filter,
                       unsigned threads, si_error *error)
{
    grid_pass pass = {.walk = si_grid_walk_of(index, frame, filter != NULL),
                      .filter = filter,
                      .worker_count = threads};
    if (index->layout.levels == 0)
        return SI_OK;
    pass.workers = si_allocate_zeroed(threads, sizeof(grid_worker *));
    if (!pass.workers)
        return si_fail_memory(error);
    si_result result = run_pass(&pass, error);
    free_pass(&pass);
    return result;
}
