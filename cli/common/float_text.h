/* Floating-point numbers as text, fast and exact. */
#ifndef CLI_COMMON_FLOAT_TEXT_H
#define CLI_COMMON_FLOAT_TEXT_H

#include <stddef.h>

enum { CLI_FLOAT_TEXT_SIZE = 32 };

/* What printf makes of "%.9g", without terminator; returns the length. */
size_t cli_float_text(float value, char text[CLI_FLOAT_TEXT_SIZE]);

/* The shortest of "%.15g", "%.16g", "%.17g" that reads back as the same number. */
size_t cli_double_text(double value, char text[CLI_FLOAT_TEXT_SIZE]);

#endif
