/* Elements while an index is built: the words, floats and bytes of one element side by side,
 * type->record_bytes in all, without padding and at any address. */
#ifndef SI_ELEMENT_RECORD_H
#define SI_ELEMENT_RECORD_H

#include <string.h>

#include "element/element_kind.h"

static inline size_t si_record_floats_offset(const si_element_type *type)
{
    return type->word_count * sizeof(uint64_t);
}

static inline size_t si_record_bytes_offset(const si_element_type *type)
{
    return si_record_floats_offset(type) + type->float_count * sizeof(float);
}

static inline void si_record_centroid(const si_element_type *type, const char *record,
                                      float centroid[3])
{
    float floats[SI_MAX_FLOATS];
    const char *from = record + si_record_floats_offset(type);
    /* Copies of constant size: kinds with few floats need only the first three. */
    if (type->float_count == SI_MAX_FLOATS)
        memcpy(floats, from, sizeof floats);
    else
        memcpy(floats, from, 3 * sizeof *floats);
    type->centroid(floats, centroid);
}

/* Records in several pieces of memory, side by side in each. */
typedef struct si_record_pieces {
    size_t stride; /* bytes from one record to the next */
    uint64_t piece_count;
    const char *const *pieces;
    const uint32_t *counts; /* of the records of each piece */
} si_record_pieces;

/* The place of a record: the number of its piece, and its number in the piece. */
static inline uint64_t si_record_place(uint64_t piece, uint32_t record)
{
    return piece << 32 | record;
}

static inline const char *si_record_at(const si_record_pieces *records, uint64_t place)
{
    return records->pieces[place >> 32] + (uint32_t)place * records->stride;
}

#endif
