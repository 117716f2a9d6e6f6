#include "query/shapes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/numbers.h"
#include "common/program.h"

void cli_shapes_add(cli_shapes *shapes, const cli_shape *shape)
{
    if (shapes->count == shapes->capacity) {
        shapes->capacity = 2 * shapes->capacity + 4;
        shapes->shapes = cli_reallocate(shapes->shapes, shapes->capacity, sizeof *shapes->shapes);
    }
    shapes->shapes[shapes->count++] = *shape;
}

void cli_shapes_free(cli_shapes *shapes)
{
    free(shapes->shapes);
    *shapes = (cli_shapes){NULL, 0, 0};
}

static si_result make_query(const cli_shape *shape, si_accuracy accuracy, si_query *query,
                            si_error *error)
{
    if (shape->shape == SI_SHAPE_BOX)
        return si_box_query(shape->numbers, shape->numbers + 3, accuracy, query, error);
    return si_sphere_query(shape->numbers, shape->numbers[3], accuracy, query, error);
}

void cli_queries_from_shapes(cli_queries *queries, const cli_shapes *shapes, si_accuracy accuracy)
{
    si_error error;
    queries->count = shapes->count;
    queries->queries = cli_allocate(shapes->count, sizeof *queries->queries);
    for (size_t i = 0; i < shapes->count; i++) {
        if (make_query(&shapes->shapes[i], accuracy, &queries->queries[i], &error) != SI_OK)
            cli_wrong_use("%s", error.message);
    }
}

/* A file of queries while it is read. */
struct lines {
    const char *name;
    FILE *file;
    unsigned long long number;
};

static bool names_shape(const char *word, cli_shape *shape, size_t *number_count)
{
    bool box = strcmp(word, "box") == 0;
    shape->shape = box ? SI_SHAPE_BOX : SI_SHAPE_SPHERE;
    *number_count = box ? 6 : 4;
    return box || strcmp(word, "sphere") == 0;
}

static void read_shape(const struct lines *lines, char *line, cli_shape *shape)
{
    static const char blanks[] = " \t\r\n";
    size_t wanted, given = 0;
    char *rest;
    const char *word = strtok_r(line, blanks, &rest);
    if (!names_shape(word, shape, &wanted))
        cli_fail("%s, line %llu: expected 'box' or 'sphere', found '%.80s'", lines->name,
                 lines->number, word);
    const char *kind = word;
    for (; (word = strtok_r(NULL, blanks, &rest)) != NULL; given++) {
        if (given < wanted && !cli_read_double(word, &shape->numbers[given]))
            cli_fail("%s, line %llu: '%.80s' is no number", lines->name, lines->number, word);
    }
    if (given != wanted)
        cli_fail("%s, line %llu: expected %zu numbers after '%s', found %zu", lines->name,
                 lines->number, wanted, kind, given);
}

/* False: the line holds no query. */
static bool holds_query(const char *line)
{
    line += strspn(line, " \t\r\n");
    return *line != '\0' && *line != '#';
}

static void add_query(cli_queries *queries, size_t *capacity, const si_query *query)
{
    if (queries->count == *capacity) {
        *capacity = 2 * *capacity + 64;
        queries->queries = cli_reallocate(queries->queries, *capacity, sizeof *queries->queries);
    }
    queries->queries[queries->count++] = *query;
}

static void read_lines(cli_queries *queries, struct lines *lines, si_accuracy accuracy)
{
    char *line = NULL;
    size_t line_capacity = 0, capacity = 0;
    si_error error;
    errno = 0;
    while (getline(&line, &line_capacity, lines->file) >= 0) {
        cli_shape shape;
        si_query query;
        lines->number++;
        if (!holds_query(line))
            continue;
        read_shape(lines, line, &shape);
        if (make_query(&shape, accuracy, &query, &error) != SI_OK)
            cli_fail("%s, line %llu: %s", lines->name, lines->number, error.message);
        add_query(queries, &capacity, &query);
    }
    if (!feof(lines->file))
        cli_fail("cannot read the queries in '%s': %s", lines->name, strerror(errno));
    free(line);
}

void cli_queries_from_file(cli_queries *queries, const char *path, si_accuracy accuracy)
{
    *queries = (cli_queries){NULL, 0};
    if (strcmp(path, "-") == 0) {
        read_lines(queries, &(struct lines){"standard input", stdin, 0}, accuracy);
        return;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        cli_fail("cannot open the queries in '%s': %s", path, strerror(errno));
    read_lines(queries, &(struct lines){path, file, 0}, accuracy);
    fclose(file);
}
