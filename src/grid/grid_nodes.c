/* Goes down the tree level by level, and keeps the nodes that the grid meets. A child whose
 * elements all lie in one voxel is counted there without being read. */
#include "grid/grid_nodes.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "grid/grid_touching.h"
#include "kernels/kernel_set.h"
#include "kernels/match.h"
#include "read/fetch.h"
#include "read/readahead.h"
#include "read/sigbus_guard.h"

/* Nodes that are read together where reading is slow. */
#define NODES_AT_ONCE 4096

static uint32_t met_children(const si_grid_walk *walk, unsigned level, uint64_t node)
{
    const float *floats = si_index_node(walk->index, level, node);
    si_node_boxes boxes;
    for (unsigned side = 0; side < 6; side++)
        boxes.bounds[side] = floats + side * SI_FAN_OUT;
    return si_match_nodes(&walk->query, &boxes, SI_FAN_OUT).met;
}

/* The number of elements below a child of a node of `level`. */
static uint64_t elements_below(const si_index *index, unsigned level, uint64_t child)
{
    uint64_t elements = SI_LEAF_CAPACITY;
    for (unsigned below = 1; below < level; below++)
        elements *= SI_FAN_OUT;
    return si_min_u64(elements, index->layout.element_count - child * elements);
}

/* Returns the children that lie in one voxel, where all elements below them count, and writes its
 * number. The kernel takes the diagonals of their boxes for lines without radius: a box lies in one
 * voxel if its diagonal does. */
static uint32_t find_children_in_one_voxel(const si_grid_walk *walk, unsigned level, uint64_t node,
                                           uint32_t numbers[SI_MATCH_CAPACITY])
{
    static const float no_radii[SI_MATCH_CAPACITY];
    float corners[6][SI_MATCH_CAPACITY];
    uint32_t others[SI_MATCH_CAPACITY], whole = 0;
    const float *floats = si_index_node(walk->index, level, node);
    for (unsigned side = 0; side < 6; side++) {
        memcpy(corners[side], floats + side * SI_FAN_OUT, SI_FAN_OUT * sizeof *floats);
        memset(corners[side] + SI_FAN_OUT, 0, (SI_MATCH_CAPACITY - SI_FAN_OUT) * sizeof *floats);
    }
    si_kernels()->voxels->touch(
        &walk->frame->voxels, (const float *[]){corners[0], corners[1], corners[2]},
        (const float *[]){corners[3], corners[4], corners[5]}, no_radii, numbers, others);
    for (unsigned i = 0; i < SI_FAN_OUT; i++)
        whole |= (uint32_t)(numbers[i] < SI_VOXEL_UNDECIDED && others[i] == SI_VOXEL_OUTSIDE) << i;
    return whole;
}

/* The content of the file is not trusted: a damaged node may claim children that do not exist. */
static uint32_t present_children(const si_layout *layout, unsigned level, uint64_t node)
{
    uint64_t present = level == 1 ? layout->leaf_count : layout->node_count[level - 1];
    uint64_t first = node * SI_FAN_OUT;
    return present - first < SI_FAN_OUT ? (UINT32_C(1) << (present - first)) - 1 : UINT32_MAX;
}

uint32_t si_grid_children(const si_grid_walk *walk, unsigned level, uint64_t node,
                          si_grid_adder *adder)
{
    uint32_t numbers[SI_MATCH_CAPACITY];
    uint32_t met = met_children(walk, level, node) &
                   present_children(&walk->index->layout, level, node);
    uint32_t whole = walk->may_skip && met
                         ? met & find_children_in_one_voxel(walk, level, node, numbers)
                         : 0;
    for (uint32_t rest = whole; rest; rest &= rest - 1) {
        unsigned bit = (unsigned)__builtin_ctz(rest);
        uint64_t child = node * SI_FAN_OUT + bit;
        si_grid_add(adder, numbers[bit], elements_below(walk->index, level, child));
    }
    return met & ~whole;
}

/* ---- level by level ---- */

static si_result append_node(si_grid_nodes *nodes, uint64_t node, si_error *error)
{
    if (nodes->count == nodes->capacity) {
        uint64_t *grown = si_grow(nodes->nodes, &nodes->capacity, nodes->count + 1, sizeof *grown);
        if (!grown)
            return si_fail_memory(error);
        nodes->nodes = grown;
    }
    nodes->nodes[nodes->count++] = node;
    return SI_OK;
}

