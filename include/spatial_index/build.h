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
    unsigned threads; /* 0: as many as there are processors; fewer work where memory is little */
    bool replace;     /* an existing index in the folder is replaced; else it is an error */
    uint64_t max_file_bytes; /* the most the heavy file may take; 0: no bound */
    /* The most anonymous memory that the build may take; what does not fit is sorted on the disk.
     * The index does not depend on it. 0: half of what the machine has available, or of what the
     * limits of the process's cgroups leave it, whichever is less. */
    uint64_t max_memory_bytes;
    const char *temp_folder; /* for what does not fit; NULL: the folder of the index */
    /* The number of elements, where it is known: too little space, or a max_file_bytes that is too
     * small, is then found at once. 0: unknown. */
    uint64_t expected_count;
    const char *population; /* recorded in the metadata; NULL: none */
    /* Recorded in the metadata, where a relative one counts from the index folder. NULL: none. */
    const char *dataset_path;
    const char *types_path; /* the same for the CSV of the data set's types */
    /* A multi-index: the elements in the same order, but in several files, parts, which are
     * opened when a query first reaches them. It needs a folder; max_file_bytes is not used. */
    bool multi_index;
    /* The processes that all build this multi-index together, each from what it appends; the same
     * calls are made in all of them, and the memory is that of each. NULL: this one alone. */
    si_cluster *cluster;
    si_progress_fn progress; /* NULL: none */
    void *progress_context;
} si_build_options;

#define SI_BUILD_OPTIONS_INIT                                                                      \
    {                                                                                              \
        sizeof(si_build_options), 0, false, 0, 0, NULL, 0, NULL, NULL, NULL, false, NULL, NULL,    \
            NULL                                                                                   \
    }

/* The size of the heavy file of an index of `element_count` elements. SI_ERROR_LIMIT: no index can
 * hold as many. */
SI_API si_result si_file_bytes(si_element_kind kind, uint64_t element_count, uint64_t *bytes,
                               si_error *error);

typedef struct si_bad_cell {
    uint64_t gid;
    char *message;
} si_bad_cell;

/* What a build did. Free with si_build_report_free. */
typedef struct si_build_report {
    size_t struct_size;
    uint64_t element_count;
    uint64_t file_bytes;               /* of the heavy files written */
    uint64_t cell_count;               /* cells indexed */
    uint64_t cells_without_soma;       /* of them: no soma element was made */
    uint64_t cells_without_morphology; /* left out: virtual cells, point neurons, morphology NULL or
                                          NONE */
    uint64_t bad_cell_count;           /* left out because of skip_bad_cells */
    si_bad_cell *bad_cells;            /* in ascending order of gid */
} si_build_report;

#define SI_BUILD_REPORT_INIT                                                                       \
    {                                                                                              \
        sizeof(si_build_report), 0, 0, 0, 0, 0, 0, NULL                                            \
    }

SI_API void si_build_report_free(si_build_report *report);

typedef struct si_builder si_builder;

/* Starts an index of one kind of element in `folder`, which must not exist or be empty (but see
 * `replace`); it and its parents are created. Nothing is visible there until finish. `folder` NULL:
 * the index lives in an unlinked temporary file and is gone when closed. `options` may be NULL. */
SI_API si_result si_builder_create(si_element_kind kind, const char *folder,
                                   const si_build_options *options, si_builder **builder,
                                   si_error *error);

/* Adds `count` elements. The columns must be these, in any order:
 *   point       POSITION, ID
 *   sphere      CENTROID, RADIUS, ID
 *   synapse     POSITION, ID, POST_GID, PRE_GID
 *   morphology  ENDPOINT1, ENDPOINT2, RADIUS, GID, SECTION_ID, SEGMENT_ID, SECTION_TYPE
 * ID may be left out: the elements are then numbered from 0 in the order of appending, which for
 * concurrent appends is not defined. A soma is section_id 0; its ENDPOINT2 is ignored. Some
 * thousands at a time are fastest: their columns are read twice and stay in the processor's cache.
 * SI_ERROR_ARGUMENT: a coordinate or radius that is not finite, or a negative radius, naming the
 * element; SI_ERROR_LIMIT: gid, section_id or segment_id beyond 2^36-1, 16383, 16383, or
 * max_file_bytes passed: nothing of this call is in the builder then, and it can go on. After
 * another error, such as a full disk where elements do not fit in memory, it can only be aborted.
 */
SI_API si_result si_builder_append(si_builder *builder, const si_input_column *columns,
                                   size_t column_count, uint64_t count, si_error *error);

/* Adds every element of an opened index, which is of the builder's kind of element. After an error
 * some of them may be in the builder. */
SI_API si_result si_builder_append_index(si_builder *builder, const si_index *index,
                                         si_error *error);

/* Sorts, packs, writes and publishes the index, and frees the builder, also on failure. `index` may
 * be NULL; else it receives the index, opened. `report` may be NULL; what it held
 * before is not freed. */
SI_API si_result si_builder_finish(si_builder *builder, si_index **index, si_build_report *report,
                                   si_error *error);

/* Gives up: frees the builder and leaves no trace. */
SI_API void si_builder_abort(si_builder *builder);

#ifdef __cplusplus
}
#endif

#endif
