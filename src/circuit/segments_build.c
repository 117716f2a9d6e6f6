/*
 * Builds an index of the somas and segments of a node population.
 *
 * Cells are read in pieces of rows; threads place the morphology of each cell, which a cache keeps,
 * and append its elements (cell_indexing.h). In a cluster the ranks take shares of the cells from a
 * common counter, because cells differ in size by a factor of a hundred.
 */
#include <inttypes.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/sorted_ids.h"
#include "base/struct_size.h"
#include "circuit/cell_indexing.h"
#include "circuit/morphology_places.h"
#include "circuit/population_build.h"
#include "cluster/cluster.h"
#include "sort/memory_plan.h"

/* Of the ranks of a cluster. */
#define WORK_ITEMS_PER_RANK 32
#define MOST_CELLS_OF_WORK_ITEM 4096

typedef struct segments_build {
    const si_segments_source *source;
    si_population_build common;
    si_sonata_nodes *nodes;
    uint64_t *gids; /* ascending; NULL: all */
    uint64_t cell_count;
    si_identity identity;
    si_morphology_places places;
    si_morphology_cache *cache;
    si_cell_indexing indexing;
} segments_build;

static si_result check_source(const si_segments_source *source, si_error *error)
{
    if (!source->nodes_file)
        return si_fail(error, SI_ERROR_ARGUMENT, "no nodes file is given");
    if (!source->gids && source->gid_count > 0)
        return si_fail(error, SI_ERROR_ARGUMENT, "gid_count is %zu, but gids is NULL",
                       source->gid_count);
    if ((unsigned)source->recenter > SI_RECENTER_OFF)
        return si_fail(error, SI_ERROR_ARGUMENT, "recenter is %d, expected a value of si_recenter",
                       (int)source->recenter);
    if ((unsigned)source->soma_radius > SI_SOMA_RADIUS_SURFACE)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "soma_radius is %d, expected a value of si_soma_radius",
                       (int)source->soma_radius);
    return SI_OK;
}

static si_result choose_cells(segments_build *build, si_error *error)
{
    const si_segments_source *source = build->source;
    uint64_t size = si_sonata_nodes_size(build->nodes);
    build->cell_count = source->gids ? source->gid_count : size;
    return source->gids ? si_sorted_ids_copy(source->gids, source->gid_count, &build->gids, error)
                        : SI_OK;
}

static si_result check_cells(const segments_build *build, si_error *error)
{
    for (uint64_t i = build->gids ? build->cell_count : 0; i-- > 0;) {
        if (si_sonata_nodes_have(build->nodes, build->gids[i]))
            continue;
        return si_fail(
            error, SI_ERROR_ARGUMENT,
            "gid %" PRIu64 " is not in population '%s' of %s, which has %" PRIu64 " cells, %s",
            build->gids[i], si_sonata_nodes_population(build->nodes),
            si_sonata_nodes_file(build->nodes), si_sonata_nodes_size(build->nodes),
            si_sonata_nodes_count_from_0(build->nodes) ? "counted from 0"
                                                       : "with the ids that its node_id gives");
    }
    return SI_OK;
}

static si_result open_inputs(segments_build *build, si_error *error)
{
    const si_segments_source *source = build->source;
    SI_TRY(si_build_progress_report(&build->common.progress, "reading nodes", 0, 0, error));
    SI_TRY(si_sonata_nodes_open(source->nodes_file, source->node_types_file, source->population,
                                &build->nodes, error));
    SI_TRY(si_sonata_nodes_identify(build->nodes, &build->identity, error));
    SI_TRY(choose_cells(build, error));
    SI_TRY(check_cells(build, error));
    si_split_memory_cells(&build->common.plan, build->cell_count);
    build->places.soma_radius = source->soma_radius;
    SI_TRY(si_morphology_places_open(&build->places, source->morphologies, source->alternate_h5v1,
                                     source->alternate_asc, error));
    return si_morphology_cache_create(si_morphology_places_load, &build->places,
                                      build->common.plan.cache_bytes, &build->cache, error);
}

static si_result add_cells(segments_build *build, uint64_t first, uint64_t end, si_error *error)
{
    for (; first < end; first += build->common.plan.node_rows) {
        uint64_t count = si_min_u64(build->common.plan.node_rows, end - first);
        si_cells cells;
        SI_TRY(si_sonata_nodes_read(build->nodes, first, build->gids ? build->gids + first : NULL,
                                    count, &cells, error));
        si_result result = si_cell_indexing_add(&build->indexing, &cells, error);
        si_cells_free(&cells);
        SI_TRY(result);
    }
    return SI_OK;
}

