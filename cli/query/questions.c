/* Makes queries from the shapes that options or the lines of a file give. */
#include "query/questions.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/input.h"
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

static si_result make_oriented_box(const double numbers[10], si_accuracy accuracy, si_query *query,
                                   si_error *error)
{
    double axes[2][3];
    si_result result = si_quaternion_axes(numbers + 6, axes, error);
    return result == SI_OK
               ? si_query_oriented_box(numbers, axes, numbers + 3, accuracy, query, error)
               : result;
}

static si_result make_query(const cli_shape *shape, si_accuracy accuracy, si_query *query,
                            si_error *error)
{
    const double *numbers = shape->numbers;
    switch (shape->kind) {
    case CLI_BOX:
        return si_query_box(numbers, numbers + 3, accuracy, query, error);
    case CLI_SPHERE:
        return si_query_sphere(numbers, numbers[3], accuracy, query, error);
    case CLI_CAPSULE:
        return si_query_capsule(numbers, numbers + 3, numbers[6], accuracy, query, error);
    case CLI_CYLINDER:
        return si_query_cylinder(numbers, numbers + 3, numbers[6], accuracy, query, error);
    default:
        return make_oriented_box(numbers, accuracy, query, error);
    }
}

static si_result make_centers_query(const cli_shape *shape, si_query *query, si_error *error)
{
    if (shape->kind == CLI_BOX)
        return si_query_box(shape->numbers, shape->numbers + 3, SI_CENTER, query, error);
    *error = (si_error){SI_ERROR_ARGUMENT, "the accuracy 'center' is for boxes only"};
    return SI_ERROR_ARGUMENT;
}

static si_result make_question(const cli_shape *shape, cli_accuracy accuracy,
                               cli_question *question, si_error *error)
{
    const double *numbers = shape->numbers;
    question->asks_for_nearest = shape->kind == CLI_NEAREST;
    if (accuracy.is_center)
        return make_centers_query(shape, &question->query, error);
    return shape->kind == CLI_NEAREST
               ? si_query_nearest(numbers, shape->k, numbers[3], accuracy.of_shapes,
                                  &question->nearest, error)
               : make_query(shape, accuracy.of_shapes, &question->query, error);
}

static void add_question(cli_queries *queries, size_t *capacity, const cli_question *question)
{
    if (queries->count == *capacity) {
        *capacity = 2 * *capacity + 4;
        queries->questions = cli_reallocate(queries->questions, *capacity,
                                            sizeof *queries->questions);
    }
    queries->questions[queries->count++] = *question;
    queries->has_nearest |= question->asks_for_nearest;
}

void cli_queries_from_shapes(cli_queries *queries, const cli_shapes *shapes, cli_accuracy accuracy)
{
    size_t capacity = 0;
    *queries = (cli_queries){NULL, 0, false};
    for (size_t i = 0; i < shapes->count; i++) {
        cli_question question;
        si_error error;
        if (make_question(&shapes->shapes[i], accuracy, &question, &error) != SI_OK)
            cli_wrong_use("%s", error.message);
        add_question(queries, &capacity, &question);
    }
}

/* A file of queries while it is read. */
struct lines {
    const char *name;
    FILE *file;
    unsigned long long number;
};

/* What a line may begin with, and how many numbers then follow. */
static const struct line_form {
    const char *word;
    cli_shape_kind kind;
    size_t least_numbers;
    size_t most_numbers;
} line_forms[] = {
    {"box", CLI_BOX, 6, 6},
    {"sphere", CLI_SPHERE, 4, 4},
    {"capsule", CLI_CAPSULE, 7, 7},
    {"cylinder", CLI_CYLINDER, 7, 7},
    {"oriented_box", CLI_ORIENTED_BOX, 10, 10},
    {"oriented-box", CLI_ORIENTED_BOX, 10, 10}, /* as the option is called */
    {"nearest", CLI_NEAREST, 4, 5},
};

static const struct line_form *find_form(const struct lines *lines, const char *word)
{
    for (size_t i = 0; i < sizeof line_forms / sizeof *line_forms; i++) {
        if (strcmp(word, line_forms[i].word) == 0)
            return &line_forms[i];
    }
    cli_fail("%s, line %llu: expected 'box', 'sphere', 'capsule', 'cylinder', 'oriented_box' or "
             "'nearest', found '%.80s'",
             lines->name, lines->number, word);
}

