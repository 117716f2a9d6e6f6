/*
 * Builds an index of the synapses of an edge population.
 *
 * The chosen edges are ranges of rows, read in large pieces (synapse_pieces.h). There are two
 * pieces: one thread fills one while the others append the other one in blocks. In a cluster each
 * rank takes an equal part of the edges.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sorted_ids.h"
#include "base/struct_size.h"
#include "circuit/population_build.h"
#include "circuit/synapse_pieces.h"
#include "cluster/cluster.h"
#include "sonata/sonata_population.h"
#include "sonata/types_file.h"
#include "sort/memory_plan.h"

/* What one thread hands to the builder at once. */
#define SYNAPSES_PER_BLOCK 32768

typedef struct synapses_build {
    const si_synapses_source *source;
    si_population_build common;
    si_sonata_edges *edges;
    uint64_t *post_gids; /* ascending; NULL: not chosen by these */
    si_edge_range *ranges;
    uint64_t synapse_count;
    si_identity identity;
    si_synapse_cursor cursor;
    si_synapse_piece pieces[2]; /* one is filled while the other one is handed to the builder */
    si_synapse_piece *filled, *filling;
} synapses_build;

static si_result check_source(const si_synapses_source *source, si_error *error)
{
    if (!source->edges_file)
        return si_fail(error, SI_ERROR_ARGUMENT, "no edges file is given");
    if (!source->post_gids && source->post_gid_count > 0)
        return si_fail(error, SI_ERROR_ARGUMENT, "post_gid_count is %zu, but post_gids is NULL",
                       source->post_gid_count);
    if (source->post_gids && source->edge_ranges)
        return si_fail(error, SI_ERROR_ARGUMENT, "both post_gids and edge_ranges are given");
    return SI_OK;
}

static si_result check_range(const synapses_build *build, const uint64_t *range, si_error *error)
{
    uint64_t size = si_sonata_edges_size(build->edges);
    if (range[0] <= range[1] && range[1] <= size)
        return SI_OK;
    return si_fail(error, SI_ERROR_ARGUMENT,
                   "edges %" PRIu64 " to %" PRIu64 " were requested, but population '%s' of %s has "
                   "the edges 0 to %" PRIu64,
                   range[0], range[1], si_sonata_edges_population(build->edges),
                   si_sonata_edges_file(build->edges), size);
}

