/* Stochastic growth: every tip wanders on, thins out, and branches or ends. */
#include <math.h>
#include <stdlib.h>

#include "sample_circuit/sample_morphology.h"
#include "sample_circuit/vector.h"

/* Where a section is to begin. */
struct growth_tip {
    double position[3];
    double direction[3];
    double radius;
    double path_length; /* from the soma */
    double end;         /* path length at which it ends */
    size_t parent;
    bool trunk;
};

struct growth {
    si_sample_morphology *morphology;
    const si_sample_neurite *neurite;
    si_sample_random *random;
    si_error *error;
};

static float whole_nanometres(double micrometres)
{
    return (float)(rint(micrometres * 1000) / 1000);
}

static si_sample_point make_point(const double position[3], double radius)
{
    si_sample_point point = {.radius = whole_nanometres(radius)};
    for (int i = 0; i < 3; i++)
        point.position[i] = whole_nanometres(position[i]);
    return point;
}

void si_sample_morphology_free(si_sample_morphology *morphology)
{
    free(morphology->sections);
    free(morphology->points);
    morphology->sections = NULL;
    morphology->points = NULL;
}

float si_sample_morphology_top(const si_sample_morphology *morphology)
{
    float top = morphology->soma_radius;
    for (size_t i = 0; i < morphology->point_count; i++)
        top = fmaxf(top, morphology->points[i].position[1]);
    return top;
}

void si_sample_grow_soma(si_sample_morphology *morphology, double radius, si_sample_random *random)
{
    morphology->soma_radius = whole_nanometres(radius);
    for (int i = 0; i < SI_SAMPLE_CONTOUR_POINTS; i++) {
        /* Around a diamond, then out to the circle, with bumps of a few per cent. Opposite points
         * have the same bump, so that the mean of the contour stays at the origin. */
        static const double corners[5][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 0}};
        const int side = SI_SAMPLE_CONTOUR_POINTS / 4;
        const double *from = corners[i / side], *to = corners[i / side + 1];
        double along = (i % side) / (double)side;
        double position[3] = {from[0] + along * (to[0] - from[0]),
                              from[1] + along * (to[1] - from[1]), 0};
        si_sample_normalise(position);
        if (i < SI_SAMPLE_CONTOUR_POINTS / 2) {
            double distance = radius * si_sample_random_uniform(random, 0.92, 1.08);
            for (int axis = 0; axis < 3; axis++)
                position[axis] *= distance;
        } else {
            const float *opposite = morphology->contour[i - SI_SAMPLE_CONTOUR_POINTS / 2].position;
            for (int axis = 0; axis < 3; axis++)
                position[axis] = 0.0 - (double)opposite[axis];
        }
        morphology->contour[i] = make_point(position, 0.1);
    }
}

static si_result add_point(struct growth *growth, si_sample_point point)
{
    si_sample_morphology *morphology = growth->morphology;
    if (!si_sample_reserve((void **)&morphology->points, &morphology->point_capacity,
                           morphology->point_count, sizeof(point)))
        return si_sample_fail_memory(growth->error);
    morphology->points[morphology->point_count++] = point;
    morphology->sections[morphology->section_count - 1].point_count++;
    return SI_OK;
}

static si_result begin_section(struct growth *growth, const struct growth_tip *tip)
{
    si_sample_morphology *morphology = growth->morphology;
    if (!si_sample_reserve((void **)&morphology->sections, &morphology->section_capacity,
                           morphology->section_count, sizeof(si_sample_section)))
        return si_sample_fail_memory(growth->error);
    morphology->sections[morphology->section_count++] = (si_sample_section){
        .type = growth->neurite->type,
        .parent = tip->parent,
        .first_point = morphology->point_count,
    };
    if (tip->parent == SI_SAMPLE_NO_PARENT)
        return add_point(growth, make_point(tip->position, tip->radius));
    const si_sample_section *parent = &morphology->sections[tip->parent];
    return add_point(growth, morphology->points[parent->first_point + parent->point_count - 1]);
}

static void take_step(const struct growth *growth, struct growth_tip *tip)
{
    const si_sample_neurite *neurite = growth->neurite;
    double turn[3];
    si_sample_random_on_sphere(growth->random, turn);
    si_sample_add_scaled(tip->direction, neurite->heading,
                         tip->trunk ? 3 * neurite->tropism : neurite->tropism);
    si_sample_add_scaled(tip->direction, turn, tip->trunk ? neurite->wiggle / 2 : neurite->wiggle);
    si_sample_normalise(tip->direction);
    double step = neurite->step * si_sample_random_uniform(growth->random, 0.7, 1.3);
    si_sample_add_scaled(tip->position, tip->direction, step);
    tip->path_length += step;
    double thinning = fmin(1, 1.5 * step / neurite->reach);
    tip->radius -= (tip->radius - neurite->final_radius) * thinning;
}

