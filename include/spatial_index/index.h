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

/* How the heavy file is read, or all files of a multi-index. Answers do not depend on it. */
typedef enum si_reading {
    /* Explicitly where the file lies on a network file system or one in user space, else mapped.
     * The environment variable SPATIAL_INDEX_READING may say "mapped" or "explicit" instead. */
    SI_READING_AUTO = 0,
    /* Mapped: all processes of a machine share one copy in memory. */
    SI_READING_MAPPED = 1,
    /* By explicit reads into a cache of bounded size, which all threads share. What a query needs
     * of a level of the tree is read at the same time, so that it waits no more often than there
     * are levels, and twice for what it finds, unless it reads more than some 32 MB; of each part
     * of a multi-index it reads the header besides, the first time. A file that shrinks or cannot
     * be read is SI_ERROR_IO for the query that wants it. */
    SI_READING_EXPLICIT = 2
} si_reading;

typedef struct si_open_options {
    size_t struct_size;
    /* Where the SONATA file that was indexed lies now; NULL: where the index says. */
    const char *dataset_path;
    const char *types_path; /* the same for the CSV of its types */
    /* All of the heavy file is read first, and damage is SI_ERROR_FORMAT; see si_verify. */
    bool verify;
    si_reading reading;
    /* Explicit reading: the most memory that blocks of the file, or of all files of a multi-index,
     * may take when no query runs; each that runs may hold as much again at most. 0: 1 GiB, or a
     * quarter of the memory that the machine or the process's cgroups have, whichever is less; at
     * least 1 MiB. */
    uint64_t max_cache_bytes;
    /* Mapped: a file that shrinks or cannot be read is SI_ERROR_IO instead of the end of the
     * process. To that end a handler of SIGBUS is installed, for the life of the process; it leaves
     * every other SIGBUS to the handler that was there before, and does not work if another handler
     * is installed later that does not do the same. The signal must not be blocked. */
    bool guard;
} si_open_options;

#define SI_OPEN_OPTIONS_INIT                                                                       \
    {                                                                                              \
        sizeof(si_open_options), NULL, NULL, false, SI_READING_AUTO, 0, false                      \
    }

/* Opens the index in a folder (or named by the path of its meta_data.json). The heavy file is not
 * read before it is asked: beyond its header its content is not checked, unless `verify` is set.
 * Damage that goes unnoticed may lead to wrong answers, but to no more. `options` may be NULL. A
 * folder of several populations is SI_ERROR_UNSUPPORTED here: see si_population_set_open. */
SI_API si_result si_index_open(const char *path, const si_open_options *options, si_index **index,
                               si_error *error);

SI_API void si_index_close(si_index *index);

/* Writes an index, such as one built without a folder, into a new folder, as a single file.
 * `replace` as in si_build_options. */
SI_API si_result si_index_write(const si_index *index, const char *folder, bool replace,
                                si_error *error);

typedef struct si_index_info {
    size_t struct_size;
    si_element_kind kind;
    uint64_t element_count;
    float bounds_min[3]; /* union of the elements' bounding boxes; of an empty index +FLT_MAX ... */
    float bounds_max[3]; /* ... and -FLT_MAX */
    uint32_t format_version;
    uint32_t levels; /* of inner nodes; 0: no elements */
    uint32_t fan_out;
    uint32_t leaf_capacity; /* elements in a leaf */
    uint32_t block_bytes;   /* bytes of the heavy file that one checksum covers */
    uint64_t file_bytes;    /* of the heavy file, or of all files of a multi-index */
    const char *path; /* folder; NULL: built without one. The strings live as long as the index. */
    const char *heavy_data_path; /* of a multi-index a folder; NULL: built without a folder */
    const char *population;      /* NULL: none was recorded */
    const char *dataset_path;    /* SONATA file of the elements' attributes; NULL: none */
    const char *types_path;      /* CSV of the attributes that types share; NULL: none */
    uint64_t part_count;         /* of a multi-index; 0: a single file */
} si_index_info;

#define SI_INDEX_INFO_INIT                                                                         \
    {                                                                                              \
        sizeof(si_index_info), SI_POINT, 0, {0, 0, 0}, {0, 0, 0}, 0, 0, 0, 0, 0, 0, NULL, NULL,    \
            NULL, NULL, NULL, 0                                                                    \
    }

/* Fails only on a wrong struct_size. */
SI_API si_result si_index_get_info(const si_index *index, si_index_info *info);

/* What has been asked of an index since it was opened, and what that took. Of a mapped one, what is
 * read is the kernel's affair: only pages are known. */
