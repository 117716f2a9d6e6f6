/* Which kernels are chosen. A process chooses once, so each choice has a process of its own. */
#include "unit/test.h"

/* Before <sys/wait.h>, which makes a macro of si_result. */
#include "kernels/kernel_set.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Does a new process with this value of the variable (NULL: none) choose the set of that name? */
static bool is_chosen(const char *value, const char *name)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (value)
            setenv("SPATIAL_INDEX_KERNELS", value, 1);
        else
            unsetenv("SPATIAL_INDEX_KERNELS");
        _exit(strcmp(si_kernels()->name, name) == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) == 0;
}

/* Asked in a process of its own, as asking makes the choice. */
static bool is_supported(const char *name)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(si_use_kernels(name) ? 0 : 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static const char *best_supported(void)
{
    return is_supported("avx512") ? "avx512" : is_supported("avx2") ? "avx2" : "portable";
}

static void the_best_is_chosen(void **state)
{
    (void)state;
    print_message("  %s\n", best_supported());
    assert_true(is_chosen(NULL, best_supported()));
}

static void the_environment_chooses(void **state)
{
    (void)state;
    assert_true(is_supported("portable"));
    assert_true(is_chosen("portable", "portable"));
    static const char *const others[] = {"avx2", "avx512"};
    for (int i = 0; i < 2; i++)
        assert_true(is_chosen(others[i], is_supported(others[i]) ? others[i] : best_supported()));
}

static void unknown_names_are_ignored(void **state)
{
    (void)state;
    static const char *const names[] = {"", "AVX2", "avx", "portable ", "sse2"};
    for (int i = 0; i < 5; i++) {
        assert_false(is_supported(names[i]));
        assert_true(is_chosen(names[i], best_supported()));
    }
}

/* Masks with few bits, many bits, runs; a value tells its place. */
static void selection_is_in_order(void **state)
{
    (void)state;
    float floats[64], selected_floats[64];
    uint64_t words[64], selected_words[64], mask = UINT64_C(0x9e3779b9);
    for (unsigned i = 0; i < 64; i++) {
        floats[i] = (float)i + 0.5F;
        words[i] = (UINT64_C(1) << 40) + i;
    }
    for (unsigned round = 0; round < 20000; round++) {
        mask = mask * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t mixed = mask ^ mask >> 29;
        uint64_t chosen = round < 64 ? UINT64_MAX >> round
                                     : mixed & (round % 3 ? UINT64_MAX : mixed >> 16);
        si_kernels()->select_floats(floats, chosen, selected_floats);
        si_kernels()->select_words(words, chosen, selected_words);
        unsigned count = 0;
        for (unsigned i = 0; i < 64; i++)
            if (chosen >> i & 1) {
                assert_true(selected_floats[count] == floats[i]);
                assert_int_equal(selected_words[count++], words[i]);
            }
    }
}

/* Values in the range and out of it, near its ends, with and without a bit. */
static void words_are_found(void **state)
{
    (void)state;
    uint64_t words[64], bits[4], mixed = 1;
    for (unsigned round = 0; round < 5000; round++) {
        for (unsigned i = 0; i < 68; i++) {
            mixed = mixed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            if (i < 4)
                bits[i] = mixed ^ mixed >> 31;
            else
                words[i - 4] = mixed >> round % 61;
        }
        const si_word_set set = {.shift = round % 40,
                                 .mask = UINT64_MAX >> round % 7 * 8,
                                 .least = (words[0] >> round % 40) - round % 300,
                                 .range = 1 + round % 256,
                                 .bits = bits};
        uint64_t found = si_kernels()->words_among(words, &set);
        for (unsigned i = 0; i < 64; i++) {
            uint64_t place = (words[i] >> set.shift & set.mask) - set.least;
            uint64_t expected = place < set.range && (bits[place / 64] >> place % 64 & 1);
            assert_int_equal(found >> i & 1, expected);
        }
    }
}

static void bytes_are_found(void **state)
{
    (void)state;
    uint8_t bytes[64];
    for (unsigned first = 0; first < 256; first += 3)
        for (unsigned step = 1; step < 256; step *= 2) {
            si_byte_set set = {0};
            bool is_wanted[256] = {false};
            for (unsigned value = first; value < 256; value += step) {
                si_byte_set_add(&set, (uint8_t)value);
                is_wanted[value] = true;
            }
            for (unsigned quarter = 0; quarter < 4; quarter++) {
                for (unsigned i = 0; i < 64; i++)
                    bytes[i] = (uint8_t)(64 * quarter + i * 5);
                uint64_t found = si_kernels()->bytes_among(bytes, &set);
                for (unsigned i = 0; i < 64; i++)
                    assert_int_equal(found >> i & 1, is_wanted[bytes[i]]);
            }
        }
}

static void every_set_selects(void **state)
{
    static const char *const names[] = {"portable", "avx2", "avx512"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (si_use_kernels(names[i])) {
            selection_is_in_order(state);
            words_are_found(state);
            bytes_are_found(state);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_is_chosen),
        cmocka_unit_test(the_environment_chooses),
        cmocka_unit_test(unknown_names_are_ignored),
        cmocka_unit_test(every_set_selects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
