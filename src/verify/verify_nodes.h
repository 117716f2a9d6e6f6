/* Verifies the inner nodes of a heavy file: the box of a child must be the union of those below it.
 */
#ifndef SI_VERIFY_VERIFY_NODES_H
#define SI_VERIFY_VERIFY_NODES_H

#include "verify/verify_blocks.h"

/* Nodes of a level that are verified against the level above at a time. */
#define SI_VERIFIED_NODES (8 * SI_FAN_OUT)

/* The size of the buffer of a thread. */
#define SI_NODE_BUFFER_BYTES ((SI_VERIFIED_NODES + SI_VERIFIED_NODES / SI_FAN_OUT) * SI_NODE_BYTES)

/* Reads the nodes of `level` above its children [first, first + count), `first` being that of a
 * node. */
si_result si_parents_read(const si_verified_file *file, unsigned level, uint64_t first,
                          uint64_t count, float *nodes, si_error *error);

/* The box of a child in an array of nodes; child 0 is the first child of the first node. */
void si_child_box(const float *nodes, uint64_t child, si_box *box);

/* Are two boxes the same, bit for bit? */
bool si_box_equals(const si_box *a, const si_box *b);

/* Children [first, end) of nodes of `level` are absent: reports those that have a box. `nodes`
 * begins with the node of child `base`. */
void si_absent_children_verify(const si_verified_file *file, unsigned level, const float *nodes,
                               uint64_t base, uint64_t first, uint64_t end, si_damage_log *log);

/* Verifies nodes from piece * SI_VERIFIED_NODES of `level` on against the level above. `buffer` has
 * SI_NODE_BUFFER_BYTES. */
si_result si_nodes_verify(const si_verified_file *file, unsigned level, uint64_t piece,
                          float *buffer, si_damage_log *log, si_error *error);

/* Verifies the bounds in the header against the root. */
si_result si_bounds_verify(const si_verified_file *file, si_damage_log *log, si_error *error);

#endif
