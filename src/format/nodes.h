/* Inner nodes while the heavy file is written. */
#ifndef SI_FORMAT_NODES_H
#define SI_FORMAT_NODES_H

#include "base/error.h"
#include "format/layout.h"

/* Lets `count` nodes have no children. */
void si_nodes_clear(float *nodes, uint64_t count);

/* Sets the box of a child; child 0 is the first one of the first node. */
void si_nodes_put(float *nodes, uint64_t child, const si_box *box);

/* The box of all children of a node. */
si_box si_nodes_box(const float *node);

/* Writes levels 2 and up, each from the one below, which it reads back from the file. `*bounds`
 * receives the box of everything. `path` is for messages. */
si_result si_nodes_write_upper_levels(const si_layout *layout, int descriptor, const char *path,
                                      si_box *bounds, si_error *error);

#endif
