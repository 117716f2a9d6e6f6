/* Builds that do not fit in memory: the same bytes, whatever the limits, and nothing left behind.
 */
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "unit/support/elements.h"

#include "base/file.h"
#include "base/memory.h"
#include "build/builder.h"
#include "build/pack.h"
#include "sort/sort.h"

static const element_scatter ordinary = {.extent = 100, .length = 5, .radius = 2};
static const element_scatter crowded = {.extent = 3, .length = 2, .radius = 1, .degenerate = 1};
static const element_scatter far_out = {.extent = 1e9f, .length = 1e6f, .radius = 10};

/* Several runs, and more of them than are merged at a time. */
#define USUAL_COUNT full_or_sanitized(36000, 12000)

/* Runs of 2000 elements, pages of 100, at most three runs merged at a time. */
static const si_sort_limits narrow = {.threads = 2,
                                      .memory_bytes = 6 << 20,
                                      .chunk_records = 500,
                                      .memory_records = 3000,
                                      .run_chunks = 4,
                                      .chunk_limit = 10,
                                      .page_bytes = 4096,
                                      .block_bytes = 8192,
                                      .most_runs = 3};

static si_sort_limits with(si_sort_limits limits, unsigned threads, uint64_t run_chunks,
                           uint64_t most_runs, uint64_t memory_bytes)
{
    limits.threads = threads;
    limits.run_chunks = run_chunks;
    limits.chunk_limit = 2 * run_chunks + 2 > 8 ? 2 * run_chunks + 2 : 8;
    limits.most_runs = most_runs;
    limits.memory_bytes = memory_bytes;
    return limits;
}

/* ---- building ---- */

typedef struct observer {
    const char *cancel_at; /* the phase to be cancelled in; NULL: none */
    bool has_merged;
} observer;

static int observe(void *context, const char *phase, uint64_t done, uint64_t total)
{
    observer *seen = context;
    (void)done, (void)total;
    seen->has_merged |= strcmp(phase, "merging") == 0;
    return seen->cancel_at && strcmp(phase, seen->cancel_at) == 0;
}

typedef struct append_job {
    si_builder *builder;
    const test_elements *elements;
    unsigned number;
    unsigned step;
    si_result result;
} append_job;

/* Every step-th batch of 700. */
static void *append_some(void *context)
{
    append_job *job = context;
    uint64_t count = job->elements->count;
    for (uint64_t first = job->number * 700; first < count && job->result == SI_OK;
         first += job->step * 700) {
        uint64_t end = first + 700 < count ? first + 700 : count;
        job->result = append_elements(job->builder, job->elements, first, end, NULL);
    }
    return NULL;
}

static void append_concurrently(si_builder *builder, const test_elements *elements,
                                unsigned threads)
{
    pthread_t workers[4];
    append_job jobs[4];
    for (unsigned i = 0; i < threads; i++) {
        jobs[i] = (append_job){builder, elements, i, threads, SI_OK};
        assert_int_equal(pthread_create(&workers[i], NULL, append_some, &jobs[i]), 0);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(workers[i], NULL);
        assert_int_equal(jobs[i].result, SI_OK);
    }
}

static si_index *build_within(const si_sort_limits *limits, const test_elements *elements,
                              const char *folder, unsigned appending_threads)
{
    observer seen = {.cancel_at = NULL};
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.replace = 1;
    options.progress = observe;
    options.progress_context = &seen;
    si_error error = {0};
    si_builder *builder;
    si_index *index;
    assert_ok(si_builder_create_within(limits, elements->kind, folder, &options, &builder, &error),
              error);
    append_concurrently(builder, elements, appending_threads);
    assert_ok(si_builder_finish(builder, &index, NULL, &error), error);
    assert_int_equal(seen.has_merged, elements->count > limits->memory_records);
    return index;
}

/* ---- the same bytes ---- */

static char *heavy_bytes(const si_index *index, size_t *length)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    char *content;
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    assert_int_equal(si_file_read_all(info.heavy_data_path, &content, length, NULL), SI_OK);
    return content;
}

static void assert_same_bytes(const si_index *index, const char *expected, size_t expected_length)
{
    size_t length;
    char *bytes = heavy_bytes(index, &length);
    assert_int_equal(length, expected_length);
    assert_memory_equal(bytes, expected, length);
    si_free(bytes);
}

static void check_limits(const test_elements *elements, const si_sort_limits *limits, size_t count)
{
    char *folder = make_test_folder();
    char *within = si_path_join(folder, "within"), *reference = si_path_join(folder, "reference");
    si_index *in_memory = build_elements(elements, reference, NULL);
    size_t length;
    char *expected = heavy_bytes(in_memory, &length);
    for (size_t i = 0; i < count; i++) {
        si_index *index = build_within(&limits[i], elements, within, 1 + (unsigned)i % 3);
        assert_same_bytes(index, expected, length);
        si_index_close(index);
    }
    si_free(expected);
    si_index_close(in_memory);
    si_free(within);
    si_free(reference);
    remove_test_folder(folder);
}

