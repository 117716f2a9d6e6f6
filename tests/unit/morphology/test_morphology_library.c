/* Morphologies by name, from folders and containers, and by the suffix of a file. */
#include "hdf5_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static char *folder;

static int create(void **state)
{
    (void)state;
    folder = create_folder();
    return 0;
}

static int clean_up(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

static char *path_of(const char *name)
{
    return si_path_join(folder, name);
}

/* A morphology of one section, whose type tells which file it is. */
static void write_swc(const char *name, int type)
{
    char *path = path_of(name);
    FILE *file = fopen(path, "w");
    fprintf(file, "1 %d 0 0 0 1 -1\n2 %d 0 0 0 1 1\n", type, type);
    fclose(file);
    si_free(path);
}

static void write_asc(const char *name)
{
    char *path = path_of(name);
    FILE *file = fopen(path, "w");
    fputs("((Axon)(0 0 0 1))", file);
    fclose(file);
    si_free(path);
}

static void write_hdf5(const char *name, int type)
{
    char *path = path_of(name);
    write_morphology(path, (double[]){0, 0, 0, 1}, 1, (double[]){0, type, -1}, 1);
    si_free(path);
}

static void create_subfolder(const char *name)
{
    char *path = path_of(name);
    assert_int_equal(mkdir(path, 0777), 0);
    si_free(path);
}

static void remove_file(const char *name)
{
    char *path = path_of(name);
    assert_int_equal(remove(path), 0);
    si_free(path);
}

static si_morphology_library *open_library(const char *path)
{
    si_morphology_library *library;
    si_error error = {0};
    assert_ok(si_morphology_library_open(path, &library, &error), error);
    return library;
}

static void check_type(si_morphology_library *library, const char *name, int type)
{
    si_morphology *morphology;
    si_error error = {0};
    assert_ok(si_morphology_library_load(library, name, &morphology, &error), error);
    assert_int_equal(morphology->section_count, 1);
    assert_int_equal(morphology->section_types[0], type);
    si_morphology_free(morphology);
}

static void check_missing(si_morphology_library *library, const char *name)
{
    si_morphology *morphology = NULL;
    si_error error = {0};
    assert_int_equal(si_morphology_library_load(library, name, &morphology, &error),
                     SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, folder));
    assert_non_null(strstr(error.message, name));
    assert_null(morphology);
}

static void check_read(const char *name, si_result status)
{
    char *path = path_of(name);
    si_morphology *morphology = NULL;
    si_error error = {0};
    assert_int_equal(si_morphology_read(path, &morphology, &error), status);
    if (status != SI_OK)
        assert_memory_equal(error.message, path, strlen(path));
    si_morphology_free(morphology);
    si_free(path);
}

static void the_suffix_tells_the_format_in_any_case(void **state)
{
    (void)state;
    write_swc("kind.SwC", 3);
    write_asc("kind.Asc");
    write_hdf5("kind.H5", 3);
    write_swc("kind.txt", 3);
    write_swc("kind.swc.", 3);
    check_read("kind.SwC", SI_OK);
    check_read("kind.Asc", SI_OK);
    check_read("kind.H5", SI_OK);
    check_read("kind.txt", SI_ERROR_UNSUPPORTED);
    check_read("kind.swc.", SI_ERROR_UNSUPPORTED);
    check_read("kind", SI_ERROR_UNSUPPORTED);
    check_read("none.swc", SI_ERROR_NOT_FOUND);
    check_read("none.asc", SI_ERROR_NOT_FOUND);
    check_read("none.h5", SI_ERROR_NOT_FOUND);
}

static void suffixes_are_tried_in_order(void **state)
{
    (void)state;
    static const char *const names[] = {"order.h5",  "order.H5",  "order.asc",
                                        "order.ASC", "order.swc", "order.SWC"};
    si_morphology_library *library = open_library(folder);
    check_missing(library, "order");
    write_swc("order.SWC", 10);
    check_type(library, "order", 10);
    write_swc("order.swc", 9);
    check_type(library, "order", 9);
    write_asc("order.ASC");
    check_type(library, "order", 2);
    write_asc("order.asc");
    write_hdf5("order.H5", 6);
    check_type(library, "order", 6);
    write_hdf5("order.h5", 5);
    check_type(library, "order", 5);
    for (size_t i = 0; i < 6; i++)
        remove_file(names[i]);
    si_morphology_library_close(library);
}

static void names_with_a_suffix_are_tried_as_they_are_first(void **state)
{
    (void)state;
    si_morphology_library *library = open_library(folder);
    write_swc("own.swc", 4);
    check_type(library, "own.swc", 4);
    write_swc("own.swc.swc", 5);
    check_type(library, "own.swc", 4);
    remove_file("own.swc");
    check_type(library, "own.swc", 5);
    write_swc("dot.1.swc", 6);
    check_type(library, "dot.1", 6);
    check_missing(library, "dot");
    si_morphology_library_close(library);
}

static void folders_and_dangling_links_are_passed_over(void **state)
{
    (void)state;
    si_morphology_library *library = open_library(folder);
    create_subfolder("pass.h5");
    char *link = path_of("pass.asc");
    assert_int_equal(symlink("/nowhere/at/all", link), 0);
    write_swc("pass.swc", 7);
    check_type(library, "pass", 7);
    assert_int_equal(remove(link), 0);
    si_free(link);
    si_morphology_library_close(library);
}

