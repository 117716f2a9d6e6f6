/*
 * Which elements, given as columns, meet a query.
 *
 * The answer is a bit mask, bit i for element i. `count` is 1 .. 64; bits from `count` on are 0,
 * and nothing beyond `count` is read.
 *
 * What is decided: with SI_BOUNDING_BOX and SI_BEST_EFFORT an element is found if its bounding box
 * (as si_bound_* computes it, in 32-bit floats) and that of the query touch, and, with
 * SI_BEST_EFFORT, its shape does too: box against cylinder as capsule, ball against cylinder with
 * flat caps. With SI_EXACT the shapes alone decide, and a cylinder has flat caps. The shape tests
 * are those of real arithmetic on the 32-bit coordinates, evaluated in double precision;
 * predicates.h has them for one element. A ball of infinite radius finds everything, one of finite
 * radius around a center at infinity nothing.
 */
#ifndef SI_KERNELS_MATCH_H
#define SI_KERNELS_MATCH_H

#include "kernels/kernel_set.h"

uint64_t si_match_points(const si_query_shape *query, const si_points *points, unsigned count);
uint64_t si_match_spheres(const si_query_shape *query, const si_spheres *spheres, unsigned count);
uint64_t si_match_cylinders(const si_query_shape *query, const si_cylinders *cylinders,
                            unsigned count);

/* `count` is 1 .. 32. */
si_node_match si_match_nodes(const si_query_shape *query, const si_node_boxes *children,
                             unsigned count);

#endif
