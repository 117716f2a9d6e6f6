/* Building, publishing, opening: what stands in the folder, and what happens when something is
 * wrong. */
#include <dirent.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/support/elements.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

static const element_scatter ordinary = {.extent = 100, .length = 5, .radius = 2};
static const element_scatter crowded = {.extent = 3, .length = 2, .radius = 1, .degenerate = 1};

static char *in(const char *folder, const char *name)
{
    char *path = si_path_join(folder, name);
    assert_non_null(path);
    return path;
}

static unsigned entry_count(const char *folder)
{
    unsigned count = 0;
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(listing);
    return count;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

/* ---- bytes ---- */

static char *heavy_bytes(const si_index *index, size_t *length)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    char *content;
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    assert_int_equal(si_file_read_all(info.heavy_data_path, &content, length, NULL), SI_OK);
    return content;
}

/* Elements in another order, in batches of another size, on other numbers of threads. */
static si_index *build_shuffled(const test_elements *elements, const char *folder, unsigned threads,
                                uint64_t batch)
{
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.threads = threads;
    si_error error = {0};
    si_builder *builder;
    si_index *index;
    assert_ok(si_builder_create(elements->kind, folder, &options, &builder, &error), error);
    uint64_t batches = (elements->count + batch - 1) / batch;
    for (uint64_t i = 0; i < batches; i++) {
        uint64_t first = (batches - 1 - i) * batch;
        uint64_t end = first + batch < elements->count ? first + batch : elements->count;
        assert_ok(append_elements(builder, elements, first, end, &error), error);
    }
    assert_ok(si_builder_finish(builder, &index, NULL, &error), error);
    return index;
}

static void check_same_bytes(si_element_kind kind, uint64_t count, const element_scatter *scatter)
{
    char *folder = make_test_folder();
    test_elements elements = make_elements(kind, count, scatter, 11);
    char *first_folder = in(folder, "first");
    si_index *first = build_elements(&elements, first_folder, NULL);
    size_t first_length;
    char *first_bytes = heavy_bytes(first, &first_length);
    for (unsigned threads = 1; threads <= 3; threads++) {
        char name[16];
        snprintf(name, sizeof name, "threads%u", threads);
        char *other_folder = in(folder, name);
        si_index *other = build_shuffled(&elements, other_folder, threads, 700 * threads);
        size_t length;
        char *bytes = heavy_bytes(other, &length);
        assert_int_equal(length, first_length);
        assert_memory_equal(bytes, first_bytes, length);
        bool same;
        assert_int_equal(si_index_compare(first, other, &same, NULL, 0, NULL), SI_OK);
        assert_int_equal(same, 1);
        si_free(bytes);
        si_index_close(other);
        si_free(other_folder);
    }
    si_free(first_bytes);
    si_index_close(first);
    free_elements(&elements);
    si_free(first_folder);
    remove_test_folder(folder);
}

static void bytes_depend_on_the_elements_alone(void **state)
{
    (void)state;
    for (int kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        check_same_bytes((si_element_kind)kind, 20000, &ordinary);
        check_same_bytes((si_element_kind)kind, 5000, &crowded);
        check_same_bytes((si_element_kind)kind, 1, &ordinary);
    }
    check_same_bytes(SI_SEGMENT, 300000, &ordinary);
}

/* ---- fields ---- */

