/* Shapes and near places to ask for, as given by options or by the lines of a file. */
#ifndef CLI_QUERY_QUESTIONS_H
#define CLI_QUERY_QUESTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "spatial_index/spatial_index.h"

typedef enum cli_shape_kind {
    CLI_BOX,
    CLI_SPHERE,
    CLI_CAPSULE,
    CLI_CYLINDER,
    CLI_ORIENTED_BOX,
    CLI_NEAREST
} cli_shape_kind;

typedef struct cli_shape {
    cli_shape_kind kind;
    /* Of a box two corners, of a sphere center and radius, of a capsule or cylinder two ends and
     * the radius, of an oriented box center, half size and quaternion, of what is nearest the place
     * and how far at most. */
    double numbers[10];
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
    si_nearest_query nearest;
} cli_question;

typedef struct cli_queries {
    cli_question *questions; /* for free() */
    size_t count;
    bool has_nearest; /* one of them asks for what is nearest */
} cli_queries;

/* How exactly elements are met. */
typedef struct cli_accuracy {
    si_accuracy of_shapes;
    bool is_center; /* boxes have what has its center in them, and no other shape is asked for */
} cli_accuracy;

/* A shape that cannot be asked for is wrong use. */
void cli_queries_from_shapes(cli_queries *queries, const cli_shapes *shapes, cli_accuracy accuracy);

/* Lines "box x y z x y z" and so on, "nearest x y z k" perhaps with a greatest distance other than
 * `max_distance`; empty ones and those with # first are skipped. Of a line that is none of these,
 * the file and the number are told. "-" is standard input. */
void cli_queries_from_file(cli_queries *queries, const char *path, cli_accuracy accuracy,
                           double max_distance);

/* All of them are to find only what passes; NULL: everything. */
void cli_queries_filter(cli_queries *queries, const si_filter *filter);

#endif
