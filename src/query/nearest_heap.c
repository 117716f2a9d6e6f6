/* The k nearest elements as a binary heap with the farthest one on top, made when it is full. */
#include "query/nearest_heap.h"

/* Puts `element` where the children of `place`, of the first `count` elements, are nearer. */
static void sift_down(si_near_element *elements, uint64_t count, uint64_t place,
                      si_near_element element)
{
    for (uint64_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && si_is_nearer(&elements[child], &elements[child + 1]))
            child++;
        if (!si_is_nearer(&element, &elements[child]))
            break;
        elements[place] = elements[child];
    }
    elements[place] = element;
}

static void make_heap(si_nearest_heap *heap)
{
    for (uint64_t place = heap->count / 2; place-- > 0;)
        sift_down(heap->elements, heap->count, place, heap->elements[place]);
}

void si_nearest_heap_add(si_nearest_heap *heap, const si_near_element *element)
{
    if (si_nearest_heap_is_full(heap)) {
        if (si_is_nearer(element, heap->elements))
            sift_down(heap->elements, heap->count, 0, *element);
        return;
    }
    heap->elements[heap->count++] = *element;
    if (si_nearest_heap_is_full(heap))
        make_heap(heap);
}

void si_nearest_heap_sort(si_nearest_heap *heap)
{
    if (!si_nearest_heap_is_full(heap))
        make_heap(heap);
    for (uint64_t count = heap->count; count > 1; count--) {
        si_near_element last = heap->elements[count - 1];
        heap->elements[count - 1] = heap->elements[0];
        sift_down(heap->elements, count - 1, 0, last);
    }
}
