/* Finds the group and row of elements: by the columns node_group_id and node_group_index (or those
 * of edges), or without reading anything where a population has a single group. */
#include "sonata/sonata_groups.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

static si_result check_ids(const si_sonata_population *population, uint64_t first,
                           const uint64_t *ids, uint64_t count, si_error *error)
{
    const char *element = si_population_kind_element(population->kind);
    if (!ids && count > 0 && (first > population->size || count > population->size - first))
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "%s: %s ids %" PRIu64 " to %" PRIu64
                       " were requested, but the population has %" PRIu64 " %ss",
                       population->path, element, first, first + count - 1, population->size,
                       element);
    for (uint64_t i = 0; ids && i < count; i++) {
        if (ids[i] >= population->size)
            return si_fail(error, SI_ERROR_ARGUMENT,
                           "%s: %s id %" PRIu64 " was requested, but the population has %" PRIu64
                           " %ss",
                           population->path, element, ids[i], population->size, element);
    }
    return SI_OK;
}

static si_result list_elements(uint64_t first, const uint64_t *ids, uint64_t count,
                               si_rows *elements, si_error *error)
{
    if (ids)
        return si_rows_list(ids, NULL, count, elements, error);
    *elements = si_rows_range(first, count);
    return SI_OK;
}

/* The only group: rows are elements. */
static si_result locate_ungrouped(const si_sonata_population *population, uint64_t first,
                                  const uint64_t *ids, uint64_t count, si_group_rows *located,
                                  si_error *error)
{
    located->group = &population->groups[0];
    SI_TRY(list_elements(first, ids, count, &located->elements, error));
    return list_elements(first, ids, count, &located->rows, error);
}

/* Group and row of each element asked for. */
typedef struct element_places {
    uint64_t *group_ids;
    uint64_t *group_rows;
    uint64_t *elements;
} element_places;

static void free_places(element_places *places)
{
    si_free(places->group_ids);
    si_free(places->group_rows);
    si_free(places->elements);
}

static si_result read_places(const si_sonata_population *population, uint64_t first,
                             const uint64_t *ids, uint64_t count, element_places *places,
                             si_error *error)
{
    *places = (element_places){si_allocate(count, sizeof(uint64_t)),
                               si_allocate(count, sizeof(uint64_t)),
                               si_allocate(count, sizeof(uint64_t))};
    if (!places->group_ids || !places->group_rows || !places->elements)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < count; i++)
        places->elements[i] = ids ? ids[i] : first + i;
    si_rows elements;
    SI_TRY(list_elements(first, ids, count, &elements, error));
    si_result result = si_sonata_column_read_ids(&population->group_ids, &elements,
                                                 places->group_ids, error);
    if (result == SI_OK)
        result = si_sonata_column_read_ids(&population->group_rows, &elements, places->group_rows,
                                           error);
    si_rows_free(&elements);
    return result;
}

static si_result check_groups_exist(const si_sonata_population *population,
                                    const element_places *places, uint64_t count, si_error *error)
{
    for (uint64_t i = 0; i < count; i++) {
        size_t group = 0;
        while (group < population->group_count &&
               population->groups[group].id != places->group_ids[i])
            group++;
        if (group == population->group_count)
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: row %" PRIu64 " is %" PRIu64 ", but there is no such group",
                           population->group_ids.path, places->elements[i], places->group_ids[i]);
    }
    return SI_OK;
}

/* Collects the elements of one group at the front of three scratch arrays. */
static uint64_t collect_group(const element_places *places, uint64_t group_id, uint64_t count,
                              element_places *collected)
{
    uint64_t found = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (places->group_ids[i] != group_id)
            continue;
        collected->group_rows[found] = places->group_rows[i];
        collected->elements[found] = places->elements[i];
        collected->group_ids[found++] = i;
    }
    return found;
}

static si_result locate_in_groups(const si_sonata_population *population,
                                  const element_places *places, uint64_t count,
                                  element_places *collected, si_group_rows *located,
                                  size_t *located_count, si_error *error)
{
    for (size_t g = 0; g < population->group_count; g++) {
        const si_sonata_group *group = &population->groups[g];
        uint64_t found = collect_group(places, group->id, count, collected);
        if (found == 0)
            continue;
        si_group_rows *next = &located[(*located_count)++];
        next->group = group;
        /* The position in the list asked for stands where group ids were. */
        SI_TRY(
            si_rows_list(collected->group_rows, collected->group_ids, found, &next->rows, error));
        SI_TRY(
            si_rows_list(collected->elements, collected->group_ids, found, &next->elements, error));
    }
    return SI_OK;
}

static si_result locate_grouped(const si_sonata_population *population, uint64_t first,
                                const uint64_t *ids, uint64_t count, si_group_rows *located,
                                size_t *located_count, si_error *error)
{
    element_places places, collected = {0};
    si_result result = read_places(population, first, ids, count, &places, error);
    if (result == SI_OK)
        result = check_groups_exist(population, &places, count, error);
    if (result == SI_OK) {
        collected = (element_places){si_allocate(count, sizeof(uint64_t)),
                                     si_allocate(count, sizeof(uint64_t)),
                                     si_allocate(count, sizeof(uint64_t))};
        result = collected.group_ids && collected.group_rows && collected.elements
                     ? locate_in_groups(population, &places, count, &collected, located,
                                        located_count, error)
                     : si_fail_memory(error);
    }
    free_places(&collected);
    free_places(&places);
    return result;
}

si_result si_sonata_population_locate(const si_sonata_population *population, uint64_t first,
                                      const uint64_t *ids, uint64_t count, si_group_rows **located,
                                      size_t *located_count, si_error *error)
{
    SI_TRY(check_ids(population, first, ids, count, error));
    si_group_rows *groups = si_allocate_zeroed(population->group_count, sizeof *groups);
    if (!groups)
        return si_fail_memory(error);
    size_t group_count = 0;
    si_result result = SI_OK;
    if (count == 0) {
        /* No group is needed. */
    } else if (population->is_grouped) {
        result = locate_grouped(population, first, ids, count, groups, &group_count, error);
    } else {
        group_count = 1;
        result = locate_ungrouped(population, first, ids, count, groups, error);
    }
    if (result != SI_OK) {
        si_group_rows_free(groups, population->group_count);
        return result;
    }
    *located = groups;
    *located_count = group_count;
    return SI_OK;
}

void si_group_rows_free(si_group_rows *located, size_t located_count)
{
    for (size_t i = 0; located && i < located_count; i++) {
        si_rows_free(&located[i].rows);
        si_rows_free(&located[i].elements);
    }
    si_free(located);
}
