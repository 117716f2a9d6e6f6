#include "query/groups.h"

#include <stdlib.h>
#include <string.h>

#include "common/program.h"
#include "query/fields.h"
#include "query/values.h"

/* How often a value of an attribute was found. */
struct group {
    union {
        uint64_t number; /* or the bits of a signed one */
        const char *text;
    } value;
    uint64_t count;
};

static int compare_unsigned(const void *left, const void *right)
{
    uint64_t a = ((const struct group *)left)->value.number;
    uint64_t b = ((const struct group *)right)->value.number;
    return (a > b) - (a < b);
}

static int compare_signed(const void *left, const void *right)
{
    int64_t a = (int64_t)((const struct group *)left)->value.number;
    int64_t b = (int64_t)((const struct group *)right)->value.number;
    return (a > b) - (a < b);
}

static int compare_text(const void *left, const void *right)
{
    return strcmp(((const struct group *)left)->value.text,
                  ((const struct group *)right)->value.text);
}

typedef int comparison(const void *left, const void *right);

/* NULL: values of this type make no groups. */
static comparison *comparison_of(si_type type)
{
    switch (type) {
    case SI_TYPE_UINT8:
    case SI_TYPE_UINT16:
    case SI_TYPE_UINT32:
    case SI_TYPE_UINT64:
        return compare_unsigned;
    case SI_TYPE_INT8:
    case SI_TYPE_INT16:
    case SI_TYPE_INT32:
    case SI_TYPE_INT64:
        return compare_signed;
    case SI_TYPE_STRING:
        return compare_text;
    default:
        return NULL;
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

/* The groups of the rows of a data set, not yet sorted. */
static struct group *collect(const si_values *values, const uint64_t *counts)
{
    struct group *groups = cli_allocate(values->count, sizeof *groups);
    for (uint64_t i = 0; i < values->count; i++) {
        groups[i].count = counts[i];
        if (values->type == SI_TYPE_STRING)
            groups[i].value.text = ((const char *const *)values->data)[i];
        else
            groups[i].value.number = number_at(values, i);
    }
    return groups;
}

/* Sorts, and makes one group of those with the same value; returns how many there are then. */
static uint64_t merge(struct group *groups, uint64_t count, comparison *compare)
{
    uint64_t merged = 0;
    qsort(groups, count, sizeof *groups, compare);
    for (uint64_t i = 0; i < count; i++) {
        if (merged > 0 && compare(&groups[merged - 1], &groups[i]) == 0)
            groups[merged - 1].count += groups[i].count;
        else
            groups[merged++] = groups[i];
    }
    return merged;
}

static void put_group(cli_answer *answer, const cli_population *population, si_type type,
                      const void *value, uint64_t count)
{
    cli_answer_begin_row(answer, population);
    cli_table_put_value(&answer->table, type, 1, value, 0);
    cli_table_put_unsigned(&answer->table, count);
    cli_table_end_row(&answer->table);
}

/* The type in which `struct group` holds values of a type. */
static si_type held_type(si_type type, comparison *compare)
{
    if (type == SI_TYPE_STRING)
        return SI_TYPE_STRING;
    return compare == compare_signed ? SI_TYPE_INT64 : SI_TYPE_UINT64;
}

static void put_attribute_groups(cli_answer *answer, const char *attribute,
                                 const cli_population *population, const si_group_counts *rows)
{
    si_values values;
    si_error error;
    if (si_dataset_read(population->dataset, attribute, rows->keys, rows->group_count, &values,
                        &error) != SI_OK)
        cli_fail("%s", error.message);
    comparison *compare = comparison_of(values.type);
    if (!compare)
        cli_fail("cannot group by '%s': its values are neither integers nor text", attribute);
    struct group *groups = collect(&values, rows->counts);
    uint64_t count = merge(groups, values.count, compare);
    for (uint64_t i = 0; i < count; i++)
        put_group(answer, population, held_type(values.type, compare), &groups[i].value,
                  groups[i].count);
    free(groups);
    si_values_free(&values);
}

void cli_groups_find(cli_answer *answer, si_element_kind kind, const char *name,
                     const cli_population *population, const si_query *query)
{
    const si_field_info *field = cli_find_field(kind, name);
    const si_field_info *counted = field ? field : cli_row_field(kind);
    si_group_counts groups;
    si_error error;
    if (si_index_count_groups(population->index, query, counted->field, &groups, &error) != SI_OK)
        cli_fail("%s", error.message);
    if (!field)
        put_attribute_groups(answer, name, population, &groups);
    for (uint64_t i = 0; field && i < groups.group_count; i++)
        put_group(answer, population, SI_TYPE_UINT64, &groups.keys[i], groups.counts[i]);
    si_group_counts_free(&groups);
}
