/* Prints floats with exact 128-bit integer arithmetic where it fits, and with printf elsewhere. */
#include "common/float_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 wide;

enum {
    DIGITS = 9,
    LEAST_DECIMAL_EXPONENT = -20, /* below, and with ten digits more, `wide` would overflow */
};
static const uint32_t digits_limit = 1000000000; /* 10^DIGITS */

static wide power_of_ten(int exponent)
{
    static const uint64_t powers[] = {1,
                                      10,
                                      100,
                                      1000,
                                      10000,
                                      100000,
                                      1000000,
                                      10000000,
                                      100000000,
                                      1000000000,
                                      10000000000,
                                      100000000000,
                                      1000000000000,
                                      10000000000000,
                                      100000000000000,
                                      1000000000000000};
    wide result = 1;
    for (; exponent > 15; exponent -= 15)
        result *= powers[15];
    return result * powers[exponent];
}

/* numerator / 2^shift, or numerator / divisor, to the nearest integer, ties to even. */
static uint64_t round_shifted(wide numerator, int shift)
{
    if (shift == 0)
        return (uint64_t)numerator;
    uint64_t quotient = (uint64_t)(numerator >> shift);
    wide rest = numerator & (((wide)1 << shift) - 1);
    wide half = (wide)1 << (shift - 1);
    return quotient + (rest > half || (rest == half && (quotient & 1) != 0));
}

static uint64_t round_divided(wide numerator, wide divisor)
{
    uint64_t quotient = (uint64_t)(numerator / divisor);
    wide doubled_rest = 2 * (numerator % divisor);
    return quotient + (doubled_rest > divisor || (doubled_rest == divisor && (quotient & 1) != 0));
}

/* mantissa * 2^exponent * 10^(DIGITS - 1 - decimal_exponent), rounded. */
static uint64_t scale(uint32_t mantissa, int exponent, int decimal_exponent)
{
    int power = DIGITS - 1 - decimal_exponent;
    if (power < 0)
        return round_divided((wide)mantissa << exponent, power_of_ten(-power));
    wide product = mantissa * power_of_ten(power);
    return exponent < 0 ? round_shifted(product, -exponent) : (uint64_t)(product << exponent);
}

/* The nine digits and the decimal exponent of the first of them. False: too small a number. */
static bool find_digits(uint32_t bits, uint32_t *digits, int *decimal_exponent)
{
    int exponent = (int)(bits >> 23 & 0xff) - 127;
    uint32_t mantissa = (bits & 0x7fffff) | 0x800000;
    /* log10(2) = 0.30103; at most one too small. */
    int estimate = (exponent * 1233) >> 12;
    if (estimate < LEAST_DECIMAL_EXPONENT)
        return false;
    uint64_t scaled = scale(mantissa, exponent - 23, estimate);
    if (scaled >= digits_limit)
        scaled = scale(mantissa, exponent - 23, ++estimate);
    *digits = (uint32_t)scaled;
    *decimal_exponent = estimate;
    return true;
}

/* Returns how many digits there are before the zeros at the end. */
static int write_digits(uint32_t digits, char text[DIGITS])
{
    for (int i = DIGITS; i-- > 0; digits /= 10)
        text[i] = (char)('0' + digits % 10);
    int count = DIGITS;
    while (count > 1 && text[count - 1] == '0')
        count--;
    return count;
}

static char *append(char *end, const char *bytes, int count)
{
    memcpy(end, bytes, (size_t)count);
    return end + count;
}

static char *write_exponential(char *end, const char *digits, int count, int exponent)
{
    *end++ = digits[0];
    if (count > 1) {
        *end++ = '.';
        end = append(end, digits + 1, count - 1);
    }
    *end++ = 'e';
    *end++ = exponent < 0 ? '-' : '+';
    exponent = abs(exponent);
    *end++ = (char)('0' + exponent / 10);
    *end++ = (char)('0' + exponent % 10);
    return end;
}

static char *write_fixed(char *end, const char *digits, int count, int exponent)
{
    if (exponent < 0) {
        end = append(end, "0.0000", 1 - exponent);
        return append(end, digits, count);
    }
    int whole = exponent + 1;
    end = append(end, digits, whole);
    if (count > whole) {
        *end++ = '.';
        end = append(end, digits + whole, count - whole);
    }
    return end;
}

size_t cli_float_text(float value, char text[CLI_FLOAT_TEXT_SIZE])
{
    uint32_t bits, number;
    int exponent;
    char digits[DIGITS];
    char *end = text;
    memcpy(&bits, &value, sizeof bits);
    if (bits == 0) {
        text[0] = '0';
        return 1;
    }
    if (!isfinite(value) || value == 0.0F || !find_digits(bits, &number, &exponent))
        return (size_t)snprintf(text, CLI_FLOAT_TEXT_SIZE, "%.9g", (double)value);
    if (value < 0.0F)
        *end++ = '-';
    int count = write_digits(number, digits);
    if (exponent < -4 || exponent >= DIGITS)
        end = write_exponential(end, digits, count, exponent);
    else
        end = write_fixed(end, digits, count, exponent);
    return (size_t)(end - text);
}

size_t cli_double_text(double value, char text[CLI_FLOAT_TEXT_SIZE])
{
    int length = 0;
    for (int precision = 15; precision <= 17; precision++) {
        length = snprintf(text, CLI_FLOAT_TEXT_SIZE, "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return (size_t)length;
}