static void every_field_comes_back(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_SEGMENT, 1000, &ordinary, 5);
    for (uint64_t i = 0; i < elements.count; i++)
        elements.id[i] = (UINT64_C(1) << 36) - 1 - i;
    si_index *index = build_elements(&elements, NULL, NULL);
    static uint64_t gid[1000];
    static uint32_t section[1000], segment[1000];
    static si_segment_ids ids[1000];
    static float one[1000][3], two[1000][3], middle[1000][3], radius[1000];
    static uint8_t type[1000], soma[1000];
    const si_column columns[] = {
        {SI_FIELD_GID, gid},         {SI_FIELD_SECTION_ID, section}, {SI_FIELD_SEGMENT_ID, segment},
        {SI_FIELD_IDS, ids},         {SI_FIELD_ENDPOINT1, one},      {SI_FIELD_ENDPOINT2, two},
        {SI_FIELD_CENTROID, middle}, {SI_FIELD_RADIUS, radius},      {SI_FIELD_SECTION_TYPE, type},
        {SI_FIELD_IS_SOMA, soma}};
    si_query query;
    uint64_t count;
    si_error error = {0};
    assert_ok(si_query_box((double[3]){-1e9, -1e9, -1e9}, (double[3]){1e9, 1e9, 1e9},
                           SI_BEST_EFFORT, &query, &error),
              error);
    assert_ok(si_index_find(index, &query, columns, 10, 1000, &count, &error), error);
    assert_int_equal(count, 1000);
    for (unsigned k = 0; k < 1000; k++) {
        uint64_t i = (UINT64_C(1) << 36) - 1 - gid[k];
        assert_true(i < 1000);
        assert_int_equal(section[k], elements.section_id[i]);
        assert_int_equal(segment[k], elements.segment_id[i]);
        assert_int_equal(ids[k].gid, gid[k]);
        assert_int_equal(ids[k].section_id, section[k]);
        assert_int_equal(ids[k].segment_id, segment[k]);
        assert_int_equal(type[k], elements.section_type[i]);
        assert_int_equal(soma[k], section[k] == 0);
        assert_memory_equal(one[k], elements.first[i], sizeof one[k]);
        assert_memory_equal(&radius[k], &elements.radius[i], sizeof radius[k]);
        if (soma[k])
            assert_true(isnan(two[k][0]) && isnan(two[k][1]) && isnan(two[k][2]));
        else
            assert_memory_equal(two[k], elements.second[i], sizeof two[k]);
        for (unsigned axis = 0; axis < 3; axis++) {
            float end = soma[k] ? one[k][axis] : two[k][axis];
            assert_true(middle[k][axis] == 0.5f * one[k][axis] + 0.5f * end);
        }
    }
    si_index_close(index);
    free_elements(&elements);
}

static void missing_ids_are_numbered_from_0(void **state)
{
    (void)state;
    float positions[3][3] = {{1, 1, 1}, {2, 2, 2}, {3, 3, 3}};
    si_input_column column = {SI_FIELD_POSITION, positions};
    si_error error = {0};
    si_builder *builder;
    si_index *index;
    assert_ok(si_builder_create(SI_POINT, NULL, NULL, &builder, &error), error);
    assert_ok(si_builder_append(builder, &column, 1, 2, &error), error);
    column.data = positions + 2;
    assert_ok(si_builder_append(builder, &column, 1, 1, &error), error);
    assert_ok(si_builder_finish(builder, &index, NULL, &error), error);
    uint64_t id[1], count;
    si_query query;
    assert_ok(
        si_query_box((double[3]){3, 3, 3}, (double[3]){3, 3, 3}, SI_BEST_EFFORT, &query, &error),
        error);
    assert_ok(si_index_find(index, &query, &(si_column){SI_FIELD_ID, id}, 1, 1, &count, &error),
              error);
    assert_int_equal(count, 1);
    assert_int_equal(id[0], 2);
    si_index_close(index);
}

static int stop_after_first_batch(void *context, const si_column *columns, size_t column_count,
                                  uint64_t count)
{
    (void)columns, (void)column_count;
    *(uint64_t *)context += count;
    return 1;
}

static int add_up(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    assert_int_equal(column_count, 2);
    assert_int_equal(columns[1].field, SI_FIELD_RADIUS);
    *(uint64_t *)context += count;
    return 0;
}

static void batches_cover_the_results_and_can_stop(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_SPHERE, 10000, &ordinary, 5);
    si_index *index = build_elements(&elements, NULL, NULL);
    const si_field fields[] = {SI_FIELD_ID, SI_FIELD_RADIUS};
    si_query query;
    uint64_t total = 0, count;
    si_error error = {0};
    assert_ok(si_query_sphere((double[3]){10, 0, 0}, 60, SI_BEST_EFFORT, &query, &error), error);
    assert_ok(si_index_count(index, &query, &count, &error), error);
    assert_ok(si_index_visit(index, &query, fields, 2, add_up, &total, &error), error);
    assert_true(count > 1024);
    assert_int_equal(total, count);
    total = 0;
    assert_ok(si_index_visit(index, &query, fields, 2, stop_after_first_batch, &total, &error),
              error);
    assert_in_range(total, 1, 1024);
    si_index_close(index);
    free_elements(&elements);
}

