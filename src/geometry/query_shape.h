/* Queries that callers hand in. */
#ifndef SI_GEOMETRY_QUERY_SHAPE_H
#define SI_GEOMETRY_QUERY_SHAPE_H

#include <stdbool.h>

#include "base/error.h"

si_result si_accuracy_check(si_accuracy accuracy, si_error *error);

/* Refuses what no function of the public header makes, as far as the numbers tell. */
si_result si_query_check(const si_query *query, si_error *error);

/* A capsule, a cylinder or an oriented box. */
static inline bool si_query_is_solid(const si_query *query)
{
    return query->shape != SI_SHAPE_BOX && query->shape != SI_SHAPE_SPHERE &&
           query->shape != SI_SHAPE_CENTERS;
}

/* The shapes decide, not the bounding boxes too. */
static inline bool si_query_is_exact(const si_query *query)
{
    return query->accuracy == SI_EXACT ||
           (query->accuracy == SI_BEST_EFFORT && si_query_is_solid(query));
}

#endif
