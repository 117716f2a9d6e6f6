/* The inserted elements nearest to a point. */
#ifndef SI_QUERY_NEAREST_DELTA_H
#define SI_QUERY_NEAREST_DELTA_H

#include "delta/delta.h"
#include "query/nearest_heap.h"

/* Adds to the heap those of the inserted elements that may be among the `heap->capacity` nearest;
 * their positions are their places behind all elements of the index. */
si_result si_delta_find_nearest(si_delta *delta, const si_nearest_query *nearest,
                                si_nearest_heap *heap, si_error *error);

#endif