static void check_usual_limits(const test_elements *elements)
{
    const si_sort_limits limits[] = {
        narrow, with(narrow, 1, 2, 2, 6 << 20),                        /* many passes */
        with(narrow, 3, 40, 1000, 8 << 20), with(narrow, 2, 20, 4, 0), /* a slab is one page */
    };
    check_limits(elements, limits, sizeof limits / sizeof limits[0]);
}

static void bytes_do_not_depend_on_the_memory(void **state)
{
    (void)state;
    for (int kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        const element_scatter *scatters[] = {&ordinary, kind == SI_SEGMENT ? &far_out : &crowded};
        for (unsigned i = 0; i < 2; i++) {
            test_elements elements = make_elements((si_element_kind)kind, USUAL_COUNT, scatters[i],
                                                   17);
            check_usual_limits(&elements);
            free_elements(&elements);
        }
    }
}

static void any_number_of_elements(void **state)
{
    (void)state;
    const uint64_t counts[] = {0, 1, 2999, 3000, 3001, 3500, 4000, 32768, 32769, 65536};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        test_elements elements = make_elements(SI_SYNAPSE, counts[i], &ordinary, 3);
        check_limits(&elements, &narrow, 1);
        free_elements(&elements);
    }
}

/* In index order, or the other way round. */
static void put_in_order(test_elements *elements, bool is_reversed)
{
    uint64_t found, count = elements->count;
    const double all[2][3] = {{-1e6, -1e6, -1e6}, {1e6, 1e6, 1e6}};
    si_query everything;
    si_index *index = build_elements(elements, NULL, NULL);
    const si_column columns[] = {{SI_FIELD_POSITION, elements->first}, {SI_FIELD_ID, elements->id}};
    assert_int_equal(si_query_box(all[0], all[1], SI_BEST_EFFORT, &everything, NULL), SI_OK);
    assert_int_equal(si_index_find(index, &everything, columns, 2, count, &found, NULL), SI_OK);
    assert_int_equal(found, count);
    for (uint64_t i = 0; is_reversed && i < count / 2; i++) {
        float place[3];
        uint64_t id = elements->id[i], other = count - 1 - i;
        memcpy(place, elements->first[i], sizeof place);
        memcpy(elements->first[i], elements->first[other], sizeof place);
        memcpy(elements->first[other], place, sizeof place);
        elements->id[i] = elements->id[other];
        elements->id[other] = id;
    }
    si_index_close(index);
}

static void whatever_the_order_of_appending(void **state)
{
    (void)state;
    for (unsigned is_reversed = 0; is_reversed < 2; is_reversed++) {
        test_elements elements = make_elements(SI_POINT, USUAL_COUNT, &ordinary, 5);
        put_in_order(&elements, is_reversed != 0);
        check_usual_limits(&elements);
        free_elements(&elements);
    }
}

static void elements_may_be_all_alike(void **state)
{
    (void)state;
    for (unsigned is_identical = 0; is_identical < 2; is_identical++) {
        test_elements elements = make_elements(SI_POINT, USUAL_COUNT, &ordinary, 5);
        for (uint64_t i = 0; i < elements.count; i++) {
            memset(elements.first[i], 0, sizeof elements.first[i]);
            elements.id[i] = is_identical ? 7 : elements.count - i;
        }
        check_usual_limits(&elements);
        free_elements(&elements);
    }
}

/* ---- limits that follow from the options ---- */

static void build_with_memory(const test_elements *elements, uint64_t bytes, unsigned threads,
                              const char *folder, const char *temp_folder, const char *expected,
                              size_t length)
{
    observer seen = {.cancel_at = NULL};
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.max_memory_bytes = bytes;
    options.threads = threads;
    options.temp_folder = temp_folder;
    options.replace = 1;
    options.progress = observe;
    options.progress_context = &seen;
    si_index *index = build_elements(elements, folder, &options);
    assert_true(seen.has_merged);
    assert_same_bytes(index, expected, length);
    si_index_close(index);
}

static unsigned entry_count(const char *folder)
{
    unsigned count = 0;
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    while (readdir(listing))
        count++;
    closedir(listing);
    return count - 2;
}

static void any_budget_will_do(void **state)
{
    (void)state;
    char *folder = make_test_folder(), *temp_folder = si_path_join(folder, "temp");
    char *within = si_path_join(folder, "within"), *reference = si_path_join(folder, "reference");
    si_error error;
    assert_ok(si_folder_create(temp_folder, &error), error);
    test_elements elements = make_elements(SI_SEGMENT, full_or_sanitized(700000, 280000), &ordinary,
                                           8);
    si_index *in_memory = build_elements(&elements, reference, NULL);
    size_t length;
    char *expected = heavy_bytes(in_memory, &length);
    build_with_memory(&elements, 16 << 20, 1, within, temp_folder, expected, length);
    build_with_memory(&elements, full_or_sanitized(36 << 20, 18 << 20), 64, within, NULL, expected,
                      length);
    build_with_memory(&elements, full_or_sanitized(48 << 20, 20 << 20), 3, within, temp_folder,
                      expected, length);
    assert_int_equal(entry_count(temp_folder), 0);
    assert_int_equal(entry_count(within), 2);
    si_free(expected);
    si_index_close(in_memory);
    free_elements(&elements);
    si_free(within);
    si_free(reference);
    si_free(temp_folder);
    remove_test_folder(folder);
}

