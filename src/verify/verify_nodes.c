/* Verifies the nodes of one level against the boxes that the level above has for them. */
#include "verify/verify_nodes.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/file.h"

typedef unsigned long long number;

void si_child_box(const float *nodes, uint64_t child, si_box *box)
{
    const float *at = nodes + child / SI_FAN_OUT * SI_NODE_FLOATS + child % SI_FAN_OUT;
    for (unsigned axis = 0; axis < 3; axis++) {
        box->lower[axis] = at[axis * SI_FAN_OUT];
        box->upper[axis] = at[(3 + axis) * SI_FAN_OUT];
    }
}

bool si_box_equals(const si_box *a, const si_box *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static si_box union_of_children(const float *node)
{
    si_box box = si_box_nothing(), child;
    for (unsigned i = 0; i < SI_FAN_OUT; i++) {
        si_child_box(node, i, &child);
        si_box_unite(&box, &child);
    }
    return box;
}

static si_result read_nodes(const si_verified_file *file, unsigned level, uint64_t first,
                            uint64_t count, float *nodes, si_error *error)
{
    return si_file_read_at(file->descriptor, nodes, count * SI_NODE_BYTES,
                           file->header->layout.level_offset[level] + first * SI_NODE_BYTES,
                           file->path, error);
}

si_result si_parents_read(const si_verified_file *file, unsigned level, uint64_t first,
                          uint64_t count, float *nodes, si_error *error)
{
    return read_nodes(file, level, first / SI_FAN_OUT, si_divide_up(count, SI_FAN_OUT), nodes,
                      error);
}

void si_absent_children_verify(const si_verified_file *file, unsigned level, const float *nodes,
                               uint64_t base, uint64_t first, uint64_t end, si_damage_log *log)
{
    si_box nothing = si_box_nothing(), box;
    for (uint64_t child = first; child < end; child++) {
        si_child_box(nodes, child - base, &box);
        if (!si_box_equals(&box, &nothing))
            si_damage_add(log, "%s: child %u of node %llu of level %u has a box, but is not there",
                          file->path, (unsigned)(child % SI_FAN_OUT), (number)(child / SI_FAN_OUT),
                          level);
    }
}

static void check_child_box(const si_verified_file *file, unsigned level, uint64_t child,
                            const si_box *box, const si_box *expected, si_damage_log *log)
{
    if (!si_box_equals(box, expected))
        si_damage_add(log,
                      "%s: the box of child %u of node %llu of level %u is not that of what is "
                      "below it",
                      file->path, (unsigned)(child % SI_FAN_OUT), (number)(child / SI_FAN_OUT),
                      level);
}

si_result si_nodes_verify(const si_verified_file *file, unsigned level, uint64_t piece,
                          float *buffer, si_damage_log *log, si_error *error)
{
    uint64_t present = file->header->layout.node_count[level];
    uint64_t first = piece * SI_VERIFIED_NODES;
    uint64_t count = si_min_u64(SI_VERIFIED_NODES, present - first);
    uint64_t places = si_divide_up(count, SI_FAN_OUT) * SI_FAN_OUT;
    float *parents = buffer + SI_VERIFIED_NODES * SI_NODE_FLOATS;
    SI_TRY(read_nodes(file, level, first, count, buffer, error));
    SI_TRY(si_parents_read(file, level + 1, first, count, parents, error));
    for (uint64_t i = 0; i < count; i++) {
        si_box box, expected = union_of_children(buffer + i * SI_NODE_FLOATS);
        si_child_box(parents, i, &box);
        check_child_box(file, level + 1, first + i, &box, &expected, log);
    }
    si_absent_children_verify(file, level + 1, parents, first, first + count, first + places, log);
    return SI_OK;
}

si_result si_bounds_verify(const si_verified_file *file, si_damage_log *log, si_error *error)
{
    const si_layout *layout = &file->header->layout;
    float root[SI_NODE_FLOATS];
    si_box expected = si_box_nothing();
    if (layout->levels > 0) {
        SI_TRY(read_nodes(file, layout->levels, 0, 1, root, error));
        expected = union_of_children(root);
    }
    if (!si_box_equals(&file->header->bounds, &expected))
        si_damage_add(log, "%s: the bounds in the header are not those of the root", file->path);
    return SI_OK;
}