static int compare_ranges(const void *left, const void *right)
{
    const si_edge_range *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

/* Ascending, and an edge that is given twice once. */
static size_t merge_ranges(si_edge_range *ranges, size_t count)
{
    size_t merged = 0;
    qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (size_t i = 0; i < count; i++)
        if (merged > 0 && ranges[i].start <= ranges[merged - 1].end)
            ranges[merged - 1].end = si_max_u64(ranges[merged - 1].end, ranges[i].end);
        else
            ranges[merged++] = ranges[i];
    return merged;
}

static si_result choose_ranges(synapses_build *build, si_error *error)
{
    const si_synapses_source *source = build->source;
    build->ranges = si_allocate(source->edge_range_count, sizeof *build->ranges);
    if (!build->ranges)
        return si_fail_memory(error);
    for (size_t i = 0; i < source->edge_range_count; i++) {
        const uint64_t *range = source->edge_ranges + 2 * i;
        SI_TRY(check_range(build, range, error));
        if (range[0] < range[1])
            build->ranges[build->cursor.range_count++] = (si_edge_range){range[0], range[1]};
    }
    build->cursor.range_count = merge_ranges(build->ranges, build->cursor.range_count);
    return SI_OK;
}

/* One synapse is as much work as another: each rank has as many of them. */
static void choose_share(synapses_build *build)
{
    const si_cluster *cluster = build->common.options.cluster;
    uint64_t even = build->synapse_count / cluster->size,
             odd = build->synapse_count % cluster->size;
    uint64_t first = even * cluster->rank + si_min_u64(cluster->rank, odd);
    uint64_t end = first + even + (cluster->rank < odd), passed = 0;
    size_t count = 0;
    for (size_t i = 0; i < build->cursor.range_count; i++) {
        si_edge_range range = build->ranges[i];
        uint64_t size = range.end - range.start;
        uint64_t from = si_max_u64(first, passed) - passed;
        uint64_t to = si_min_u64(end, passed + size) - si_min_u64(end, passed);
        if (from < to)
            build->ranges[count++] = (si_edge_range){range.start + from, range.start + to};
        passed += size;
    }
    build->cursor.range_count = count;
    build->synapse_count = end - first;
}

static si_result choose_synapses(synapses_build *build, si_error *error)
{
    const si_synapses_source *source = build->source;
    if (source->post_gids) {
        SI_TRY(si_sorted_ids_copy(source->post_gids, source->post_gid_count, &build->post_gids,
                                  error));
        SI_TRY(si_sonata_edges_select_targets(build->edges, source->post_gids,
                                              source->post_gid_count, &build->ranges,
                                              &build->cursor.range_count, error));
    } else if (source->edge_ranges) {
        SI_TRY(choose_ranges(build, error));
    } else {
        build->ranges = si_allocate(1, sizeof *build->ranges);
        if (!build->ranges)
            return si_fail_memory(error);
        build->ranges[0] = (si_edge_range){0, si_sonata_edges_size(build->edges)};
        build->cursor.range_count = build->ranges[0].end > 0;
    }
    build->cursor.edges = build->edges;
    build->cursor.ranges = build->ranges;
    for (size_t i = 0; i < build->cursor.range_count; i++)
        build->synapse_count += build->ranges[i].end - build->ranges[i].start;
    if (si_cluster_size(build->common.options.cluster) > 1)
        choose_share(build);
    return SI_OK;
}

static si_result open_inputs(synapses_build *build, si_error *error)
{
    const si_synapses_source *source = build->source;
    const char *types_file = source->edge_types_file;
    SI_TRY(si_build_progress_report(&build->common.progress, "reading edges", 0, 0, error));
    SI_TRY(si_sonata_edges_open(source->edges_file, source->population, source->position_prefix,
                                &build->edges, error));
    /* The index does without the types, but what is recorded for the queries should be good. */
    if (types_file && types_file[0] != '\0') {
        si_types_file *types;
        SI_TRY(si_types_file_open(types_file, si_population_kind_type_id(SI_EDGES), &types, error));
        si_types_file_close(types);
    }
    SI_TRY(si_sonata_edges_identify(build->edges, &build->identity, error));
    SI_TRY(choose_synapses(build, error));
    si_split_memory_synapses(&build->common.plan);
    uint64_t capacity = si_min_u64(SI_MOST_SYNAPSES_PER_PIECE,
                                   build->common.plan.edges_bytes / 2 / SI_SYNAPSE_BYTES);
    SI_TRY(si_synapse_piece_allocate(&build->pieces[0], capacity, error));
    return si_synapse_piece_allocate(&build->pieces[1], capacity, error);
}

/* Their number is known, so a bound that is too small is an error before any of them is read. */
static si_result check_file_bound(const synapses_build *build, si_error *error)
{
    uint64_t bytes,
        bound = build->common.options.multi_index ? 0 : build->common.options.max_file_bytes;
    SI_TRY(si_file_bytes(SI_SYNAPSE, build->synapse_count, &bytes, error));
    if (bound > 0 && bytes > bound)
        return si_fail(error, SI_ERROR_LIMIT,
                       "the index file may take %" PRIu64 " bytes, but the %" PRIu64
                       " synapses of population '%s' of %s need %" PRIu64 " bytes",
                       bound, build->synapse_count, si_sonata_edges_population(build->edges),
                       si_sonata_edges_file(build->edges), bytes);
    return SI_OK;
}

static si_result check_positions(const synapses_build *build, size_t first, size_t end,
                                 si_error *error)
{
    for (size_t row = first; row < end; row++) {
        const float *at = build->filled->rows.positions[row];
        if (!isfinite(at[0]) || !isfinite(at[1]) || !isfinite(at[2]))
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: the position of edge %" PRIu64
                           " of population '%s' is (%g, %g, %g), expected finite numbers",
                           si_sonata_edges_file(build->edges), build->filled->ids[row],
                           si_sonata_edges_population(build->edges), (double)at[0], (double)at[1],
                           (double)at[2]);
    }
    return SI_OK;
}

