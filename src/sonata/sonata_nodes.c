/*
 * The nodes of a SONATA population as cells: position, rotation, recentering, morphology and model
 * type, each from the cell's group or from its type.
 *
 * A reader goes group by group through the cells asked for. Which attributes a cell was given is
 * kept as bits, so that a missing one can be told from a default.
 */
#include "sonata/sonata_nodes.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "hdf5/hdf5_access.h"
#include "sonata/population_identity.h"
#include "sonata/sonata_node_attributes.h"

static si_result open_nodes(const char *nodes_file, const char *node_types_file,
                            const char *population, si_sonata_nodes *nodes, si_error *error)
{
    SI_TRY(si_sonata_population_open(nodes_file, SI_NODES, population, &nodes->population, error));
    SI_TRY(si_node_ids_read(nodes->population, &nodes->ids, error));
    if (node_types_file && node_types_file[0] != '\0')
        return si_types_file_open(node_types_file, si_population_kind_type_id(SI_NODES),
                                  &nodes->types, error);
    return SI_OK;
}

si_result si_sonata_nodes_open(const char *nodes_file, const char *node_types_file,
                               const char *population, si_sonata_nodes **nodes, si_error *error)
{
    si_sonata_nodes *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    si_hdf5_lock();
    si_result result = open_nodes(nodes_file, node_types_file, population, opened, error);
    si_hdf5_unlock();
    if (result != SI_OK) {
        si_sonata_nodes_close(opened);
        return result;
    }
    *nodes = opened;
    return SI_OK;
}

void si_sonata_nodes_close(si_sonata_nodes *nodes)
{
    if (!nodes)
        return;
    si_hdf5_lock();
    si_sonata_population_close(nodes->population);
    si_hdf5_unlock();
    si_types_file_close(nodes->types);
    si_node_ids_free(&nodes->ids);
    si_free(nodes);
}

const char *si_sonata_nodes_file(const si_sonata_nodes *nodes)
{
    return nodes->population->file_path;
}

const char *si_sonata_nodes_population(const si_sonata_nodes *nodes)
{
    return nodes->population->name;
}

uint64_t si_sonata_nodes_size(const si_sonata_nodes *nodes)
{
    return nodes->population->size;
}

si_result si_sonata_nodes_identify(const si_sonata_nodes *nodes, si_identity *identity,
                                   si_error *error)
{
    si_hdf5_lock();
    si_result result = si_population_identify(nodes->population, identity, error);
    si_hdf5_unlock();
    return result;
}

bool si_sonata_nodes_have(const si_sonata_nodes *nodes, uint64_t gid)
{
    uint64_t row;
    return si_node_ids_find(&nodes->ids, gid, &row);
}

bool si_sonata_nodes_count_from_0(const si_sonata_nodes *nodes)
{
    return !nodes->ids.ids;
}

/* -------------------------------------------------------------------------- virtual populations */

#define PIECE_NODES ((uint64_t)1 << 16)

static si_result all_virtual_in_group(si_node_reader *reader, const si_group_rows *located,
                                      uint32_t *indices, bool *all_virtual, si_error *error)
{
    si_name_interner interner = {0};
    si_result result = si_node_reader_names(reader, located, "model_type", &interner, indices,
                                            error);
    for (uint64_t k = 0; k < located->rows.count && result == SI_OK && *all_virtual; k++) {
        uint32_t index = indices[si_rows_position(&located->rows, k)];
        *all_virtual = index != SI_NO_NAME && si_model_type_is_virtual(interner.table.names[index]);
    }
    si_name_interner_free(&interner);
    return result;
}

static si_result all_virtual_in_piece(const si_sonata_nodes *nodes, uint64_t first, uint64_t count,
                                      uint32_t *indices, bool *all_virtual, si_error *error)
{
    si_node_reader reader;
    SI_TRY(si_node_reader_start(nodes, first, NULL, count, &reader, error));
    si_result result = SI_OK;
    for (size_t g = 0; g < reader.located_count && result == SI_OK && *all_virtual; g++)
        result = all_virtual_in_group(&reader, &reader.located[g], indices, all_virtual, error);
    si_node_reader_finish(&reader);
    return result;
}

si_result si_sonata_nodes_all_virtual(si_sonata_nodes *nodes, bool *all_virtual, si_error *error)
{
    uint64_t size = nodes->population->size;
    uint32_t *indices = si_allocate(si_min_u64(size, PIECE_NODES), sizeof *indices);
    if (!indices)
        return si_fail_memory(error);
    si_hdf5_lock();
    si_result result = SI_OK;
    *all_virtual = size > 0;
    for (uint64_t first = 0; first < size && result == SI_OK && *all_virtual; first += PIECE_NODES)
        result = all_virtual_in_piece(nodes, first, si_min_u64(PIECE_NODES, size - first), indices,
                                      all_virtual, error);
    si_hdf5_unlock();
    si_free(indices);
    return result;
}

