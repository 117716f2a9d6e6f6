/* Opened indexes: opening, information, queries, insertion and comparison. */
#ifndef SI_SPATIAL_INDEX_INDEX_H
#define SI_SPATIAL_INDEX_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spatial_index/query.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct si_index si_index;

/* How the heavy file, or all files of a multi-index, are read. Results do not depend on it. */
typedef enum si_reading {
    /* Explicit on a network file system or a file system in user space, otherwise mapped. The
     * environment variable SPATIAL_INDEX_READING ("mapped" or "explicit") overrides this. */
    SI_READING_AUTO = 0,
    /* Memory-mapped: all processes of a machine share one copy in memory. */
    SI_READING_MAPPED = 1,
    /* Explicit reads into a bounded cache that all threads share. A query reads all blocks that
     * it needs of a tree level concurrently; it therefore waits once per level and twice for its
     * results, or more often if it reads more than about 32 MB. The first query that reaches a
     * part of a multi-index also reads its header. If the file shrinks or cannot be read, the
     * query fails with SI_ERROR_IO. */
    SI_READING_EXPLICIT = 2
} si_reading;

typedef struct si_open_options {
    size_t struct_size;
    /* The current path of the SONATA file that was indexed; NULL: the path that the index
     * records. */
    const char *dataset_path;
    const char *types_path; /* the same for the CSV file of its types */
    /* Read and check the whole heavy file on opening; damage is SI_ERROR_FORMAT. See si_verify. */
    bool verify;
    si_reading reading;
    /* Explicit reading: the maximum size of the cache, in bytes, while no query runs; each
     * running query may add as much again. 0: 1 GiB, or a quarter of the memory of the machine
     * or of the limit of the process's control groups, whichever is less. At least 1 MiB. */
    uint64_t max_cache_bytes;
    /* Mapped reading: if a file shrinks or cannot be read, queries fail with SI_ERROR_IO;
     * without this flag the process ends with SIGBUS. Installs a SIGBUS handler for the life of
     * the process, which passes every other SIGBUS to the previous handler. It does not work if
     * the signal is blocked, or if a handler that is installed later does not pass signals on. */
    bool guard;
} si_open_options;

#define SI_OPEN_OPTIONS_INIT                                                                       \
    {                                                                                              \
        sizeof(si_open_options), NULL, NULL, false, SI_READING_AUTO, 0, false                      \
    }

/* Opens the index in a folder; `path` is the folder or its meta_data.json. `options` may be
 * NULL. Only the header is checked, unless `verify` is set. Undetected corruption can give wrong
 * results, never a crash. SI_ERROR_UNSUPPORTED: a folder with several populations; use
 * si_population_set_open. */
SI_API si_result si_index_open(const char *path, const si_open_options *options, si_index **index,
                               si_error *error);

/* Closes and frees the index, which no thread may use afterwards. NULL is accepted. */
SI_API void si_index_close(si_index *index);

/* Writes an index, for example one built without a folder, to a new folder as a single file.
 * `replace` as in si_build_options. */
SI_API si_result si_index_write(const si_index *index, const char *folder, bool replace,
                                si_error *error);

typedef struct si_index_info {
    size_t struct_size;
    si_element_kind kind;
    uint64_t element_count;
    float bounds_min[3]; /* union of the bounding boxes of all elements; +FLT_MAX and ... */
    float bounds_max[3]; /* ... -FLT_MAX if there are none */
    uint32_t format_version;
    uint32_t levels; /* of inner nodes; 0 if there are no elements */
    uint32_t fan_out;
    uint32_t leaf_capacity; /* elements in a leaf */
    uint32_t block_bytes;   /* bytes per checksum of the heavy file */
    uint64_t file_bytes;    /* of the heavy file, or of all files of a multi-index */
    const char *path; /* folder; NULL: built without one. Strings live as long as the index. */
    const char *heavy_data_path; /* for a multi-index a folder; NULL: built without a folder */
    const char *population;      /* NULL: not recorded */
    const char *dataset_path;    /* SONATA file with attributes of the elements; NULL: none */
    const char *types_path;      /* CSV file of node or edge types; NULL: none */
    uint64_t part_count;         /* of a multi-index; 0 for a single file */
} si_index_info;

#define SI_INDEX_INFO_INIT                                                                         \
    {                                                                                              \
        sizeof(si_index_info), SI_POINT, 0, {0, 0, 0}, {0, 0, 0}, 0, 0, 0, 0, 0, 0, NULL, NULL,    \
            NULL, NULL, NULL, 0                                                                    \
    }

/* Fails only if a pointer is NULL or struct_size is wrong. */
SI_API si_result si_index_get_info(const si_index *index, si_index_info *info);

/* Queries since the index was opened, and what they read. For mapped indexes only resident pages
 * can be counted. */
