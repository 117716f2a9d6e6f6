/* Elements while an index is built: the words, floats and bytes of one element side by side. */
#ifndef SI_INDEX_RECORD_H
#define SI_INDEX_RECORD_H

#include <string.h>

#include "index/element_kind.h"

static inline size_t si_record_floats_offset(const si_element_type *type)
{
    return type->word_count * sizeof(uint64_t);
}

static inline size_t si_record_bytes_offset(const si_element_type *type)
{
    return si_record_floats_offset(type) + type->float_count * sizeof(float);
}

/* Bytes from one record to the next: a multiple of 4. */
static inline size_t si_record_stride(const si_element_type *type)
{
    return (si_record_bytes_offset(type) + type->byte_count + 3) & ~(size_t)3;
}

static inline void si_record_centroid(const si_element_type *type, const char *record,
                                      float centroid[3])
{
    float floats[SI_MAX_FLOATS];
    memcpy(floats, record + si_record_floats_offset(type), type->float_count * sizeof *floats);
    type->centroid(floats, centroid);
}

#endif
