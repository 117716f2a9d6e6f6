/* Boxes, spheres and near places to ask for, as given by options or by the lines of a file. */
#ifndef CLI_QUERY_SHAPES_H
#define CLI_QUERY_SHAPES_H

#include <stdbool.h>
#include <stddef.h>

#include "spatial_index/spatial_index.h"

typedef enum cli_shape_kind { CLI_BOX, CLI_SPHERE, CLI_NEAREST } cli_shape_kind;

typedef struct cli_shape {
    cli_shape_kind kind;
    /* Of a box two corners, of a sphere center and radius, of what is nearest the place and how
     * far at most. */
    double numbers[6];
    uint64_t k; /* of what is nearest */
} cli_shape;

typedef struct cli_shapes {
    cli_shape *shapes;
    size_t count;
    size_t capacity;
} cli_shapes;

void cli_shapes_add(cli_shapes *shapes, const cli_shape *shape);
void cli_shapes_free(cli_shapes *shapes);

/* One or the other. */
typedef struct cli_question {
    bool asks_for_nearest;
    si_query query;
    si_nearest nearest;
} cli_question;

typedef struct cli_queries {
    cli_question *questions; /* for free() */
    size_t count;
    bool has_nearest; /* one of them asks for what is nearest */
} cli_queries;

/* A shape that cannot be asked for is wrong use. */
void cli_queries_from_shapes(cli_queries *queries, const cli_shapes *shapes, si_accuracy accuracy);

/* Lines "box x y z x y z", "sphere x y z r" or "nearest x y z k", which may end with a greatest
 * distance other than `max_distance`; empty ones and those with # first are skipped. Of a line that
 * is none of these, the file and the number are told. "-" is standard input. */
void cli_queries_from_file(cli_queries *queries, const char *path, si_accuracy accuracy,
                           double max_distance);

/* All of them are to find only what passes; NULL: everything. */
void cli_queries_filter(cli_queries *queries, const si_filter *filter);

#endif
