/* Indexes cells by blocks, in several threads: finds the placement and the shape of each, and adds
 * its elements to those of the thread. A bad cell ends the build or is recorded. */
#include "circuit/cell_indexing.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "circuit/build_options.h"

/* Some ten milliseconds of work: threads end together, and progress is smooth. */
#define CELLS_PER_BLOCK 16

si_result si_cell_indexing_start(si_cell_indexing *indexing, si_builder *builder, si_error *error)
{
    indexing->elements = si_allocate_zeroed(indexing->threads, sizeof *indexing->elements);
    if (!indexing->elements)
        return si_fail_memory(error);
    for (unsigned i = 0; i < indexing->threads; i++)
        indexing->elements[i].builder = builder;
    pthread_mutex_init(&indexing->lock, NULL);
    return SI_OK;
}

void si_cell_indexing_free(si_cell_indexing *indexing)
{
    if (!indexing->elements)
        return;
    for (unsigned i = 0; i < indexing->threads; i++)
        si_cell_elements_free(&indexing->elements[i]);
    si_free(indexing->elements);
    indexing->elements = NULL;
    pthread_mutex_destroy(&indexing->lock);
}

static si_result find_rotation(const si_cells *cells, uint64_t row, double rotation[3][3],
                               si_error *error)
{
    const double *given = cells->rotations[row];
    switch ((si_rotation_kind)cells->rotation_kinds[row]) {
    case SI_ROTATION_QUATERNION:
        if (!si_rotation_from_quaternion(given, rotation))
            return si_fail(error, SI_ERROR_FORMAT,
                           "the orientation is the quaternion (%g, %g, %g, %g), expected a "
                           "finite one other than 0",
                           given[0], given[1], given[2], given[3]);
        return SI_OK;
    case SI_ROTATION_ANGLES:
        if (!si_rotation_from_angles(given, rotation))
            return si_fail(error, SI_ERROR_FORMAT,
                           "the rotation angles are (%g, %g, %g), expected finite numbers",
                           given[0], given[1], given[2]);
        return SI_OK;
    case SI_ROTATION_NONE:
    default:
        for (int i = 0; i < 9; i++)
            rotation[i / 3][i % 3] = i % 4 == 0;
        return SI_OK;
    }
}

static si_result find_placement(const si_cells *cells, uint64_t row, si_placement *placement,
                                si_error *error)
{
    const double *position = cells->positions[row];
    if (!isfinite(position[0]) || !isfinite(position[1]) || !isfinite(position[2]))
        return si_fail(error, SI_ERROR_FORMAT,
                       "the position is (%g, %g, %g), expected finite numbers", position[0],
                       position[1], position[2]);
    memset(placement, 0, sizeof *placement);
    memcpy(placement->position, position, sizeof placement->position);
    return find_rotation(cells, row, placement->rotation, error);
}

static bool is_recentered(const si_cells *cells, uint64_t row, si_recenter recenter)
{
    if (recenter != SI_RECENTER_AUTO)
        return recenter == SI_RECENTER_ON;
    if (cells->recenter[row] != SI_RECENTER_NOT_GIVEN)
        return cells->recenter[row] == SI_RECENTER_GIVEN_ON;
    return cells->rotation_kinds[row] != SI_ROTATION_QUATERNION;
}

static si_result record_bad_cell(si_cell_indexing *indexing, uint64_t gid, const char *message)
{
    si_build_report *counts = &indexing->counts;
    si_bad_cell *grown = si_grow(counts->bad_cells, &indexing->bad_cell_capacity,
                                 counts->bad_cell_count + 1, sizeof *grown);
    if (!grown)
        return SI_ERROR_MEMORY;
    counts->bad_cells = grown;
    char *copy = si_duplicate_string(message);
    if (!copy)
        return SI_ERROR_MEMORY;
    counts->bad_cells[counts->bad_cell_count++] = (si_bad_cell){gid, copy};
    return SI_OK;
}

/* Whether the cell itself is at fault, by the content of its files. What the system refuses to
 * read, or has no memory or descriptor for, says nothing of the cell. */
static bool is_of_content(si_result result)
{
    return result == SI_ERROR_FORMAT || result == SI_ERROR_NOT_FOUND ||
           result == SI_ERROR_UNSUPPORTED || result == SI_ERROR_LIMIT;
}

