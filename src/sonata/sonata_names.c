/* Names as small integers: a hash table with open addressing over a table of strings. */
#include "sonata/sonata_names.h"

#include <string.h>
#include <strings.h>

#include <xxhash.h>

#include "base/memory.h"

void si_name_table_free(si_name_table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        si_free(table->names[i]);
    si_free(table->names);
    *table = (si_name_table){0};
}

/* The slot that holds the name, or the empty one where it belongs. */
static size_t find_slot(const si_name_interner *interner, const char *name, size_t length)
{
    size_t mask = interner->slot_count - 1;
    size_t slot = (size_t)XXH3_64bits(name, length) & mask;
    for (; interner->slots[slot] != SI_NO_NAME; slot = (slot + 1) & mask) {
        const char *other = interner->table.names[interner->slots[slot]];
        if (strlen(other) == length && memcmp(other, name, length) == 0)
            break;
    }
    return slot;
}

/* Keeps at least half of the slots empty. */
static si_result make_room(si_name_interner *interner, si_error *error)
{
    if (interner->table.count == SI_NO_NAME)
        return si_fail(error, SI_ERROR_LIMIT, "more than %u different strings in one attribute",
                       SI_NO_NAME);
    char **names = si_grow(interner->table.names, &interner->capacity,
                           (size_t)interner->table.count + 1, sizeof *names);
    if (!names)
        return si_fail_memory(error);
    interner->table.names = names;
    if ((size_t)interner->table.count * 2 < interner->slot_count)
        return SI_OK;
    size_t slot_count = interner->slot_count ? interner->slot_count * 2 : 64;
    uint32_t *slots = si_allocate(slot_count, sizeof *slots);
    if (!slots)
        return si_fail_memory(error);
    memset(slots, 0xff, slot_count * sizeof *slots);
    si_free(interner->slots);
    interner->slots = slots;
    interner->slot_count = slot_count;
    for (uint32_t i = 0; i < interner->table.count; i++)
        slots[find_slot(interner, names[i], strlen(names[i]))] = i;
    return SI_OK;
}

si_result si_name_intern(si_name_interner *interner, const char *name, size_t length,
                         uint32_t *index, si_error *error)
{
    if (interner->slot_count) {
        *index = interner->slots[find_slot(interner, name, length)];
        if (*index != SI_NO_NAME)
            return SI_OK;
    }
    SI_TRY(make_room(interner, error));
    char *copy = si_duplicate_bytes(name, length);
    if (!copy)
        return si_fail_memory(error);
    *index = interner->table.count++;
    interner->table.names[*index] = copy;
    interner->slots[find_slot(interner, name, length)] = *index;
    return SI_OK;
}

void si_name_interner_free(si_name_interner *interner)
{
    si_name_table_free(&interner->table);
    si_free(interner->slots);
    *interner = (si_name_interner){0};
}

si_name_table si_name_interner_take(si_name_interner *interner)
{
    si_name_table table = interner->table;
    interner->table = (si_name_table){0};
    si_name_interner_free(interner);
    return table;
}

bool si_name_is_null(const char *name)
{
    return name[0] == '\0' || strcasecmp(name, "NULL") == 0 || strcasecmp(name, "NONE") == 0;
}
