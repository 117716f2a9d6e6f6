#include "build/pack_leaves.h"

#include <string.h>

/*
 * A column at a time, over the few records of a leaf, which stay in the cache. Inlined for each
 * kind with the numbers of its columns, so that the compiler knows them: every element of an index
 * comes through here.
 */
static inline __attribute__((always_inline)) void pack(const char *const *records, unsigned count,
                                                       const si_part_columns *columns,
                                                       uint64_t leaf, unsigned word_count,
                                                       unsigned float_count, unsigned byte_count)
{
    uint64_t first = leaf * SI_LEAF_CAPACITY;
    float *floats = columns->floats + first * float_count;
    size_t offset = 0;
    for (unsigned word = 0; word < word_count; word++, offset += sizeof(uint64_t))
        for (unsigned i = 0; i < count; i++)
            memcpy(columns->words[word] + first + i, records[i] + offset, sizeof(uint64_t));
    for (unsigned column = 0; column < float_count; column++, offset += sizeof(float))
        for (unsigned i = 0; i < count; i++)
            memcpy(floats + column * SI_LEAF_CAPACITY + i, records[i] + offset, sizeof(float));
    for (unsigned byte = 0; byte < byte_count; byte++, offset++)
        for (unsigned i = 0; i < count; i++)
            memcpy(columns->bytes[byte] + first + i, records[i] + offset, 1);
}

void si_pack_leaf(si_element_kind kind, const char *const *records, unsigned count,
                  const si_part_columns *columns, uint64_t leaf)
{
    const si_element_type *type = si_element_type_of(kind);
    switch (kind) {
    case SI_SEGMENT:
        pack(records, count, columns, leaf, 1, 7, 1);
        break;
    case SI_SYNAPSE:
        pack(records, count, columns, leaf, 3, 3, 0);
        break;
    default:
        pack(records, count, columns, leaf, type->word_count, type->float_count, type->byte_count);
    }
}
