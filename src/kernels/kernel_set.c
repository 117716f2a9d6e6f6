/* The choice of a set of kernels: the best that the processor supports, made once. */
#include "kernels/kernel_set.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef const si_kernel_set *kernel_set;

static bool is_always_supported(void)
{
    return true;
}

#ifdef __x86_64__
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

/* The best first. */
static const struct candidate {
    const si_kernel_set *set;
    bool (*is_supported)(void);
} candidates[] = {
#ifdef __x86_64__
    {&si_kernels_avx512, has_avx512},
    {&si_kernels_avx2, has_avx2},
#endif
    {&si_kernels_portable, is_always_supported},
};

enum { CANDIDATES = sizeof candidates / sizeof *candidates };

/* NULL until the first use. Threads that come at the same time make the same choice. */
static _Atomic(kernel_set) chosen;

static const si_kernel_set *find_supported(const char *name)
{
    for (size_t i = 0; i < CANDIDATES; i++)
        if ((!name || strcmp(candidates[i].set->name, name) == 0) && candidates[i].is_supported())
            return candidates[i].set;
    return NULL;
}

static const si_kernel_set *choose_set(void)
{
    const si_kernel_set *set = find_supported(getenv("SPATIAL_INDEX_KERNELS"));
    if (!set)
        set = find_supported(NULL);
    assert(set); /* the portable kernels are always supported */
    atomic_store_explicit(&chosen, set, memory_order_relaxed);
    return set;
}

const si_kernel_set *si_kernels(void)
{
    const si_kernel_set *set = atomic_load_explicit(&chosen, memory_order_relaxed);
    return set ? set : choose_set();
}

bool si_use_kernels(const char *name)
{
    const si_kernel_set *set = find_supported(name);
    if (set)
        atomic_store_explicit(&chosen, set, memory_order_relaxed);
    return set != NULL;
}