/* The cell cannot be indexed. It may be left out if the reason is its own. */
static si_result refuse_cell(si_cell_indexing *indexing, uint64_t gid, const si_error *reason,
                             si_error *error)
{
    if (reason->result == SI_ERROR_MEMORY)
        return si_fail_memory(error);
    si_error sentence;
    si_error_set(&sentence, reason->result, "%s: cell %" PRIu64 " of population '%s': %s",
                 indexing->nodes_file, gid, indexing->population, reason->message);
    if (!indexing->skip_bad_cells || !is_of_content(sentence.result))
        return si_fail(error, sentence.result, "%s", sentence.message);
    pthread_mutex_lock(&indexing->lock);
    si_result result = record_bad_cell(indexing, gid, sentence.message);
    pthread_mutex_unlock(&indexing->lock);
    return result == SI_OK ? SI_OK : si_fail_memory(error);
}

/* Adds a cell whose shape is known. */
static si_result add_cell(si_cell_indexing *indexing, si_cell_elements *elements, uint64_t row,
                          const si_cell_shape *shape, si_placement *placement,
                          si_build_report *counts, si_error *error)
{
    uint64_t gid = indexing->cells->gids[row];
    if (shape->has_soma && is_recentered(indexing->cells, row, indexing->recenter))
        for (int axis = 0; axis < 3; axis++)
            placement->center[axis] = (double)shape->points[0][axis];
    SI_TRY(si_cell_elements_reserve(elements, shape, error));
    si_error reason;
    if (si_cell_elements_add(elements, shape, placement, gid, &reason) != SI_OK) {
        uint32_t name = indexing->cells->morphologies[row];
        si_error_set(&reason, reason.result, "morphology '%s': %s",
                     indexing->cells->morphology_names.names[name], reason.message);
        return refuse_cell(indexing, gid, &reason, error);
    }
    counts->cell_count++;
    counts->cells_without_soma += !shape->has_soma;
    return SI_OK;
}

static si_result index_cell(si_cell_indexing *indexing, si_cell_elements *elements, uint64_t row,
                            si_build_report *counts, si_error *error)
{
    const si_cells *cells = indexing->cells;
    if (cells->morphologies[row] == SI_NO_NAME) {
        counts->cells_without_morphology++;
        return SI_OK;
    }
    const char *name = cells->morphology_names.names[cells->morphologies[row]];
    const si_cell_shape *shape;
    si_placement placement;
    si_error reason;
    if (find_placement(cells, row, &placement, &reason) != SI_OK ||
        si_morphology_cache_acquire(indexing->cache, name, &shape, &reason) != SI_OK)
        return refuse_cell(indexing, cells->gids[row], &reason, error);
    si_result result = add_cell(indexing, elements, row, shape, &placement, counts, error);
    si_morphology_cache_release(indexing->cache, name);
    return result;
}

static si_result index_block(void *context, unsigned worker, uint64_t block, si_error *error)
{
    si_cell_indexing *indexing = context;
    uint64_t first = block * CELLS_PER_BLOCK;
    uint64_t end = si_min_u64(first + CELLS_PER_BLOCK, indexing->cells->count);
    si_build_report counts = SI_BUILD_REPORT_INIT;
    for (uint64_t row = first; row < end; row++)
        SI_TRY(index_cell(indexing, &indexing->elements[worker], row, &counts, error));
    pthread_mutex_lock(&indexing->lock);
    si_result result = si_build_report_add(&indexing->counts, &counts, error);
    pthread_mutex_unlock(&indexing->lock);
    SI_TRY(result);
    uint64_t done = atomic_fetch_add(&indexing->cells_done, end - first) + (end - first);
    return si_build_progress_report(indexing->progress, "cells", done, indexing->cells_in_all,
                                    error);
}

si_result si_cell_indexing_add(si_cell_indexing *indexing, const si_cells *cells, si_error *error)
{
    indexing->cells = cells;
    return si_parallel(indexing->threads, si_divide_up(cells->count, CELLS_PER_BLOCK), index_block,
                       indexing, error);
}

static int compare_bad_cells(const void *left, const void *right)
{
    const si_bad_cell *a = left;
    const si_bad_cell *b = right;
    return (a->gid > b->gid) - (a->gid < b->gid);
}

si_result si_cell_indexing_finish(si_cell_indexing *indexing, si_error *error)
{
    for (unsigned i = 0; i < indexing->threads; i++)
        SI_TRY(si_cell_elements_flush(&indexing->elements[i], error));
    si_build_report *counts = &indexing->counts;
    if (counts->bad_cell_count > 0)
        qsort(counts->bad_cells, counts->bad_cell_count, sizeof *counts->bad_cells,
              compare_bad_cells);
    return SI_OK;
}
