/* An opened index: a heavy file, checked against its header, and what its metadata says. */
#ifndef SI_READ_INDEX_H
#define SI_READ_INDEX_H

#include <stdatomic.h>

#include "delta/delta.h"
#include "format/layout.h"
#include "format/metadata.h"
#include "read/block_cache.h"
#include "read/opened_file.h"
#include "read/part_table.h"
#include "read/query_counter.h"

/* What of an opened index changes. */
typedef struct si_index_state {
    _Atomic unsigned searches_to_prefetch; /* see readahead.h */
    si_query_counter queries[SI_QUERY_COUNTERS];
} si_index_state;

struct si_index {
    const char *map;       /* the file's bytes; of a cache, those that are fetched */
    uint64_t map_bytes;    /* of a multi-index more than a single file has */
    si_parts *parts;       /* NULL: a single file. Else `map` is where one would be mapped. */
    si_block_cache *cache; /* NULL: mapped */
    si_opened_file file;   /* of a cache over a single file */
    bool is_guarded;       /* see map_guard.h */
    si_index_state *state;
    _Atomic(si_delta *) delta; /* NULL: nothing has been inserted */
    uint64_t checksum;         /* of the whole file */
    si_layout layout;
    si_box bounds;
    const si_element_type *type;
    si_provenance provenance;
    char *folder;     /* NULL: built without one */
    char *heavy_path; /* likewise */
};

/* Sets up the cache of an index of which the layout is known. */
si_result si_index_cache(si_index *index, si_byte_reader read, const void *context,
                         uint64_t cache_bytes, si_error *error);

/* Maps the heavy file that a builder without a folder has written. The descriptor stays the
 * caller's. */
si_result si_index_map(int descriptor, const si_provenance *provenance, si_index **index,
                       si_error *error);

/* Opens the index of these metadata. SI_ERROR_NOT_FOUND: its heavy file is not there (any more). */
si_result si_index_open_single(const si_metadata *metadata, const si_open_options *options,
                               si_index **index, si_error *error);

si_result si_open_options_read(const si_open_options *given, si_open_options *options,
                               si_error *error);

static inline const float *si_index_node(const si_index *index, unsigned level, uint64_t node)
{
    if (level == 1 && index->parts)
        return si_parts_node(index->parts, node);
    return (const void *)(index->map + index->layout.level_offset[level] + node * SI_NODE_BYTES);
}

static inline const float *si_index_leaf_floats(const si_index *index, uint64_t leaf)
{
    return (const void *)(index->map + index->layout.floats.offset +
                          leaf * si_leaf_float_bytes(index->type));
}

static inline const uint64_t *si_index_words(const si_index *index, unsigned column)
{
    return (const void *)(index->map + index->layout.words[column].offset);
}

static inline const uint8_t *si_index_bytes(const si_index *index, unsigned column)
{
    return (const void *)(index->map + index->layout.bytes[column].offset);
}

/* NULL: nothing has been inserted. */
static inline si_delta *si_index_delta(const si_index *index)
{
    return atomic_load_explicit(&index->delta, memory_order_acquire);
}

/* Copies bytes of the file, which need not be fetched. */
si_result si_index_copy_bytes(const si_index *index, uint64_t offset, size_t length, void *bytes,
                              si_error *error);

/* All columns of a leaf. */
si_columns si_index_leaf_columns(const si_index *index, uint64_t leaf);

#endif
