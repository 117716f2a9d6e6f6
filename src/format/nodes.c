/*
 * Inner nodes: the boxes of 32 children, a coordinate after the other. Each level is made by
 * uniting the boxes of the nodes below it, a piece at a time.
 */
#include "format/nodes.h"

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"

/* Nodes read at once to make the level above: of whole nodes of that level. */
#define PIECE_NODES (16 * SI_FAN_OUT)

typedef struct level_writer {
    const si_layout *layout;
    int descriptor;
    const char *path;
    float *below;
    float *nodes;
} level_writer;

void si_nodes_clear(float *nodes, uint64_t count)
{
    si_box nothing = si_box_nothing();
    for (uint64_t node = 0; node < count; node++)
        for (unsigned side = 0; side < 6; side++)
            for (unsigned child = 0; child < SI_FAN_OUT; child++)
                nodes[node * SI_NODE_FLOATS + side * SI_FAN_OUT + child] =
                    side < 3 ? nothing.lower[side] : nothing.upper[side - 3];
}

void si_nodes_put(float *nodes, uint64_t child, const si_box *box)
{
    float *node = nodes + child / SI_FAN_OUT * SI_NODE_FLOATS;
    for (unsigned axis = 0; axis < 3; axis++) {
        node[axis * SI_FAN_OUT + child % SI_FAN_OUT] = box->lower[axis];
        node[(3 + axis) * SI_FAN_OUT + child % SI_FAN_OUT] = box->upper[axis];
    }
}

si_box si_nodes_box(const float *node)
{
    si_box box = si_box_nothing();
    for (unsigned child = 0; child < SI_FAN_OUT; child++) {
        si_box other;
        for (unsigned axis = 0; axis < 3; axis++) {
            other.lower[axis] = node[axis * SI_FAN_OUT + child];
            other.upper[axis] = node[(3 + axis) * SI_FAN_OUT + child];
        }
        si_box_unite(&box, &other);
    }
    return box;
}

static si_result write_level(const level_writer *writer, unsigned level, si_error *error)
{
    const si_layout *layout = writer->layout;
    uint64_t below_count = layout->node_count[level - 1];
    for (uint64_t first = 0; first < below_count; first += PIECE_NODES) {
        uint64_t count = si_min_u64(PIECE_NODES, below_count - first);
        SI_TRY(si_file_read_at(writer->descriptor, writer->below, count * SI_NODE_BYTES,
                               layout->level_offset[level - 1] + first * SI_NODE_BYTES,
                               writer->path, error));
        uint64_t parents = si_divide_up(count, SI_FAN_OUT);
        si_nodes_clear(writer->nodes, parents);
        for (uint64_t i = 0; i < count; i++) {
            si_box box = si_nodes_box(writer->below + i * SI_NODE_FLOATS);
            si_nodes_put(writer->nodes, i, &box);
        }
        SI_TRY(si_file_write_at(writer->descriptor, writer->nodes, parents * SI_NODE_BYTES,
                                layout->level_offset[level] + first / SI_FAN_OUT * SI_NODE_BYTES,
                                writer->path, error));
    }
    return SI_OK;
}

static si_result write_levels(const level_writer *writer, si_box *bounds, si_error *error)
{
    const si_layout *layout = writer->layout;
    for (unsigned level = 2; level <= layout->levels; level++)
        SI_TRY(write_level(writer, level, error));
    *bounds = si_box_nothing();
    if (layout->levels == 0)
        return SI_OK;
    SI_TRY(si_file_read_at(writer->descriptor, writer->nodes, SI_NODE_BYTES,
                           layout->level_offset[layout->levels], writer->path, error));
    *bounds = si_nodes_box(writer->nodes);
    return SI_OK;
}

si_result si_nodes_write_upper_levels(const si_layout *layout, int descriptor, const char *path,
                                      si_box *bounds, si_error *error)
{
    level_writer writer = {.layout = layout,
                           .descriptor = descriptor,
                           .path = path,
                           .below = si_allocate(PIECE_NODES, SI_NODE_BYTES),
                           .nodes = si_allocate(PIECE_NODES / SI_FAN_OUT, SI_NODE_BYTES)};
    si_result result = writer.below && writer.nodes ? write_levels(&writer, bounds, error)
                                                    : si_fail_memory(error);
    si_free(writer.below);
    si_free(writer.nodes);
    return result;
}