/* Nodes of a level that are visited together, and their children that are met. */
typedef struct node_visit {
    const si_grid_walk *walk;
    si_grid_adder *adder;
    unsigned level;
    const uint64_t *nodes;
    size_t count;
    si_grid_nodes below;
} node_visit;

static si_result visit_nodes(void *context, si_error *error)
{
    node_visit *visited = context;
    for (size_t i = 0; i < visited->count; i++) {
        uint64_t node = visited->nodes[i];
        uint32_t children = si_grid_children(visited->walk, visited->level, node, visited->adder);
        for (; children; children &= children - 1) {
            uint64_t child = node * SI_FAN_OUT + (unsigned)__builtin_ctz(children);
            SI_TRY(append_node(&visited->below, child, error));
        }
    }
    return visited->adder->out_of_memory ? si_fail_memory(error) : SI_OK;
}

static si_result fetch_and_visit(node_visit *visited, si_error *error)
{
    const si_index *index = visited->walk->index;
    si_fetch fetch = si_fetch_of(index);
    si_result result = SI_OK;
    if (index->cache || si_should_prefetch(index)) {
        for (size_t i = 0; i < visited->count; i++)
            si_fetch_add_nodes(&fetch, visited->level, visited->nodes[i], visited->nodes[i] + 1);
        result = si_fetch_now(&fetch, error);
    }
    if (result == SI_OK)
        result = si_read_guarded(index, visit_nodes, visited, error);
    si_fetch_end(&fetch);
    return result;
}

static si_result descend_one_level(const si_grid_walk *walk, unsigned level, si_grid_adder *adder,
                                   si_grid_nodes *nodes, si_error *error)
{
    node_visit visited = {.walk = walk, .adder = adder, .level = level};
    si_result result = SI_OK;
    for (size_t first = 0; first < nodes->count && result == SI_OK; first += NODES_AT_ONCE) {
        visited.nodes = nodes->nodes + first;
        visited.count = si_min_u64(NODES_AT_ONCE, nodes->count - first);
        result = fetch_and_visit(&visited, error);
    }
    si_free(nodes->nodes);
    *nodes = visited.below;
    return result;
}

si_result si_grid_find_nodes(const si_grid_walk *walk, si_grid_adder *adder, si_grid_nodes *found,
                             si_error *error)
{
    *found = (si_grid_nodes){NULL, 0, 0};
    si_result result = append_node(found, 0, error);
    for (unsigned level = walk->index->layout.levels; level > 1 && result == SI_OK; level--)
        result = descend_one_level(walk, level, adder, found, error);
    return result;
}

/* ---- the query that finds nodes ---- */

/* A box that holds the axes and the middles of all elements in the grid, widened by two floats for
 * rounding. */
static si_query_shape query_of_bounds(const si_grid_frame *frame)
{
    si_query_shape query = {.shape = SI_SHAPE_BOX, .accuracy = SI_BOUNDING_BOX};
    for (int axis = 0; axis < 3; axis++) {
        const si_voxel_axis *voxels = &frame->voxels.axes[axis];
        query.lower[axis] = nextafterf(nextafterf((float)voxels->lower, -INFINITY), -INFINITY);
        query.upper[axis] = nextafterf(nextafterf((float)voxels->upper, INFINITY), INFINITY);
    }
    return query;
}

static si_query_shape query_of_all_voxels(const si_grid_frame *frame)
{
    const int32_t first[3] = {0, 0, 0};
    const int32_t last[3] = {frame->voxels.axes[0].count - 1, frame->voxels.axes[1].count - 1,
                             frame->voxels.axes[2].count - 1};
    return si_grid_query(frame, first, last);
}

si_grid_walk si_grid_walk_of(const si_index *index, const si_grid_frame *frame, bool has_filter)
{
    bool is_touching = frame->measure == SI_GRID_TOUCHING;
    /* Only then do all elements of a child in one voxel count there, and nowhere else: exact shapes
     * may stick out of their boxes, and lengths differ. */
    bool is_known = frame->measure == SI_GRID_CENTERS ||
                    (is_touching && frame->accuracy != SI_EXACT);
    return (si_grid_walk){.index = index,
                          .frame = frame,
                          .query = is_touching ? query_of_all_voxels(frame)
                                               : query_of_bounds(frame),
                          .may_skip = is_known && !has_filter};
}