/* --------------------------------------------------------------------------------------- cells */

static const char *const position_names[3] = {"x", "y", "z"};
#define JOINT_POSITIONS "positions"
static const char *const orientation_names[4] = {"orientation_w", "orientation_x", "orientation_y",
                                                 "orientation_z"};
static const char *const angle_names[3] = {"rotation_angle_xaxis", "rotation_angle_yaxis",
                                           "rotation_angle_zaxis"};

/* Which attributes a cell was given. */
#define GIVEN_POSITION(axis) ((uint16_t)(1u << (axis)))
#define GIVEN_ORIENTATION(part) ((uint16_t)(1u << (3 + (part))))
#define GIVEN_ALL_ORIENTATION ((uint16_t)(15u << 3))
#define GIVEN_ANGLE(axis) ((uint16_t)(1u << (7 + (axis))))
#define GIVEN_ANY_ANGLE ((uint16_t)(7u << 7))
#define GIVEN_RECENTER ((uint16_t)(1u << 10))

typedef struct cell_reader {
    si_node_reader nodes;
    si_cells *cells;
    uint16_t *given;
    double *recenter;
    double (*angles)[3]; /* NULL until some are given */
    si_name_interner morphologies;
    si_name_interner model_types;
} cell_reader;

static bool is_virtual(const cell_reader *reader, uint64_t i)
{
    uint32_t index = reader->cells->model_types[i];
    return index != SI_NO_NAME && si_model_type_is_virtual(reader->model_types.table.names[index]);
}

/* A morphology may be NULL, but not be missing altogether. */
static si_result check_morphology_known(cell_reader *reader, const si_group_rows *located,
                                        si_attribute_place place, uint64_t i, si_error *error)
{
    bool is_missing = place == SI_ATTRIBUTE_NOWHERE ||
                      (place == SI_ATTRIBUTE_IN_TYPES && reader->nodes.type_rows[i] == SI_NO_ROW);
    if (is_missing)
        return si_node_reader_fail_missing(&reader->nodes, located, i, "morphology", error);
    return SI_OK;
}

static si_result read_morphologies(cell_reader *reader, const si_group_rows *located,
                                   si_error *error)
{
    si_cells *cells = reader->cells;
    SI_TRY(si_node_reader_names(&reader->nodes, located, "model_type", &reader->model_types,
                                cells->model_types, error));
    SI_TRY(si_node_reader_names(&reader->nodes, located, "morphology", &reader->morphologies,
                                cells->morphologies, error));
    si_attribute_place place = si_node_attribute_place(reader->nodes.nodes, located->group,
                                                       "morphology");
    for (uint64_t k = 0; k < located->rows.count; k++) {
        uint64_t i = si_rows_position(&located->rows, k);
        if (is_virtual(reader, i))
            cells->morphologies[i] = SI_NO_NAME;
        else
            SI_TRY(check_morphology_known(reader, located, place, i, error));
    }
    return SI_OK;
}

static si_result read_numbers(cell_reader *reader, const si_group_rows *located,
                              const char *attribute, double *values, size_t stride, uint16_t bit,
                              si_error *error)
{
    return si_node_reader_numbers(&reader->nodes, located, attribute, values, stride, reader->given,
                                  bit, error);
}

/* BMTK writes x, y and z as one data set of three columns. */
static bool has_joint_positions(const cell_reader *reader, const si_sonata_group *group)
{
    for (unsigned axis = 0; axis < 3; axis++)
        if (si_node_attribute_place(reader->nodes.nodes, group, position_names[axis]) !=
            SI_ATTRIBUTE_NOWHERE)
            return false;
    return group->group >= 0 && si_hdf5_has_object(group->group, JOINT_POSITIONS, H5O_TYPE_DATASET);
}

static si_result read_joint_positions(cell_reader *reader, const si_group_rows *located,
                                      si_error *error)
{
    si_cells *cells = reader->cells;
    si_sonata_column column;
    SI_TRY(si_sonata_column_open(located->group->group, located->group->path, JOINT_POSITIONS, 3,
                                 &column, error));
    si_result result = si_sonata_column_read(&column, &located->rows, H5T_NATIVE_DOUBLE,
                                             sizeof *cells->positions, cells->positions,
                                             sizeof *cells->positions, error);
    si_sonata_column_close(&column);
    return result;
}