static void capacity_cuts_the_columns_but_not_the_count(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_POINT, 5000, &ordinary, 5);
    si_index *index = build_elements(&elements, NULL, NULL);
    uint64_t *all = calloc(5000, sizeof *all), some[71], count;
    si_query query;
    some[70] = 77;
    assert_int_equal(si_query_sphere((double[3]){0}, 90, SI_BEST_EFFORT, &query, NULL), SI_OK);
    assert_int_equal(
        si_index_find(index, &query, &(si_column){SI_FIELD_ID, all}, 1, 5000, &count, NULL), SI_OK);
    uint64_t expected = count;
    assert_int_equal(
        si_index_find(index, &query, &(si_column){SI_FIELD_ID, some}, 1, 70, &count, NULL), SI_OK);
    assert_int_equal(count, expected);
    assert_memory_equal(some, all, 70 * sizeof *all);
    assert_int_equal(some[70], 77);
    assert_int_equal(si_index_find(index, &query, NULL, 0, 0, &count, NULL), SI_OK);
    assert_int_equal(count, expected);
    free(all);
    si_index_close(index);
    free_elements(&elements);
}

static void groups_are_counted(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_SYNAPSE, 20000, &ordinary, 5);
    si_index *index = build_elements(&elements, NULL, NULL);
    uint64_t expected[50] = {0};
    for (uint64_t i = 0; i < elements.count; i++)
        expected[elements.post_gid[i]]++;
    si_query query;
    si_group_counts groups;
    si_error error = {0};
    assert_ok(si_query_sphere((double[3]){0}, 1e6, SI_BEST_EFFORT, &query, &error), error);
    assert_ok(si_index_count_groups(index, &query, (const si_field[]){SI_FIELD_POST_GID}, 1,
                                    &groups, &error),
              error);
    assert_int_equal(groups.group_count, 50);
    for (uint64_t i = 0; i < 50; i++) {
        assert_int_equal(groups.keys[i], i);
        assert_int_equal(groups.counts[i], expected[i]);
    }
    si_group_counts_free(&groups);
    assert_ok(
        si_index_count_groups(index, &query, (const si_field[]){SI_FIELD_ID}, 1, &groups, &error),
        error);
    assert_int_equal(groups.group_count, 20000);
    si_group_counts_free(&groups);
    assert_int_equal(si_index_count_groups(index, &query, (const si_field[]){SI_FIELD_POSITION}, 1,
                                           &groups, &error),
                     SI_ERROR_ARGUMENT);
    assert_int_equal(
        si_index_count_groups(index, &query, (const si_field[]){SI_FIELD_GID}, 1, &groups, &error),
        SI_ERROR_ARGUMENT);
    si_index_close(index);
    free_elements(&elements);
}

/* ---- folders ---- */

static void an_empty_index_is_an_index(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    for (int kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        char *target = in(folder, si_element_kind_name((si_element_kind)kind));
        test_elements none = make_elements((si_element_kind)kind, 0, &ordinary, 1);
        si_index_close(build_elements(&none, target, NULL));
        si_index *index;
        si_error error = {0};
        assert_ok(si_index_open(target, NULL, &index, &error), error);
        si_index_info info = SI_INDEX_INFO_INIT;
        assert_ok(si_index_get_info(index, &info), error);
        assert_int_equal(info.kind, kind);
        assert_int_equal(info.element_count, 0);
        assert_true(info.bounds_min[0] == FLT_MAX && info.bounds_max[2] == -FLT_MAX);
        bool same;
        assert_ok(si_index_compare(index, index, &same, NULL, 0, &error), error);
        assert_int_equal(same, 1);
        si_index_close(index);
        si_free(target);
        free_elements(&none);
    }
    remove_test_folder(folder);
}

static void only_the_index_stands_in_the_folder(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "deep/below/index");
    test_elements elements = make_elements(SI_POINT, 100, &ordinary, 1);
    si_index_close(build_elements(&elements, target, NULL));
    assert_int_equal(entry_count(target), 2);
    char *parent = in(folder, "deep/below");
    assert_int_equal(entry_count(parent), 1);

    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_builder *builder;
    si_error error = {0};
    assert_int_equal(si_builder_create(SI_POINT, target, &options, &builder, &error),
                     SI_ERROR_EXISTS);
    assert_non_null(strstr(error.message, target));
    options.replace = 1;
    elements.first[0][0] = 5000;
    si_index *index = build_elements(&elements, target, &options);
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_ok(si_index_get_info(index, &info), error);
    assert_true(info.bounds_max[0] == 5000);
    assert_int_equal(entry_count(target), 2);
    si_index_close(index);
    si_index_close(build_elements(&elements, target, &options)); /* the same again */
    assert_int_equal(entry_count(target), 2);
    free_elements(&elements);
    si_free(parent);
    si_free(target);
    remove_test_folder(folder);
}

