/* Counts by groups are what counting one result after another gives. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

enum { ELEMENTS = 3000, MOST_FIELDS = 4 };

typedef struct counted_keys {
    uint64_t (*keys)[MOST_FIELDS];
    uint64_t count;
} counted_keys;

static size_t integer_fields(si_element_kind kind, si_field fields[8])
{
    const si_field_info *infos;
    size_t count = 0, all = si_element_kind_fields(kind, &infos);
    for (size_t i = 0; i < all; i++)
        if (infos[i].type != SI_TYPE_FLOAT32 && infos[i].type != SI_TYPE_SEGMENT_IDS)
            fields[count++] = infos[i].field;
    return count;
}

static size_t size_of(si_element_kind kind, si_field field)
{
    const si_field_info *infos;
    size_t count = si_element_kind_fields(kind, &infos);
    for (size_t i = 0; i < count; i++)
        if (infos[i].field == field)
            return infos[i].size;
    fail();
    return 0;
}

/* Key `place` of every result; widens as a little-endian processor does. */
static void read_keys(const si_index *index, si_element_kind kind, const si_query *query,
                      si_field field, size_t place, counted_keys *keys)
{
    size_t size = size_of(kind, field);
    char *values = malloc(ELEMENTS * size);
    const si_column column = {field, values};
    assert_int_equal(si_index_find(index, query, &column, 1, ELEMENTS, &keys->count, NULL), SI_OK);
    for (uint64_t i = 0; i < keys->count; i++) {
        keys->keys[i][place] = 0;
        memcpy(&keys->keys[i][place], values + i * size, size);
    }
    free(values);
}

static int compare_keys(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    for (int i = 0; i < MOST_FIELDS; i++)
        if (a[i] != b[i])
            return a[i] > b[i] ? 1 : -1;
    return 0;
}

static void check_groups(const si_group_counts *groups, size_t field_count, counted_keys *keys)
{
    uint64_t group = 0;
    qsort(keys->keys, keys->count, sizeof *keys->keys, compare_keys);
    for (uint64_t first = 0, end; first < keys->count; first = end, group++) {
        for (end = first + 1; end < keys->count; end++)
            if (compare_keys(keys->keys[first], keys->keys[end]) != 0)
                break;
        assert_true(group < groups->group_count);
        assert_int_equal(groups->counts[group], end - first);
        assert_memory_equal(groups->keys + group * field_count, keys->keys[first],
                            field_count * sizeof(uint64_t));
    }
    assert_int_equal(groups->group_count, group);
    assert_int_equal(groups->field_count, field_count);
}

static void check_query(const si_index *index, si_element_kind kind, const si_query *query,
                        uint64_t *seed)
{
    si_field all[8], chosen[MOST_FIELDS];
    size_t count = 1 + random_bits(seed) % MOST_FIELDS, all_count = integer_fields(kind, all);
    counted_keys keys = {calloc(ELEMENTS, sizeof *keys.keys), 0};
    si_group_counts groups;
    for (size_t i = 0; i < count; i++) {
        chosen[i] = all[random_bits(seed) % all_count];
        read_keys(index, kind, query, chosen[i], i, &keys);
    }
    assert_int_equal(si_index_count_groups(index, query, chosen, count, &groups, NULL), SI_OK);
    check_groups(&groups, count, &keys);
    si_group_counts_free(&groups);
    free(keys.keys);
}

static void check_kind(si_element_kind kind)
{
    const element_scatter scatter = {.extent = 100, .length = 5, .radius = 2};
    uint64_t seed = 1 + (uint64_t)kind;
    test_elements elements = make_elements(kind, ELEMENTS, &scatter, seed);
    for (uint64_t i = 0; kind == SI_SEGMENT && i < ELEMENTS; i++)
        elements.id[i] = random_bits(&seed) % 20;
    si_index *index = build_elements(&elements, NULL, NULL);
    for (int i = 0; i < 60; i++) {
        const double center[3] = {0, 0, 0};
        si_query query;
        si_query_sphere(center, (double)random_float(&seed, 0, 200), SI_BEST_EFFORT, &query, NULL);
        check_query(index, kind, &query, &seed);
    }
    si_index_close(index);
    free_elements(&elements);
}

static void groups_of_every_kind_are_counted(void **state)
{
    (void)state;
    for (int kind = SI_POINT; kind <= SI_SEGMENT; kind++)
        check_kind((si_element_kind)kind);
}

static void senseless_fields_are_refused(void **state)
{
    (void)state;
    const element_scatter scatter = {.extent = 1};
    const si_field fields[] = {SI_FIELD_ID, SI_FIELD_POSITION, SI_FIELD_GID};
    test_elements elements = make_elements(SI_POINT, 10, &scatter, 1);
    si_index *index = build_elements(&elements, NULL, NULL);
    si_group_counts groups;
    si_query query;
    si_error error = {0};
    si_query_sphere((double[3]){0, 0, 0}, 1, SI_EXACT, &query, NULL);
    assert_int_equal(si_index_count_groups(index, &query, fields, 0, &groups, &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "by 0 fields"));
    assert_int_equal(si_index_count_groups(index, &query, fields, 2, &groups, &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "by position"));
    assert_int_equal(si_index_count_groups(index, &query, fields + 2, 1, &groups, &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "no field"));
    si_index_close(index);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_of_every_kind_are_counted),
        cmocka_unit_test(senseless_fields_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
