/* Random queries of the shapes that are neither box nor sphere. */
#ifndef SI_TESTS_GEOMETRY_SCENES_SOLIDS_H
#define SI_TESTS_GEOMETRY_SCENES_SOLIDS_H

#include "scenes.h"

/* Their axes are often parallel to the element's or across it, and some have no radius or end where
 * the element does. */
si_query_shape random_solid_query(random_source *random, const frame *frame, const element *near,
                                  si_shape shape, si_accuracy accuracy);

/* A tile, often one whose sides are coordinates of the element's center. */
si_query_shape random_tile(random_source *random, const frame *frame, const element *near);

void describe_solid(const si_query_shape *query, char *text, size_t size);

#endif