static si_result read_positions(cell_reader *reader, const si_group_rows *located, si_error *error)
{
    si_cells *cells = reader->cells;
    if (has_joint_positions(reader, located->group))
        return read_joint_positions(reader, located, error);
    for (unsigned axis = 0; axis < 3; axis++)
        SI_TRY(read_numbers(reader, located, position_names[axis], cells->positions[0] + axis,
                            sizeof cells->positions[0], GIVEN_POSITION(axis), error));
    for (uint64_t k = 0; k < located->rows.count; k++) {
        uint64_t i = si_rows_position(&located->rows, k);
        for (unsigned axis = 0; axis < 3; axis++) {
            if (cells->morphologies[i] != SI_NO_NAME && !(reader->given[i] & GIVEN_POSITION(axis)))
                return si_node_reader_fail_missing(&reader->nodes, located, i, position_names[axis],
                                                   error);
        }
    }
    return SI_OK;
}

/* All four parts or none. `*all` says that every cell of the group has them. */
static si_result check_orientations(cell_reader *reader, const si_group_rows *located, bool *all,
                                    si_error *error)
{
    si_cells *cells = reader->cells;
    *all = true;
    for (uint64_t k = 0; k < located->rows.count; k++) {
        uint64_t i = si_rows_position(&located->rows, k);
        uint16_t parts = reader->given[i] & GIVEN_ALL_ORIENTATION;
        *all = *all && parts == GIVEN_ALL_ORIENTATION;
        if (parts == GIVEN_ALL_ORIENTATION)
            cells->rotation_kinds[i] = SI_ROTATION_QUATERNION;
        for (unsigned part = 0; part < 4; part++) {
            if (parts && !(parts & GIVEN_ORIENTATION(part)) && cells->morphologies[i] != SI_NO_NAME)
                return si_node_reader_fail_missing(&reader->nodes, located, i,
                                                   orientation_names[part], error);
        }
    }
    return SI_OK;
}

static si_result read_angles(cell_reader *reader, const si_group_rows *located, si_error *error)
{
    si_cells *cells = reader->cells;
    if (!reader->angles)
        reader->angles = si_allocate_zeroed(cells->count, sizeof *reader->angles);
    if (!reader->angles)
        return si_fail_memory(error);
    for (unsigned axis = 0; axis < 3; axis++)
        SI_TRY(read_numbers(reader, located, angle_names[axis], reader->angles[0] + axis,
                            sizeof *reader->angles, GIVEN_ANGLE(axis), error));
    for (uint64_t k = 0; k < located->rows.count; k++) {
        uint64_t i = si_rows_position(&located->rows, k);
        if (cells->rotation_kinds[i] == SI_ROTATION_QUATERNION)
            continue;
        memset(cells->rotations[i], 0, sizeof cells->rotations[i]);
        memcpy(cells->rotations[i], reader->angles[i], sizeof *reader->angles);
        if (reader->given[i] & GIVEN_ANY_ANGLE)
            cells->rotation_kinds[i] = SI_ROTATION_ANGLES;
    }
    return SI_OK;
}

static si_result read_rotations(cell_reader *reader, const si_group_rows *located, si_error *error)
{
    si_cells *cells = reader->cells;
    bool all;
    for (unsigned part = 0; part < 4; part++)
        SI_TRY(read_numbers(reader, located, orientation_names[part], cells->rotations[0] + part,
                            sizeof cells->rotations[0], GIVEN_ORIENTATION(part), error));
    SI_TRY(check_orientations(reader, located, &all, error));
    return all ? SI_OK : read_angles(reader, located, error);
}

static si_result read_recenter(cell_reader *reader, const si_group_rows *located, si_error *error)
{
    SI_TRY(read_numbers(reader, located, "recenter", reader->recenter, sizeof *reader->recenter,
                        GIVEN_RECENTER, error));
    for (uint64_t k = 0; k < located->rows.count; k++) {
        uint64_t i = si_rows_position(&located->rows, k);
        if (reader->given[i] & GIVEN_RECENTER)
            reader->cells->recenter[i] = reader->recenter[i] != 0 ? SI_RECENTER_GIVEN_ON
                                                                  : SI_RECENTER_GIVEN_OFF;
    }
    return SI_OK;
}

static si_result allocate_cells(si_cells *cells, uint64_t count, si_error *error)
{
    *cells = (si_cells){
        .count = count,
        .gids = si_allocate(count, sizeof *cells->gids),
        .positions = si_allocate(count, sizeof *cells->positions),
        .rotations = si_allocate_zeroed(count, sizeof *cells->rotations),
        .rotation_kinds = si_allocate_zeroed(count, sizeof *cells->rotation_kinds),
        .recenter = si_allocate(count, sizeof *cells->recenter),
        .morphologies = si_allocate(count, sizeof *cells->morphologies),
        .model_types = si_allocate(count, sizeof *cells->model_types),
    };
    if (!cells->gids || !cells->positions || !cells->rotations || !cells->rotation_kinds ||
        !cells->recenter || !cells->morphologies || !cells->model_types)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < count; i++) {
        cells->recenter[i] = SI_RECENTER_NOT_GIVEN;
        for (unsigned axis = 0; axis < 3; axis++)
            cells->positions[i][axis] = NAN;
    }
    return SI_OK;
}

