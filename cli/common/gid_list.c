/* Reads lists of ids and ranges from an option or from a file. */
#include "common/gid_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/input.h"
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

/* A file of ids while it is read. */
struct id_file {
    const char *name;
    uint64_t line_number;
    bool has_begun; /* a line with ids, or the header before them, has been read */
};

/* The name of the column in a CSV file: a word without digits, so that a mistyped id is none. */
static bool is_header(const char *line, size_t length)
{
    bool has_letter = false;
    for (size_t i = 0; i < length; i++) {
        if (isdigit((unsigned char)line[i]) || line[i] == '-')
            return false;
        has_letter |= isalpha((unsigned char)line[i]) != 0;
    }
    return has_letter;
}

static void check_header(const struct id_file *file, const char *line, size_t length)
{
    if (memchr(line, ',', length) || memchr(line, ';', length) || memchr(line, '\t', length))
        cli_fail("%s, line %llu: several columns, expected one with ids", file->name,
                 (unsigned long long)file->line_number);
}

static size_t without_blanks_at_end(const char *line, size_t length)
{
    while (length > 0 && isspace((unsigned char)line[length - 1]))
        length--;
    return length;
}

/* Some spreadsheets begin text with a byte order mark. */
static size_t skip_mark(const struct id_file *file, const char *line, size_t length)
{
    return file->line_number == 1 && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static void read_line(cli_gid_list *list, struct id_file *file, const char *line, size_t length)
{
    const char *bad;
    size_t bad_length;
    size_t mark = skip_mark(file, line, length);
    line += mark;
    length -= mark;
    const char *comment = memchr(line, '#', length);
    if (comment)
        length = (size_t)(comment - line);
    length = without_blanks_at_end(line, length);
    if (length == 0)
        return;
    bool is_first = !file->has_begun;
    file->has_begun = true;
    if (is_first && is_header(line, length)) {
        check_header(file, line, length);
        return;
    }
    const char *problem = add_tokens(list, line, length, &bad, &bad_length);
    if (problem)
        cli_fail("%s, line %llu: '%.*s' %s", file->name, (unsigned long long)file->line_number,
                 (int)(bad_length < 80 ? bad_length : 80), bad, problem);
}

static void read_file(cli_gid_list *list, const char *path)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    struct id_file read = {.line_number = 0};
    FILE *file = cli_input_open(path, "file of ids", &read.name);
    errno = 0;
    while ((length = getline(&line, &capacity, file)) >= 0) {
        read.line_number++;
        read_line(list, &read, line, (size_t)length);
    }
    if (!feof(file))
        cli_fail("cannot read the file of ids '%s': %s", read.name, strerror(errno));
    free(line);
    cli_input_close(file);
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
