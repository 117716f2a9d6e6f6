/* Building indexes from SONATA circuits. */
#ifndef SI_SPATIAL_INDEX_SONATA_H
#define SI_SPATIAL_INDEX_SONATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spatial_index/build.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum si_recenter {
    SI_RECENTER_AUTO =
        0, /* node attribute `recenter`, or else on if there are no orientation_* columns */
    SI_RECENTER_ON = 1,
    SI_RECENTER_OFF = 2
} si_recenter;

typedef enum si_soma_radius {
    SI_SOMA_RADIUS_CONTOUR =
        0, /* greatest distance of a soma point from their mean: 0 for single-point somas */
    SI_SOMA_RADIUS_SURFACE = 1 /* the radius in the file, if it has one */
} si_soma_radius;

/* The cells of a SONATA population to index as somas and segments. */
typedef struct si_segments_source {
    size_t struct_size;
    const char *nodes_file;
    const char *node_types_file; /* CSV; NULL: none */
    const char *population;      /* NULL: the only one, or else `default` */
    const char *morphologies;   /* folder or HDF5 container; may be NULL if an alternate is given */
    const char *alternate_h5v1; /* searched in this order for morphologies that `morphologies`
                                   lacks; NULL: none */
    const char *alternate_asc;
    const uint64_t *gids; /* NULL: all cells. A gid given twice is indexed twice. */
    size_t gid_count;
    bool skip_bad_cells; /* skips and reports cells that cannot be indexed */
    si_recenter recenter;
    si_soma_radius soma_radius;
} si_segments_source;

#define SI_SEGMENTS_SOURCE_INIT                                                                    \
    {                                                                                              \
        sizeof(si_segments_source), NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, false,            \
            SI_RECENTER_AUTO, SI_SOMA_RADIUS_CONTOUR                                               \
    }

/* Stores the number of nodes or edges of a population; NULL: the only one, or else `default`. */
SI_API si_result si_nodes_population_size(const char *nodes_file, const char *population,
                                          uint64_t *size, si_error *error);
SI_API si_result si_edges_population_size(const char *edges_file, const char *population,
                                          uint64_t *size, si_error *error);

/* Stores the gids of the nodes in rows first .. first+count-1: what `node_id` of the population
 * says, or the rows themselves, where there is none. */
SI_API si_result si_nodes_population_ids(const char *nodes_file, const char *population,
                                         uint64_t first, uint64_t count, uint64_t *ids,
                                         si_error *error);

/* Indexes somas and segments. `folder`, `options`, `index` and `report` as in si_builder_create
 * and si_builder_finish. If the options have no population, dataset_path or types_path, those of
 * the source are recorded. */
SI_API si_result si_build_segments(const si_segments_source *source, const char *folder,
                                   const si_build_options *options, si_index **index,
                                   si_build_report *report, si_error *error);

/* The synapses of a SONATA population to index. */
typedef struct si_synapses_source {
    size_t struct_size;
    const char *edges_file;
    const char *edge_types_file; /* CSV; NULL: none */
    const char *population;      /* NULL: the only one, or else `default` */
    const char *position_prefix; /* columns PREFIX_x, _y, _z; NULL: "afferent_center" */
    const uint64_t
        *post_gids; /* target nodes; NULL: all synapses. Ids without synapses are ignored. */
    size_t post_gid_count;
    /* Instead of post_gids: ranges of edges, as pairs of a first id and one past the last, in
     * any order. An edge in several ranges is indexed once. NULL: by `post_gids`. */
    const uint64_t *edge_ranges;
    size_t edge_range_count; /* pairs */
} si_synapses_source;

#define SI_SYNAPSES_SOURCE_INIT                                                                    \
    {                                                                                              \
        sizeof(si_synapses_source), NULL, NULL, NULL, NULL, NULL, 0, NULL, 0                       \
    }

SI_API si_result si_build_synapses(const si_synapses_source *source, const char *folder,
                                   const si_build_options *options, si_index **index,
                                   si_build_report *report, si_error *error);

/* Populations of a circuit configuration to index. */
typedef struct si_circuit_source {
    size_t struct_size;
    const char *config_file;
    const char *const *populations; /* NULL: the only one that can be indexed */
    size_t population_count;
    /* Only gids, skip_bad_cells, recenter and soma_radius are used; the configuration names the
     * files. */
    si_segments_source segments;
    /* Only post_gids and position_prefix are used. */
    si_synapses_source synapses;
} si_circuit_source;

#define SI_CIRCUIT_SOURCE_INIT                                                                     \
    {                                                                                              \
        sizeof(si_circuit_source), NULL, NULL, 0, SI_SEGMENTS_SOURCE_INIT, SI_SYNAPSES_SOURCE_INIT \
    }

/* Builds the index of one population in `folder`, or those of several populations in
 * `folder`/NAME with a meta_data.json in `folder` that lists them and is written last. All
 * populations are replaced at the same moment. The report has the sums over all populations. */
SI_API si_result si_build_circuit_segments(const si_circuit_source *source, const char *folder,
                                           const si_build_options *options, si_build_report *report,
                                           si_error *error);
SI_API si_result si_build_circuit_synapses(const si_circuit_source *source, const char *folder,
                                           const si_build_options *options, si_build_report *report,
                                           si_error *error);

#ifdef __cplusplus
}
#endif

#endif
