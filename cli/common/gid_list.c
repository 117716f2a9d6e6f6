/* Reads lists of ids and ranges from an option or from a file. */
#include "common/gid_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/numbers.h"
#include "common/program.h"

/* 2 GiB of ids: more is a slip in a range. */
static const uint64_t most_gids = UINT64_C(1) << 28;

static void make_room(cli_gid_list *list, uint64_t additional)
{
    size_t needed = list->count + (size_t)additional;
    if (list->gids && needed <= list->capacity)
        return;
    list->capacity = needed + needed / 2;
    list->gids = cli_reallocate(list->gids, list->capacity, sizeof *list->gids);
}

/* NULL, or what is wrong. */
static const char *add_range(cli_gid_list *list, uint64_t first, uint64_t last)
{
    if (first > last)
        return "is a range that ends before it begins";
    if (last - first >= most_gids - list->count)
        return "exceeds the limit of 268435456 ids";
    make_room(list, last - first + 1);
    for (uint64_t gid = first;; gid++) {
        list->gids[list->count++] = gid;
        if (gid == last)
            return NULL;
    }
}

static const char *add_token(cli_gid_list *list, const char *token, size_t length)
{
    uint64_t first, last;
    const char *dash = memchr(token, '-', length);
    size_t first_length = dash ? (size_t)(dash - token) : length;
    if (!cli_read_unsigned(token, first_length, &first))
        return "is not an id or a range of ids";
    last = first;
    if (dash && !cli_read_unsigned(dash + 1, length - first_length - 1, &last))
        return "is not an id or a range of ids";
    return add_range(list, first, last);
}

static bool separates(char character)
{
    return character == ',' || isspace((unsigned char)character);
}

/* Adds what stands in a text. Returns NULL, or what is wrong with the token that `bad` and
 * `bad_length` then name. */
static const char *add_tokens(cli_gid_list *list, const char *text, size_t length, const char **bad,
                              size_t *bad_length)
{
    size_t position = 0;
    while (position < length) {
        if (separates(text[position])) {
            position++;
            continue;
        }
        size_t end = position;
        while (end < length && !separates(text[end]))
            end++;
        const char *problem = add_token(list, text + position, end - position);
        if (problem) {
            *bad = text + position;
            *bad_length = end - position;
            return problem;
        }
        position = end;
    }
    return NULL;
}

static void read_line(cli_gid_list *list, const char *path, uint64_t number, const char *line,
                      size_t length)
{
    const char *bad;
    size_t bad_length;
    const char *comment = memchr(line, '#', length);
    if (comment)
        length = (size_t)(comment - line);
    const char *problem = add_tokens(list, line, length, &bad, &bad_length);
    if (problem)
        cli_fail("%s, line %llu: '%.*s' %s", path, (unsigned long long)number,
                 (int)(bad_length < 80 ? bad_length : 80), bad, problem);
}

static void read_file(cli_gid_list *list, const char *path)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    FILE *file = fopen(path, "r");
    if (!file)
        cli_fail("cannot open the file of ids '%s': %s", path, strerror(errno));
    errno = 0;
    for (uint64_t number = 1; (length = getline(&line, &capacity, file)) >= 0; number++)
        read_line(list, path, number, line, (size_t)length);
    if (!feof(file))
        cli_fail("cannot read the file of ids '%s': %s", path, strerror(errno));
    free(line);
    fclose(file);
}

void cli_gid_list_add(cli_gid_list *list, uint64_t gid)
{
    make_room(list, 1);
    list->gids[list->count++] = gid;
}

void cli_gid_list_read(cli_gid_list *list, const char *option, const char *text)
{
    const char *bad;
    size_t bad_length;
    list->count = 0;
    make_room(list, 0);
    if (!isdigit((unsigned char)text[0])) {
        read_file(list, text);
        return;
    }
    const char *problem = add_tokens(list, text, strlen(text), &bad, &bad_length);
    if (problem)
        cli_wrong_use("option '--%s': '%.*s' %s", option, (int)(bad_length < 80 ? bad_length : 80),
                      bad, problem);
}
