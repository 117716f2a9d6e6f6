/* Makes the elements of a morphology: the soma, and a segment for each pair of consecutive points
 * of a section. */
#include "circuit/cell_shape.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* What fits into the 14 bits that each of the two ids has in a stored element. */
#define LARGEST_SECTION_ID 16383
#define LARGEST_SEGMENT_ID 16383

#define SOMA_SECTION_TYPE 1

static uint32_t section_points(const si_morphology *morphology, size_t section)
{
    return morphology->section_offsets[section + 1] - morphology->section_offsets[section];
}

static bool is_finite_point(const float point[3])
{
    return isfinite(point[0]) && isfinite(point[1]) && isfinite(point[2]);
}

/* Sections of no or one point have no segment. */
static void count_elements(const si_morphology *morphology, si_cell_shape *shape)
{
    shape->has_soma = morphology->soma_point_count > 0;
    shape->point_count = morphology->point_count + shape->has_soma;
    shape->element_count = shape->has_soma;
    for (size_t section = 0; section < morphology->section_count; section++) {
        uint32_t count = section_points(morphology, section);
        if (count >= 2) {
            shape->run_count++;
            shape->element_count += count - 1;
        }
    }
}

static si_result allocate_columns(si_cell_shape *shape, si_error *error)
{
    size_t elements = shape->element_count;
    shape->points = si_allocate(shape->point_count, sizeof *shape->points);
    shape->runs = si_allocate(shape->run_count, sizeof *shape->runs);
    shape->radii = si_allocate(elements, sizeof *shape->radii);
    shape->section_ids = si_allocate(elements, sizeof *shape->section_ids);
    shape->segment_ids = si_allocate(elements, sizeof *shape->segment_ids);
    shape->section_types = si_allocate(elements, sizeof *shape->section_types);
    if (!shape->points || !shape->runs || !shape->radii || !shape->section_ids ||
        !shape->segment_ids || !shape->section_types)
        return si_fail_memory(error);
    return SI_OK;
}

static si_result add_soma(const si_morphology *morphology, si_soma_radius soma_radius,
                          si_cell_shape *shape, si_error *error)
{
    float radius = soma_radius == SI_SOMA_RADIUS_SURFACE ? morphology->soma_surface_radius
                                                         : morphology->soma_max_distance;
    const float *center = morphology->soma_center;
    if (!is_finite_point(center))
        return si_fail(error, SI_ERROR_FORMAT, "the center of the soma is (%g, %g, %g), not finite",
                       (double)center[0], (double)center[1], (double)center[2]);
    if (!isfinite(radius) || radius < 0)
        return si_fail(error, SI_ERROR_FORMAT,
                       "the radius of the soma is %g, expected 0 or more and finite",
                       (double)radius);
    memcpy(shape->points[0], center, sizeof shape->points[0]);
    shape->radii[0] = radius;
    shape->section_ids[0] = 0;
    shape->segment_ids[0] = 0;
    shape->section_types[0] = SOMA_SECTION_TYPE;
    return SI_OK;
}

static si_result check_ids(size_t section_id, uint32_t segment_count, si_error *error)
{
    if (section_id > LARGEST_SECTION_ID)
        return si_fail(error, SI_ERROR_LIMIT,
                       "section %zu, segment 0: the section id is beyond the limit of %d",
                       section_id, LARGEST_SECTION_ID);
    if (segment_count > LARGEST_SEGMENT_ID + 1)
        return si_fail(error, SI_ERROR_LIMIT,
                       "section %zu, segment %d: the segment id is beyond the limit of %d",
                       section_id, LARGEST_SEGMENT_ID + 1, LARGEST_SEGMENT_ID);
    return SI_OK;
}

static si_result check_segment(const si_morphology *morphology, size_t point, size_t section_id,
                               uint32_t segment_id, float radius, si_error *error)
{
    for (size_t end = point; end <= point + 1; end++) {
        const float *at = morphology->points[end];
        if (!is_finite_point(at))
            return si_fail(error, SI_ERROR_FORMAT,
                           "section %zu, segment %u: an endpoint is (%g, %g, %g), not finite",
                           section_id, segment_id, (double)at[0], (double)at[1], (double)at[2]);
    }
    if (!isfinite(radius) || radius < 0)
        return si_fail(error, SI_ERROR_FORMAT,
                       "section %zu, segment %u: the mean radius is %g, expected 0 or more and "
                       "finite",
                       section_id, segment_id, (double)radius);
    return SI_OK;
}

/* Adds the segments of a section as elements from `element` on. */
static si_result add_segments(const si_morphology *morphology, size_t section, si_cell_shape *shape,
                              size_t element, si_error *error)
{
    const float *diameters = morphology->diameters;
    size_t first = morphology->section_offsets[section];
    uint32_t segment_count = section_points(morphology, section) - 1;
    size_t section_id = section + 1;
    SI_TRY(check_ids(section_id, segment_count, error));
    for (uint32_t segment = 0; segment < segment_count; segment++, element++) {
        size_t point = first + segment;
        float radius = (diameters[point] / 2 + diameters[point + 1] / 2) / 2;
        SI_TRY(check_segment(morphology, point, section_id, segment, radius, error));
        shape->radii[element] = radius;
        shape->section_ids[element] = (uint32_t)section_id;
        shape->segment_ids[element] = segment;
        shape->section_types[element] = morphology->section_types[section];
    }
    return SI_OK;
}

static si_result add_sections(const si_morphology *morphology, si_cell_shape *shape,
                              si_error *error)
{
    size_t element = shape->has_soma;
    si_point_run *run = shape->runs;
    for (size_t section = 0; section < morphology->section_count; section++) {
        uint32_t count = section_points(morphology, section);
        if (count < 2)
            continue;
        SI_TRY(add_segments(morphology, section, shape, element, error));
        run->first = morphology->section_offsets[section] + shape->has_soma;
        run->count = count;
        run++;
        element += count - 1;
    }
    return SI_OK;
}

static si_result fill_shape(const si_morphology *morphology, si_soma_radius soma_radius,
                            si_cell_shape *shape, si_error *error)
{
    count_elements(morphology, shape);
    SI_TRY(allocate_columns(shape, error));
    if (shape->has_soma)
        SI_TRY(add_soma(morphology, soma_radius, shape, error));
    if (morphology->point_count > 0)
        memcpy(shape->points[shape->has_soma], morphology->points,
               morphology->point_count * sizeof *morphology->points);
    return add_sections(morphology, shape, error);
}

si_result si_cell_shape_create(const si_morphology *morphology, si_soma_radius soma_radius,
                               si_cell_shape **shape, si_error *error)
{
    si_cell_shape *created = si_allocate_zeroed(1, sizeof *created);
    if (!created)
        return si_fail_memory(error);
    si_result result = fill_shape(morphology, soma_radius, created, error);
    if (result == SI_OK)
        *shape = created;
    else
        si_cell_shape_free(created);
    return result;
}

void si_cell_shape_free(si_cell_shape *shape)
{
    if (!shape)
        return;
    si_free(shape->points);
    si_free(shape->runs);
    si_free(shape->radii);
    si_free(shape->section_ids);
    si_free(shape->segment_ids);
    si_free(shape->section_types);
    si_free(shape);
}

size_t si_cell_shape_bytes(const si_cell_shape *shape)
{
    size_t element_bytes = sizeof *shape->radii + sizeof *shape->section_ids +
                           sizeof *shape->segment_ids + sizeof *shape->section_types;
    return sizeof *shape + shape->point_count * sizeof *shape->points +
           shape->run_count * sizeof *shape->runs + shape->element_count * element_bytes;
}
