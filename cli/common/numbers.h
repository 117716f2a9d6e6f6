/* Numbers as people write them. Every function takes a whole text or refuses it. */
#ifndef CLI_COMMON_NUMBERS_H
#define CLI_COMMON_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digits alone: no sign, no blank, nothing beyond 64 bits. */
bool cli_read_unsigned(const char *text, size_t length, uint64_t *value);

/* Whatever strtod takes: infinities and NaN too. */
bool cli_read_double(const char *text, double *value);

/* So many of them with commas between. */
bool cli_read_doubles(const char *text, size_t count, double *values);

/* "x,y,z" */
bool cli_read_point(const char *text, double point[3]);

/* "512" are MiB; "512K", "512kB", "512KiB" and so with M, G, T: powers of 1024. Not 0. */
bool cli_read_size(const char *text, uint64_t *bytes);

#endif