static void giving_up_leaves_no_trace(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "a/b/c");
    test_elements elements = make_elements(SI_SYNAPSE, 100, &ordinary, 1);
    si_builder *builder;
    si_error error = {0};
    assert_ok(si_builder_create(SI_SYNAPSE, target, NULL, &builder, &error), error);
    assert_ok(append_elements(builder, &elements, 0, 100, &error), error);
    si_builder_abort(builder);
    assert_int_equal(entry_count(folder), 0);
    free_elements(&elements);
    si_free(target);
    remove_test_folder(folder);
}

static void a_foreign_folder_is_not_touched(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *file = in(folder, "thesis.tex");
    write_file(file, "years of work");
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.replace = 1;
    si_builder *builder;
    si_error error = {0};
    assert_int_equal(si_builder_create(SI_POINT, folder, NULL, &builder, &error), SI_ERROR_EXISTS);
    assert_int_equal(si_builder_create(SI_POINT, folder, &options, &builder, &error),
                     SI_ERROR_EXISTS);
    assert_int_equal(si_builder_create(SI_POINT, file, &options, &builder, &error), SI_ERROR_IO);
    assert_int_equal(entry_count(folder), 1);
    si_free(file);
    remove_test_folder(folder);
}

static void leftovers_of_a_dead_build_are_no_obstacle(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *temporary = in(folder, ".spatial-index-build.tmp");
    char *heavy = in(folder, "index-0123456789abcdef.si");
    write_file(temporary, "half");
    write_file(heavy, "whole, but not published");
    test_elements elements = make_elements(SI_POINT, 10, &ordinary, 1);
    si_index_close(build_elements(&elements, folder, NULL));
    assert_int_equal(entry_count(folder), 2);
    assert_false(si_path_exists(temporary));
    assert_false(si_path_exists(heavy));
    free_elements(&elements);
    si_free(temporary);
    si_free(heavy);
    remove_test_folder(folder);
}

static void one_build_at_a_time(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index");
    si_builder *first, *second;
    si_error error = {0};
    assert_ok(si_builder_create(SI_POINT, target, NULL, &first, &error), error);
    assert_int_equal(si_builder_create(SI_POINT, target, NULL, &second, &error), SI_ERROR_BUSY);
    si_builder_abort(first);
    assert_ok(si_builder_create(SI_POINT, target, NULL, &second, &error), error);
    si_builder_abort(second);
    assert_int_equal(entry_count(folder), 0);
    si_free(target);
    remove_test_folder(folder);
}

static void a_temporary_index_can_be_written_out(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index");
    test_elements elements = make_elements(SI_SPHERE, 3000, &ordinary, 1);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.population = "balls";
    si_index *index = build_elements(&elements, NULL, &options), *written;
    si_error error = {0};
    assert_ok(si_index_write(index, target, 0, &error), error);
    assert_int_equal(si_index_write(index, target, 0, &error), SI_ERROR_EXISTS);
    assert_ok(si_index_open(target, NULL, &written, &error), error);
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_ok(si_index_get_info(written, &info), error);
    assert_string_equal(info.population, "balls");
    bool same;
    assert_ok(si_index_compare(index, written, &same, NULL, 0, &error), error);
    assert_int_equal(same, 1);
    si_index_close(index);
    si_index_close(written);
    free_elements(&elements);
    si_free(target);
    remove_test_folder(folder);
}

/* ---- what is refused ---- */

static void check_refused(si_element_kind kind, si_input_column *columns, size_t column_count,
                          si_result status, const char *words)
{
    si_builder *builder;
    si_index *index;
    si_error error = {0};
    assert_ok(si_builder_create(kind, NULL, NULL, &builder, &error), error);
    assert_int_equal(si_builder_append(builder, columns, column_count, 1, &error), status);
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
    assert_ok(si_builder_finish(builder, &index, NULL, &error), error);
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_ok(si_index_get_info(index, &info), error);
    assert_int_equal(info.element_count, 0);
    si_index_close(index);
}

