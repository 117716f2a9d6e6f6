/* si_verify on folders, and opening with verification. */
#include "unit/support/elements.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

/* Several parts of a verification. */
#define COUNT 100000

static const element_scatter scatter = {.extent = 100, .length = 5, .radius = 2};

/* ---- what is found ---- */

typedef struct findings {
    uint64_t told;
    uint64_t count;
    char *text; /* all sentences */
} findings;

static void note(void *context, const char *sentence)
{
    findings *found = context;
    char *longer = si_format("%s%s\n", found->text ? found->text : "", sentence);
    assert_non_null(longer);
    si_free(found->text);
    found->text = longer;
    found->told++;
}

static findings verify(const char *folder, unsigned threads, uint64_t most)
{
    findings found = {0};
    si_error error;
    si_verify_options options = SI_VERIFY_OPTIONS_INIT;
    options.threads = threads;
    options.most_sentences = most;
    options.visitor = note;
    options.visitor_context = &found;
    assert_ok(si_verify(folder, &options, &found.count, &error), error);
    return found;
}

static void assert_found(const char *folder, uint64_t count, const char *what)
{
    findings found = verify(folder, 0, 0);
    if (found.count != count || (what && (!found.text || !strstr(found.text, what))))
        fail_msg("expected %llu with \"%s\", but found %llu:\n%s", (unsigned long long)count,
                 what ? what : "", (unsigned long long)found.count, found.text ? found.text : "");
    assert_int_equal(found.told, count);
    si_free(found.text);
}

/* ---- indexes ---- */

static void build(const char *folder, si_element_kind kind, uint64_t count, uint64_t seed)
{
    test_elements elements = make_elements(kind, count, &scatter, seed);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    options.replace = 1;
    si_index_close(build_elements(&elements, folder, &options));
    free_elements(&elements);
}

static char *heavy_path(const char *folder)
{
    si_index *index;
    si_error error;
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_ok(si_index_open(folder, NULL, &index, &error), error);
    si_index_get_info(index, &info);
    char *path = si_duplicate_string(info.heavy_data_path);
    si_index_close(index);
    return path;
}

static void flip_bytes(const char *path, uint64_t first, uint64_t end, uint64_t step)
{
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    assert_true(descriptor >= 0);
    for (uint64_t offset = first; offset < end; offset += step) {
        char byte;
        assert_int_equal(pread(descriptor, &byte, 1, (off_t)offset), 1);
        byte ^= 4;
        assert_int_equal(pwrite(descriptor, &byte, 1, (off_t)offset), 1);
    }
    close(descriptor);
}

static void flip_last_byte(const char *path)
{
    struct stat information;
    assert_int_equal(stat(path, &information), 0);
    uint64_t last = (uint64_t)information.st_size - 1;
    flip_bytes(path, last, last + 1, 1);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char *path = si_path_join(folder, name);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    close(descriptor);
    si_free(path);
}

/* ---- tests ---- */

static void a_sound_folder_has_no_damage(void **state)
{
    const char *folder = *state;
    uint64_t count = 1;
    for (unsigned kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        build(folder, (si_element_kind)kind, COUNT, kind);
        assert_found(folder, 0, NULL);
    }
    assert_int_equal(si_verify(folder, NULL, &count, NULL), SI_OK);
    assert_int_equal(count, 0);
}

/* Damage all over the file: the same sentences in the same order. */
static void findings_do_not_depend_on_threads(void **state)
{
    const char *folder = *state;
    build(folder, SI_SEGMENT, COUNT, 1);
    char *path = heavy_path(folder);
    flip_bytes(path, 5000, 3800000, 100001);
    findings all = verify(folder, 1, 0);
    assert_true(all.count > 40);
    assert_int_equal(all.told, all.count);
    for (unsigned threads = 1; threads <= 8; threads++) {
        findings some = verify(folder, threads, 25);
        assert_int_equal(some.count, all.count);
        assert_int_equal(some.told, 25);
        assert_memory_equal(some.text, all.text, strlen(some.text));
        si_free(some.text);
    }
    si_free(all.text);
    si_free(path);
}

