/* Allocation: small arrays on the heap, large ones mapped, on huge pages where the system has them.
 */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SMALL_PAGE_BYTES ((size_t)4096)
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

/* Smaller arrays are left to the heap, which may keep freed memory. */
#define MAPPED_FROM_BYTES ((size_t)64 << 10)

static _Atomic uint64_t allocations_until_failure;

void si_memory_fail_after(uint64_t n)
{
    atomic_store(&allocations_until_failure, n);
}

static bool must_fail(void)
{
    if (atomic_load_explicit(&allocations_until_failure, memory_order_relaxed) == 0)
        return false;
    return atomic_fetch_sub(&allocations_until_failure, 1) == 1;
}

/* Bytes of an array, at least 1; 0 if it is too large, or if a test wants this allocation to fail.
 */
static size_t array_bytes(size_t count, size_t size)
{
    size_t bytes;
    if (must_fail() || __builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
        return 0;
    return bytes ? bytes : 1;
}

void *si_allocate(size_t count, size_t size)
{
    size_t bytes = array_bytes(count, size);
    return bytes ? malloc(bytes) : NULL;
}

void *si_allocate_zeroed(size_t count, size_t size)
{
    size_t bytes = array_bytes(count, size);
    return bytes ? calloc(1, bytes) : NULL;
}

static size_t whole_pages(size_t bytes)
{
    return (bytes + SMALL_PAGE_BYTES - 1) / SMALL_PAGE_BYTES * SMALL_PAGE_BYTES;
}

static void *map_pages(size_t bytes)
{
    void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

/* Maps memory that begins at a multiple of a huge page. */
static void *map_huge_pages(size_t bytes)
{
    char *mapped = map_pages(bytes + HUGE_PAGE_BYTES);
    if (!mapped)
        return NULL;
    size_t before = -(uintptr_t)mapped % HUGE_PAGE_BYTES;
    if (before > 0)
        munmap(mapped, before);
    munmap(mapped + before + bytes, HUGE_PAGE_BYTES - before);
    /* Only a hint: without huge pages the memory is as good. */
    madvise(mapped + before, bytes, MADV_HUGEPAGE);
    return mapped + before;
}

void *si_allocate_large(size_t count, size_t size)
{
    size_t bytes = whole_pages(array_bytes(count, size));
    if (bytes < MAPPED_FROM_BYTES)
        return bytes ? aligned_alloc(SMALL_PAGE_BYTES, bytes) : NULL;
    return bytes < HUGE_PAGE_BYTES ? map_pages(bytes) : map_huge_pages(bytes);
}

void si_free_large(void *memory, size_t count, size_t size)
{
    if (memory && whole_pages(count * size) >= MAPPED_FROM_BYTES)
        munmap(memory, whole_pages(count * size));
    else
        free(memory);
}

void *si_reallocate(void *memory, size_t count, size_t size)
{
    size_t bytes = array_bytes(count, size);
    return bytes ? realloc(memory, bytes) : NULL;
}

void *si_grow(void *array, size_t *capacity, size_t needed, size_t size)
{
    if (array && needed <= *capacity)
        return array;
    size_t wanted = *capacity + *capacity / 2 + 16;
    if (wanted < needed)
        wanted = needed;
    void *grown = si_reallocate(array, wanted, size);
    if (grown)
        *capacity = wanted;
    return grown;
}

char *si_duplicate_bytes(const char *bytes, size_t length)
{
    char *copy = si_allocate(length + 1, 1);
    if (!copy)
        return NULL;
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *si_duplicate_string(const char *string)
{
    return si_duplicate_bytes(string, strlen(string));
}

void si_free(void *memory)
{
    free(memory);
}
