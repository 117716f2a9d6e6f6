/*
 * The nodes of one SONATA population: where each cell is, how it is turned, what morphology it has.
 *
 * An attribute comes from the cell's group in the HDF5 file, enumerations resolved; where the group
 * does not have it, from the row of the node_types CSV that the cell's node_type_id names.
 * Positions may also be one data set `positions` of three columns, where x, y and z are absent. The
 * ids of cells are what `node_id` says, or else rows from 0. All functions take the HDF5 lock
 * themselves.
 */
#ifndef SI_SONATA_SONATA_NODES_H
#define SI_SONATA_SONATA_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "format/provenance.h"
#include "sonata/sonata_names.h" /* si_name_table, SI_NO_NAME */

typedef struct si_sonata_nodes si_sonata_nodes;

/* `node_types_file`: a CSV, NULL or "": none. `population` NULL: the only one, else `default`, else
 * an error that lists them. Nothing but the size is read, so that a population without positions
 * can be opened. SI_ERROR_UNSUPPORTED: an MVD3 file. */
si_result si_sonata_nodes_open(const char *nodes_file, const char *node_types_file,
                               const char *population, si_sonata_nodes **nodes, si_error *error);
void si_sonata_nodes_close(si_sonata_nodes *nodes);

/* Both live as long as the nodes. */
const char *si_sonata_nodes_file(const si_sonata_nodes *nodes);
const char *si_sonata_nodes_population(const si_sonata_nodes *nodes);
uint64_t si_sonata_nodes_size(const si_sonata_nodes *nodes);

/* What tells the population from others (population_identity.h). */
si_result si_sonata_nodes_identify(const si_sonata_nodes *nodes, si_identity *identity,
                                   si_error *error);

/* Whether a node has this id, and whether the ids are the rows, counted from 0. */
bool si_sonata_nodes_have(const si_sonata_nodes *nodes, uint64_t gid);
bool si_sonata_nodes_count_from_0(const si_sonata_nodes *nodes);

/* True if every cell has a model_type without morphology: the population counts as virtual. An
 * empty population does not. */
si_result si_sonata_nodes_all_virtual(si_sonata_nodes *nodes, bool *all_virtual, si_error *error);

typedef enum si_rotation_kind {
    SI_ROTATION_NONE = 0,       /* neither orientation_* nor any rotation_angle_* exists */
    SI_ROTATION_QUATERNION = 1, /* w, x, y, z as stored: not necessarily of unit length */
    SI_ROTATION_ANGLES = 2 /* about x, y, z in radians, in [0], [1], [2]; 0 where not given; apply
                              Rx Ry Rz */
} si_rotation_kind;

typedef enum si_recenter_attribute {
    SI_RECENTER_NOT_GIVEN = -1, /* then: off for SI_ROTATION_QUATERNION, else on */
    SI_RECENTER_GIVEN_OFF = 0,
    SI_RECENTER_GIVEN_ON = 1
} si_recenter_attribute;

/* One row for each cell asked for, in that order. Release with si_cells_free. */
typedef struct si_cells {
    uint64_t count;
    uint64_t *gids;
    double (*positions)[3]; /* may be NaN or infinite where the file says so. NaN for a cell without
                               morphology whose group has no x, y, z */
    double (*rotations)[4]; /* see si_rotation_kind; unused members are 0 */
    uint8_t *rotation_kinds; /* si_rotation_kind of each cell */
    int8_t *recenter;        /* si_recenter_attribute of each cell */
    /* Index into morphology_names. SI_NO_NAME: the cell is left out, because its model_type has no
     * morphology or because its morphology is NULL, NONE or empty. Names may carry a suffix. */
    uint32_t *morphologies;
    uint32_t *model_types; /* index into model_type_names; SI_NO_NAME: not given */
    si_name_table morphology_names;
    si_name_table model_type_names;
} si_cells;

/* Reads the cells with ids `gids`, in that order, duplicates kept; `gids` NULL: `count` cells from
 * row `first` on (first is ignored otherwise). Columns are read in large pieces where that is
 * cheaper than row by row. SI_ERROR_ARGUMENT: an id that no cell has.
 * SI_ERROR_NOT_FOUND: a cell with morphology has no x, y, z, or `morphology` is nowhere. `cells`
 * need not be initialised; on failure nothing is to be freed. */
si_result si_sonata_nodes_read(si_sonata_nodes *nodes, uint64_t first, const uint64_t *gids,
                               uint64_t count, si_cells *cells, si_error *error);
void si_cells_free(si_cells *cells);

#endif
