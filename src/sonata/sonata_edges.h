/*
 * The edges of one SONATA population: synapses with their position, target and source cells.
 *
 * Edge ids are row numbers, from 0. All functions take the HDF5 lock themselves; a handle is used
 * by one thread at a time.
 */
#ifndef SI_SONATA_SONATA_EDGES_H
#define SI_SONATA_SONATA_EDGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "format/provenance.h"
#include "sonata/edge_range.h"

typedef struct si_sonata_edges si_sonata_edges;

/* `population` NULL: the only one, else `default`, else an error that lists them. `position_prefix`
 * names the columns PREFIX_x, _y, _z; NULL: "afferent_center". SI_ERROR_NOT_FOUND: no group has
 * such columns (the sentence lists prefixes that exist); where only some do, reading an edge of
 * another fails so. An empty population needs none. */
si_result si_sonata_edges_open(const char *edges_file, const char *population,
                               const char *position_prefix, si_sonata_edges **edges,
                               si_error *error);
void si_sonata_edges_close(si_sonata_edges *edges);

/* Both live as long as the edges. */
const char *si_sonata_edges_file(const si_sonata_edges *edges);
const char *si_sonata_edges_population(const si_sonata_edges *edges);
uint64_t si_sonata_edges_size(const si_sonata_edges *edges);

/* What tells the population from others (population_identity.h). */
si_result si_sonata_edges_identify(const si_sonata_edges *edges, si_identity *identity,
                                   si_error *error);

/* The edges that end on any of the target cells, by the index target_to_source of the file:
 * ascending, not empty, neither overlapping nor touching. Ids without synapses or out of range are
 * ignored; duplicates and order of `gids` do not matter. Give `*ranges` to si_free.
 * SI_ERROR_NOT_FOUND: the file has no such index. SI_ERROR_FORMAT: the index points beyond itself
 * or the population, or does not hold each edge once. Whether it has the edges of other cells shows
 * when they are read. */
si_result si_sonata_edges_select_targets(si_sonata_edges *edges, const uint64_t *gids, size_t count,
                                         si_edge_range **ranges, size_t *range_count,
                                         si_error *error);

/* Room for the rows of one read; the id of row i is start + i. Positions are rounded to float32
 * once, from the type of the file, and may be NaN or infinite where the file says so. */
typedef struct si_edge_rows {
    float (*positions)[3];
    uint64_t *target_gids; /* post_gid */
    uint64_t *source_gids; /* pre_gid */
} si_edge_rows;

/* Reads edges start .. end-1 into arrays of the caller, each with room for end - start rows. Best
 * in ascending pieces of some 10^5 to 10^6 rows. SI_ERROR_ARGUMENT: a range beyond the population.
 */
si_result si_sonata_edges_read(si_sonata_edges *edges, uint64_t start, uint64_t end,
                               const si_edge_rows *rows, si_error *error);

#endif
