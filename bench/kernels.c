/* Nanoseconds that a test of a leaf and of a node takes with each set of kernels, in the
 * processor's cache: those that queries meet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "kernels/kernel_set.h"
#include "kernels/match.h"
#include "read/index.h"

enum { REPEATS = 20, MOST_TESTED = 4096 };

/* What one query tests. */
typedef struct tested {
    si_query_shape query;
    size_t leaf_count;
    size_t node_count;
    uint64_t leaves[MOST_TESTED];
    const float *nodes[MOST_TESTED];
} tested;

typedef struct shape_group {
    char shape[16];
    unsigned results;
} shape_group;

static si_node_match match_node(const si_query_shape *query, const float *node)
{
    si_node_boxes boxes;
    for (unsigned side = 0; side < 6; side++)
        boxes.bounds[side] = node + side * SI_FAN_OUT;
    return si_match_nodes(query, &boxes, SI_FAN_OUT);
}

static void walk(const si_index *index, tested *list, unsigned level, uint64_t number)
{
    const float *node = si_index_node(index, level, number);
    if (list->node_count < MOST_TESTED)
        list->nodes[list->node_count++] = node;
    si_node_match match = match_node(&list->query, node);
    for (uint32_t children = match.met & ~match.inside; children; children &= children - 1) {
        uint64_t child = number * SI_FAN_OUT + (unsigned)__builtin_ctz(children);
        if (level > 1)
            walk(index, list, level - 1, child);
        else if (list->leaf_count < MOST_TESTED)
            list->leaves[list->leaf_count++] = child;
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double time_leaves(const si_index *index, const tested *list, uint64_t *found)
{
    double start = seconds();
    for (unsigned repeat = 0; repeat < REPEATS; repeat++)
        for (size_t i = 0; i < list->leaf_count; i++)
            *found += index->type->match(&list->query, si_index_leaf_floats(index, list->leaves[i]),
                                         si_layout_leaf_size(&index->layout, list->leaves[i]));
    return seconds() - start;
}

static double time_nodes(const tested *list, uint64_t *found)
{
    double start = seconds();
    for (unsigned repeat = 0; repeat < REPEATS; repeat++)
        for (size_t i = 0; i < list->node_count; i++)
            *found += match_node(&list->query, list->nodes[i]).met;
    return seconds() - start;
}

static bool read_shape(FILE *shapes, shape_group *group, si_query_shape *query)
{
    double center[3], extent, lower[3], upper[3];
    if (fscanf(shapes, "%15s %u %lf %lf %lf %lf", group->shape, &group->results, &center[0],
               &center[1], &center[2], &extent) != 6)
        return false;
    for (int axis = 0; axis < 3; axis++) {
        lower[axis] = center[axis] - extent;
        upper[axis] = center[axis] + extent;
    }
    si_result status = strcmp(group->shape, "box") == 0
                           ? si_query_box(lower, upper, SI_BEST_EFFORT, (si_query *)query, NULL)
                           : si_query_sphere(center, extent, SI_BEST_EFFORT, (si_query *)query,
                                             NULL);
    return status == SI_OK;
}

static const char *const sets[] = {"portable", "avx2", "avx512"};
enum { SETS = sizeof sets / sizeof *sets };

typedef struct totals {
    double leaf_seconds[SETS], node_seconds[SETS];
    size_t leaves, nodes;
} totals;

/* The sets take turns; of each the best of some rounds counts, first round not counted. */
static void measure(const si_index *index, const tested *list, unsigned rounds, totals *sum)
{
    for (unsigned set = 0; set < SETS; set++) {
        double best_leaves = 1e9, best_nodes = 1e9;
        uint64_t found = 0;
        if (!si_use_kernels(sets[set]))
            continue;
        for (unsigned round = 0; round <= rounds; round++) {
            double leaf_time = time_leaves(index, list, &found);
            double node_time = time_nodes(list, &found);
            best_leaves = leaf_time < best_leaves ? leaf_time : best_leaves;
            best_nodes = node_time < best_nodes ? node_time : best_nodes;
        }
        sum->leaf_seconds[set] += best_leaves + 0 * (double)found;
        sum->node_seconds[set] += best_nodes;
    }
    sum->leaves += list->leaf_count;
    sum->nodes += list->node_count;
}

static void print(const shape_group *group, const totals *sum)
{
    for (unsigned set = 0; set < SETS; set++)
        if (sum->leaf_seconds[set] > 0)
            printf("%s of %u: %-8s %6.1f ns a leaf, %5.1f ns a node\n", group->shape,
                   group->results, sets[set],
                   1e9 * sum->leaf_seconds[set] / REPEATS / (double)sum->leaves,
                   1e9 * sum->node_seconds[set] / REPEATS / (double)sum->nodes);
}

static void run(const si_index *index, FILE *shapes, unsigned rounds, tested *list)
{
    enum { SHAPES_OF_A_GROUP = 100, MOST_RESULTS = 1000 };
    shape_group group, current = {"", 0};
    totals sum = {{0}, {0}, 0, 0};
    unsigned count = 0;
    while (read_shape(shapes, &group, &list->query)) {
        if (strcmp(group.shape, current.shape) != 0 || group.results != current.results) {
            print(&current, &sum);
            current = group;
            sum = (totals){{0}, {0}, 0, 0};
            count = 0;
        }
        if (group.results > MOST_RESULTS || ++count > SHAPES_OF_A_GROUP)
            continue;
        list->leaf_count = list->node_count = 0;
        walk(index, list, index->layout.levels, 0);
        measure(index, list, rounds, &sum);
    }
    print(&current, &sum);
}

int main(int argc, char **argv)
{
    si_index *index;
    si_error error;
    if (argc != 4) {
        fprintf(stderr, "usage: %s INDEX SHAPES ROUNDS\n", argv[0]);
        return 2;
    }
    if (si_index_open(argv[1], NULL, &index, &error) != SI_OK) {
        fprintf(stderr, "%s: %s\n", argv[0], error.message);
        return 2;
    }
    FILE *shapes = fopen(argv[2], "r");
    tested *list = si_allocate(1, sizeof *list);
    if (shapes && list && index->layout.levels > 0)
        run(index, shapes, (unsigned)strtoul(argv[3], NULL, 10), list);
    si_free(list);
    if (shapes)
        fclose(shapes);
    si_index_close(index);
    return shapes ? 0 : 2;
}
