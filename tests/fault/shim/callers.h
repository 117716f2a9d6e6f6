/* Tells calls by the program and its library from those by other libraries. */
#ifndef CALLERS_H
#define CALLERS_H

#include <stdbool.h>

void callers_find(void);
bool callers_are_ours(const void *caller);

#endif