static void damaged_headers_are_damage(void **state)
{
    const char *folder = *state;
    build(folder, SI_SPHERE, 100, 1);
    char *path = heavy_path(folder);
    static const uint64_t offsets[] = {0, 8, 16, 32, 60, 88, 2000, 4095};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        flip_bytes(path, offsets[i], offsets[i] + 1, 1);
        assert_found(folder, 1, path);
        flip_bytes(path, offsets[i], offsets[i] + 1, 1);
    }
    assert_int_equal(truncate(path, 4096), 0);
    assert_found(folder, 1, "the file has 4096 bytes");
    assert_int_equal(truncate(path, 0), 0);
    assert_found(folder, 1, "not a spatial index file");
    assert_int_equal(unlink(path), 0);
    assert_found(folder, 1, "No such file");
    si_free(path);
}

static void metadata_that_do_not_fit_are_damage(void **state)
{
    const char *folder = *state;
    build(folder, SI_SPHERE, 100, 1);
    char *path = heavy_path(folder);
    char *text = si_format("{\"element_type\": \"synapse\", \"spatial_index\": "
                           "{\"heavy_data_path\": \"%s\", \"format\": 1}, \"version\": 0}",
                           si_path_base_name(path));
    write_text(folder, "meta_data.json", text);
    assert_found(folder, 1, "holds elements of kind sphere");
    write_text(folder, "meta_data.json", "{\"element_type\": \"sphere\"");
    assert_found(folder, 1, "not JSON");
    si_free(text);
    si_free(path);
}

/* As if someone had put the file of another index in its place. */
static void a_file_of_another_name_is_damage(void **state)
{
    const char *folder = *state;
    build(folder, SI_SPHERE, 100, 1);
    char *path = heavy_path(folder);
    build(folder, SI_SPHERE, 100, 2);
    char *other = heavy_path(folder);
    assert_int_equal(rename(other, path), 0);
    char *text = si_format("{\"element_type\": \"sphere\", \"spatial_index\": "
                           "{\"heavy_data_path\": \"%s\", \"format\": 1}, \"version\": 0}",
                           si_path_base_name(path));
    write_text(folder, "meta_data.json", text);
    assert_found(folder, 1, "not that of its name");
    si_free(text);
    si_free(other);
    si_free(path);
}

static void populations_are_verified(void **state)
{
    const char *folder = *state;
    char *a = si_path_join(folder, "A"), *b = si_path_join(folder, "B");
    char *missing = si_path_join(folder, "C");
    build(a, SI_SYNAPSE, 100, 1);
    build(b, SI_SYNAPSE, 40000, 2);
    write_text(
        folder, "meta_data.json",
        "{\"element_type\": \"synapse\", \"multi_population\": {\"populations\": "
        "{\"A\": {\"index_path\": \"A\"}, \"B\": {\"index_path\": \"B\"}}}, \"version\": 0}");
    assert_found(folder, 0, NULL);
    char *path_a = heavy_path(a), *path_b = heavy_path(b);
    flip_last_byte(path_b);
    assert_found(folder, 1, path_b);
    flip_bytes(path_a, 40, 41, 1);
    assert_found(folder, 2, path_a);
    build(a, SI_SPHERE, 100, 1);
    assert_found(folder, 2, "is of kind sphere");
    write_text(folder, "meta_data.json",
               "{\"element_type\": \"synapse\", \"multi_population\": {\"populations\": "
               "{\"C\": {\"index_path\": \"C\"}}}, \"version\": 0}");
    assert_found(folder, 1, missing);
    si_free(path_a), si_free(path_b);
    si_free(a), si_free(b), si_free(missing);
}