static void bad_elements_are_refused_by_name(void **state)
{
    (void)state;
    float place[3] = {1, NAN, 3}, good[3] = {1, 2, 3}, radius = -1, fine = 1;
    uint64_t id = 42, gid = UINT64_C(1) << 36;
    uint32_t section = 1, soma = 0, too_large = 16384;
    uint8_t type = 2;
    si_input_column sphere[] = {
        {SI_FIELD_CENTROID, place}, {SI_FIELD_RADIUS, &fine}, {SI_FIELD_ID, &id}};
    check_refused(SI_SPHERE, sphere, 3, SI_ERROR_ARGUMENT, "id 42");
    sphere[0].data = good;
    sphere[1].data = &radius;
    check_refused(SI_SPHERE, sphere, 3, SI_ERROR_ARGUMENT, "radius is -1");
    check_refused(SI_SPHERE, sphere, 1, SI_ERROR_ARGUMENT, "needs the column \"radius\"");
    check_refused(SI_POINT, sphere, 3, SI_ERROR_ARGUMENT, "takes no column");
    place[1] = INFINITY;
    si_input_column segment[] = {{SI_FIELD_ENDPOINT1, good},      {SI_FIELD_ENDPOINT2, place},
                                 {SI_FIELD_RADIUS, &fine},        {SI_FIELD_GID, &id},
                                 {SI_FIELD_SECTION_ID, &section}, {SI_FIELD_SEGMENT_ID, &soma},
                                 {SI_FIELD_SECTION_TYPE, &type}};
    check_refused(SI_SEGMENT, segment, 7, SI_ERROR_ARGUMENT, "gid 42, section 1, segment 0");
    segment[1].data = good;
    segment[3].data = &gid;
    check_refused(SI_SEGMENT, segment, 7, SI_ERROR_LIMIT, "68719476735");
    segment[3].data = &id;
    segment[4].data = &too_large;
    check_refused(SI_SEGMENT, segment, 7, SI_ERROR_LIMIT, "section 16384");
}

static void the_bound_on_the_file_is_kept(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index");
    test_elements elements = make_elements(SI_POINT, 10000, &ordinary, 1);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.max_file_bytes = 1 << 17;
    si_builder *builder;
    si_error error = {0};
    assert_ok(si_builder_create(SI_POINT, target, &options, &builder, &error), error);
    assert_ok(append_elements(builder, &elements, 0, 4000, &error), error);
    assert_int_equal(append_elements(builder, &elements, 4000, 10000, &error), SI_ERROR_LIMIT);
    assert_non_null(strstr(error.message, "131072"));
    si_builder_abort(builder);
    options.max_file_bytes = 100;
    assert_int_equal(si_builder_create(SI_POINT, target, &options, &builder, &error),
                     SI_ERROR_LIMIT);
    assert_int_equal(entry_count(folder), 0);
    free_elements(&elements);
    si_free(target);
    remove_test_folder(folder);
}

static void the_size_of_the_file_is_known_beforehand(void **state)
{
    (void)state;
    const uint64_t counts[] = {0, 1, 64, 65, 1024, 20000};
    si_error error = {0};
    uint64_t bytes;
    for (int kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            test_elements elements = make_elements((si_element_kind)kind, counts[i], &ordinary, 1);
            si_index *index = build_elements(&elements, NULL, NULL);
            si_index_info info = SI_INDEX_INFO_INIT;
            assert_ok(si_index_get_info(index, &info), error);
            assert_ok(si_file_bytes((si_element_kind)kind, counts[i], &bytes, &error), error);
            assert_int_equal(info.file_bytes, bytes);
            si_index_close(index);
            free_elements(&elements);
        }
    }
    assert_int_equal(si_file_bytes(SI_POINT, UINT64_MAX, &bytes, &error), SI_ERROR_LIMIT);
}

static int cancel_at_writing(void *context, const char *phase, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return strcmp(phase, "writing") == 0;
}

static void a_cancelled_build_leaves_the_old_index(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index");
    test_elements elements = make_elements(SI_POINT, 100, &ordinary, 1);
    si_index_close(build_elements(&elements, target, NULL));
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.replace = 1;
    options.progress = cancel_at_writing;
    si_builder *builder;
    si_error error = {0};
    assert_ok(si_builder_create(SI_POINT, target, &options, &builder, &error), error);
    assert_ok(append_elements(builder, &elements, 0, 50, &error), error);
    assert_int_equal(si_builder_finish(builder, NULL, NULL, &error), SI_ERROR_CANCELLED);
    si_index *index;
    assert_ok(si_index_open(target, NULL, &index, &error), error);
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_ok(si_index_get_info(index, &info), error);
    assert_int_equal(info.element_count, 100);
    assert_int_equal(entry_count(target), 2);
    si_index_close(index);
    free_elements(&elements);
    si_free(target);
    remove_test_folder(folder);
}

