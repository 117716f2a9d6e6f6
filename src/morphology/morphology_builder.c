/* A growing morphology: arrays that grow by half, trimmed when it is finished. */
#include "morphology/morphology_builder.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"

/* Makes room for one more point. Both arrays always hold point_capacity values at least. */
static si_result reserve_points(float (**points)[3], float **diameters, size_t *capacity,
                                size_t needed, si_error *error)
{
    size_t grown = *capacity;
    void *grown_points = si_grow(*points, &grown, needed, sizeof **points);
    if (!grown_points)
        return si_fail_memory(error);
    *points = grown_points;
    void *grown_diameters = si_reallocate(*diameters, grown, sizeof **diameters);
    if (!grown_diameters)
        return si_fail_memory(error);
    *diameters = grown_diameters;
    *capacity = grown;
    return SI_OK;
}

static si_result reserve_sections(si_morphology_builder *builder, size_t needed, si_error *error)
{
    si_morphology *morphology = builder->morphology;
    size_t capacity = builder->section_capacity;
    void *offsets = si_grow(morphology->section_offsets, &capacity, needed, sizeof(uint32_t));
    if (!offsets)
        return si_fail_memory(error);
    morphology->section_offsets = offsets;
    void *types = si_reallocate(morphology->section_types, capacity, sizeof(uint8_t));
    if (!types)
        return si_fail_memory(error);
    morphology->section_types = types;
    void *parents = si_reallocate(morphology->section_parents, capacity, sizeof(int32_t));
    if (!parents)
        return si_fail_memory(error);
    morphology->section_parents = parents;
    builder->section_capacity = capacity;
    return SI_OK;
}

/* No array of a finished morphology is NULL. */
static si_result reserve_first(si_morphology_builder *builder, si_error *error)
{
    si_morphology *morphology = builder->morphology;
    SI_TRY(reserve_points(&morphology->points, &morphology->diameters, &builder->point_capacity, 1,
                          error));
    SI_TRY(reserve_points(&morphology->soma_points, &morphology->soma_diameters,
                          &builder->soma_capacity, 1, error));
    return reserve_sections(builder, 1, error);
}

si_result si_morphology_builder_start(si_morphology_builder *builder, const char *name,
                                      si_error *error)
{
    memset(builder, 0, sizeof *builder);
    builder->name = name;
    builder->morphology = si_allocate_zeroed(1, sizeof *builder->morphology);
    if (!builder->morphology)
        return si_fail_memory(error);
    si_result result = reserve_first(builder, error);
    if (result != SI_OK)
        si_morphology_builder_abandon(builder);
    return result;
}

si_result si_morphology_builder_begin_section(si_morphology_builder *builder, uint8_t type,
                                              int32_t parent, si_error *error)
{
    si_morphology *morphology = builder->morphology;
    if (morphology->section_count >= INT32_MAX)
        return si_fail(error, SI_ERROR_LIMIT, "%s: more than %d sections", builder->name,
                       INT32_MAX);
    /* One more, for the end of the last section. */
    if (morphology->section_count + 2 > builder->section_capacity)
        SI_TRY(reserve_sections(builder, morphology->section_count + 2, error));
    morphology->section_offsets[morphology->section_count] = (uint32_t)morphology->point_count;
    morphology->section_types[morphology->section_count] = type;
    morphology->section_parents[morphology->section_count] = parent;
    morphology->section_count++;
    return SI_OK;
}

si_result si_morphology_builder_add_point(si_morphology_builder *builder, const float point[3],
                                          float diameter, si_error *error)
{
    si_morphology *morphology = builder->morphology;
    if (morphology->point_count >= UINT32_MAX)
        return si_fail(error, SI_ERROR_LIMIT, "%s: more than %u points", builder->name, UINT32_MAX);
    /* `point` may be one of this morphology's own, which move as they grow. */
    float x = point[0], y = point[1], z = point[2];
    if (morphology->point_count == builder->point_capacity)
        SI_TRY(reserve_points(&morphology->points, &morphology->diameters, &builder->point_capacity,
                              morphology->point_count + 1, error));
    float *added = morphology->points[morphology->point_count];
    added[0] = x;
    added[1] = y;
    added[2] = z;
    morphology->diameters[morphology->point_count++] = diameter;
    return SI_OK;
}

void si_morphology_builder_drop_section(si_morphology_builder *builder)
{
    si_morphology *morphology = builder->morphology;
    assert(morphology->section_count > 0);
    morphology->section_count--;
    morphology->point_count = morphology->section_offsets[morphology->section_count];
}

si_result si_morphology_builder_add_soma_point(si_morphology_builder *builder, const float point[3],
                                               float diameter, si_error *error)
{
    si_morphology *morphology = builder->morphology;
    size_t count = morphology->soma_point_count;
    if (count == builder->soma_capacity)
        SI_TRY(reserve_points(&morphology->soma_points, &morphology->soma_diameters,
                              &builder->soma_capacity, count + 1, error));
    memcpy(morphology->soma_points[count], point, sizeof morphology->soma_points[count]);
    morphology->soma_diameters[count] = diameter;
    morphology->soma_point_count++;
    return SI_OK;
}

/* Gives back what growing reserved too much: morphologies are kept in memory by the thousand. */
static void *trim(void *array, size_t count, size_t size)
{
    void *trimmed = si_reallocate(array, count, size);
    return trimmed ? trimmed : array;
}

static void trim_all(si_morphology *morphology)
{
    size_t points = morphology->point_count;
    size_t sections = morphology->section_count;
    size_t soma_points = morphology->soma_point_count;
    morphology->points = trim(morphology->points, points, sizeof(float[3]));
    morphology->diameters = trim(morphology->diameters, points, sizeof(float));
    morphology->section_offsets = trim(morphology->section_offsets, sections + 1, sizeof(uint32_t));
    morphology->section_types = trim(morphology->section_types, sections, sizeof(uint8_t));
    morphology->section_parents = trim(morphology->section_parents, sections, sizeof(int32_t));
    morphology->soma_points = trim(morphology->soma_points, soma_points, sizeof(float[3]));
    morphology->soma_diameters = trim(morphology->soma_diameters, soma_points, sizeof(float));
}

void si_morphology_builder_finish(si_morphology_builder *builder, si_soma_type soma_type,
                                  si_morphology **morphology)
{
    si_morphology *finished = builder->morphology;
    finished->section_offsets[finished->section_count] = (uint32_t)finished->point_count;
    finished->soma_type = soma_type;
    si_morphology_measure_soma(finished);
    trim_all(finished);
    builder->morphology = NULL;
    *morphology = finished;
}

void si_morphology_builder_abandon(si_morphology_builder *builder)
{
    si_morphology_free(builder->morphology);
    builder->morphology = NULL;
}
