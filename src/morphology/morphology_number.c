/* Numbers as strtof reads them: a fast path for decimals of up to 16 digits and small exponents,
 * which rounds as strtof does, and strtof itself for the rest. */
#include "morphology/morphology_number.h"

#include <float.h>
#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A decimal as written: mantissa * 10^exponent. */
typedef struct decimal {
    bool negative;
    bool has_digits;
    bool exact; /* false: more digits than the mantissa holds */
    uint64_t mantissa;
    int64_t exponent;
    const char *rest;
} decimal;

/* Far beyond what any float needs, and far from overflow. */
#define EXPONENT_LIMIT 1000000000
#define MANTISSA_LIMIT (UINT64_C(1) << 53)

static const char *read_digits(const char *at, const char *end, decimal *number)
{
    for (; at < end && si_is_digit(*at); at++) {
        number->has_digits = true;
        if (number->mantissa >= MANTISSA_LIMIT)
            number->exact = false;
        else
            number->mantissa = number->mantissa * 10 + (uint64_t)(*at - '0');
    }
    return at;
}

/* An exponent that has no digits is no part of the number. */
static const char *read_exponent(const char *at, const char *end, decimal *number)
{
    const char *digit = at + 1;
    bool negative = digit < end && *digit == '-';
    if (digit < end && (*digit == '-' || *digit == '+'))
        digit++;
    if (digit >= end || !si_is_digit(*digit))
        return at;
    int64_t exponent = 0;
    for (; digit < end && si_is_digit(*digit); digit++) {
        if (exponent < EXPONENT_LIMIT)
            exponent = exponent * 10 + (*digit - '0');
    }
    number->exponent += negative ? -exponent : exponent;
    return digit;
}

static decimal read_decimal(const char *text, const char *end)
{
    decimal number = {.exact = true};
    const char *at = text;
    if (at < end && (*at == '-' || *at == '+'))
        number.negative = *at++ == '-';
    at = read_digits(at, end, &number);
    if (at < end && *at == '.') {
        const char *fraction = at + 1;
        at = read_digits(fraction, end, &number);
        number.exponent = fraction - at;
    }
    if (number.has_digits && at < end && (*at == 'e' || *at == 'E'))
        at = read_exponent(at, end, &number);
    number.rest = number.has_digits ? at : text;
    return number;
}

/* One correctly rounded operation on doubles, then one rounding to float. That is right except
 * where the double lies halfway between two floats: it may have been rounded there, so that the
 * side on which the true value lies is lost. */
static bool convert_fast(const decimal *number, float *value)
{
    static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                           1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || !number->exact || number->mantissa >= MANTISSA_LIMIT ||
        number->exponent < -22 || number->exponent > 22)
        return false;
    double magnitude = (double)number->mantissa;
    if (number->exponent < 0)
        magnitude /= powers_of_ten[-number->exponent];
    else
        magnitude *= powers_of_ten[number->exponent];
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    const uint64_t dropped = (UINT64_C(1) << 29) - 1;
    const uint64_t halfway = UINT64_C(1) << 28;
    if ((bits & dropped) == halfway)
        return false;
    *value = (float)(number->negative ? -magnitude : magnitude);
    return true;
}

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void create_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Lets strtof read a terminated copy of `length` characters; gives how many it took. */
static si_result convert_exactly(const char *text, size_t length, size_t *taken, float *value,
                                 si_error *error)
{
    pthread_once(&c_locale_once, create_c_locale);
    if (c_locale == (locale_t)0)
        return si_fail_memory(error);
    char short_copy[64];
    char *copy = length < sizeof short_copy ? short_copy : si_allocate(length + 1, 1);
    if (!copy)
        return si_fail_memory(error);
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *end;
    *value = strtof_l(copy, &end, c_locale);
    *taken = (size_t)(end - copy);
    if (copy != short_copy)
        si_free(copy);
    return SI_OK;
}

static bool can_be_in_special_number(char character)
{
    return si_is_digit(character) || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') || (character && strchr("+-.()_", character));
}

/* Infinities, "nan(...)" and hexadecimal numbers, or none at all. */
static si_result read_special(const char *text, const char *end, const char **rest, float *value,
                              si_error *error)
{
    const char *last = text;
    while (last < end && can_be_in_special_number(*last))
        last++;
    size_t taken;
    SI_TRY(convert_exactly(text, (size_t)(last - text), &taken, value, error));
    *rest = text + taken;
    return SI_OK;
}

static bool is_hexadecimal(const decimal *number, const char *end)
{
    const char *rest = number->rest;
    return rest < end && (*rest == 'x' || *rest == 'X') && rest[-1] == '0';
}

si_result si_number_read(const char *text, const char *end, const char **rest, float *value,
                         si_error *error)
{
    decimal number = read_decimal(text, end);
    if (!number.has_digits || is_hexadecimal(&number, end))
        return read_special(text, end, rest, value, error);
    *rest = number.rest;
    if (convert_fast(&number, value))
        return SI_OK;
    size_t taken;
    return convert_exactly(text, (size_t)(number.rest - text), &taken, value, error);
}