static void names_may_hold_folders_and_be_absolute(void **state)
{
    (void)state;
    create_subfolder("sub");
    create_subfolder("other");
    write_swc("sub/cell.swc", 8);
    si_morphology_library *library = open_library(folder);
    check_type(library, "sub/cell", 8);
    si_morphology_library_close(library);
    char *other = path_of("other");
    char *absolute = path_of("sub/cell");
    library = open_library(other);
    check_type(library, absolute, 8);
    check_type(library, "../sub/cell", 8);
    check_missing(library, "cell");
    si_morphology_library_close(library);
    si_free(absolute);
    si_free(other);
}

static void a_broken_file_is_not_passed_over(void **state)
{
    (void)state;
    si_morphology_library *library = open_library(folder);
    si_morphology *morphology;
    si_error error = {0};
    write_swc("broken.h5", 3);
    write_swc("broken.swc", 3);
    assert_int_equal(si_morphology_library_load(library, "broken", &morphology, &error),
                     SI_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "broken.h5"));
    si_morphology_library_close(library);
}

static char *write_container(void)
{
    char *path = path_of("container");
    hid_t file = create_file(path);
    hid_t group = H5Gcreate2(file, "flat", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    write_sample(group, H5T_IEEE_F32LE, H5T_STD_I32LE);
    write_version(group, 1, 3, 0);
    H5Gclose(group);
    group = H5Gcreate2(file, "x", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
    group = H5Gcreate2(file, "x/B.swc", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    write_sample(group, H5T_IEEE_F64LE, H5T_STD_I64LE);
    H5Gclose(group);
    write_table(file, "table", H5T_IEEE_F32LE, (double[]){1}, 1, 1);
    H5Fclose(file);
    return path;
}

static void check_sample(si_morphology_library *library, const char *name)
{
    si_morphology *morphology;
    si_error error = {0};
    assert_ok(si_morphology_library_load(library, name, &morphology, &error), error);
    assert_sections(morphology, SAMPLE_SECTIONS);
    assert_int_equal(morphology->soma_point_count, 3);
    si_morphology_free(morphology);
}

static void containers_have_a_group_for_each_morphology(void **state)
{
    (void)state;
    char *path = write_container();
    si_morphology_library *library = open_library(path);
    si_morphology *morphology;
    si_error error = {0};
    check_sample(library, "flat");
    check_sample(library, "x/B.swc");
    check_missing(library, "x/C");
    check_missing(library, "none/at/all");
    check_missing(library, "");
    check_missing(library, "table");
    assert_int_equal(si_morphology_library_load(library, "x", &morphology, &error),
                     SI_ERROR_FORMAT);
    assert_non_null(
        strstr(error.message, "container: morphology 'x': lacks the data set 'points'"));
    si_morphology_library_close(library);
    si_free(path);
}

static void other_paths_are_no_library(void **state)
{
    (void)state;
    si_morphology_library *library = NULL;
    si_error error = {0};
    write_swc("no_container.swc", 3);
    char *path = path_of("no_container.swc");
    assert_int_equal(si_morphology_library_open(path, &library, &error), SI_ERROR_FORMAT);
    si_free(path);
    path = path_of("missing");
    assert_int_equal(si_morphology_library_open(path, &library, &error), SI_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, path));
    si_free(path);
    assert_int_equal(si_morphology_library_open("", &library, &error), SI_ERROR_NOT_FOUND);
    assert_null(library);
    si_morphology_library_close(NULL);
    si_morphology_free(NULL);
}

static void *load_many(void *library)
{
    for (int i = 0; i < 200; i++)
        check_sample(library, i % 2 ? "flat" : "x/B.swc");
    return NULL;
}

static void several_threads_may_load_at_once(void **state)
{
    (void)state;
    char *path = write_container();
    si_morphology_library *library = open_library(path);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, load_many, library), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    si_morphology_library_close(library);
    si_free(path);
}

/* Every allocation fails once; each time the call says so and leaks nothing. */
static void running_out_of_memory_is_an_error(void **state)
{
    (void)state;
    char *path = write_container();
    write_swc("memory.swc", 3);
    write_asc("memory2.asc");
    const char *const names[] = {"memory", "memory2", "flat"};
    const char *const places[] = {folder, folder, path};
    for (size_t i = 0; i < 3; i++) {
        si_result status = SI_ERROR_MEMORY;
        si_morphology_library *library = open_library(places[i]);
        for (uint64_t n = 1; status != SI_OK; n++) {
            si_morphology *morphology = NULL;
            si_memory_fail_after(n);
            status = si_morphology_library_load(library, names[i], &morphology, NULL);
            si_memory_fail_after(0);
            assert_true(n < 1000 && (status == SI_OK) == (morphology != NULL));
            si_morphology_free(morphology);
        }
        si_morphology_library_close(library);
    }
    si_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_suffix_tells_the_format_in_any_case),
        cmocka_unit_test(suffixes_are_tried_in_order),
        cmocka_unit_test(names_with_a_suffix_are_tried_as_they_are_first),
        cmocka_unit_test(folders_and_dangling_links_are_passed_over),
        cmocka_unit_test(names_may_hold_folders_and_be_absolute),
        cmocka_unit_test(a_broken_file_is_not_passed_over),
        cmocka_unit_test(containers_have_a_group_for_each_morphology),
        cmocka_unit_test(other_paths_are_no_library),
        cmocka_unit_test(several_threads_may_load_at_once),
        cmocka_unit_test(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, create, clean_up);
}
