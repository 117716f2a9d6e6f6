/* The elements found so far that are nearest, at most k. */
#ifndef SI_QUERY_NEAREST_HEAP_H
#define SI_QUERY_NEAREST_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

typedef struct si_near_element {
    double distance;
    uint64_t position; /* in index order */
} si_near_element;

/* Once it is full, a heap with the farthest element first. */
typedef struct si_nearest_heap {
    si_near_element *elements;
    uint64_t count;
    uint64_t capacity; /* at least 1 */
} si_nearest_heap;

/* Of equal distance, the first in index order is nearer. */
static inline bool si_is_nearer(const si_near_element *a, const si_near_element *b)
{
    return a->distance < b->distance || (a->distance <= b->distance && a->position < b->position);
}

static inline bool si_nearest_heap_is_full(const si_nearest_heap *heap)
{
    return heap->count == heap->capacity;
}

/* Adds an element if there is room or a farther one, which then goes. */
void si_nearest_heap_add(si_nearest_heap *heap, const si_near_element *element);

/* The nearest first. It is no heap any more then. */
void si_nearest_heap_sort(si_nearest_heap *heap);

#endif
