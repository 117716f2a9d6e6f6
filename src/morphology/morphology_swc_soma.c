/* Which samples of an SWC file are the soma, and whether they may be. */
#include "morphology/morphology_swc.h"

typedef struct soma_samples {
    size_t count;
    const si_swc_sample *first[3];
} soma_samples;

static soma_samples collect_soma(const si_swc_tree *tree)
{
    soma_samples soma = {0};
    for (size_t i = 0; i < tree->count; i++) {
        if (!si_swc_is_soma(&tree->samples[i]))
            continue;
        if (soma.count < 3)
            soma.first[soma.count] = &tree->samples[i];
        soma.count++;
    }
    return soma;
}

/* The convention of NeuroMorpho.org: ids 1, 2, 3, in this order, the second and third children of
 * the first. What the points are does not matter. */
static bool is_three_point_soma(const soma_samples *soma)
{
    if (soma->count != 3)
        return false;
    for (uint32_t i = 0; i < 3; i++) {
        const si_swc_sample *sample = soma->first[i];
        bool right_parent = i == 0 ? sample->is_root : !sample->is_root && sample->parent_id == 1;
        if (sample->id != i + 1 || !right_parent)
            return false;
    }
    return true;
}

si_soma_type si_swc_soma_type(const si_swc_tree *tree)
{
    soma_samples soma = collect_soma(tree);
    if (soma.count == 0)
        return SI_SOMA_UNDEFINED;
    if (soma.count == 1)
        return SI_SOMA_SINGLE_POINT;
    return is_three_point_soma(&soma) ? SI_SOMA_THREE_POINT_CYLINDERS : SI_SOMA_CYLINDERS;
}

static size_t count_soma_children(const si_swc_tree *tree, uint32_t sample)
{
    size_t count = 0;
    for (uint32_t i = tree->child_offsets[sample]; i < tree->child_offsets[sample + 1]; i++)
        count += si_swc_is_soma(&tree->samples[tree->children[i]]);
    return count;
}

static si_result check_soma_sample(const si_source *source, const si_swc_tree *tree, uint32_t index,
                                   si_error *error)
{
    const si_swc_sample *sample = &tree->samples[index];
    if (sample->is_root)
        return SI_OK;
    const si_swc_sample *parent = &tree->samples[sample->parent];
    if (!si_swc_is_soma(parent))
        return si_source_fail(source, sample->parent_place, error,
                              "the parent of soma sample %u is sample %u of type %u, expected a "
                              "soma sample or -1",
                              sample->id, parent->id, parent->type);
    size_t children = count_soma_children(tree, index);
    if (children >= 2)
        return si_source_fail(source, sample->place, error,
                              "soma sample %u has %zu children in the soma, expected at most one "
                              "because it is not the root",
                              sample->id, children);
    return SI_OK;
}

static si_result refuse_second_root(const si_source *source, const si_swc_tree *tree,
                                    si_error *error)
{
    const si_swc_sample *first = NULL;
    for (size_t i = 0; i < tree->count; i++) {
        const si_swc_sample *sample = &tree->samples[i];
        if (!si_swc_is_soma(sample) || !sample->is_root)
            continue;
        if (first)
            return si_source_fail(source, sample->place, error,
                                  "sample %u begins a second soma, expected only that of line %zu",
                                  sample->id, si_source_line(source, first->place));
        first = sample;
    }
    return SI_OK;
}

si_result si_swc_check_soma(const si_source *source, const si_swc_tree *tree, si_error *error)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (si_swc_is_soma(&tree->samples[i]))
            SI_TRY(check_soma_sample(source, tree, (uint32_t)i, error));
    }
    return refuse_second_root(source, tree, error);
}