typedef struct si_index_stats {
    size_t struct_size;
    si_reading reading;       /* mapped or explicit */
    uint64_t queries;         /* searches of the tree */
    uint64_t blocks_touched;  /* blocks of si_index_info.block_bytes, counted at each use */
    uint64_t blocks_cached;   /* blocks touched that were in the cache */
    uint64_t blocks_read;     /* blocks touched that were read from the file */
    uint64_t blocks_evicted;  /* blocks removed from the cache */
    uint64_t reads;           /* read calls */
    uint64_t rounds;          /* sets of reads issued before any of them completes */
    uint64_t cache_bytes;     /* bytes of blocks in the cache now */
    uint64_t max_cache_bytes; /* the maximum of cache_bytes while no query runs */
    uint64_t part_count;      /* parts of a multi-index */
    uint64_t parts_touched;   /* parts that a query has reached */
    /* Mapped index: pages of its files that are mapped into this process. The kernel maps
     * neighboring pages together, and unmaps pages when memory is scarce. */
    uint64_t pages_touched;
    uint64_t page_bytes;
} si_index_stats;

#define SI_INDEX_STATS_INIT                                                                        \
    {                                                                                              \
        sizeof(si_index_stats), SI_READING_AUTO, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0             \
    }

/* Fails only if a pointer is NULL or struct_size is wrong. Counting the pages of a mapped index
 * takes a few milliseconds per 10 GB.
 *
 * If the environment variable SPATIAL_INDEX_STATS_FILE names a file, closing an index that was
 * opened from a folder writes these statistics to the file as JSON; if the file exists, to a new
 * one with _2, _3, ... after its name. The older variable SI_REPORT_USAGE_STATS (any value
 * except "", "0" and "off") writes a new file si_cache_stats_<time in UTC>.json in TMPDIR. */
SI_API si_result si_index_get_stats(const si_index *index, si_index_stats *stats);

/* Stores columns of the elements that the query finds, in index order. Each column has room for
 * `capacity` values. The first `capacity` results are stored, and `*count` receives the number
 * of all results; call with capacity 0 to get the size first. `columns` may be NULL if
 * `column_count` is 0. SI_ERROR_ARGUMENT: the element kind does not have a field. */
SI_API si_result si_index_find(const si_index *index, const si_query *query,
                               const si_column *columns, size_t column_count, uint64_t capacity,
                               uint64_t *count, si_error *error);

/* Receives some of the results: `columns` has the requested fields in the requested order, with
 * `count` values each, and is valid during the call. Return 0 to continue, any other value to
 * stop. */
typedef int (*si_results_fn)(void *context, const si_column *columns, size_t column_count,
                             uint64_t count);

/* Passes the results of a query to `visitor` in batches, in index order. The call also returns
 * SI_OK if the visitor stops. The visitor runs in the calling thread. */
SI_API si_result si_index_visit(const si_index *index, const si_query *query,
                                const si_field *fields, size_t field_count, si_results_fn visitor,
                                void *context, si_error *error);

/* Counts the elements that the query finds. */
SI_API si_result si_index_count(const si_index *index, const si_query *query, uint64_t *count,
                                si_error *error);

/* Stores whether the query finds nothing. Stops at the first element found. */
SI_API si_result si_index_empty(const si_index *index, const si_query *query, bool *empty,
                                si_error *error);

typedef struct si_group_counts {
    uint64_t group_count;
    uint64_t *keys;     /* `field_count` per group, group by group, in ascending order */
    uint64_t *counts;   /* per group, never 0 */
    size_t field_count; /* number of fields grouped by */
} si_group_counts;

/* Counts the results of a query by integer fields (gid, section_id, post_gid, ...), with a group
 * for each combination of values that occurs. Free the result with si_group_counts_free.
 * SI_ERROR_ARGUMENT: a field is not an integer, or the kind does not have it. */
SI_API si_result si_index_count_groups(const si_index *index, const si_query *query,
                                       const si_field *fields, size_t field_count,
                                       si_group_counts *groups, si_error *error);

SI_API void si_group_counts_free(si_group_counts *groups);

/* ---- inserted elements ---- */

/* Inserts elements into an opened index of points or spheres, which may be empty. Its files do not
 * change; si_index_write writes all elements to a folder. The columns are those of
 * si_builder_append. Without ID, numbering continues at the number of elements of the index. All
 * functions on the index include inserted elements, which come after the others in the order of
 * their insertion. After an error no element of this call is in the index.
 *
 * Threads may insert elements and run queries at the same time: an insertion waits until running
 * queries complete, and queries wait for it.
 *
 * SI_ERROR_UNSUPPORTED: another element kind. */
SI_API si_result si_index_insert(si_index *index, const si_input_column *columns,
                                 size_t column_count, uint64_t count, si_error *error);

/* ---- comparison ---- */

/* Compares two indexes element by element. `*same` receives the result. `difference`, which may
 * be NULL, receives a description of the first difference, of at most `difference_size` bytes
 * including the terminator. */
SI_API si_result si_index_compare(const si_index *left, const si_index *right, bool *same,
                                  char *difference, size_t difference_size, si_error *error);

#ifdef __cplusplus
}
#endif

#endif
