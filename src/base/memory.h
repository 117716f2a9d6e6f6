/* Every allocation of the library goes through here: sizes are checked for overflow, and tests can
 * make the n-th one fail. */
#ifndef SI_BASE_MEMORY_H
#define SI_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* NULL when out of memory or when count * size overflows. A count or size of 0 gives a valid
 * pointer. */
void *si_allocate(size_t count, size_t size);
void *si_allocate_zeroed(size_t count, size_t size);

/* For large arrays that are used as a whole: on huge pages, where the system has them, a page fault
 * brings 512 times as much memory and addresses are translated faster. The memory begins at a
 * multiple of 4096 bytes, and goes back to the system when it is freed, with the same count and
 * size. */
void *si_allocate_large(size_t count, size_t size);
void si_free_large(void *memory, size_t count, size_t size);

/* Like realloc: NULL on failure, and `memory` stays as it was. */
void *si_reallocate(void *memory, size_t count, size_t size);

/* Makes room for at least `needed` values in an array that grows by half; `*capacity` is updated.
 * NULL on failure, `array` stays as it was. */
void *si_grow(void *array, size_t *capacity, size_t needed, size_t size);

char *si_duplicate_string(const char *string);
char *si_duplicate_bytes(const char *bytes, size_t length); /* adds a terminator */

void si_free(void *memory);

/* For tests: the n-th allocation from now fails (1 is the next), 0 turns that off. */
void si_memory_fail_after(uint64_t n);

#endif
