/* The parts of the SWC reader: lines to samples, samples to a tree, the tree to a morphology. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_SWC_H
#define SI_MORPHOLOGY_MORPHOLOGY_SWC_H

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

/* Reads the lines. Parents are not resolved yet. Give the samples to si_swc_samples_free, also
 * after a failure. */
si_result si_swc_samples_read(const si_source *source, si_swc_samples *samples, si_error *error);
void si_swc_samples_free(si_swc_samples *samples);

/* Resolves every parent id; refuses ids that are given twice and parents that are missing. */
si_result si_swc_link_parents(const si_source *source, si_swc_samples *samples, si_error *error);

/* The children of each sample, in the order of the file: those of sample i are
 * children[child_offsets[i]] up to children[child_offsets[i + 1]]. */
typedef struct si_swc_tree {
    const si_swc_sample *samples;
    size_t count;
    uint32_t *child_offsets;
    uint32_t *children;
} si_swc_tree;

/* Also refuses samples that no root leads to. */
si_result si_swc_tree_build(const si_source *source, const si_swc_samples *samples,
                            si_swc_tree *tree, si_error *error);
void si_swc_tree_free(si_swc_tree *tree);

static inline uint32_t si_swc_child_count(const si_swc_tree *tree, uint32_t sample)
{
    return tree->child_offsets[sample + 1] - tree->child_offsets[sample];
}

static inline bool si_swc_is_soma(const si_swc_sample *sample)
{
    return sample->type == SI_SECTION_SOMA;
}

si_soma_type si_swc_soma_type(const si_swc_tree *tree);
/* Refuses a soma that hangs on a neurite, branches off its root, or has several roots. */
si_result si_swc_check_soma(const si_source *source, const si_swc_tree *tree, si_error *error);

#endif
