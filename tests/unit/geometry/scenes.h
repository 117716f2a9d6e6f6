/* Random scenes: an element and a query near it, plain and nasty. */
#ifndef SI_TESTS_GEOMETRY_SCENES_H
#define SI_TESTS_GEOMETRY_SCENES_H

#include <stdbool.h>

#include "geometry/shapes.h"

typedef struct random_source {
    uint64_t state;
} random_source;

uint64_t random_bits(random_source *random);
unsigned random_below(random_source *random, unsigned bound);
double random_between(random_source *random, double low, double high);

/* A point is p1, a sphere p1 and radius. */
typedef enum element_shape { POINT, SPHERE, CYLINDER, SHAPE_COUNT } element_shape;

typedef struct element {
    element_shape shape;
    float p1[3];
    float p2[3];
    float radius;
} element;

/* Where a scene lies and how large it is. On a grid, coordinates and radii are small integers times
 * a power of two, so that shapes often touch exactly. */
typedef struct frame {
    double origin[3];
    double scale;
    bool grid;
} frame;

frame random_frame(random_source *random);
float random_coordinate(random_source *random, const frame *frame, int axis);
/* A radius or half width, often small against the scene, sometimes 0 or large. */
float random_length(random_source *random, const frame *frame);
element random_element(random_source *random, const frame *frame, element_shape shape);
/* Some are made to end where the element begins, up to rounding. */
si_query_shape random_query(random_source *random, const frame *frame, const element *near);
si_query_shape random_query_of(random_source *random, const frame *frame, const element *near,
                               si_shape shape);

si_query_shape box_query(const float lower[3], const float upper[3], si_accuracy accuracy);
si_query_shape sphere_query(const float center[3], float radius, si_accuracy accuracy);

/* si_query_meets_* of predicates.h and si_bound_* for the element's shape. */
bool query_meets(const si_query_shape *query, const element *e);
si_box bound(const element *e);

/* As text, for messages; in a buffer that the next call but three overwrites. */
const char *describe_query(const si_query_shape *query);
const char *describe_element(const element *e);

#endif
