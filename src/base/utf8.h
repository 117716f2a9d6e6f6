/* Checking and repairing UTF-8. */
#ifndef SI_BASE_UTF8_H
#define SI_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the well-formed character that a terminated text begins with, 0 if there is none.
 * The terminator counts as a character. */
size_t si_utf8_character_length(const char *text);

bool si_utf8_is_valid(const char *text);

/* Replaces each byte that belongs to no well-formed character by '?'. */
void si_utf8_repair(char *text);

#endif
