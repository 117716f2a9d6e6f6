/* Reads numbers, points and sizes strictly: a word is read completely or refused. */
#include "common/numbers.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool cli_read_unsigned(const char *text, size_t length, uint64_t *value)
{
    uint64_t result = 0;
    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        if (__builtin_mul_overflow(result, 10, &result) ||
            __builtin_add_overflow(result, (uint64_t)(text[i] - '0'), &result))
            return false;
    }
    *value = result;
    return true;
}

bool cli_read_double(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0';
}

bool cli_read_doubles(const char *text, size_t count, double *values)
{
    char *end;
    for (size_t i = 0; i < count; i++) {
        values[i] = strtod(text, &end);
        if (end == text || *end != (i + 1 < count ? ',' : '\0'))
            return false;
        text = end + 1;
    }
    return true;
}

bool cli_read_point(const char *text, double point[3])
{
    return cli_read_doubles(text, 3, point);
}

/* The power of two that a unit stands for, or -1. */
static int unit_shift(const char *unit)
{
    static const char letters[] = "kmgt";
    if (*unit == '\0')
        return 20;
    const char *letter = strchr(letters, tolower((unsigned char)*unit));
    if (!letter)
        return -1;
    const char *rest = unit + 1;
    if (*rest != '\0' && strcasecmp(rest, "b") != 0 && strcasecmp(rest, "ib") != 0)
        return -1;
    return 10 * (int)(letter - letters + 1);
}

bool cli_read_size(const char *text, uint64_t *bytes)
{
    uint64_t number;
    size_t digits = strspn(text, "0123456789");
    int shift = unit_shift(text + digits);
    if (shift < 0 || !cli_read_unsigned(text, digits, &number))
        return false;
    if (number == 0 || number > UINT64_MAX >> shift)
        return false;
    *bytes = number << shift;
    return true;
}
