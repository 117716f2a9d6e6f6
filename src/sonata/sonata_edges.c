/* The edges of a SONATA population: their positions and cells by rows. */
#include "sonata/sonata_edges.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hdf5/hdf5_access.h"
#include "sonata/edge_index.h"
#include "sonata/population_identity.h"
#include "sonata/sonata_column.h"
#include "sonata/sonata_groups.h"

#define DEFAULT_POSITION_PREFIX "afferent_center"

/* The position columns of one group. */
typedef struct position_columns {
    bool exists;
    si_sonata_column axes[3];
} position_columns;

struct si_sonata_edges {
    si_sonata_population *population;
    char *position_names[3];
    position_columns *positions; /* for each group of the population */
    si_sonata_column targets;
    si_sonata_column sources;
};

static bool group_has(const si_sonata_group *group, const char *name)
{
    return group->group >= 0 && si_hdf5_has_object(group->group, name, H5O_TYPE_DATASET);
}

typedef struct prefix_list {
    const si_sonata_group *group;
    si_text text;
} prefix_list;

/* Adds PREFIX where the group has PREFIX_x, PREFIX_y and PREFIX_z. */
static si_result add_prefix(void *context, const char *name, si_error *error)
{
    prefix_list *list = context;
    size_t length = strlen(name);
    if (length < 3 || strcmp(name + length - 2, "_x") != 0)
        return SI_OK;
    char *other = si_duplicate_string(name);
    if (!other)
        return si_fail_memory(error);
    bool exists = true;
    for (const char *axis = "yz"; *axis; axis++) {
        other[length - 1] = *axis;
        exists = exists && group_has(list->group, other);
    }
    si_free(other);
    if (!exists)
        return SI_OK;
    return si_text_append(&list->text, "%s%.*s", list->text.length ? ", " : "", (int)length - 2,
                          name);
}

static si_result fail_without_positions(const si_sonata_edges *edges, const si_sonata_group *group,
                                        si_error *error)
{
    prefix_list list = {.group = group};
    if (group->group >= 0)
        si_hdf5_each_child(group->group, group->path, add_prefix, &list, NULL);
    si_error_set(error, SI_ERROR_NOT_FOUND,
                 "%s: no position columns %s, %s and %s; position prefixes of this group: %s",
                 group->path, edges->position_names[0], edges->position_names[1],
                 edges->position_names[2], list.text.data ? list.text.data : "none");
    si_text_free(&list.text);
    return SI_ERROR_NOT_FOUND;
}

static si_result open_positions(si_sonata_edges *edges, size_t g, si_error *error)
{
    const si_sonata_group *group = &edges->population->groups[g];
    position_columns *columns = &edges->positions[g];
    for (unsigned axis = 0; axis < 3; axis++) {
        if (!group_has(group, edges->position_names[axis]))
            return SI_OK;
    }
    columns->exists = true;
    for (unsigned axis = 0; axis < 3; axis++)
        SI_TRY(si_sonata_column_open(group->group, group->path, edges->position_names[axis], 1,
                                     &columns->axes[axis], error));
    return SI_OK;
}

static si_result open_all_positions(si_sonata_edges *edges, si_error *error)
{
    const si_sonata_population *population = edges->population;
    edges->positions = si_allocate_zeroed(population->group_count, sizeof *edges->positions);
    if (!edges->positions)
        return si_fail_memory(error);
    bool any = false;
    for (size_t g = 0; g < population->group_count; g++) {
        SI_TRY(open_positions(edges, g, error));
        any = any || edges->positions[g].exists;
    }
    /* With several groups, which of them matter shows when edges are read. */
    return any ? SI_OK : fail_without_positions(edges, &population->groups[0], error);
}

static si_result open_edges(const char *edges_file, const char *name, const char *prefix,
                            si_sonata_edges *edges, si_error *error)
{
    for (unsigned axis = 0; axis < 3; axis++) {
        edges->position_names[axis] = si_format("%s_%c", prefix ? prefix : DEFAULT_POSITION_PREFIX,
                                                "xyz"[axis]);
        if (!edges->position_names[axis])
            return si_fail_memory(error);
    }
    SI_TRY(si_sonata_population_open(edges_file, SI_EDGES, name, &edges->population, error));
    const si_sonata_population *population = edges->population;
    if (population->size == 0)
        return SI_OK;
    SI_TRY(si_sonata_column_open(population->population, population->path, "target_node_id", 1,
                                 &edges->targets, error));
    SI_TRY(si_sonata_column_open(population->population, population->path, "source_node_id", 1,
                                 &edges->sources, error));
    return open_all_positions(edges, error);
}

