/* However meta_data.json is damaged: opening fails with a sentence, or what it opens answers. The
 * sanitizers watch. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/support/elements.h"

#include "base/file.h"
#include "base/memory.h"
#include "format/metadata.h"

enum { RANDOM_DAMAGES = 10000, ELEMENTS = 100 };

typedef struct damaged_index {
    char *folder;
    char metadata[PATH_MAX];
    char *text; /* the metadata as they were */
    size_t length;
} damaged_index;

static void build_in(const char *folder, const char *name)
{
    static const element_scatter ordinary = {.extent = 100, .length = 5, .radius = 2};
    test_elements elements = make_elements(SI_SYNAPSE, ELEMENTS, &ordinary, 1);
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    char *target = name ? si_path_join(folder, name) : si_duplicate_string(folder);
    options.population = "p";
    options.dataset_path = "/nowhere/edges.h5";
    options.types_path = "types.csv";
    si_index_close(build_elements(&elements, target, &options));
    free_elements(&elements);
    si_free(target);
}

static void list_populations(const char *folder)
{
    static const char *const names[] = {"A", "B"};
    si_metadata *singles[2];
    si_error error;
    for (int i = 0; i < 2; i++) {
        build_in(folder, names[i]);
        char *path = si_path_join(folder, names[i]);
        assert_ok(si_metadata_read(path, &singles[i], &error), error);
        si_free(path);
    }
    assert_ok(si_metadata_write_multi_population(folder, SI_SYNAPSE, names,
                                                 (const si_metadata *const *)singles, 2, &error),
              error);
    for (int i = 0; i < 2; i++)
        si_metadata_free(singles[i]);
}

static damaged_index make_index(bool is_list)
{
    damaged_index made = {.folder = make_test_folder()};
    si_error error;
    if (is_list)
        list_populations(made.folder);
    else
        build_in(made.folder, NULL);
    snprintf(made.metadata, sizeof made.metadata, "%s/meta_data.json", made.folder);
    assert_ok(si_file_read_all(made.metadata, &made.text, &made.length, &error), error);
    return made;
}

static void remove_index(damaged_index *made)
{
    remove_test_folder(made->folder);
    si_free(made->text);
}

/* In place: some file systems flush a file that is first made empty. */
static void write_metadata(const damaged_index *made, const char *text, size_t length)
{
    int descriptor = open(made->metadata, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(descriptor >= 0);
    assert_int_equal(pwrite(descriptor, text, length, 0), length);
    assert_int_equal(ftruncate(descriptor, (off_t)length), 0);
    assert_int_equal(close(descriptor), 0);
}

static void assert_answers(const si_population_set *set)
{
    si_query query;
    uint64_t count;
    si_error error;
    assert_ok(si_query_sphere((double[3]){0}, 1e6, SI_BEST_EFFORT, &query, &error), error);
    for (size_t i = 0; i < si_population_set_count(set); i++) {
        assert_ok(si_index_count(si_population_set_index(set, i), &query, &count, &error), error);
        assert_int_equal(count, ELEMENTS);
    }
}

/* True if the index opened. */
static bool assert_fails_or_answers(const damaged_index *made)
{
    si_population_set *set;
    si_error error = {.message = ""};
    si_result status = si_population_set_open(made->folder, NULL, &set, &error);
    if (status == SI_OK) {
        assert_answers(set);
        si_population_set_close(set);
        return true;
    }
    assert_non_null(strchr(error.message, '/')); /* a file is named */
    return false;
}

static void any_truncation_is_refused(void **state)
{
    (void)state;
    for (int is_list = 0; is_list < 2; is_list++) {
        damaged_index made = make_index(is_list != 0);
        for (size_t length = 0; length < made.length; length++) {
            write_metadata(&made, made.text, length);
            assert_false(assert_fails_or_answers(&made));
        }
        write_metadata(&made, made.text, made.length);
        assert_true(assert_fails_or_answers(&made));
        remove_index(&made);
    }
}

static void any_bit_may_flip(void **state)
{
    (void)state;
    for (int is_list = 0; is_list < 2; is_list++) {
        damaged_index made = make_index(is_list != 0);
        for (size_t bit = 0; bit < made.length * 8; bit++) {
            made.text[bit / 8] ^= (char)(1 << bit % 8);
            write_metadata(&made, made.text, made.length);
            assert_fails_or_answers(&made);
            made.text[bit / 8] ^= (char)(1 << bit % 8);
        }
        remove_index(&made);
    }
}

/* Overwrites some bytes, and copies one part over another. */
static void damage(char *text, size_t length, uint64_t *seed)
{
    for (uint64_t i = 1 + random_bits(seed) % 4; i > 0; i--)
        text[random_bits(seed) % length] = (char)random_bits(seed);
    if (random_bits(seed) % 2 == 0) {
        size_t from = random_bits(seed) % length, to = random_bits(seed) % length;
        size_t most = length - (from > to ? from : to);
        memmove(text + to, text + from, random_bits(seed) % most);
    }
}

static void any_damage_will_do(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int is_list = 0; is_list < 2; is_list++) {
        damaged_index made = make_index(is_list != 0);
        char *text = si_duplicate_bytes(made.text, made.length);
        for (int i = 0; i < RANDOM_DAMAGES; i++) {
            memcpy(text, made.text, made.length);
            damage(text, made.length, &seed);
            write_metadata(&made, text, made.length);
            assert_fails_or_answers(&made);
        }
        si_free(text);
        remove_index(&made);
    }
}

