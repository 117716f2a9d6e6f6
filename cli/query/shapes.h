/* Boxes and spheres to ask for, as given by options or by the lines of a file. */
#ifndef CLI_QUERY_SHAPES_H
#define CLI_QUERY_SHAPES_H

#include <stddef.h>

#include "spatial_index/spatial_index.h"

typedef struct cli_shape {
    si_shape shape;
    double numbers[6]; /* of a box two corners, of a sphere center and radius */
} cli_shape;

typedef struct cli_shapes {
    cli_shape *shapes;
    size_t count;
    size_t capacity;
} cli_shapes;

void cli_shapes_add(cli_shapes *shapes, const cli_shape *shape);
void cli_shapes_free(cli_shapes *shapes);

typedef struct cli_queries {
    si_query *queries; /* for free() */
    size_t count;
} cli_queries;

/* A shape that cannot be asked for is wrong use. */
void cli_queries_from_shapes(cli_queries *queries, const cli_shapes *shapes, si_accuracy accuracy);

/* Lines "box x y z x y z" or "sphere x y z r"; empty ones and those with # first are skipped. Of a
 * line that is neither, the file and the number are told. "-" is standard input. */
void cli_queries_from_file(cli_queries *queries, const char *path, si_accuracy accuracy);

#endif
