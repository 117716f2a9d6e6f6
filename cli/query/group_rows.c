/* Prints group counts: the library counts by integer fields, and attributes are grouped here by
 * reading them for each counted id, sorting, and merging equal values. */
#include "query/group_rows.h"

#include <stdlib.h>
#include <string.h>

#include "common/program.h"
#include "query/shown_fields.h"
#include "query/values.h"

/* A value of a field or attribute. */
typedef union group_value {
    uint64_t number; /* or the bits of a signed one */
    const char *text;
} group_value;

typedef struct group {
    group_value *values; /* one for each name */
    uint64_t count;
} group;

/* What is grouped by, in a population. */
typedef struct grouping {
    const cli_names *names;
    si_values *attributes; /* for each name that is no field; their text is that of the groups */
    si_type *types;        /* for each name, in which its values are held */
    size_t *places;        /* for each name, where its field, or that of its row, is in ... */
    si_field *counted;     /* ... the fields that the library counts by */
    size_t counted_count;
} grouping;

/* ---- order ---- */

static int compare_values(si_type type, const group_value *left, const group_value *right)
{
    if (type == SI_TYPE_STRING)
        return strcmp(left->text, right->text);
    if (type == SI_TYPE_INT64) {
        int64_t a = (int64_t)left->number, b = (int64_t)right->number;
        return (a > b) - (a < b);
    }
    return (left->number > right->number) - (left->number < right->number);
}

static int compare_groups(const void *left, const void *right, void *context)
{
    const grouping *by = context;
    const group *a = left, *b = right;
    int order = 0;
    for (size_t i = 0; order == 0 && i < by->names->count; i++)
        order = compare_values(by->types[i], &a->values[i], &b->values[i]);
    return order;
}

/* Sorts, and makes one group of those with the same values; returns how many there are then. */
static uint64_t merge(grouping *by, group *groups, uint64_t count)
{
    uint64_t merged = 0;
    qsort_r(groups, count, sizeof *groups, compare_groups, by);
    for (uint64_t i = 0; i < count; i++) {
        if (merged > 0 && compare_groups(&groups[merged - 1], &groups[i], by) == 0)
            groups[merged - 1].count += groups[i].count;
        else
            groups[merged++] = groups[i];
    }
    return merged;
}

/* ---- values ---- */

/* The type in which a value of a type is held; SI_TYPE_FLOAT64: it makes no groups. */
static si_type held_type(si_type type)
{
    switch (type) {
    case SI_TYPE_UINT8:
    case SI_TYPE_UINT16:
    case SI_TYPE_UINT32:
    case SI_TYPE_UINT64:
        return SI_TYPE_UINT64;
    case SI_TYPE_INT8:
    case SI_TYPE_INT16:
    case SI_TYPE_INT32:
    case SI_TYPE_INT64:
        return SI_TYPE_INT64;
    case SI_TYPE_STRING:
        return SI_TYPE_STRING;
    default:
        return SI_TYPE_FLOAT64;
    }
}

static uint64_t number_at(const si_values *values, uint64_t position)
{
    switch (values->type) {
    case SI_TYPE_UINT8:
        return ((const uint8_t *)values->data)[position];
    case SI_TYPE_UINT16:
        return ((const uint16_t *)values->data)[position];
    case SI_TYPE_UINT32:
        return ((const uint32_t *)values->data)[position];
    case SI_TYPE_INT8:
        return (uint64_t)(int64_t)((const int8_t *)values->data)[position];
    case SI_TYPE_INT16:
        return (uint64_t)(int64_t)((const int16_t *)values->data)[position];
    case SI_TYPE_INT32:
        return (uint64_t)(int64_t)((const int32_t *)values->data)[position];
    default:
        return ((const uint64_t *)values->data)[position];
    }
}

/* Reads an attribute in the rows of the groups, of which the key at `by->places` is the number. */
static void read_attribute(grouping *by, size_t name, const cli_population *population,
                           const si_group_counts *counts)
{
    const char *attribute = by->names->names[name];
    si_error error;
    uint64_t *rows = cli_allocate(counts->group_count, sizeof *rows);
    for (uint64_t i = 0; i < counts->group_count; i++)
        rows[i] = counts->keys[i * counts->field_count + by->places[name]];
    if (si_dataset_read(population->dataset, attribute, rows, counts->group_count,
                        &by->attributes[name], &error) != SI_OK)
        cli_fail("%s", error.message);
    free(rows);
    by->types[name] = held_type(by->attributes[name].type);
    if (by->types[name] == SI_TYPE_FLOAT64)
        cli_fail("cannot group by '%s': its values are neither integers nor text", attribute);
}