/* What stands in the place of values of other types. */
static const char *const odd_values[] = {
    "null", "true", "-1", "1e999", "99999999999999999999", "\"\"", "[]", "{}", "{\"a\": {}}",
};

static const char *const formats[] = {
    "{\"element_type\": %s, \"spatial_index\": {\"heavy_data_path\": \"a.si\"}}",
    "{\"element_type\": \"synapse\", \"spatial_index\": %s}",
    "{\"element_type\": \"synapse\", \"spatial_index\": {\"heavy_data_path\": %s}}",
    "{\"element_type\": \"synapse\", \"multi_population\": %s}",
    "{\"element_type\": \"synapse\", \"multi_population\": {\"populations\": {\"A\": %s}}}",
    "{\"element_type\": \"synapse\", \"multi_population\": {\"populations\": {\"A\": "
    "{\"index_path\": %s}}}}",
    "{\"element_type\": \"synapse\", \"multi_population\": {\"populations\": {\"A\": "
    "{\"index_path\": \"A\", \"spatial_index\": %s}}}}",
};

static void values_of_other_types_are_refused(void **state)
{
    (void)state;
    damaged_index made = make_index(false);
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        for (size_t v = 0; v < sizeof odd_values / sizeof *odd_values; v++) {
            char text[1000];
            int length = snprintf(text, sizeof text, formats[f], odd_values[v]);
            write_metadata(&made, text, (size_t)length);
            assert_false(assert_fails_or_answers(&made));
        }
    remove_index(&made);
}

/* Places where no index is: devices and pipes could be waited for for ever. */
static void odd_places_are_refused(void **state)
{
    (void)state;
    static const char *const places[] = {
        "pipe", ".", "..", "meta_data.json", "/dev/zero", "/dev/null", "loop", "absent", "",
    };
    static const char *const entries[] = {
        "{\"element_type\": \"synapse\", \"spatial_index\": {\"heavy_data_path\": \"%s\"}}",
        "{\"element_type\": \"synapse\", \"multi_population\": {\"populations\": {\"A\": "
        "{\"index_path\": \"%s\"}}}}",
        "{\"element_type\": \"synapse\", \"multi_population\": {\"populations\": {\"A\": "
        "{\"index_path\": \"absent\", \"spatial_index\": {\"heavy_data_path\": \"../%s\"}}}}}",
    };
    damaged_index made = make_index(false);
    char path[PATH_MAX], text[1000];
    snprintf(path, sizeof path, "%s/pipe", made.folder);
    assert_int_equal(mkfifo(path, 0666), 0);
    snprintf(path, sizeof path, "%s/loop", made.folder);
    assert_int_equal(symlink("loop", path), 0);
    for (size_t e = 0; e < sizeof entries / sizeof *entries; e++)
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            int length = snprintf(text, sizeof text, entries[e], places[p]);
            write_metadata(&made, text, (size_t)length);
            assert_false(assert_fails_or_answers(&made));
        }
    remove_index(&made);
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = 1000000 };
    damaged_index made = make_index(false);
    char *text = si_allocate(DEPTH, 1);
    memset(text, '[', DEPTH);
    write_metadata(&made, text, DEPTH);
    assert_false(assert_fails_or_answers(&made));
    si_free(text);
    remove_index(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_truncation_is_refused),
        cmocka_unit_test(any_bit_may_flip),
        cmocka_unit_test(any_damage_will_do),
        cmocka_unit_test(values_of_other_types_are_refused),
        cmocka_unit_test(odd_places_are_refused),
        cmocka_unit_test(deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
