/* A morphology: the soma at the origin, and sections in the order in which readers number them. */
#ifndef SI_SAMPLE_CIRCUIT_SAMPLE_MORPHOLOGY_H
#define SI_SAMPLE_CIRCUIT_SAMPLE_MORPHOLOGY_H

#include <stddef.h>
#include <stdint.h>

#include "sample_circuit/sample_error.h"
#include "sample_circuit/sample_random.h"

typedef enum si_sample_section_type {
    SI_SAMPLE_SOMA = 1,
    SI_SAMPLE_AXON = 2,
    SI_SAMPLE_BASAL_DENDRITE = 3,
    SI_SAMPLE_APICAL_DENDRITE = 4
} si_sample_section_type;

#define SI_SAMPLE_NO_PARENT SIZE_MAX
#define SI_SAMPLE_CONTOUR_POINTS 16

/* All values are whole multiples of 0.001 um, as far as float goes: what the text formats print is
 * what the binary one holds. */
typedef struct si_sample_point {
    float position[3];
    float radius;
} si_sample_point;

/* A child section begins with the last point of its parent. Sections are in depth-first order, and
 * none has just one child: so all formats give them the same numbers. */
typedef struct si_sample_section {
    si_sample_section_type type;
    size_t parent; /* or SI_SAMPLE_NO_PARENT */
    size_t first_point;
    size_t point_count;
} si_sample_section;

typedef struct si_sample_morphology {
    const char *name;
    float soma_radius;
    si_sample_point contour[SI_SAMPLE_CONTOUR_POINTS]; /* of the soma, in the x-y plane */
    si_sample_section *sections;
    size_t section_count, section_capacity;
    si_sample_point *points;
    size_t point_count, point_capacity;
} si_sample_morphology;

void si_sample_morphology_free(si_sample_morphology *morphology);

/* The highest y of its points. */
float si_sample_morphology_top(const si_sample_morphology *morphology);

/* How the neurites of one kind grow on a cell. Lengths are in um, directions are unit vectors. */
typedef struct si_sample_neurite {
    si_sample_section_type type;
    unsigned fewest_stems, most_stems;
    double heading[3];
    double spread;         /* of the stems around the heading: 0 none, 10 any direction */
    double tropism;        /* pull of the heading at each step */
    double wiggle;         /* random turn at each step */
    double trunk_length;   /* of the part that only sends out side branches; 0: none */
    double section_length; /* mean */
    double reach;          /* path length at which every branch has ended */
    double branching;      /* probability that a section behind the first splits */
    double radius, final_radius;
    double step;
} si_sample_neurite;

/* Grows a soma and its neurites. */
void si_sample_grow_soma(si_sample_morphology *morphology, double radius, si_sample_random *random);
si_result si_sample_grow_neurites(si_sample_morphology *morphology,
                                  const si_sample_neurite *neurite, si_sample_random *random,
                                  si_error *error);

/* Writers. The file is created; it exists also after an error. */
si_result si_sample_write_swc(const si_sample_morphology *morphology, const char *path,
                              si_error *error);
si_result si_sample_write_asc(const si_sample_morphology *morphology, const char *path,
                              si_error *error);
si_result si_sample_write_hdf5_morphology(const si_sample_morphology *morphology, const char *path,
                                          si_error *error);

#endif