static void what_is_no_index_is_an_error(void **state)
{
    const char *folder = *state;
    uint64_t count;
    si_error error;
    si_verify_options options = SI_VERIFY_OPTIONS_INIT;
    assert_int_equal(si_verify("/nonexistent/index", NULL, &count, &error), SI_ERROR_NOT_FOUND);
    assert_int_equal(si_verify(folder, NULL, &count, &error), SI_ERROR_NOT_FOUND);
    write_text(folder, "meta_data.json", "{\"element_type\": \"synapse\", \"in_memory\": {}}");
    assert_int_equal(si_verify(folder, NULL, &count, &error), SI_ERROR_UNSUPPORTED);
    options.struct_size = 1;
    assert_int_equal(si_verify(folder, &options, &count, &error), SI_ERROR_ARGUMENT);
}

static void opening_may_verify(void **state)
{
    const char *folder = *state;
    si_open_options options = SI_OPEN_OPTIONS_INIT;
    si_index *index;
    si_population_set *set;
    si_error error;
    options.verify = 1;
    build(folder, SI_SEGMENT, COUNT, 3);
    assert_ok(si_index_open(folder, &options, &index, &error), error);
    si_index_close(index);
    char *path = heavy_path(folder);
    flip_bytes(path, 2000000, 2000001, 1);
    assert_int_equal(si_index_open(folder, &options, &index, &error), SI_ERROR_FORMAT);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(si_population_set_open(folder, &options, &set, &error), SI_ERROR_FORMAT);
    options.verify = 0;
    assert_ok(si_index_open(folder, &options, &index, &error), error);
    si_index_close(index);
    si_free(path);
}

typedef struct watcher {
    uint64_t calls;
    uint64_t done;
    uint64_t stop_at; /* 0: never */
} watcher;

static int watch(void *context, const char *phase, uint64_t done, uint64_t total)
{
    watcher *seen = context;
    assert_string_equal(phase, "verifying");
    assert_true(done >= seen->done && done <= total);
    seen->done = done;
    return ++seen->calls == seen->stop_at;
}

static void progress_is_told_and_may_cancel(void **state)
{
    const char *folder = *state;
    uint64_t count;
    watcher seen = {0};
    si_error error;
    si_verify_options options = SI_VERIFY_OPTIONS_INIT;
    options.progress = watch;
    options.progress_context = &seen;
    build(folder, SI_POINT, COUNT, 3);
    assert_ok(si_verify(folder, &options, &count, &error), error);
    assert_int_equal(seen.calls, 4);
    seen = (watcher){.stop_at = 2};
    assert_int_equal(si_verify(folder, &options, &count, &error), SI_ERROR_CANCELLED);
}

static void want_of_memory_is_an_error(void **state)
{
    const char *folder = *state;
    uint64_t count;
    si_verify_options options = SI_VERIFY_OPTIONS_INIT;
    build(folder, SI_SEGMENT, 1000, 3);
    char *path = heavy_path(folder);
    flip_bytes(path, 4096, 40000, 9000);
    findings all = verify(folder, 1, 0);
    si_result status = SI_ERROR_MEMORY;
    options.threads = 1;
    for (uint64_t n = 1; status != SI_OK; n++) {
        si_memory_fail_after(n);
        status = si_verify(folder, &options, &count, NULL);
        si_memory_fail_after(0);
        assert_true(n < 1000 && (status == SI_OK || status == SI_ERROR_MEMORY));
    }
    assert_int_equal(count, all.count);
    si_free(all.text);
    si_free(path);
}

static int make_folder(void **state)
{
    *state = make_test_folder();
    return 0;
}

static int remove_folder(void **state)
{
    remove_test_folder(*state);
    return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sound_folder_has_no_damage),     TEST(findings_do_not_depend_on_threads),
        TEST(damaged_headers_are_damage),       TEST(metadata_that_do_not_fit_are_damage),
        TEST(a_file_of_another_name_is_damage), TEST(populations_are_verified),
        TEST(what_is_no_index_is_an_error),     TEST(opening_may_verify),
        TEST(progress_is_told_and_may_cancel),  TEST(want_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
