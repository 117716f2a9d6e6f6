/* What is true, found in other ways than the library's: long double, and searching instead of
 * solving. No code is shared with the library. */
#ifndef SI_TESTS_GEOMETRY_ORACLE_H
#define SI_TESTS_GEOMETRY_ORACLE_H

#include "scenes.h"

typedef enum verdict { MISS, HIT, TOO_CLOSE } verdict;

/* TOO_CLOSE where touching is within 2^-47 of the size of the scene (the lengths of the query and
 * the element, and the way between them). */
verdict oracle(const si_query_shape *query, const element *e);

/* The bounding box by the rule, each operation in double precision and rounded to float, which
 * gives what float arithmetic does. */
si_box oracle_bound(const element *e);

/* From a point to the element's shape, flat-capped. */
long double oracle_distance_to_point(const element *e, const float point[3]);

/* The shapes alone, in exact integer arithmetic, of coordinates within +-64. */
bool exact_capsule_meets_box(const int p1[3], const int p2[3], int radius, const int lower[3],
                             const int upper[3]);
bool exact_ball_meets_cylinder(const int center[3], int ball_radius, const int p1[3],
                               const int p2[3], int radius);

#endif