/* Grows one section and leaves the tip at its end. */
static si_result grow_section(struct growth *growth, struct growth_tip *tip)
{
    SI_SAMPLE_TRY(begin_section(growth, tip));
    double length = growth->neurite->section_length *
                    si_sample_random_uniform(growth->random, 0.5, 1.5);
    double end = fmin(tip->path_length + length, tip->end);
    do {
        take_step(growth, tip);
        SI_SAMPLE_TRY(add_point(growth, make_point(tip->position, tip->radius)));
    } while (tip->path_length < end);
    return SI_OK;
}

/* A direction across the tip's own. */
static void sideways(const struct growth *growth, const struct growth_tip *tip, double across[3])
{
    si_sample_random_on_sphere(growth->random, across);
    si_sample_add_scaled(across, tip->direction, -si_sample_dot(across, tip->direction));
    si_sample_normalise(across);
}

static void turn_tip(struct growth_tip *tip, const double across[3], double amount)
{
    si_sample_add_scaled(tip->direction, across, amount);
    si_sample_normalise(tip->direction);
}

/* The trunk goes on, and a thin side branch leaves it. */
static void split_trunk(const struct growth *growth, struct growth_tip children[2])
{
    double across[3];
    sideways(growth, &children[0], across);
    children[0].radius *= 0.95;
    turn_tip(&children[1], across, si_sample_random_uniform(growth->random, 1, 3));
    children[1].trunk = false;
    children[1].radius *= 0.6;
    children[1].end = fmin(children[1].end, children[1].path_length + 0.3 * growth->neurite->reach);
}

static void split_evenly(const struct growth *growth, struct growth_tip children[2])
{
    double across[3];
    sideways(growth, &children[0], across);
    for (int i = 0; i < 2; i++) {
        double amount = si_sample_random_uniform(growth->random, 0.35, 0.95);
        turn_tip(&children[i], across, i == 0 ? amount : -amount);
        children[i].trunk = false;
        children[i].radius *= 0.8;
    }
}

static bool branches(const struct growth *growth, const struct growth_tip *tip)
{
    if (tip->path_length >= tip->end)
        return false;
    bool must = tip->trunk || tip->parent == SI_SAMPLE_NO_PARENT;
    return must || si_sample_random_chance(growth->random, growth->neurite->branching);
}

/* Recursion makes the order of sections depth-first. */
static si_result grow_branch(struct growth *growth, struct growth_tip tip)
{
    size_t section = growth->morphology->section_count;
    SI_SAMPLE_TRY(grow_section(growth, &tip));
    if (!branches(growth, &tip))
        return SI_OK;
    tip.parent = section;
    tip.radius = fmax(tip.radius, growth->neurite->final_radius);
    struct growth_tip children[2] = {tip, tip};
    if (tip.trunk && tip.path_length < growth->neurite->trunk_length)
        split_trunk(growth, children);
    else
        split_evenly(growth, children);
    SI_SAMPLE_TRY(grow_branch(growth, children[0]));
    return grow_branch(growth, children[1]);
}

static struct growth_tip make_stem(const struct growth *growth)
{
    const si_sample_neurite *neurite = growth->neurite;
    struct growth_tip tip = {
        .radius = neurite->radius * si_sample_random_uniform(growth->random, 0.85, 1.15),
        .end = neurite->reach * si_sample_random_uniform(growth->random, 0.8, 1.2),
        .parent = SI_SAMPLE_NO_PARENT,
        .trunk = neurite->trunk_length > 0,
    };
    double anywhere[3];
    si_sample_random_on_sphere(growth->random, anywhere);
    si_sample_add_scaled(tip.direction, neurite->heading, 1);
    si_sample_add_scaled(tip.direction, anywhere, neurite->spread);
    si_sample_normalise(tip.direction);
    si_sample_add_scaled(tip.position, tip.direction, (double)growth->morphology->soma_radius);
    return tip;
}

si_result si_sample_grow_neurites(si_sample_morphology *morphology,
                                  const si_sample_neurite *neurite, si_sample_random *random,
                                  si_error *error)
{
    struct growth growth = {morphology, neurite, random, error};
    unsigned choices = neurite->most_stems - neurite->fewest_stems + 1;
    unsigned stems = neurite->fewest_stems + (unsigned)si_sample_random_below(random, choices);
    for (unsigned i = 0; i < stems; i++)
        SI_SAMPLE_TRY(grow_branch(&growth, make_stem(&growth)));
    return SI_OK;
}