static void every_failed_allocation_is_an_error_and_leaves_nothing(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index");
    test_elements elements = make_elements(SI_SEGMENT, 500, &ordinary, 1);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.population = "p";
    options.threads = 1;
    si_result status = SI_ERROR_MEMORY;
    for (uint64_t n = 1; status != SI_OK; n++) {
        assert_true(n < 1000);
        si_builder *builder = NULL;
        si_index *index = NULL;
        si_memory_fail_after(n);
        status = si_builder_create(SI_SEGMENT, target, &options, &builder, NULL);
        if (status == SI_OK) {
            status = append_elements(builder, &elements, 0, 500, NULL);
            if (status == SI_OK)
                status = si_builder_finish(builder, &index, NULL, NULL);
            else
                si_builder_abort(builder);
        }
        si_memory_fail_after(0);
        assert_true(status == SI_OK || status == SI_ERROR_MEMORY);
        if (status == SI_OK)
            si_index_close(index);
        else if (si_path_exists(target)) { /* published, but opening it failed */
            assert_int_equal(si_index_open(target, NULL, &index, NULL), SI_OK);
            si_index_close(index);
            options.replace = 1;
        }
    }
    free_elements(&elements);
    si_free(target);
    remove_test_folder(folder);
}

/* ---- what does not open ---- */

static void check_does_not_open(const char *path, si_result status, const char *words)
{
    si_index *index;
    si_error error = {0};
    assert_int_equal(si_index_open(path, NULL, &index, &error), status);
    if (!strstr(error.message, words))
        fail_msg("\"%s\" does not say \"%s\"", error.message, words);
}

static void foreign_metadata_are_told_apart(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *metadata = in(folder, "meta_data.json");
    check_does_not_open("/no/such/folder", SI_ERROR_NOT_FOUND, "/no/such/folder");
    check_does_not_open(folder, SI_ERROR_NOT_FOUND, "meta_data.json");
    write_file(metadata, "{\n \"element_type\": \"morphology\",");
    check_does_not_open(folder, SI_ERROR_FORMAT, "line 2");
    write_file(metadata, "[]");
    check_does_not_open(folder, SI_ERROR_FORMAT, "element_type");
    write_file(metadata, "{\"element_type\": \"cube\"}");
    check_does_not_open(folder, SI_ERROR_UNSUPPORTED, "cube");
    write_file(metadata, "{\"element_type\": \"synapse\", \"in_memory\": {\"heavy_data_path\": "
                         "\"index.spi\"}, \"version\": 0}");
    check_does_not_open(folder, SI_ERROR_UNSUPPORTED, "brain-indexer");
    write_file(
        metadata,
        "{\"element_type\": \"synapse\", \"spatial_index\": {\"heavy_data_path\": \"gone.si\"}}");
    check_does_not_open(folder, SI_ERROR_NOT_FOUND, "gone.si");
    write_file(metadata, "{\"element_type\": \"synapse\", \"spatial_index\": {\"heavy_data_path\": "
                         "\"meta_data.json\"}}");
    check_does_not_open(metadata, SI_ERROR_FORMAT, "not a spatial index file");
    si_free(metadata);
    remove_test_folder(folder);
}

static void patch(const char *path, off_t offset, char byte)
{
    int descriptor = open(path, O_RDWR);
    char old;
    assert_int_equal(pread(descriptor, &old, 1, offset), 1);
    byte ^= old;
    assert_int_equal(pwrite(descriptor, &byte, 1, offset), 1);
    close(descriptor);
}

