/* Columns of placed elements: the points of a shape are placed, and copied as endpoints. */
#include "circuit/cell_elements.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* Enough to make the cost of handing over small, and few enough to stay in the cache. */
#define USUAL_CAPACITY 8192

static void free_columns(si_cell_elements *elements)
{
    si_free(elements->endpoints1);
    si_free(elements->endpoints2);
    si_free(elements->radii);
    si_free(elements->gids);
    si_free(elements->section_ids);
    si_free(elements->segment_ids);
    si_free(elements->section_types);
}

void si_cell_elements_free(si_cell_elements *elements)
{
    free_columns(elements);
    si_free(elements->placed_points);
    *elements = (si_cell_elements){.builder = elements->builder};
}

static si_result allocate_columns(si_cell_elements *elements, size_t capacity, si_error *error)
{
    free_columns(elements);
    elements->capacity = 0;
    elements->endpoints1 = si_allocate(capacity, sizeof *elements->endpoints1);
    elements->endpoints2 = si_allocate(capacity, sizeof *elements->endpoints2);
    elements->radii = si_allocate(capacity, sizeof *elements->radii);
    elements->gids = si_allocate(capacity, sizeof *elements->gids);
    elements->section_ids = si_allocate(capacity, sizeof *elements->section_ids);
    elements->segment_ids = si_allocate(capacity, sizeof *elements->segment_ids);
    elements->section_types = si_allocate(capacity, sizeof *elements->section_types);
    if (!elements->endpoints1 || !elements->endpoints2 || !elements->radii || !elements->gids ||
        !elements->section_ids || !elements->segment_ids || !elements->section_types)
        return si_fail_memory(error);
    elements->capacity = capacity;
    return SI_OK;
}

si_result si_cell_elements_flush(si_cell_elements *elements, si_error *error)
{
    if (elements->count == 0)
        return SI_OK;
    const si_input_column columns[] = {
        {SI_FIELD_ENDPOINT1, elements->endpoints1},
        {SI_FIELD_ENDPOINT2, elements->endpoints2},
        {SI_FIELD_RADIUS, elements->radii},
        {SI_FIELD_GID, elements->gids},
        {SI_FIELD_SECTION_ID, elements->section_ids},
        {SI_FIELD_SEGMENT_ID, elements->segment_ids},
        {SI_FIELD_SECTION_TYPE, elements->section_types},
    };
    size_t count = elements->count;
    elements->count = 0;
    return si_builder_append(elements->builder, columns, sizeof columns / sizeof columns[0], count,
                             error);
}

si_result si_cell_elements_reserve(si_cell_elements *elements, const si_cell_shape *shape,
                                   si_error *error)
{
    if (shape->element_count > elements->capacity - elements->count) {
        SI_TRY(si_cell_elements_flush(elements, error));
        size_t capacity = shape->element_count > USUAL_CAPACITY ? shape->element_count
                                                                : USUAL_CAPACITY;
        if (capacity > elements->capacity)
            SI_TRY(allocate_columns(elements, capacity, error));
    }
    if (shape->point_count > elements->placed_capacity) {
        void *grown = si_grow(elements->placed_points, &elements->placed_capacity,
                              shape->point_count, sizeof *elements->placed_points);
        if (!grown)
            return si_fail_memory(error);
        elements->placed_points = grown;
    }
    return SI_OK;
}

/* The two endpoints of consecutive segments are the same points, shifted by one. */
static void copy_endpoints(si_cell_elements *elements, const si_cell_shape *shape)
{
    float(*endpoint1)[3] = elements->endpoints1 + elements->count;
    float(*endpoint2)[3] = elements->endpoints2 + elements->count;
    const float(*placed)[3] = (const float(*)[3])elements->placed_points;
    if (shape->has_soma) {
        memcpy(*endpoint1++, placed[0], sizeof *endpoint1);
        memcpy(*endpoint2++, placed[0], sizeof *endpoint2);
    }
    for (size_t i = 0; i < shape->run_count; i++) {
        size_t first = shape->runs[i].first;
        size_t segments = shape->runs[i].count - 1;
        memcpy(endpoint1, placed + first, segments * sizeof *endpoint1);
        memcpy(endpoint2, placed + first + 1, segments * sizeof *endpoint2);
        endpoint1 += segments;
        endpoint2 += segments;
    }
}

static void copy_shared_columns(si_cell_elements *elements, const si_cell_shape *shape,
                                uint64_t gid)
{
    size_t from = elements->count;
    size_t count = shape->element_count;
    memcpy(elements->radii + from, shape->radii, count * sizeof *shape->radii);
    memcpy(elements->section_ids + from, shape->section_ids, count * sizeof *shape->section_ids);
    memcpy(elements->segment_ids + from, shape->segment_ids, count * sizeof *shape->segment_ids);
    memcpy(elements->section_types + from, shape->section_types,
           count * sizeof *shape->section_types);
    for (size_t i = 0; i < count; i++)
        elements->gids[from + i] = gid;
}

/* 0 times a number that is not finite is NaN, and stays so in a sum. */
static bool all_finite(const float (*points)[3], size_t count)
{
    float sum[3] = {0, 0, 0};
    for (size_t i = 0; i < count; i++)
        for (int axis = 0; axis < 3; axis++)
            sum[axis] += points[i][axis] * 0;
    return sum[0] == 0 && sum[1] == 0 && sum[2] == 0;
}

static si_result check_placed(const si_cell_elements *elements, const si_cell_shape *shape,
                              si_error *error)
{
    size_t from = elements->count;
    for (size_t i = 0; i < shape->element_count; i++)
        for (int axis = 0; axis < 3; axis++)
            if (!isfinite(elements->endpoints1[from + i][axis]) ||
                !isfinite(elements->endpoints2[from + i][axis]))
                return si_fail(error, SI_ERROR_FORMAT,
                               "section %u, segment %u: a coordinate exceeds the range of 32-bit "
                               "floats after placement",
                               shape->section_ids[i], shape->segment_ids[i]);
    return SI_OK;
}

si_result si_cell_elements_add(si_cell_elements *elements, const si_cell_shape *shape,
                               const si_placement *placement, uint64_t gid, si_error *error)
{
    if (shape->element_count == 0)
        return SI_OK; /* there may be no memory yet */
    si_place_points(placement, (const float(*)[3])shape->points, shape->point_count,
                    elements->placed_points);
    copy_endpoints(elements, shape);
    if (!all_finite((const float(*)[3])elements->placed_points, shape->point_count))
        SI_TRY(check_placed(elements, shape, error));
    copy_shared_columns(elements, shape, gid);
    elements->count += shape->element_count;
    return SI_OK;
}
