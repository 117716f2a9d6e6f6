/* Connects cells where the axon of one passes close to a dendrite of another. */
#include <math.h>
#include <stdlib.h>

#include "sample_circuit/axons.h"
#include "sample_circuit/dendrites.h"
#include "sample_circuit/sample_circuit.h"
#include "sample_circuit/vector.h"

static const double farthest_touch = 4;

/* What struct connecting needs to know besides the circuit. */
struct connecting {
    si_sample_circuit *circuit;
    si_sample_axon_grid axons;
    si_sample_dendrites *dendrites; /* one for each model */
};

/* A segment where it lies in the circuit. */
struct placed_segment {
    float begin[3], end[3];
    double radius;
};

static struct placed_segment place_segment(const si_sample_circuit *circuit, size_t cell,
                                           size_t section, size_t segment)
{
    const si_sample_cell *placement = &circuit->cells[cell];
    const si_sample_morphology *morphology = &circuit->morphologies[placement->model];
    const si_sample_point *points =
        &morphology->points[morphology->sections[section].first_point + segment];
    struct placed_segment placed = {.radius = (double)(points[0].radius + points[1].radius) / 2};
    si_sample_place_point(placement, points[0].position, placed.begin);
    si_sample_place_point(placement, points[1].position, placed.end);
    return placed;
}

static void point_on_axis(const struct placed_segment *segment, double fraction, float point[3])
{
    double axis[3];
    si_sample_subtract(segment->end, segment->begin, axis);
    for (int i = 0; i < 3; i++)
        point[i] = (float)((double)segment->begin[i] + fraction * axis[i]);
}

/* The fraction of the segment that is nearest to a point. */
static double nearest_fraction(const struct placed_segment *segment, const float point[3])
{
    double axis[3], to_point[3];
    si_sample_subtract(segment->end, segment->begin, axis);
    si_sample_subtract(point, segment->begin, to_point);
    double fraction = si_sample_dot(axis, to_point) / si_sample_dot(axis, axis);
    return fmin(1, fmax(0, fraction));
}

static void fill_site(const si_sample_circuit *circuit, size_t cell, si_sample_place place,
                      si_sample_site *site)
{
    const si_sample_morphology *morphology = &circuit->morphologies[circuit->cells[cell].model];
    const si_sample_section *section = &morphology->sections[place.section];
    double before = 0, length = 0;
    for (size_t i = 0; i + 1 < section->point_count; i++) {
        if (i == place.segment)
            before = length;
        length += si_sample_segment_length(morphology, place.section, i);
    }
    double offset = place.fraction *
                    si_sample_segment_length(morphology, place.section, place.segment);
    /* Section 0 is the soma. */
    site->section_id = place.section + 1;
    site->segment_id = place.segment;
    site->section_type = (int16_t)section->type;
    site->segment_offset = (float)offset;
    site->section_pos = (float)fmin(1, (before + offset) / length);
}

static void fill_surface(const struct placed_segment *segment, const float other_center[3],
                         si_sample_site *site)
{
    double towards[3];
    si_sample_subtract(other_center, site->center, towards);
    si_sample_normalise(towards);
    for (int i = 0; i < 3; i++)
        site->surface[i] = (float)((double)site->center[i] + segment->radius * towards[i]);
}

static double distance(const float a[3], const float b[3])
{
    double apart[3];
    si_sample_subtract(a, b, apart);
    return si_sample_length(apart);
}

/* Looks at all axon pieces around, in turn from a random one on; true if one is close enough. */
static bool find_touch(const struct connecting *connecting, size_t target, si_sample_random *random,
                       si_sample_synapse *synapse)
{
    const si_sample_circuit *circuit = connecting->circuit;
    size_t count;
    const size_t *near = si_sample_axon_grid_near(&connecting->axons, synapse->afferent.center,
                                                  &count);
    size_t first = count == 0 ? 0 : si_sample_random_below(random, count);
    for (size_t i = 0; i < count; i++) {
        const si_sample_axon_piece *piece = &connecting->axons.pieces[near[(first + i) % count]];
        if (piece->cell == target)
            continue;
        struct placed_segment axon = place_segment(circuit, piece->cell, piece->section,
                                                   piece->segment);
        double fraction = nearest_fraction(&axon, synapse->afferent.center);
        point_on_axis(&axon, fraction, synapse->efferent.center);
        if (distance(synapse->efferent.center, synapse->afferent.center) > farthest_touch)
            continue;
        si_sample_place place = {piece->section, piece->segment, fraction};
        fill_site(circuit, piece->cell, place, &synapse->efferent);
        fill_surface(&axon, synapse->afferent.center, &synapse->efferent);
        synapse->source = piece->cell;
        return true;
    }
    return false;
}

static float positive_normal(si_sample_random *random, double mean)
{
    return (float)fmax(mean / 10, si_sample_random_normal(random, mean, mean / 4));
}

static void fill_excitatory(si_sample_synapse *synapse, si_sample_random *random)
{
    synapse->conductance = positive_normal(random, 0.7);
    synapse->decay_time = positive_normal(random, 1.74);
    synapse->depression_time = positive_normal(random, 671);
    synapse->facilitation_time = positive_normal(random, 17);
    synapse->u_syn = positive_normal(random, 0.5);
    synapse->n_rrp_vesicles = (int16_t)(1 + si_sample_random_below(random, 4));
    synapse->syn_type_id = 120;
    synapse->spine_length = (float)distance(synapse->afferent.surface, synapse->efferent.surface);
}