static void a_damaged_header_or_length_does_not_open(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    test_elements elements = make_elements(SI_POINT, 5000, &ordinary, 1);
    si_index *index = build_elements(&elements, folder, NULL);
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    char *heavy = si_duplicate_string(info.heavy_data_path);
    uint64_t bytes = info.file_bytes;
    si_index_close(index);
    for (off_t offset = 0; offset < 4096; offset += offset < 200 ? 1 : 61) {
        patch(heavy, offset, 4);
        assert_int_not_equal(si_index_open(folder, NULL, &index, NULL), SI_OK);
        patch(heavy, offset, 4);
    }
    assert_int_equal(si_index_open(folder, NULL, &index, NULL), SI_OK);
    si_index_close(index);
    const uint64_t lengths[] = {bytes - 1, bytes + 1, bytes - 4096, 4096, 4095, 0};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        assert_int_equal(truncate(heavy, (off_t)lengths[i]), 0);
        check_does_not_open(folder, SI_ERROR_FORMAT, heavy);
    }
    free_elements(&elements);
    si_free(heavy);
    remove_test_folder(folder);
}

/* Whatever stands in the pages, queries end and stay inside the file: the sanitizers watch. */
static void damaged_pages_do_not_lead_astray(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    test_elements elements = make_elements(SI_SEGMENT, 20000, &ordinary, 1);
    si_index *index = build_elements(&elements, folder, NULL);
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    int descriptor = open(info.heavy_data_path, O_RDWR);
    uint64_t seed = 9;
    static uint64_t gids[20000];
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 100; i++) {
            uint64_t bits = random_bits(&seed);
            off_t offset = (off_t)(4096 + random_bits(&seed) %
                                              (round % 2 ? 8192 : info.file_bytes - 4104));
            assert_int_equal(pwrite(descriptor, &bits, sizeof bits, offset), sizeof bits);
        }
        si_query query;
        uint64_t count;
        assert_int_equal(si_query_sphere((double[3]){0}, 50, SI_BEST_EFFORT, &query, NULL), SI_OK);
        assert_int_equal(
            si_index_find(index, &query, &(si_column){SI_FIELD_GID, gids}, 1, 20000, &count, NULL),
            SI_OK);
        assert_true(count <= 20000);
    }
    close(descriptor);
    si_index_close(index);
    free_elements(&elements);
    remove_test_folder(folder);
}

static void differences_are_named(void **state)
{
    (void)state;
    test_elements elements = make_elements(SI_SEGMENT, 500, &ordinary, 1);
    si_index *left = build_elements(&elements, NULL, NULL);
    elements.segment_id[77] += 1000;
    si_index *right = build_elements(&elements, NULL, NULL);
    elements.count--;
    si_index *shorter = build_elements(&elements, NULL, NULL);
    bool same;
    char difference[256];
    assert_int_equal(si_index_compare(left, right, &same, difference, sizeof difference, NULL),
                     SI_OK);
    assert_int_equal(same, 0);
    assert_non_null(strstr(difference, "only in the"));
    assert_int_equal(si_index_compare(right, shorter, &same, difference, sizeof difference, NULL),
                     SI_OK);
    assert_int_equal(same, 0);
    assert_non_null(strstr(difference, "500 and 499 elements"));
    si_index_close(left);
    si_index_close(right);
    si_index_close(shorter);
    free_elements(&elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_depend_on_the_elements_alone),
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(missing_ids_are_numbered_from_0),
        cmocka_unit_test(batches_cover_the_results_and_can_stop),
        cmocka_unit_test(capacity_cuts_the_columns_but_not_the_count),
        cmocka_unit_test(groups_are_counted),
        cmocka_unit_test(an_empty_index_is_an_index),
        cmocka_unit_test(only_the_index_stands_in_the_folder),
        cmocka_unit_test(giving_up_leaves_no_trace),
        cmocka_unit_test(a_foreign_folder_is_not_touched),
        cmocka_unit_test(leftovers_of_a_dead_build_are_no_obstacle),
        cmocka_unit_test(one_build_at_a_time),
        cmocka_unit_test(a_temporary_index_can_be_written_out),
        cmocka_unit_test(bad_elements_are_refused_by_name),
        cmocka_unit_test(the_bound_on_the_file_is_kept),
        cmocka_unit_test(the_size_of_the_file_is_known_beforehand),
        cmocka_unit_test(a_cancelled_build_leaves_the_old_index),
        cmocka_unit_test(every_failed_allocation_is_an_error_and_leaves_nothing),
        cmocka_unit_test(foreign_metadata_are_told_apart),
        cmocka_unit_test(a_damaged_header_or_length_does_not_open),
        cmocka_unit_test(damaged_pages_do_not_lead_astray),
        cmocka_unit_test(differences_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