/* What the index of the file has found must end on the cells asked for, or the index is wrong. */
static si_result check_targets(const synapses_build *build, size_t first, size_t end,
                               si_error *error)
{
    const uint64_t *targets = build->filled->rows.target_gids;
    for (size_t row = first; row < end; row++) {
        if (row > first && targets[row] == targets[row - 1])
            continue;
        if (si_sorted_ids_contain(build->post_gids, build->source->post_gid_count, targets[row]))
            continue;
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: edge %" PRIu64 " of population '%s' ends on node %" PRIu64
                       ", but its index target_to_source has it among the edges of other nodes",
                       si_sonata_edges_file(build->edges), build->filled->ids[row],
                       si_sonata_edges_population(build->edges), targets[row]);
    }
    return SI_OK;
}

static si_result append_block(const synapses_build *build, uint64_t block, si_error *error)
{
    const si_synapse_piece *piece = build->filled;
    size_t first = block * SYNAPSES_PER_BLOCK;
    size_t end = si_min_u64(first + SYNAPSES_PER_BLOCK, piece->count);
    SI_TRY(check_positions(build, first, end, error));
    if (build->post_gids)
        SI_TRY(check_targets(build, first, end, error));
    const si_input_column columns[] = {
        {SI_FIELD_POSITION, piece->rows.positions + first},
        {SI_FIELD_ID, piece->ids + first},
        {SI_FIELD_POST_GID, piece->rows.target_gids + first},
        {SI_FIELD_PRE_GID, piece->rows.source_gids + first},
    };
    return si_builder_append(build->common.builder, columns, sizeof columns / sizeof columns[0],
                             end - first, error);
}

/* Task 0 reads ahead; the others append what was read before. */
static si_result read_or_append(void *context, unsigned worker, uint64_t task, si_error *error)
{
    synapses_build *build = context;
    (void)worker;
    if (task == 0)
        return si_synapse_piece_read(build->filling, &build->cursor, error);
    return append_block(build, task - 1, error);
}

static si_result append_synapses(synapses_build *build, si_error *error)
{
    uint64_t done = 0;
    build->filled = &build->pieces[0];
    build->filling = &build->pieces[1];
    SI_TRY(si_synapse_piece_read(build->filled, &build->cursor, error));
    while (build->filled->count > 0) {
        uint64_t blocks = si_divide_up(build->filled->count, SYNAPSES_PER_BLOCK);
        SI_TRY(si_parallel(build->common.plan.threads, 1 + blocks, read_or_append, build, error));
        done += build->filled->count;
        SI_TRY(si_build_progress_report(&build->common.progress, "synapses", done,
                                        build->synapse_count, error));
        si_synapse_piece *piece = build->filled;
        build->filled = build->filling;
        build->filling = piece;
    }
    return SI_OK;
}

static si_result build_index(synapses_build *build, const char *folder, si_index **index,
                             si_build_report *report, si_error *error)
{
    SI_TRY(si_cluster_agree(build->common.options.cluster, open_inputs(build, error), error));
    SI_TRY(check_file_bound(build, error));
    build->common.options.expected_count = build->synapse_count;
    SI_TRY(si_population_build_create_builder(
        &build->common, SI_SYNAPSE, folder, si_sonata_edges_population(build->edges),
        si_sonata_edges_file(build->edges), build->source->edge_types_file, &build->identity,
        error));
    SI_TRY(append_synapses(build, error));
    return si_population_build_finish(&build->common, index, report, error);
}

si_result si_build_synapses(const si_synapses_source *source, const char *folder,
                            const si_build_options *options, si_index **index,
                            si_build_report *report, si_error *error)
{
    SI_TRY(si_require(source, "source", error));
    si_synapses_source read = SI_SYNAPSES_SOURCE_INIT;
    synapses_build build = {.source = &read};
    si_build_report written = SI_BUILD_REPORT_INIT;
    SI_TRY(si_struct_read(&read, sizeof read, source,
                          SI_SIZE_THROUGH(si_synapses_source, edge_range_count),
                          "si_synapses_source", error));
    SI_TRY(check_source(&read, error));
    SI_TRY(si_population_build_start(&build.common, options, report, error));
    si_result result = build_index(&build, folder, index, &written, error);
    if (result == SI_OK && report)
        si_struct_fill(report, &written, sizeof written);
    si_synapse_piece_free(&build.pieces[0]);
    si_synapse_piece_free(&build.pieces[1]);
    si_free(build.ranges);
    si_free(build.post_gids);
    si_sonata_edges_close(build.edges);
    si_population_build_end(&build.common);
    return result;
}
