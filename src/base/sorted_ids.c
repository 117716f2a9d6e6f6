#include "base/sorted_ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int compare_ids(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

si_result si_sorted_ids_copy(const uint64_t *ids, size_t count, uint64_t **sorted, si_error *error)
{
    uint64_t *copy = si_allocate(count, sizeof *copy);
    if (!copy)
        return si_fail_memory(error);
    if (count > 0)
        memcpy(copy, ids, count * sizeof *copy);
    qsort(copy, count, sizeof *copy, compare_ids);
    *sorted = copy;
    return SI_OK;
}

bool si_sorted_ids_contain(const uint64_t *sorted, size_t count, uint64_t id)
{
    return bsearch(&id, sorted, count, sizeof id, compare_ids) != NULL;
}