/* What a merge takes beside the memory of its limits must not exceed it. */
static void limits_keep_to_the_memory(void **state)
{
    (void)state;
    for (unsigned kind = SI_POINT; kind <= SI_SEGMENT; kind++)
        for (uint64_t bytes = 8 << 20; bytes < UINT64_C(1) << 36; bytes += bytes / 3)
            for (unsigned threads = 1; threads <= 256; threads *= 4) {
                const si_element_type *type = si_element_type_of((si_element_kind)kind);
                si_sort_limits limits;
                si_error error;
                assert_ok(si_sort_limits_compute(type, bytes, threads, &limits, &error), error);
                assert_in_range(limits.threads, 1, threads);
                assert_true(limits.most_runs >= 2 && limits.run_chunks >= 8);
                uint64_t run = limits.run_chunks * limits.chunk_records;
                uint64_t chunks = (2 * limits.run_chunks + 2) * limits.chunk_records;
                uint64_t blocks = limits.threads * limits.block_bytes;
                assert_true(chunks * type->record_bytes + run * 2 * sizeof(si_sort_entry) +
                                blocks <=
                            limits.memory_bytes);
                assert_true(limits.memory_records * (type->record_bytes + 32) <= bytes);
                assert_true(limits.chunk_limit * limits.chunk_records >= limits.memory_records);
                assert_true(si_sort_limits_window_pages(&limits, type, limits.most_runs,
                                                        SI_PACK_UNIT, 0) > 8);
            }
    si_sort_limits limits;
    assert_int_equal(
        si_sort_limits_compute(si_element_type_of(SI_POINT), 1 << 20, 1, &limits, NULL),
        SI_ERROR_ARGUMENT);
}

/* ---- failures ---- */

static si_result try_to_build(const si_sort_limits *limits, const test_elements *elements,
                              const char *folder, const char *temp_folder, observer *seen,
                              si_error *error)
{
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.progress = observe;
    options.progress_context = seen;
    options.temp_folder = temp_folder;
    si_builder *builder;
    SI_TRY(si_builder_create_within(limits, elements->kind, folder, &options, &builder, error));
    si_result status = SI_OK;
    for (uint64_t first = 0; first < elements->count && status == SI_OK; first += 1000)
        status = append_elements(builder, elements, first, first + 1000, error);
    if (status == SI_OK)
        return si_builder_finish(builder, NULL, NULL, error);
    si_builder_abort(builder);
    return status;
}

static void a_merge_can_be_cancelled(void **state)
{
    (void)state;
    char *folder = make_test_folder(), *target = si_path_join(folder, "index");
    test_elements elements = make_elements(SI_SYNAPSE, 40000, &ordinary, 2);
    const char *phases[] = {"sorting", "merging", "flushing"};
    for (unsigned i = 0; i < 3; i++) {
        observer seen = {.cancel_at = phases[i]};
        assert_int_equal(try_to_build(&narrow, &elements, target, NULL, &seen, NULL),
                         SI_ERROR_CANCELLED);
        assert_int_equal(entry_count(folder), 0);
    }
    free_elements(&elements);
    si_free(target);
    remove_test_folder(folder);
}

static void a_missing_folder_is_named(void **state)
{
    (void)state;
    char *folder = make_test_folder(), *target = si_path_join(folder, "index");
    test_elements elements = make_elements(SI_SYNAPSE, 10000, &ordinary, 2);
    observer seen = {.cancel_at = NULL};
    si_error error = {0};
    assert_int_equal(try_to_build(&narrow, &elements, target, "/nowhere/at/all", &seen, &error),
                     SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "/nowhere/at/all"));
    assert_int_equal(entry_count(folder), 0);
    free_elements(&elements);
    si_free(target);
    remove_test_folder(folder);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    char *folder = make_test_folder(), *target = si_path_join(folder, "index");
    test_elements elements = make_elements(SI_SEGMENT, full_or_sanitized(12000, 5000), &crowded, 2);
    si_result status = SI_ERROR_MEMORY;
    for (uint64_t n = 1; status != SI_OK; n++) {
        observer seen = {.cancel_at = NULL};
        si_error error;
        assert_true(n < 3000);
        si_memory_fail_after(n);
        status = try_to_build(&narrow, &elements, target, NULL, &seen, &error);
        si_memory_fail_after(0);
        assert_true(status == SI_OK || status == SI_ERROR_MEMORY);
        assert_int_equal(entry_count(folder), status == SI_OK);
    }
    free_elements(&elements);
    si_free(target);
    remove_test_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_do_not_depend_on_the_memory),
        cmocka_unit_test(any_number_of_elements),
        cmocka_unit_test(whatever_the_order_of_appending),
        cmocka_unit_test(elements_may_be_all_alike),
        cmocka_unit_test(any_budget_will_do),
        cmocka_unit_test(limits_keep_to_the_memory),
        cmocka_unit_test(a_merge_can_be_cancelled),
        cmocka_unit_test(a_missing_folder_is_named),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
