/*
 * Structs of the public interface that may grow. Their first member is `struct_size`, which a
 * program sets to the size that its header gave the struct. A program that was built with an older
 * header passes a shorter struct: what it does not have keeps its default.
 */
#ifndef SI_BASE_STRUCT_SIZE_H
#define SI_BASE_STRUCT_SIZE_H

#include <stddef.h>

#include "base/error.h"

/* The bytes of a struct up to and with a member: the least size, which is that of its first
 * version. New members come after it, and not in its padding. */
#define SI_SIZE_THROUGH(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

/* Copies the struct that a program passes over `copy`, which holds the defaults and has `size`
 * bytes. SI_ERROR_ARGUMENT if its struct_size is not between `least_size` and `size`. */
si_result si_struct_read(void *copy, size_t size, const void *given, size_t least_size,
                         const char *name, si_error *error);

/* Checks a struct to be filled, and fills as much of it as the program knows. */
si_result si_struct_check(const void *given, size_t least_size, size_t size, const char *name,
                          si_error *error);
void si_struct_fill(void *given, const void *made, size_t size);

#endif