/* The fourth number of what is nearest is k. */
static void read_number(const struct lines *lines, const char *word, size_t place, cli_shape *shape)
{
    if (shape->kind == CLI_NEAREST && place == 3) {
        if (!cli_read_unsigned(word, strlen(word), &shape->k))
            cli_fail("%s, line %llu: '%.80s' is not a number of elements", lines->name,
                     lines->number, word);
        return;
    }
    size_t slot = shape->kind == CLI_NEAREST && place == 4 ? 3 : place;
    if (!cli_read_double(word, &shape->numbers[slot]))
        cli_fail("%s, line %llu: '%.80s' is not a number", lines->name, lines->number, word);
}

/* The next word: words end at blanks or, as the coordinates in options, at a comma. NULL: there is
 * none. */
static const char *next_word(const struct lines *lines, char **rest)
{
    static const char blanks[] = " \t\r\n";
    char *word = *rest + strspn(*rest, blanks);
    char *end = word + strcspn(word, " \t\r\n,");
    char *next = end + strspn(end, blanks);
    if (*word == '\0')
        return NULL;
    if (*next == ',') {
        next += 1 + strspn(next + 1, blanks);
        if (end == word || *next == ',' || *next == '\0')
            cli_fail("%s, line %llu: there is no number %s a comma", lines->name, lines->number,
                     end == word ? "before" : "after");
    }
    *end = '\0';
    *rest = next;
    return word;
}

static void read_shape(const struct lines *lines, char *line, double max_distance, cli_shape *shape)
{
    size_t given = 0;
    char *rest = line;
    const char *word = next_word(lines, &rest);
    const struct line_form *form = find_form(lines, word);
    *shape = (cli_shape){.kind = form->kind};
    if (shape->kind == CLI_NEAREST)
        shape->numbers[3] = max_distance;
    for (; (word = next_word(lines, &rest)) != NULL; given++) {
        if (given < form->most_numbers)
            read_number(lines, word, given, shape);
    }
    if (given < form->least_numbers || given > form->most_numbers)
        cli_fail("%s, line %llu: expected %zu%s numbers after '%s', found %zu", lines->name,
                 lines->number, form->least_numbers,
                 form->most_numbers > form->least_numbers ? " or 5" : "", form->word, given);
}

/* False: the line holds no query. */
static bool holds_query(const char *line)
{
    line += strspn(line, " \t\r\n");
    return *line != '\0' && *line != '#';
}

static void read_lines(cli_queries *queries, struct lines *lines, cli_accuracy accuracy,
                       double max_distance)
{
    char *line = NULL;
    size_t line_capacity = 0, capacity = 0;
    ssize_t length;
    si_error error;
    errno = 0;
    while ((length = getline(&line, &line_capacity, lines->file)) >= 0) {
        cli_shape shape;
        cli_question question;
        lines->number++;
        if (strlen(line) != (size_t)length)
            cli_fail("%s, line %llu: a zero byte, expected text", lines->name, lines->number);
        if (!holds_query(line))
            continue;
        read_shape(lines, line, max_distance, &shape);
        if (make_question(&shape, accuracy, &question, &error) != SI_OK)
            cli_fail("%s, line %llu: %s", lines->name, lines->number, error.message);
        add_question(queries, &capacity, &question);
    }
    if (!feof(lines->file))
        cli_fail("cannot read the queries in '%s': %s", lines->name, strerror(errno));
    free(line);
}

void cli_queries_from_file(cli_queries *queries, const char *path, cli_accuracy accuracy,
                           double max_distance)
{
    *queries = (cli_queries){NULL, 0, false};
    struct lines lines = {.number = 0};
    lines.file = cli_input_open(path, "file of queries", &lines.name);
    read_lines(queries, &lines, accuracy, max_distance);
    cli_input_close(lines.file);
}

void cli_queries_filter(cli_queries *queries, const si_filter *filter)
{
    for (size_t i = 0; i < queries->count; i++)
        if (queries->questions[i].asks_for_nearest)
            queries->questions[i].nearest.filter = filter;
        else
            queries->questions[i].query.filter = filter;
}