si_result si_sonata_edges_open(const char *edges_file, const char *population,
                               const char *position_prefix, si_sonata_edges **edges,
                               si_error *error)
{
    si_sonata_edges *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    si_hdf5_lock();
    si_result result = open_edges(edges_file, population, position_prefix, opened, error);
    si_hdf5_unlock();
    if (result != SI_OK) {
        si_sonata_edges_close(opened);
        return result;
    }
    *edges = opened;
    return SI_OK;
}

void si_sonata_edges_close(si_sonata_edges *edges)
{
    if (!edges)
        return;
    si_hdf5_lock();
    for (size_t g = 0; edges->positions && g < edges->population->group_count; g++)
        for (unsigned axis = 0; axis < 3; axis++)
            si_sonata_column_close(&edges->positions[g].axes[axis]);
    si_free(edges->positions);
    si_sonata_column_close(&edges->targets);
    si_sonata_column_close(&edges->sources);
    si_sonata_population_close(edges->population);
    si_hdf5_unlock();
    for (unsigned axis = 0; axis < 3; axis++)
        si_free(edges->position_names[axis]);
    si_free(edges);
}

const char *si_sonata_edges_file(const si_sonata_edges *edges)
{
    return edges->population->file_path;
}

const char *si_sonata_edges_population(const si_sonata_edges *edges)
{
    return edges->population->name;
}

uint64_t si_sonata_edges_size(const si_sonata_edges *edges)
{
    return edges->population->size;
}

si_result si_sonata_edges_identify(const si_sonata_edges *edges, si_identity *identity,
                                   si_error *error)
{
    si_hdf5_lock();
    si_result result = si_population_identify(edges->population, identity, error);
    si_hdf5_unlock();
    return result;
}

/* Reads the positions of each group, then the two columns of all edges. */
static si_result read_rows(const si_sonata_edges *edges, uint64_t start, uint64_t count,
                           const si_edge_rows *rows, si_error *error)
{
    si_group_rows *located;
    size_t located_count;
    SI_TRY(si_sonata_population_locate(edges->population, start, NULL, count, &located,
                                       &located_count, error));
    si_result result = SI_OK;
    for (size_t g = 0; g < located_count && result == SI_OK; g++) {
        const si_sonata_group *group = located[g].group;
        const position_columns *columns = &edges->positions[group - edges->population->groups];
        if (!columns->exists)
            result = fail_without_positions(edges, group, error);
        for (unsigned axis = 0; axis < 3 && result == SI_OK; axis++)
            result = si_sonata_column_read_floats(&columns->axes[axis], &located[g].rows,
                                                  rows->positions[0] + axis,
                                                  sizeof rows->positions[0], error);
    }
    si_group_rows_free(located, located_count);
    SI_TRY(result);
    si_rows range = si_rows_range(start, count);
    SI_TRY(si_sonata_column_read_ids(&edges->targets, &range, rows->target_gids, error));
    return si_sonata_column_read_ids(&edges->sources, &range, rows->source_gids, error);
}

si_result si_sonata_edges_read(si_sonata_edges *edges, uint64_t start, uint64_t end,
                               const si_edge_rows *rows, si_error *error)
{
    const si_sonata_population *population = edges->population;
    if (start > end || end > population->size)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "%s: edges from %" PRIu64 " to before %" PRIu64
                       " were requested, but the population has %" PRIu64 " edges",
                       population->path, start, end, population->size);
    if (start == end)
        return SI_OK;
    si_hdf5_lock();
    si_result result = read_rows(edges, start, end - start, rows, error);
    si_hdf5_unlock();
    return result;
}

si_result si_sonata_edges_select_targets(si_sonata_edges *edges, const uint64_t *gids, size_t count,
                                         si_edge_range **ranges, size_t *range_count,
                                         si_error *error)
{
    *ranges = NULL;
    *range_count = 0;
    if (count == 0 || edges->population->size == 0)
        return SI_OK;
    si_hdf5_lock();
    si_result result = si_edge_index_select(edges->population, &edges->targets, gids, count, ranges,
                                            range_count, error);
    si_hdf5_unlock();
    return result;
}
