/* Adds up the lengths of dendrites, and finds the place at a distance along them by bisection. */
#include "sample_circuit/dendrites.h"

#include <stdlib.h>

#include "sample_circuit/vector.h"

double si_sample_segment_length(const si_sample_morphology *morphology, size_t section,
                                size_t segment)
{
    const si_sample_point *points =
        &morphology->points[morphology->sections[section].first_point + segment];
    double axis[3];
    si_sample_subtract(points[1].position, points[0].position, axis);
    return si_sample_length(axis);
}

static double line_end(const si_sample_dendrites *dendrites)
{
    return dendrites->count == 0 ? 0 : dendrites->segments[dendrites->count - 1].end;
}

static si_result add_section(const si_sample_morphology *morphology, uint32_t section,
                             si_sample_dendrites *dendrites, si_error *error)
{
    for (uint32_t i = 0; i + 1 < morphology->sections[section].point_count; i++) {
        double end = line_end(dendrites) + si_sample_segment_length(morphology, section, i);
        if (!si_sample_reserve((void **)&dendrites->segments, &dendrites->capacity,
                               dendrites->count, sizeof(*dendrites->segments)))
            return si_sample_fail_memory(error);
        dendrites->segments[dendrites->count++] = (struct si_sample_dendrite){
            .section = section, .segment = i, .end = end};
    }
    return SI_OK;
}

si_result si_sample_dendrites_make(const si_sample_morphology *morphology,
                                   si_sample_dendrites *dendrites, si_error *error)
{
    *dendrites = (si_sample_dendrites){0};
    for (uint32_t i = 0; i < morphology->section_count; i++)
        if (morphology->sections[i].type != SI_SAMPLE_AXON)
            SI_SAMPLE_TRY(add_section(morphology, i, dendrites, error));
    return SI_OK;
}

void si_sample_dendrites_free(si_sample_dendrites *dendrites)
{
    free(dendrites->segments);
    *dendrites = (si_sample_dendrites){0};
}

si_sample_place si_sample_dendrites_choose(const si_sample_dendrites *dendrites,
                                           si_sample_random *random)
{
    double along = si_sample_random_uniform(random, 0, line_end(dendrites));
    size_t low = 0, high = dendrites->count - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (dendrites->segments[middle].end > along)
            high = middle;
        else
            low = middle + 1;
    }
    double start = low == 0 ? 0 : dendrites->segments[low - 1].end;
    return (si_sample_place){
        .section = dendrites->segments[low].section,
        .segment = dendrites->segments[low].segment,
        .fraction = (along - start) / (dendrites->segments[low].end - start),
    };
}
