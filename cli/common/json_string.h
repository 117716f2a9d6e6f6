/* Text as JSON wants it. */
#ifndef CLI_COMMON_JSON_STRING_H
#define CLI_COMMON_JSON_STRING_H

#include <stddef.h>

enum { CLI_JSON_CHARACTER_SIZE = 8 };

/* Takes one character from `*text`, which is not at its end, and writes it for use within a JSON
 * string, without terminator; returns the length. A byte that is no UTF-8 becomes U+FFFD. */
size_t cli_json_character(const char **text, char bytes[CLI_JSON_CHARACTER_SIZE]);

#endif
