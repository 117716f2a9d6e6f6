#include "index/grid_pass.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "index/announce.h"
#include "index/fetch.h"
#include "index/filter.h"
#include "index/grid_nodes.h"
#include "index/map_guard.h"
#include "index/reach.h"

/* Lowest inner nodes that make a task. */
#define NODES_PER_TASK (SI_GRID_TASK_LEAVES / SI_FAN_OUT)

/* Of so few leaves no smaller groups are made. */
#define FEW_LEAVES 8

typedef struct grid_worker {
    si_grid_window window;
    si_fetch nodes;
    si_fetch leaves;
} grid_worker;

typedef struct grid_pass {
    si_grid_walk walk;
    const si_filter *filter;
    si_grid_nodes nodes;
    grid_worker **workers; /* of each thread; NULL until it needs one */
    unsigned worker_count;
} grid_pass;

/* ---- groups of leaves ---- */

typedef struct leaf_group {
    const uint64_t *leaves;
    size_t count;
} leaf_group;

/* The smallest window that holds all leaves. False: it is too large to be of use. */
static bool find_window(const grid_pass *pass, const leaf_group *group, si_voxel_window *window)
{
    si_box all = si_box_nothing();
    int32_t first[3], last[3];
    uint64_t voxels = 1;
    for (size_t i = 0; i < group->count; i++) {
        si_box box = si_grid_child_box(pass->walk.index, 1, group->leaves[i]);
        si_box_unite(&all, &box);
    }
    if (!si_grid_voxels_of_box(pass->walk.frame, &all, first, last))
        return false;
    for (int axis = 0; axis < 3; axis++) {
        int32_t most = pass->walk.frame->axes[axis].count - 1;
        window->origin[axis] = first[axis] > 0 ? first[axis] : 0;
        window->size[axis] = (last[axis] < most ? last[axis] : most) - window->origin[axis] + 1;
        voxels *= (uint64_t)window->size[axis];
        if (voxels > si_min_u64(group->count * SI_LEAF_CAPACITY, SI_GRID_WINDOW_VOXELS))
            return false;
    }
    return true;
}

static void add_leaf(const grid_pass *pass, uint64_t leaf, si_grid_window *window)
{
    const si_index *index = pass->walk.index;
    uint64_t mask = UINT64_MAX >> (64 - si_layout_leaf_size(&index->layout, leaf));
    if (pass->filter)
        mask = si_filter_leaf(pass->filter, index, leaf, mask);
    if (mask != 0)
        si_grid_add_leaf(window, si_index_leaf_floats(index, leaf), mask);
}

/* Where the voxels of a group are too many for it, those of its halves may not be. */
static void add_group(const grid_pass *pass, const leaf_group *group, si_grid_window *window)
{
    si_voxel_window voxels;
    bool fits = find_window(pass, group, &voxels);
    if (!fits && group->count > FEW_LEAVES) {
        size_t half = group->count / 2;
        add_group(pass, &(leaf_group){group->leaves, half}, window);
        add_group(pass, &(leaf_group){group->leaves + half, group->count - half}, window);
        return;
    }
    if (fits)
        si_grid_window_open(window, &voxels);
    for (size_t i = 0; i < group->count; i++)
        add_leaf(pass, group->leaves[i], window);
    si_grid_window_flush(window);
}

/* ---- tasks ---- */

typedef struct grid_task {
    const grid_pass *pass;
    grid_worker *worker;
    const uint64_t *nodes;
    size_t node_count;
    bool is_slow; /* reading: all is said that will be read */
    size_t leaf_count;
    uint64_t leaves[SI_GRID_TASK_LEAVES];
    si_tree_range ranges[SI_GRID_TASK_LEAVES]; /* the same */
} grid_task;

static si_result fetch_nodes(grid_task *task, si_error *error)
{
    for (size_t i = 0; i < task->node_count; i++)
        SI_TRY(si_reach_node(task->pass->walk.index, 1, task->nodes[i], error));
    si_fetch *fetch = &task->worker->nodes;
    for (size_t i = 0; task->is_slow && i < task->node_count; i++)
        si_fetch_add_nodes(fetch, 1, task->nodes[i], task->nodes[i] + 1);
    return task->is_slow ? si_fetch_now(fetch, error) : SI_OK;
}

static si_result find_leaves(void *context, si_error *error)
{
    grid_task *task = context;
    (void)error;
    task->leaf_count = 0;
    for (size_t i = 0; i < task->node_count; i++) {
        uint64_t node = task->nodes[i];
        uint32_t children = si_grid_children(&task->pass->walk, 1, node, &task->worker->window);
        for (; children; children &= children - 1)
            task->leaves[task->leaf_count++] = node * SI_FAN_OUT +
                                               (unsigned)__builtin_ctz(children);
    }
    return SI_OK;
}

static si_result fetch_leaves(grid_task *task, si_error *error)
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

static si_result add_leaves(void *context, si_error *error)
{
    const grid_task *task = context;
    si_grid_window *window = &task->worker->window;
    if (task->leaf_count > 0)
        add_group(task->pass, &(leaf_group){task->leaves, task->leaf_count}, window);
    return window->out_of_memory ? si_fail_memory(error) : SI_OK;
}

static si_result do_task(grid_task *task, si_error *error)
{
    const si_index *index = task->pass->walk.index;
    SI_TRY(fetch_nodes(task, error));
    SI_TRY(si_read_guarded(index, find_leaves, task, error));
    SI_TRY(fetch_leaves(task, error));
    SI_TRY(si_read_guarded(index, add_leaves, task, error));
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
        worker->window.frame = pass->walk.frame;
        worker->window.worker = number;
        worker->nodes = worker->leaves = si_fetch_of(pass->walk.index);
    }
    return pass->workers[number] = worker;
}

static si_result run_task(void *context, unsigned worker, uint64_t number, si_error *error)
{
    const grid_pass *pass = context;
    uint64_t first = number * NODES_PER_TASK;
    grid_task task;
    task.pass = pass;
    task.worker = worker_of(pass, worker);
    task.nodes = pass->nodes.nodes + first;
    task.node_count = si_min_u64(NODES_PER_TASK, pass->nodes.count - first);
    task.is_slow = pass->walk.index->cache || si_announcing_pays(pass->walk.index);
    return task.worker ? do_task(&task, error) : si_fail_memory(error);
}

/* ---- the pass ---- */

static si_result run(grid_pass *pass, si_error *error)
{
    grid_worker *worker = worker_of(pass, 0);
    if (!worker)
        return si_fail_memory(error);
    SI_TRY(si_grid_find_nodes(&pass->walk, &worker->window, &pass->nodes, error));
    return si_parallel(pass->worker_count, si_divide_up(pass->nodes.count, NODES_PER_TASK),
                       run_task, pass, error);
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
    si_result status = run(&pass, error);
    free_pass(&pass);
    return status;
}
