/* Shapes as the words of options give them. What cannot be read is wrong use. */
#ifndef CLI_QUERY_SHAPE_OPTIONS_H
#define CLI_QUERY_SHAPE_OPTIONS_H

#include "query/questions.h"

void cli_add_box(void *shapes, const char *const *words);
void cli_add_sphere(void *shapes, const char *const *words);
void cli_add_capsule(void *shapes, const char *const *words);
void cli_add_cylinder(void *shapes, const char *const *words);
void cli_add_oriented_box(void *shapes, const char *const *words);
void cli_add_nearest(void *shapes, const char *const *words);

#endif
