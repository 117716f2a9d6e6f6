/* Measuring the soma of a morphology, and freeing a morphology. */
#include "morphology/morphology.h"

#include <math.h>
#include <stdbool.h>

#include "base/memory.h"

si_soma_type si_contour_soma_type(size_t soma_point_count)
{
    return soma_point_count < 3 ? SI_SOMA_UNDEFINED : SI_SOMA_CONTOUR;
}

/* The mean, added up in float and in the order of the points: stored results depend on its bits.
 * NaN without any point. */
static void mean_point(const float (*points)[3], size_t count, float mean[3])
{
    for (int axis = 0; axis < 3; axis++) {
        float sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += points[i][axis];
        mean[axis] = count ? sum / (float)count : NAN;
    }
}

static float distance(const float a[3], const float b[3])
{
    float x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrtf(x * x + y * y + z * z);
}

static float greatest_distance(const float (*points)[3], size_t count, const float from[3])
{
    float greatest = 0;
    for (size_t i = 0; i < count; i++) {
        float other = distance(points[i], from);
        if (other > greatest)
            greatest = other;
    }
    return greatest;
}

static float half_mean(const float *diameters, size_t count)
{
    float sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += diameters[i];
    return sum / (float)count / 2;
}

/* The types whose points are centers of the soma with its diameter; a contour is its outline. */
static bool has_soma_diameters(si_soma_type type)
{
    return type == SI_SOMA_SINGLE_POINT || type == SI_SOMA_THREE_POINT_CYLINDERS ||
           type == SI_SOMA_CYLINDERS;
}

void si_morphology_measure_soma(si_morphology *morphology)
{
    const float(*points)[3] = (const float(*)[3])morphology->soma_points;
    size_t count = morphology->soma_point_count;
    mean_point(points, count, morphology->soma_center);
    morphology->soma_max_distance = greatest_distance(points, count, morphology->soma_center);
    morphology->soma_surface_radius = has_soma_diameters(morphology->soma_type)
                                          ? half_mean(morphology->soma_diameters, count)
                                          : morphology->soma_max_distance;
}

void si_morphology_free(si_morphology *morphology)
{
    if (!morphology)
        return;
    si_free(morphology->points);
    si_free(morphology->diameters);
    si_free(morphology->section_offsets);
    si_free(morphology->section_types);
    si_free(morphology->section_parents);
    si_free(morphology->soma_points);
    si_free(morphology->soma_diameters);
    si_free(morphology);
}
