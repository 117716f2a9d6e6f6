/* The dendrites of a morphology as one long line, to pick places from evenly. */
#ifndef SI_SAMPLE_CIRCUIT_DENDRITES_H
#define SI_SAMPLE_CIRCUIT_DENDRITES_H

#include "sample_circuit/sample_morphology.h"

typedef struct si_sample_dendrites {
    struct si_sample_dendrite {
        uint32_t section; /* position in the morphology */
        uint32_t segment;
        double end; /* on the line */
    } * segments;
    size_t count, capacity;
} si_sample_dendrites;

/* Free it also after a failure. */
si_result si_sample_dendrites_make(const si_sample_morphology *morphology,
                                   si_sample_dendrites *dendrites, si_error *error);
void si_sample_dendrites_free(si_sample_dendrites *dendrites);

/* A place on the dendrites: segment and fraction of its length. */
typedef struct si_sample_place {
    uint32_t section;
    uint32_t segment;
    double fraction;
} si_sample_place;

si_sample_place si_sample_dendrites_choose(const si_sample_dendrites *dendrites,
                                           si_sample_random *random);

double si_sample_segment_length(const si_sample_morphology *morphology, size_t section,
                                size_t segment);

#endif