/* Takes the table, without the names that no cell is left with. */
static si_result take_names(si_name_interner *interner, uint32_t *indices, uint64_t count,
                            si_name_table *table, si_error *error)
{
    *table = si_name_interner_take(interner);
    uint32_t *renumbered = si_allocate_zeroed(table->count, sizeof *renumbered);
    if (!renumbered)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < count; i++) {
        if (indices[i] != SI_NO_NAME)
            renumbered[indices[i]] = 1;
    }
    uint32_t kept = 0;
    for (uint32_t name = 0; name < table->count; name++) {
        bool is_used = renumbered[name];
        renumbered[name] = kept;
        if (is_used)
            table->names[kept++] = table->names[name];
        else
            si_free(table->names[name]);
    }
    table->count = kept;
    for (uint64_t i = 0; i < count; i++) {
        if (indices[i] != SI_NO_NAME)
            indices[i] = renumbered[indices[i]];
    }
    si_free(renumbered);
    return SI_OK;
}

static si_result read_group(cell_reader *reader, const si_group_rows *located, si_error *error)
{
    SI_TRY(read_morphologies(reader, located, error));
    SI_TRY(read_positions(reader, located, error));
    SI_TRY(read_rotations(reader, located, error));
    return read_recenter(reader, located, error);
}

static si_result read_cells(cell_reader *reader, si_error *error)
{
    si_cells *cells = reader->cells;
    uint64_t count = reader->nodes.count;
    SI_TRY(allocate_cells(cells, count, error));
    reader->given = si_allocate_zeroed(count, sizeof *reader->given);
    reader->recenter = si_allocate(count, sizeof *reader->recenter);
    if (!reader->given || !reader->recenter)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < count; i++)
        cells->gids[i] = si_node_reader_id(&reader->nodes, i);
    for (size_t g = 0; g < reader->nodes.located_count; g++)
        SI_TRY(read_group(reader, &reader->nodes.located[g], error));
    SI_TRY(take_names(&reader->morphologies, cells->morphologies, count, &cells->morphology_names,
                      error));
    return take_names(&reader->model_types, cells->model_types, count, &cells->model_type_names,
                      error);
}

static void free_reader(cell_reader *reader)
{
    si_node_reader_finish(&reader->nodes);
    si_name_interner_free(&reader->morphologies);
    si_name_interner_free(&reader->model_types);
    si_free(reader->given);
    si_free(reader->recenter);
    si_free(reader->angles);
}

si_result si_sonata_nodes_read(si_sonata_nodes *nodes, uint64_t first, const uint64_t *gids,
                               uint64_t count, si_cells *cells, si_error *error)
{
    *cells = (si_cells){0};
    cell_reader reader = {.cells = cells};
    uint64_t *rows = NULL;
    if (gids)
        SI_TRY(si_node_ids_find_rows(&nodes->ids, nodes->population, gids, count, &rows, error));
    si_hdf5_lock();
    si_result result = si_node_reader_start(nodes, first, rows ? rows : gids, count, &reader.nodes,
                                            error);
    if (result == SI_OK)
        result = read_cells(&reader, error);
    si_hdf5_unlock();
    free_reader(&reader);
    si_free(rows);
    if (result != SI_OK)
        si_cells_free(cells);
    return result;
}

si_result si_nodes_population_ids(const char *nodes_file, const char *population, uint64_t first,
                                  uint64_t count, uint64_t *ids, si_error *error)
{
    si_sonata_nodes *nodes;
    SI_TRY(si_require(nodes_file, "nodes_file", error));
    if (count > 0)
        SI_TRY(si_require(ids, "ids", error));
    SI_TRY(si_sonata_nodes_open(nodes_file, NULL, population, &nodes, error));
    uint64_t size = nodes->population->size;
    si_result result = SI_OK;
    if (first > size || count > size - first)
        result = si_fail(error, SI_ERROR_ARGUMENT,
                         "%s: the ids of %" PRIu64 " nodes from row %" PRIu64
                         " were requested, but the population has %" PRIu64 " nodes",
                         nodes->population->path, count, first, size);
    for (uint64_t i = 0; i < count && result == SI_OK; i++)
        ids[i] = si_node_id_of_row(&nodes->ids, first + i);
    si_sonata_nodes_close(nodes);
    return result;
}

void si_cells_free(si_cells *cells)
{
    si_free(cells->gids);
    si_free(cells->positions);
    si_free(cells->rotations);
    si_free(cells->rotation_kinds);
    si_free(cells->recenter);
    si_free(cells->morphologies);
    si_free(cells->model_types);
    si_name_table_free(&cells->morphology_names);
    si_name_table_free(&cells->model_type_names);
    *cells = (si_cells){0};
}