static group_value value_of(const grouping *by, size_t name, const si_group_counts *counts,
                            uint64_t row)
{
    const si_values *values = &by->attributes[name];
    if (!values->data)
        return (group_value){.number = counts->keys[row * counts->field_count + by->places[name]]};
    if (values->type == SI_TYPE_STRING)
        return (group_value){.text = ((const char *const *)values->data)[row]};
    return (group_value){.number = number_at(values, row)};
}

static group *collect(const grouping *by, const si_group_counts *counts)
{
    const size_t width = by->names->count;
    group *groups = cli_allocate(counts->group_count, sizeof *groups);
    group_value *values = cli_allocate(counts->group_count, width * sizeof *values);
    for (uint64_t i = 0; i < counts->group_count; i++) {
        groups[i] = (group){values + i * width, counts->counts[i]};
        for (size_t j = 0; j < width; j++)
            groups[i].values[j] = value_of(by, j, counts, i);
    }
    return groups;
}

/* ---- what is grouped by ---- */

static size_t place_among_counted(grouping *by, si_field field)
{
    for (size_t i = 0; i < by->counted_count; i++)
        if (by->counted[i] == field)
            return i;
    by->counted[by->counted_count] = field;
    return by->counted_count++;
}

static void begin(grouping *by, const cli_names *names, si_element_kind kind)
{
    const size_t count = names->count;
    *by = (grouping){.names = names,
                     .attributes = cli_allocate(count, sizeof *by->attributes),
                     .types = cli_allocate(count, sizeof *by->types),
                     .places = cli_allocate(count, sizeof *by->places),
                     .counted = cli_allocate(count, sizeof *by->counted)};
    for (size_t i = 0; i < count; i++) {
        const si_field_info *field = cli_find_field(kind, names->names[i]);
        by->attributes[i] = (si_values){.data = NULL};
        by->types[i] = SI_TYPE_UINT64;
        by->places[i] = place_among_counted(by, (field ? field : cli_row_field(kind))->field);
    }
}

static void end(grouping *by)
{
    for (size_t i = 0; i < by->names->count; i++)
        si_values_free(&by->attributes[i]);
    free(by->attributes);
    free(by->types);
    free(by->places);
    free(by->counted);
}

static void put_group(cli_answer *answer, const cli_population *population, const grouping *by,
                      const group *found)
{
    cli_answer_begin_row(answer, population);
    for (size_t i = 0; i < by->names->count; i++)
        cli_table_put_value(&answer->table, by->types[i], 1, &found->values[i], 0);
    cli_table_put_unsigned(&answer->table, found->count);
    cli_table_end_row(&answer->table);
}

static void put_groups(cli_answer *answer, const cli_population *population, grouping *by,
                       const si_group_counts *counts)
{
    if (counts->group_count == 0)
        return;
    group *groups = collect(by, counts);
    group_value *values = groups[0].values;
    uint64_t count = merge(by, groups, counts->group_count);
    for (uint64_t i = 0; i < count; i++)
        put_group(answer, population, by, &groups[i]);
    free(values);
    free(groups);
}

void cli_groups_find(cli_answer *answer, si_element_kind kind, const cli_names *names,
                     const cli_population *population, const si_query *query)
{
    grouping by;
    si_group_counts counts;
    si_error error;
    begin(&by, names, kind);
    if (si_index_count_groups(population->index, query, by.counted, by.counted_count, &counts,
                              &error) != SI_OK)
        cli_fail("%s", error.message);
    for (size_t i = 0; i < names->count; i++)
        if (!cli_find_field(kind, names->names[i]))
            read_attribute(&by, i, population, &counts);
    put_groups(answer, population, &by, &counts);
    si_group_counts_free(&counts);
    end(&by);
}

void cli_groups_check(const cli_names *names, cli_populations *populations)
{
    for (size_t i = 0; i < names->count; i++) {
        const si_field_info *field = cli_find_field(populations->kind, names->names[i]);
        if (!field)
            cli_populations_need_attribute(populations, names->names[i]);
        else if (field->type == SI_TYPE_FLOAT32 || field->type == SI_TYPE_SEGMENT_IDS)
            cli_wrong_use("option '--group-by' takes fields of integers, not '%s'", field->name);
    }
}
