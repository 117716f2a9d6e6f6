/* Queries that callers hand in. */
#ifndef SI_GEOMETRY_QUERY_SHAPE_H
#define SI_GEOMETRY_QUERY_SHAPE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef enum si_shape {
    SI_SHAPE_BOX = 0,
    SI_SHAPE_SPHERE = 1,
    SI_SHAPE_CAPSULE = 2,
    SI_SHAPE_CYLINDER = 3,
    SI_SHAPE_ORIENTED_BOX = 4,
    SI_SHAPE_CENTERS = 5 /* a box with SI_CENTER; its accuracy is SI_EXACT */
} si_shape;

/* What an si_query holds. The two have the same size and the same first members, and a pointer to
 * one is a pointer to the other: callers' queries are used in place. */
typedef struct __attribute__((may_alias)) si_query_shape {
    size_t struct_size;
    const si_filter *filter;
    si_shape shape;
    si_accuracy accuracy;
    float lower[3]; /* of the box; of any other shape, of a box around it */
    float upper[3];
    float center[3];    /* of a sphere or oriented box; capsule, cylinder: one end of the axis */
    float radius;       /* sphere, capsule, cylinder */
    float end[3];       /* capsule, cylinder: the other end of the axis */
    float half_size[3]; /* oriented box: half the lengths of its sides */
    double axes[3][3];  /* oriented box: unit vectors along its sides */
    uint64_t unused[4];
} si_query_shape;

static_assert(sizeof(si_query_shape) == sizeof(si_query) &&
                  offsetof(si_query_shape, filter) == offsetof(si_query, filter),
              "a query holds its shape");

static inline const si_query_shape *si_shape_of(const si_query *query)
{
    return (const si_query_shape *)query;
}

static inline const si_query *si_query_of(const si_query_shape *shape)
{
    return (const si_query *)shape;
}

si_result si_accuracy_check(si_accuracy accuracy, si_error *error);

/* Refuses what no function of the public header makes, as far as the numbers tell. */
si_result si_query_check(const si_query *query, si_error *error);

/* A capsule, a cylinder or an oriented box. */
static inline bool si_query_is_solid(const si_query_shape *query)
{
    return query->shape != SI_SHAPE_BOX && query->shape != SI_SHAPE_SPHERE &&
           query->shape != SI_SHAPE_CENTERS;
}

/* The shapes decide, not the bounding boxes too. */
static inline bool si_query_is_exact(const si_query_shape *query)
{
    return query->accuracy == SI_EXACT ||
           (query->accuracy == SI_BEST_EFFORT && si_query_is_solid(query));
}

#endif
