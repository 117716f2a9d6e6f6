/* The samples of an SWC file: its lines as numbers, each with the sample it hangs on. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_SWC_SAMPLES_H
#define SI_MORPHOLOGY_MORPHOLOGY_SWC_SAMPLES_H

#include <stdbool.h>

#include "morphology/morphology_builder.h"
#include "morphology/morphology_source.h"

#define SI_SWC_NONE UINT32_MAX

typedef struct si_swc_sample {
    uint32_t id;
    uint32_t parent_id;
    uint32_t parent; /* index of the parent sample; SI_SWC_NONE for a root */
    bool is_root;
    uint8_t type;
    float point[3];
    float diameter;
    const char *place;        /* of the id in the text */
    const char *parent_place; /* of the parent's id */
} si_swc_sample;

typedef struct si_swc_samples {
    si_swc_sample *data; /* in the order of the file */
    size_t count;
    size_t capacity;
} si_swc_samples;

/* Reads the lines and finds each sample's parent. Refuses ids that are given twice and parents that
 * are missing. Give the samples to si_swc_samples_free, also after a failure. */
si_result si_swc_samples_read(const si_source *source, si_swc_samples *samples, si_error *error);
void si_swc_samples_free(si_swc_samples *samples);

#endif
