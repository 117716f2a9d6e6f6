/* Builds of several ranks, which are threads here: the elements of the single index, whatever the
 * number of ranks and however the elements lie. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

#include "base/file.h"
#include "base/memory.h"
#include "build/builder.h"
#include "cluster/thread_cluster.h"
#include "read/index.h"
#include "read/parts.h"

static const element_scatter ordinary = {.extent = 100, .length = 5, .radius = 2};
static const element_scatter crowded = {.extent = 3, .length = 2, .radius = 1, .degenerate = 1};
static const element_scatter one_point = {.extent = 0, .length = 0, .radius = 0};

static const si_build_limits in_memory = {.threads = 1,
                                          .memory_bytes = 16 << 20,
                                          .chunk_records = 1 << 12,
                                          .memory_records = 1 << 20,
                                          .run_chunks = 4,
                                          .chunk_limit = 300,
                                          .page_bytes = 4096,
                                          .block_bytes = 8192,
                                          .most_runs = 3,
                                          .part_elements = SI_PART_UNIT};

static si_build_limits on_disk(void)
{
    si_build_limits limits = in_memory;
    limits.chunk_records = 1000;
    limits.memory_records = 5000;
    limits.chunk_limit = 20;
    return limits;
}

typedef struct cluster_build {
    const test_elements *elements;
    const char *folder;
    const si_build_limits *limits;
    bool is_skewed;       /* the first rank has nearly all elements */
    unsigned failing;     /* the rank that fails, when ... */
    const char *fails_at; /* ... this phase is told; "append": while it appends; NULL: never */
} cluster_build;

typedef struct rank_observer {
    const char *fails_at;
} rank_observer;

static int observe(void *context, const char *phase, uint64_t done, uint64_t total)
{
    const rank_observer *observer = context;
    (void)done, (void)total;
    return observer->fails_at && strcmp(phase, observer->fails_at) == 0;
}

static void find_share(const cluster_build *build, const si_cluster *cluster, uint64_t *first,
                       uint64_t *end)
{
    uint64_t count = build->elements->count;
    *first = count * cluster->rank / cluster->size;
    *end = count * (cluster->rank + 1) / cluster->size;
    if (build->is_skewed) {
        *first = cluster->rank == 0 ? 0 : count - count / 50 * (cluster->rank == 1);
        *end = cluster->rank == 0 ? count - count / 50 * (cluster->size > 1) : count;
    }
}

static si_result build_on_rank(si_cluster *cluster, void *context, si_error *error)
{
    const cluster_build *build = context;
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_build_report report = SI_BUILD_REPORT_INIT;
    rank_observer observer = {cluster->rank == build->failing ? build->fails_at : NULL};
    si_builder *builder;
    uint64_t first, end;
    options.multi_index = 1;
    options.cluster = cluster;
    options.progress = observe;
    options.progress_context = &observer;
    find_share(build, cluster, &first, &end);
    SI_TRY(si_builder_create_within(build->limits, build->elements->kind, build->folder, &options,
                                    &builder, error));
    si_result status = append_elements(builder, build->elements, first, end, error);
    if (status == SI_OK && observer.fails_at && strcmp(observer.fails_at, "append") == 0)
        status = si_fail(error, SI_ERROR_FORMAT, "a test has failed");
    if (status != SI_OK) {
        si_builder_abort(builder);
        return status;
    }
    SI_TRY(si_builder_finish(builder, NULL, &report, error));
    return report.element_count == build->elements->count ? SI_OK : SI_ERROR_FORMAT;
}

static si_index *open_index(const char *folder)
{
    si_index *index;
    si_error error;
    assert_ok(si_index_open(folder, NULL, &index, &error), error);
    return index;
}

static void expect_same(const test_elements *elements, const char *folder)
{
    si_index *single = build_elements(elements, NULL, NULL), *multi = open_index(folder);
    char difference[500] = "";
    uint64_t damage_count;
    bool same;
    si_error error;
    assert_ok(si_index_compare(single, multi, &same, difference, sizeof difference, &error), error);
    assert_string_equal(difference, "");
    assert_int_equal(same, 1);
    assert_ok(si_verify(folder, NULL, &damage_count, &error), error);
    assert_int_equal(damage_count, 0);
    si_index_close(multi);
    si_index_close(single);
}

static void build_and_expect_same(si_element_kind kind, uint64_t count,
                                  const element_scatter *scatter, unsigned ranks, bool is_skewed,
                                  const si_build_limits *limits)
{
    char *folder = make_test_folder();
    test_elements elements = make_elements(kind, count, scatter, count + ranks);
    cluster_build build = {&elements, folder, limits, is_skewed, 0, NULL};
    si_error error;
    assert_ok(si_thread_cluster_run(ranks, build_on_rank, &build, NULL, &error), error);
    expect_same(&elements, folder);
    free_elements(&elements);
    remove_test_folder(folder);
}

static const unsigned rank_counts[] = {1, 2, 3, 4, 7, 8, 16};
enum { RANK_COUNTS = sizeof rank_counts / sizeof rank_counts[0], MANY = 6 * SI_PART_UNIT + 777 };

static void any_number_of_ranks(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RANK_COUNTS; i++) {
        build_and_expect_same(SI_SEGMENT, MANY, &ordinary, rank_counts[i], false, &in_memory);
        build_and_expect_same(SI_SYNAPSE, MANY, &ordinary, rank_counts[i], true, &in_memory);
    }
}

static void little_memory(void **state)
{
    const si_build_limits limits = on_disk();
    (void)state;
    for (unsigned i = 1; i < 5; i++) {
        build_and_expect_same(SI_SEGMENT, MANY, &ordinary, rank_counts[i], false, &limits);
        build_and_expect_same(SI_SPHERE, MANY, &crowded, rank_counts[i], true, &limits);
    }
}

static void all_in_one_point(void **state)
{
    (void)state;
    for (unsigned i = 1; i < 5; i++)
        build_and_expect_same(SI_SYNAPSE, MANY, &one_point, rank_counts[i], i % 2 == 0, &in_memory);
}

static void fewer_elements_than_ranks(void **state)
{
    static const uint64_t counts[] = {0, 1, 3, 100, SI_PART_UNIT, SI_PART_UNIT + 1};
    (void)state;
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++)
        for (unsigned ranks = 2; ranks < 10; ranks += 3)
            build_and_expect_same(SI_POINT, counts[i], &ordinary, ranks, i % 2, &in_memory);
}

static bool is_empty_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    unsigned entries = 0;
    while (readdir(listing))
        entries++;
    closedir(listing);
    return entries == 2;
}

static void a_failing_rank_ends_the_build(void **state)
{
    static const char *const phases[] = {"append", "sharing out", "writing"};
    (void)state;
    const si_build_limits limits = on_disk();
    for (unsigned failing = 0; failing < 3; failing++)
        for (unsigned i = 0; i < 3; i++) {
            char *folder = make_test_folder();
            test_elements elements = make_elements(SI_POINT, MANY, &ordinary, 1);
            cluster_build build = {&elements, folder,  i % 2 ? &limits : &in_memory,
                                   false,     failing, phases[i]};
            si_error error;
            assert_int_not_equal(si_thread_cluster_run(3, build_on_rank, &build, NULL, &error),
                                 SI_OK);
            assert_true(is_empty_folder(folder));
            free_elements(&elements);
            remove_test_folder(folder);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_ranks),
        cmocka_unit_test(little_memory),
        cmocka_unit_test(all_in_one_point),
        cmocka_unit_test(fewer_elements_than_ranks),
        cmocka_unit_test(a_failing_rank_ends_the_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