static void fill_inhibitory(si_sample_synapse *synapse, si_sample_random *random)
{
    synapse->conductance = positive_normal(random, 0.8);
    synapse->decay_time = positive_normal(random, 8.3);
    synapse->depression_time = positive_normal(random, 706);
    synapse->facilitation_time = positive_normal(random, 21);
    synapse->u_syn = positive_normal(random, 0.25);
    synapse->n_rrp_vesicles = 1;
    synapse->syn_type_id = 10;
    synapse->spine_length = 0;
}

static void fill_physiology(const si_sample_circuit *circuit, si_sample_synapse *synapse,
                            si_sample_random *random)
{
    const si_sample_cell *source = &circuit->cells[synapse->source];
    double from_soma[3];
    for (int i = 0; i < 3; i++)
        from_soma[i] = (double)synapse->efferent.center[i] - source->position[i];
    /* 0.3 ms of release, and 300 um for each ms of conduction. */
    synapse->delay = (float)(0.3 + si_sample_length(from_soma) / 300);
    if (si_sample_mtypes[circuit->models[source->model].mtype].synapse_class ==
        SI_SAMPLE_EXCITATORY)
        fill_excitatory(synapse, random);
    else
        fill_inhibitory(synapse, random);
}

/* True if the place that was tried has an axon near. */
static bool try_synapse(const struct connecting *connecting, size_t target,
                        si_sample_random *random, si_sample_synapse *synapse)
{
    const si_sample_circuit *circuit = connecting->circuit;
    const si_sample_dendrites *dendrites = &connecting->dendrites[circuit->cells[target].model];
    si_sample_place place = si_sample_dendrites_choose(dendrites, random);
    struct placed_segment dendrite = place_segment(circuit, target, place.section, place.segment);
    *synapse = (si_sample_synapse){.target = target};
    point_on_axis(&dendrite, place.fraction, synapse->afferent.center);
    if (!find_touch(connecting, target, random, synapse))
        return false;
    fill_site(circuit, target, place, &synapse->afferent);
    fill_surface(&dendrite, synapse->efferent.center, &synapse->afferent);
    fill_physiology(circuit, synapse, random);
    return true;
}

static si_result add_synapse(si_sample_circuit *circuit, const si_sample_synapse *synapse,
                             si_error *error)
{
    if (!si_sample_reserve((void **)&circuit->synapses, &circuit->synapse_capacity,
                           circuit->synapse_count, sizeof(*synapse)))
        return si_sample_fail_memory(error);
    circuit->synapses[circuit->synapse_count++] = *synapse;
    return SI_OK;
}

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_synapses(const void *left, const void *right)
{
    const si_sample_synapse *a = left, *b = right;
    int order = compare_numbers((double)a->source, (double)b->source);
    if (order == 0)
        order = compare_numbers(a->afferent.section_id, b->afferent.section_id);
    if (order == 0)
        order = compare_numbers((double)a->afferent.section_pos, (double)b->afferent.section_pos);
    return order;
}

/* Not every place on the dendrites has an axon near, so several are tried for one synapse. */
static si_result connect_cell(const struct connecting *connecting, size_t target, si_error *error)
{
    si_sample_circuit *circuit = connecting->circuit;
    si_sample_random random;
    si_sample_random_start(&random, circuit->plan.seed, SI_SAMPLE_FOR_SYNAPSES, target);
    size_t mean = circuit->plan.synapses_per_cell;
    size_t wanted = mean - mean / 2 + si_sample_random_below(&random, mean / 2 * 2 + 1);
    size_t first = circuit->synapse_count;
    for (size_t tries = 20 * wanted; tries > 0 && circuit->synapse_count - first < wanted;
         tries--) {
        si_sample_synapse synapse;
        if (try_synapse(connecting, target, &random, &synapse))
            SI_SAMPLE_TRY(add_synapse(circuit, &synapse, error));
    }
    if (circuit->synapse_count > first)
        qsort(&circuit->synapses[first], circuit->synapse_count - first, sizeof(si_sample_synapse),
              compare_synapses);
    return SI_OK;
}

static si_result prepare(struct connecting *connecting, si_error *error)
{
    const si_sample_circuit *circuit = connecting->circuit;
    connecting->dendrites = calloc(circuit->plan.morphology_count, sizeof(*connecting->dendrites));
    if (connecting->dendrites == NULL)
        return si_sample_fail_memory(error);
    for (size_t i = 0; i < circuit->plan.morphology_count; i++)
        SI_SAMPLE_TRY(
            si_sample_dendrites_make(&circuit->morphologies[i], &connecting->dendrites[i], error));
    return si_sample_axon_grid_make(circuit, &connecting->axons, error);
}

si_result si_sample_connect_cells(si_sample_circuit *circuit, si_error *error)
{
    struct connecting connecting = {.circuit = circuit};
    si_result result = prepare(&connecting, error);
    for (size_t i = 0; result == SI_OK && i < circuit->plan.cell_count; i++)
        result = connect_cell(&connecting, i, error);
    for (size_t i = 0; connecting.dendrites != NULL && i < circuit->plan.morphology_count; i++)
        si_sample_dendrites_free(&connecting.dendrites[i]);
    free(connecting.dendrites);
    si_sample_axon_grid_free(&connecting.axons);
    return result;
}