typedef struct si_index_stats {
    size_t struct_size;
    si_reading reading;       /* how it is read: mapped or explicitly */
    uint64_t queries;         /* walks through the tree */
    uint64_t blocks_touched;  /* of si_index_info.block_bytes each, counted at each use */
    uint64_t blocks_cached;   /* those of them that were in the cache, ... */
    uint64_t blocks_read;     /* ... and that were read */
    uint64_t blocks_evicted;  /* gave way to others */
    uint64_t reads;           /* calls that read them */
    uint64_t rounds;          /* of reads that were under way together */
    uint64_t cache_bytes;     /* of blocks in the cache now, */
    uint64_t max_cache_bytes; /* and the most of them when no query runs */
    uint64_t part_count;      /* of a multi-index */
    uint64_t parts_touched;   /* of them: a query has reached them */
    /* Of a mapped index: pages of its files that the kernel has put into this process's memory. It
     * puts neighbours in together, and takes some out where memory is short. */
    uint64_t pages_touched;
    uint64_t page_bytes;
} si_index_stats;

#define SI_INDEX_STATS_INIT                                                                        \
    {                                                                                              \
        sizeof(si_index_stats), SI_READING_AUTO, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0             \
    }

/* Fails only on a wrong struct_size. Counting the pages of a mapped index takes some milliseconds
 * for each 10 GB of it.
 *
 * Where the environment variable SI_REPORT_USAGE_STATS is set, to anything but "", "0", "Off",
 * "off" or "OFF", the same is written when an index is closed that was opened from a folder: to a
 * new file si_cache_stats_<time in UTC>.json in the current folder. */
SI_API si_result si_index_get_stats(const si_index *index, si_index_stats *stats);

/* Writes the columns of the elements that the query finds, in index order. Each column has room for
 * `capacity` values; the first `capacity` results are written, and `*count` receives how many there
 * are in all, so a call with capacity 0 asks for the size. `columns` may be NULL where
 * `column_count` is 0. SI_ERROR_ARGUMENT: a field that this kind of element does not have. */
SI_API si_result si_index_find(const si_index *index, const si_query *query,
                               const si_column *columns, size_t column_count, uint64_t capacity,
                               uint64_t *count, si_error *error);

/* A batch of results: `columns` holds the fields asked for, in the order asked, `count` values
 * each. It is valid during the call. Return 0 to go on, anything else to stop. */
typedef int (*si_results_fn)(void *context, const si_column *columns, size_t column_count,
                             uint64_t count);

/* Hands the results of a query to `visitor` in batches, in index order. Stopping is not an error.
 */
SI_API si_result si_index_visit(const si_index *index, const si_query *query,
                                const si_field *fields, size_t field_count, si_results_fn visitor,
                                void *context, si_error *error);

/* The number of elements that the query finds. */
SI_API si_result si_index_count(const si_index *index, const si_query *query, uint64_t *count,
                                si_error *error);

/* True if the query finds nothing. Stops at the first element found. */
SI_API si_result si_index_empty(const si_index *index, const si_query *query, bool *empty,
                                si_error *error);

typedef struct si_group_counts {
    uint64_t group_count;
    uint64_t *keys;     /* `field_count` of each group, one group after another, ascending */
    uint64_t *counts;   /* of each group, none is 0 */
    size_t field_count; /* that were grouped by */
} si_group_counts;

/* Counts the results of a query by integer fields of the element (gid, section_id, post_gid, ...):
 * a group for each combination of their values that is found. Free with si_group_counts_free.
 * SI_ERROR_ARGUMENT: a field that is no integer, or not of this kind. */
SI_API si_result si_index_count_groups(const si_index *index, const si_query *query,
                                       const si_field *fields, size_t field_count,
                                       si_group_counts *groups, si_error *error);

SI_API void si_group_counts_free(si_group_counts *groups);

/* ---- inserted elements ---- */

/* Inserts elements into an opened index of points or spheres, which may be empty; its files do not
 * change (si_index_write writes all elements to a folder). The columns are those of
 * si_builder_append; where ID is left out, the elements are numbered on from the number of elements
 * of the index. All functions on the index include inserted elements: they come after the others,
 * in the order of their insertion. After an error no element of this call is in the index.
 *
 * Threads may insert into an index and query it at once: an insertion waits for the queries that
 * are running, and they for it.
 *
 * SI_ERROR_UNSUPPORTED: another kind of element. */
SI_API si_result si_index_insert(si_index *index, const si_input_column *columns,
                                 size_t column_count, uint64_t count, si_error *error);

/* ---- comparison ---- */

/* Compares two indexes element by element. `*same` receives the answer; `difference`, which may be
 * NULL, a text of at most `difference_size` bytes with the terminator that says what differs. */
SI_API si_result si_index_compare(const si_index *left, const si_index *right, bool *same,
                                  char *difference, size_t difference_size, si_error *error);

#ifdef __cplusplus
}
#endif

#endif
