/* Whether solid cylinders with flat caps meet, by features and in long double. No code is shared
 * with the library. */
#ifndef SI_TESTS_GEOMETRY_ORACLE_CYLINDER_H
#define SI_TESTS_GEOMETRY_ORACLE_CYLINDER_H

#include <stdbool.h>

typedef long double real;

typedef struct real_cylinder {
    real p1[3];
    real p2[3]; /* not p1 */
    real radius;
} real_cylinder;

typedef struct real_box {
    real lower[3]; /* finite */
    real upper[3];
} real_box;

/* With the radius and the caps moved outwards, or inwards where `growth` is negative; nothing meets
 * what then is empty. */
bool grown_cylinder_meets_box(const real_cylinder *cylinder, const real_box *box, real growth);
/* Both grown. */
bool grown_cylinders_meet(const real_cylinder *a, const real_cylinder *b, real growth);

#endif