/* Cells differ in size by a factor of 100: a rank takes another work item when it has finished one.
 */
static si_result add_work_items(segments_build *build, si_error *error)
{
    si_cluster *cluster = build->common.options.cluster;
    uint64_t even = build->cell_count / (WORK_ITEMS_PER_RANK * (uint64_t)cluster->size);
    uint64_t size = si_min_u64(si_max_u64(even, 1), MOST_CELLS_OF_WORK_ITEM);
    uint64_t item_count = si_divide_up(build->cell_count, size), item;
    SI_TRY(si_cluster_next_work_item(cluster, &item, error));
    while (item < item_count) {
        uint64_t first = item * size;
        SI_TRY(add_cells(build, first, si_min_u64(first + size, build->cell_count), error));
        SI_TRY(si_cluster_next_work_item(cluster, &item, error));
    }
    si_cluster_end_work(cluster, item_count);
    return SI_OK;
}

static si_result index_cells(segments_build *build, si_error *error)
{
    build->indexing = (si_cell_indexing){
        .nodes_file = si_sonata_nodes_file(build->nodes),
        .population = si_sonata_nodes_population(build->nodes),
        .recenter = build->source->recenter,
        .skip_bad_cells = build->source->skip_bad_cells,
        .threads = build->common.plan.threads,
        .cache = build->cache,
        .progress = &build->common.progress,
        .cells_in_all = build->cell_count,
    };
    SI_TRY(si_cell_indexing_start(&build->indexing, build->common.builder, error));
    if (si_cluster_size(build->common.options.cluster) > 1)
        SI_TRY(add_work_items(build, error));
    else
        SI_TRY(add_cells(build, 0, build->cell_count, error));
    return si_cell_indexing_finish(&build->indexing, error);
}

/* Completes the report. In a cluster the counts are sums; the bad cells stay with the rank that has
 * found them. */
static si_result finish(segments_build *build, si_index **index, si_error *error)
{
    si_build_report written = SI_BUILD_REPORT_INIT, *counts = &build->indexing.counts;
    SI_TRY(si_population_build_finish(&build->common, index, &written, error));
    counts->element_count = written.element_count;
    counts->file_bytes = written.file_bytes;
    uint64_t numbers[] = {counts->cell_count, counts->cells_without_soma,
                          counts->cells_without_morphology};
    SI_TRY(si_cluster_sum(build->common.options.cluster, numbers, 3, error));
    counts->cell_count = numbers[0];
    counts->cells_without_soma = numbers[1];
    counts->cells_without_morphology = numbers[2];
    return SI_OK;
}

static si_result build_index(segments_build *build, const char *folder, si_index **index,
                             si_error *error)
{
    SI_TRY(si_cluster_agree(build->common.options.cluster, open_inputs(build, error), error));
    SI_TRY(si_population_build_create_builder(
        &build->common, SI_SEGMENT, folder, si_sonata_nodes_population(build->nodes),
        si_sonata_nodes_file(build->nodes), build->source->node_types_file, &build->identity,
        error));
    SI_TRY(index_cells(build, error));
    return finish(build, index, error);
}

si_result si_build_segments(const si_segments_source *source, const char *folder,
                            const si_build_options *options, si_index **index,
                            si_build_report *report, si_error *error)
{
    SI_TRY(si_require(source, "source", error));
    si_segments_source read = SI_SEGMENTS_SOURCE_INIT;
    segments_build build = {.source = &read};
    SI_TRY(si_struct_read(&read, sizeof read, source,
                          SI_SIZE_THROUGH(si_segments_source, soma_radius), "si_segments_source",
                          error));
    SI_TRY(check_source(&read, error));
    SI_TRY(si_population_build_start(&build.common, options, report, error));
    si_result result = build_index(&build, folder, index, error);
    if (result == SI_OK && report) {
        si_struct_fill(report, &build.indexing.counts, sizeof *report);
        build.indexing.counts = (si_build_report)SI_BUILD_REPORT_INIT;
    }
    si_cell_indexing_free(&build.indexing);
    si_build_report_free(&build.indexing.counts);
    si_morphology_cache_free(build.cache);
    si_morphology_places_close(&build.places);
    si_free(build.gids);
    si_sonata_nodes_close(build.nodes);
    si_population_build_end(&build.common);
    return result;
}
