/* What a build may do to a folder, and what others see of it meanwhile. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/support/elements.h"

#include "base/file.h"
#include "base/memory.h"

static const element_scatter ordinary = {.extent = 100, .length = 5, .radius = 2};

enum { NOBODY = 65534 };

static char *in(const char *folder, const char *name)
{
    char *path = si_path_join(folder, name);
    assert_non_null(path);
    return path;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

static si_result build_points(const char *folder, uint64_t count, si_error *error)
{
    test_elements elements = make_elements(SI_POINT, count, &ordinary, 1);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_builder *builder;
    options.replace = 1;
    options.threads = 1;
    si_result status = si_builder_create(SI_POINT, folder, &options, &builder, error);
    if (status == SI_OK) {
        assert_int_equal(append_elements(builder, &elements, 0, count, NULL), SI_OK);
        status = si_builder_finish(builder, NULL, NULL, error);
    }
    free_elements(&elements);
    return status;
}

static void assert_opens(const char *folder, uint64_t count)
{
    si_index *index;
    si_index_info info = SI_INDEX_INFO_INIT;
    si_error error;
    assert_ok(si_index_open(folder, NULL, &index, &error), error);
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    assert_int_equal(info.element_count, count);
    si_index_close(index);
}

static void a_folder_has_one_lock_whatever_way_leads_to_it(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index"), *link = in(folder, "link");
    si_builder *builder;
    si_error error;
    assert_int_equal(mkdir(target, 0777), 0);
    assert_int_equal(symlink("index", link), 0);
    assert_ok(si_builder_create(SI_POINT, target, NULL, &builder, &error), error);
    assert_int_equal(build_points(link, 10, &error), SI_ERROR_BUSY);
    si_builder_abort(builder);
    assert_ok(build_points(link, 10, &error), error);
    assert_opens(target, 10);
    assert_int_equal(unlink(link), 0);
    si_free(link);
    si_free(target);
    remove_test_folder(folder);
}

/* As a user who may write into the folder but not beside it. */
static int build_in_own_folder(const char *folder, const char *target)
{
    bool is_root = geteuid() == 0;
    if (is_root && chown(target, NOBODY, NOBODY) != 0)
        return 2;
    if (chmod(folder, 0555) != 0 || (is_root && setuid(NOBODY) != 0))
        return 3;
    si_error error;
    si_builder *builder;
    if (si_builder_create(SI_POINT, target, NULL, &builder, &error) != SI_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 4;
    }
    if (build_points(target, 10, NULL) != SI_ERROR_BUSY)
        return 5;
    si_builder_abort(builder);
    return build_points(target, 20, NULL) == SI_OK && build_points(target, 30, NULL) == SI_OK ? 0
                                                                                              : 6;
}

static void a_folder_in_a_place_that_is_not_ours_will_do(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index");
    assert_int_equal(mkdir(target, 0777), 0);
    int answer[2], result = 1;
    assert_int_equal(pipe(answer), 0);
    if (fork() == 0) {
        result = build_in_own_folder(folder, target);
        _exit(write(answer[1], &result, sizeof result) != sizeof result);
    }
    close(answer[1]);
    assert_int_equal(read(answer[0], &result, sizeof result), sizeof result);
    close(answer[0]);
    assert_int_equal(chmod(folder, 0777), 0);
    assert_int_equal(result, 0);
    assert_opens(target, 30);
    si_free(target);
    remove_test_folder(folder);
}

static void replacing_a_list_leaves_indexes_elsewhere(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "list"), *own = in(folder, "list/own");
    char *elsewhere = in(folder, "elsewhere"), *link = in(folder, "list/link");
    char *metadata = in(folder, "list/meta_data.json");
    si_error error;
    assert_ok(build_points(own, 10, &error), error);
    assert_ok(build_points(elsewhere, 20, &error), error);
    assert_int_equal(symlink("../elsewhere", link), 0);
    write_file(metadata,
               "{\"element_type\": \"point\", \"multi_population\": {\"populations\": {"
               "\"A\": {\"index_path\": \"own\"}, \"B\": {\"index_path\": \"../elsewhere\"}, "
               "\"C\": {\"index_path\": \"link\"}}}, \"version\": 0}");
    assert_ok(build_points(target, 30, &error), error);
    assert_opens(target, 30);
    assert_opens(elsewhere, 20);
    assert_false(si_path_exists(own));
    assert_int_equal(unlink(link), 0);
    si_free(target);
    si_free(own);
    si_free(elsewhere);
    si_free(link);
    si_free(metadata);
    remove_test_folder(folder);
}

/* The new heavy file has the name of the old one, as its content is the same. */
static void failing_to_replace_an_equal_index_leaves_the_old_one(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index"), *obstacle = in(target, ".spatial-index-metadata.tmp");
    si_error error;
    assert_ok(build_points(target, 10, &error), error);
    assert_int_equal(mkdir(obstacle, 0777), 0);
    assert_int_equal(build_points(target, 10, &error), SI_ERROR_IO);
    assert_int_equal(build_points(target, 20, &error), SI_ERROR_IO);
    assert_opens(target, 10);
    assert_int_equal(rmdir(obstacle), 0);
    assert_ok(build_points(target, 20, &error), error);
    assert_opens(target, 20);
    si_free(obstacle);
    si_free(target);
    remove_test_folder(folder);
}

typedef struct replacing {
    const char *folder;
    _Atomic int done;
} replacing;

static void *replace_often(void *context)
{
    replacing *work = context;
    for (uint64_t round = 0; round < 100; round++)
        build_points(work->folder, 10 + round % 2, NULL);
    atomic_store(&work->done, 1);
    return NULL;
}

static void readers_find_an_index_while_it_is_replaced(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *target = in(folder, "index");
    replacing work = {.folder = target};
    pthread_t thread;
    si_error error;
    assert_ok(build_points(target, 10, &error), error);
    assert_int_equal(pthread_create(&thread, NULL, replace_often, &work), 0);
    while (!atomic_load(&work.done)) {
        si_index *index;
        assert_ok(si_index_open(target, NULL, &index, &error), error);
        si_index_close(index);
    }
    pthread_join(thread, NULL);
    si_free(target);
    remove_test_folder(folder);
}

static void metadata_of_another_version_are_refused(void **state)
{
    (void)state;
    char *folder = make_test_folder();
    char *metadata = in(folder, "meta_data.json");
    si_index *index;
    si_error error;
    write_file(metadata, "{\"element_type\": \"point\", \"spatial_index\": {\"heavy_data_path\": "
                         "\"a.si\"}, \"version\": 1}");
    assert_int_equal(si_index_open(folder, NULL, &index, &error), SI_ERROR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "\"version\""));
    si_free(metadata);
    remove_test_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_has_one_lock_whatever_way_leads_to_it),
        cmocka_unit_test(a_folder_in_a_place_that_is_not_ours_will_do),
        cmocka_unit_test(replacing_a_list_leaves_indexes_elsewhere),
        cmocka_unit_test(failing_to_replace_an_equal_index_leaves_the_old_one),
        cmocka_unit_test(readers_find_an_index_while_it_is_replaced),
        cmocka_unit_test(metadata_of_another_version_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
