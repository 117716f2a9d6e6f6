/* The reader of numbers against strtof. */
#include "support.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "morphology/morphology_number.h"

static uint64_t random_state = 88172645463325252u;

static uint64_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* `tail` characters at the end of `text` must be left alone. */
static void check_number(const char *text, float expected, size_t tail)
{
    size_t length = strlen(text);
    char *exact = malloc(length ? length : 1);
    memcpy(exact, text, length);
    const char *rest;
    float value = 0;
    assert_int_equal(si_number_read(exact, exact + length, &rest, &value, NULL), SI_OK);
    size_t left = (size_t)(exact + length - rest);
    if (left != tail || (left < length && !same_bits(value, expected)))
        fail_msg("'%s': %.9g with %zu left, expected %.9g with %zu", text, (double)value, left,
                 (double)expected, tail);
    free(exact);
}

static void check_against_strtof(const char *text)
{
    char *end;
    float expected = strtof(text, &end);
    check_number(text, expected, strlen(end));
}

static void short_decimals_are_correctly_rounded(void **state)
{
    (void)state;
    char text[64];
    for (int i = 0; i < 200000; i++) {
        uint64_t digits = random_number() >> random_number() % 64;
        int exponent = (int)(random_number() % 80) - 40;
        snprintf(text, sizeof text, "%s%llue%d", i % 2 ? "-" : "", (unsigned long long)digits,
                 exponent);
        check_against_strtof(text);
        snprintf(text, sizeof text, "%llu.%0*llu", (unsigned long long)(digits % 10000), i % 9 + 1,
                 (unsigned long long)(random_number() % 1000000));
        check_against_strtof(text);
    }
}

/* Where rounding twice, to double and then to float, goes wrong. */
static void decimals_near_the_middle_of_two_floats_are_correctly_rounded(void **state)
{
    (void)state;
    char text[128];
    for (int i = 0; i < 50000; i++) {
        uint32_t bits = (uint32_t)random_number() & 0x7fffffff;
        float below;
        memcpy(&below, &bits, sizeof below);
        if (!isfinite(below))
            continue;
        double middle = ((double)below + (double)nextafterf(below, INFINITY)) / 2;
        for (int precision = 6; precision < 20; precision++) {
            snprintf(text, sizeof text, "%.*g", precision, middle);
            check_against_strtof(text);
        }
        snprintf(text, sizeof text, "%.60g1", middle);
        check_against_strtof(text);
    }
}

static void numbers_end_where_strtof_ends_them(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",
                                        "-0",
                                        "+1",
                                        "1.",
                                        ".5",
                                        "-.5e1",
                                        "1e5",
                                        "1e",
                                        "1e+",
                                        "1e-2x",
                                        "1.5.5",
                                        "0x10",
                                        "-0x1.8p3",
                                        "0x",
                                        "0xg",
                                        "0x.p1",
                                        "0x1p",
                                        "-nan",
                                        "+NaN(12)",
                                        "nan(abc",
                                        "inf",
                                        "INFinit",
                                        "-infinity",
                                        "",
                                        "-",
                                        ".",
                                        "+.e5",
                                        "e5",
                                        "--1",
                                        "1e999",
                                        "-1e999",
                                        "1e-999",
                                        "00000001",
                                        "1_000",
                                        "1,5",
                                        "1e0x5",
                                        "3.4028236e38",
                                        "1e-45",
                                        "7e-46",
                                        "1.17549435e-38",
                                        "16777217",
                                        "0.1e-9999999999",
                                        "9007199254740993",
                                        "0e99999999999999999999"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_against_strtof(texts[i]);
}

static void very_long_numbers_are_read(void **state)
{
    (void)state;
    enum { LENGTH = 100000 };
    char *text = malloc(LENGTH + 1);
    memset(text, '0', LENGTH);
    text[LENGTH] = '\0';
    text[1] = '.';
    text[LENGTH - 1] = '1';
    check_against_strtof(text);
    memset(text, '9', LENGTH);
    check_against_strtof(text);
    free(text);
}

static void nothing_is_read_beyond_the_end(void **state)
{
    (void)state;
    const char *rest;
    float value;
    static const char text[] = "1.25e10";
    assert_int_equal(si_number_read(text, text + 3, &rest, &value, NULL), SI_OK);
    assert_true(same_bits(value, 1.2F));
    assert_ptr_equal(rest, text + 3);
    static const char with_null[] = "-\0001";
    assert_int_equal(si_number_read(with_null, with_null + 3, &rest, &value, NULL), SI_OK);
    assert_ptr_equal(rest, with_null);
}

static void the_locale_of_the_process_does_not_matter(void **state)
{
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < sizeof locales / sizeof *locales && !found; i++)
        found = setlocale(LC_NUMERIC, locales[i]) != NULL;
    if (!found) {
        print_message("no locale with a decimal comma: skipped\n");
        skip();
    }
    check_number("1.5", 1.5F, 0);
    check_number("0.10000000000000000000000000001", 0.1F, 0);
    check_number("1,5", 1, 2);
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_decimals_are_correctly_rounded),
        cmocka_unit_test(decimals_near_the_middle_of_two_floats_are_correctly_rounded),
        cmocka_unit_test(numbers_end_where_strtof_ends_them),
        cmocka_unit_test(very_long_numbers_are_read),
        cmocka_unit_test(nothing_is_read_beyond_the_end),
        cmocka_unit_test(the_locale_of_the_process_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
