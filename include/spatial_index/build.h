/* Building an index from columns of elements. */
#ifndef SI_SPATIAL_INDEX_BUILD_H
#define SI_SPATIAL_INDEX_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spatial_index/index.h"
#include "spatial_index/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Processes that build an index together, such as those of an MPI job. */
typedef struct si_cluster si_cluster;

typedef struct si_build_options {
    size_t struct_size;
    unsigned threads;        /* 0: one per processor; fewer are used if memory is scarce */
    bool replace;            /* replaces an existing index in the folder, otherwise an error */
    uint64_t max_file_bytes; /* maximum size of the heavy file; 0: no limit */
    /* Maximum anonymous memory of the build; elements that do not fit are sorted on disk. The
     * index does not depend on it. 0: half of the memory that the machine has available or that
     * the control groups of the process allow, whichever is less. */
    uint64_t max_memory_bytes;
    const char *temp_folder; /* for sorting on disk; NULL: the folder of the index */
    /* The number of elements, if known: the build then fails at once if disk space or
     * max_file_bytes is too small. 0: unknown. */
    uint64_t expected_count;
    const char *population; /* recorded in the metadata; NULL: none */
    /* Recorded in the metadata; relative paths are relative to the index folder. NULL: none. */
    const char *dataset_path;
    const char *types_path; /* the same for the CSV file of the types */
    /* Builds a multi-index: the same elements in the same order, in several files (parts) that
     * are opened when a query first reaches them. Requires a folder; max_file_bytes is not used. */
    bool multi_index;
    /* The processes that build this multi-index together, each from the elements that it
     * appends. All of them make the same calls, and the memory limit applies to each. NULL: only
     * this process. */
    si_cluster *cluster;
    si_progress_fn progress; /* NULL: none */
    void *progress_context;
} si_build_options;

#define SI_BUILD_OPTIONS_INIT                                                                      \
    {                                                                                              \
        sizeof(si_build_options), 0, false, 0, 0, NULL, 0, NULL, NULL, NULL, false, NULL, NULL,    \
            NULL                                                                                   \
    }

/* Computes the size of the heavy file of an index with `element_count` elements. SI_ERROR_LIMIT:
 * an index cannot hold as many. */
SI_API si_result si_file_bytes(si_element_kind kind, uint64_t element_count, uint64_t *bytes,
                               si_error *error);

typedef struct si_bad_cell {
    uint64_t gid;
    char *message;
} si_bad_cell;

/* The result of a build. Free with si_build_report_free. */
typedef struct si_build_report {
    size_t struct_size;
    uint64_t element_count;
    uint64_t file_bytes;               /* of the heavy files written */
    uint64_t cell_count;               /* cells indexed */
    uint64_t cells_without_soma;       /* of these, cells without a soma element */
    uint64_t cells_without_morphology; /* skipped: virtual cells, point neurons, or morphology NULL
                                          or NONE */
    uint64_t bad_cell_count;           /* skipped because of skip_bad_cells */
    si_bad_cell *bad_cells;            /* in ascending order of gid */
} si_build_report;

#define SI_BUILD_REPORT_INIT                                                                       \
    {                                                                                              \
        sizeof(si_build_report), 0, 0, 0, 0, 0, 0, NULL                                            \
    }

SI_API void si_build_report_free(si_build_report *report);

typedef struct si_builder si_builder;

/* Starts an index of one element kind in `folder`. The folder and its parents are created if
 * necessary; it must be empty unless `replace` is set. The index is not visible before
 * si_builder_finish. If `folder` is NULL, the index is in an unlinked temporary file, which
 * disappears when it is closed. `options` may be NULL. */
SI_API si_result si_builder_create(si_element_kind kind, const char *folder,
                                   const si_build_options *options, si_builder **builder,
                                   si_error *error);

/* Adds `count` elements. The columns, in any order, are:
 *   point       POSITION, ID
 *   sphere      CENTROID, RADIUS, ID
 *   synapse     POSITION, ID, POST_GID, PRE_GID
 *   segment     ENDPOINT1, ENDPOINT2, RADIUS, GID, SECTION_ID, SEGMENT_ID, SECTION_TYPE
 * ID may be omitted: the elements are then numbered from 0 in the order of appending, which is
 * undefined for concurrent appends. A soma has section_id 0; its ENDPOINT2 is ignored. Appending a
 * few thousand elements at a time is fastest: columns are read twice and stay in the processor's
 * cache.
 *
 * SI_ERROR_ARGUMENT: a coordinate or radius that is not finite, or a negative radius; the
 * message names the element. SI_ERROR_LIMIT: gid, section_id or segment_id beyond 2^36-1, 16383,
 * 16383, or max_file_bytes exceeded. In these cases no element of this call is added, and the
 * builder remains usable. After any other error, such as a full disk, the builder can only be
 * aborted. */
SI_API si_result si_builder_append(si_builder *builder, const si_input_column *columns,
                                   size_t column_count, uint64_t count, si_error *error);

/* Adds all elements of an opened index of the same element kind. After an error some of them may
 * be in the builder. */
SI_API si_result si_builder_append_index(si_builder *builder, const si_index *index,
                                         si_error *error);

/* Sorts, packs, writes and publishes the index, and frees the builder, also on failure. `index`
 * may be NULL; otherwise it receives the opened index. `report` may be NULL; its previous
 * content is not freed. */
SI_API si_result si_builder_finish(si_builder *builder, si_index **index, si_build_report *report,
                                   si_error *error);

/* Frees the builder without building the index. Nothing is left in the folder. */
SI_API void si_builder_abort(si_builder *builder);

#ifdef __cplusplus
}
#endif

#endif
