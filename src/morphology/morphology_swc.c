/*
 * Reads SWC: samples become a tree, and the tree a soma and sections.
 *
 * The soma is all samples of type 1. A section begins at a child of the soma, at a root or at a
 * child of a branching sample, and goes on as long as there is exactly one child. Sections are
 * numbered depth first, in the order of the file, by a stack of its own: nesting costs memory,
 * never the stack of the thread.
 */
#include "morphology/morphology_swc.h"

#include <assert.h>

#include "base/memory.h"
#include "morphology/morphology_swc_samples.h"

/* ---------------------------------------------------------------------------------------- tree */

/* The children of each sample, in the order of the file: those of sample i are
 * children[child_offsets[i]] up to children[child_offsets[i + 1]]. */
typedef struct swc_tree {
    const si_swc_sample *samples;
    size_t count;
    uint32_t *child_offsets;
    uint32_t *children;
} swc_tree;

static uint32_t child_count(const swc_tree *tree, uint32_t sample)
{
    return tree->child_offsets[sample + 1] - tree->child_offsets[sample];
}

static bool is_soma(const si_swc_sample *sample)
{
    return sample->type == SI_SECTION_SOMA;
}

/* Counts, adds up to where each list ends, and moves that down to its beginning while filling the
 * lists from the back. */
static void list_children(swc_tree *tree)
{
    uint32_t *offsets = tree->child_offsets;
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->samples[i].parent != SI_SWC_NONE)
            offsets[tree->samples[i].parent]++;
    }
    for (size_t i = 1; i <= tree->count; i++)
        offsets[i] += offsets[i - 1];
    for (size_t i = tree->count; i-- > 0;) {
        uint32_t parent = tree->samples[i].parent;
        if (parent != SI_SWC_NONE)
            tree->children[--offsets[parent]] = (uint32_t)i;
    }
}

/* Marks what the roots lead to; `waiting` has room for every sample. */
static size_t mark_reached(const swc_tree *tree, bool *reached, uint32_t *waiting)
{
    size_t waiting_count = 0, reached_count = 0;
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->samples[i].parent == SI_SWC_NONE)
            waiting[waiting_count++] = (uint32_t)i;
    }
    while (waiting_count > 0) {
        uint32_t sample = waiting[--waiting_count];
        reached[sample] = true;
        reached_count++;
        for (uint32_t i = tree->child_offsets[sample]; i < tree->child_offsets[sample + 1]; i++)
            waiting[waiting_count++] = tree->children[i];
    }
    return reached_count;
}

static si_result refuse_cycles(const si_source *source, const swc_tree *tree, si_error *error)
{
    bool *reached = si_allocate_zeroed(tree->count, sizeof *reached);
    uint32_t *waiting = si_allocate(tree->count, sizeof *waiting);
    si_result result = SI_OK;
    if (!reached || !waiting) {
        result = si_fail_memory(error);
    } else {
        size_t reached_count = mark_reached(tree, reached, waiting), first = 0;
        while (first < tree->count && reached[first])
            first++;
        if (first < tree->count)
            result = si_source_fail(source, tree->samples[first].place, error,
                                    "sample %u descends from a cycle of parents, expected a root "
                                    "with parent -1 above it (so do %zu samples in total)",
                                    tree->samples[first].id, tree->count - reached_count);
    }
    si_free(reached);
    si_free(waiting);
    return result;
}

/* Give the tree to free_tree, also after a failure. */
static si_result build_tree(const si_source *source, const si_swc_samples *samples, swc_tree *tree,
                            si_error *error)
{
    tree->samples = samples->data;
    tree->count = samples->count;
    tree->child_offsets = si_allocate_zeroed(samples->count + 1, sizeof *tree->child_offsets);
    tree->children = si_allocate(samples->count, sizeof *tree->children);
    if (!tree->child_offsets || !tree->children)
        return si_fail_memory(error);
    list_children(tree);
    return refuse_cycles(source, tree, error);
}

static void free_tree(swc_tree *tree)
{
    si_free(tree->child_offsets);
    si_free(tree->children);
}

/* ---------------------------------------------------------------------------------------- soma */

/* Three points by the convention of NeuroMorpho.org: ids 1, 2, 3, in this order, the second and
 * third children of the first. What the points are does not matter. */
static si_soma_type soma_type_of(const swc_tree *tree)
{
    const si_swc_sample *first[3];
    size_t count = 0;
    for (size_t i = 0; i < tree->count; i++) {
        if (!is_soma(&tree->samples[i]))
            continue;
        if (count < 3)
            first[count] = &tree->samples[i];
        count++;
    }
    if (count == 0)
        return SI_SOMA_UNDEFINED;
    if (count == 1)
        return SI_SOMA_SINGLE_POINT;
    bool is_three_points = count == 3;
    for (uint32_t i = 0; i < 3 && is_three_points; i++)
        is_three_points = first[i]->id == i + 1 &&
                          (i == 0 ? first[i]->is_root
                                  : !first[i]->is_root && first[i]->parent_id == 1);
    return is_three_points ? SI_SOMA_THREE_POINT_CYLINDERS : SI_SOMA_CYLINDERS;
}

static si_result check_soma_sample(const si_source *source, const swc_tree *tree, uint32_t index,
                                   si_error *error)
{
    const si_swc_sample *sample = &tree->samples[index];
    if (sample->is_root)
        return SI_OK;
    const si_swc_sample *parent = &tree->samples[sample->parent];
    if (!is_soma(parent))
        return si_source_fail(source, sample->parent_place, error,
                              "the parent of soma sample %u is sample %u of type %u, expected a "
                              "soma sample or -1",
                              sample->id, parent->id, parent->type);
    size_t children = 0;
    for (uint32_t i = tree->child_offsets[index]; i < tree->child_offsets[index + 1]; i++)
        children += is_soma(&tree->samples[tree->children[i]]);
    if (children >= 2)
        return si_source_fail(source, sample->place, error,
                              "soma sample %u has %zu children in the soma, expected at most one "
                              "because it is not the root",
                              sample->id, children);
    return SI_OK;
}

/* Refuses a soma that hangs on a neurite, branches off its root, or has several roots. */
static si_result check_soma(const si_source *source, const swc_tree *tree, si_error *error)
{
    for (size_t i = 0; i < tree->count; i++)
        if (is_soma(&tree->samples[i]))
            SI_TRY(check_soma_sample(source, tree, (uint32_t)i, error));
    const si_swc_sample *first = NULL;
    for (size_t i = 0; i < tree->count; i++) {
        const si_swc_sample *sample = &tree->samples[i];
        if (!is_soma(sample) || !sample->is_root)
            continue;
        if (first)
            return si_source_fail(source, sample->place, error,
                                  "sample %u begins a second soma, expected only that of line %zu",
                                  sample->id, si_source_line(source, first->place));
        first = sample;
    }
    return SI_OK;
}

/* ------------------------------------------------------------------------------------ sections */

/* A section that is still to be made: its first own sample and the section it hangs on. */
typedef struct pending_section {
    uint32_t sample;
    int32_t parent;
} pending_section;

typedef struct section_walk {
    const si_source *source;
    const swc_tree *tree;
    si_morphology_builder *builder;
    pending_section *stack; /* each sample is on it once at most */
    size_t depth;
} section_walk;

/* Adds samples as long as there is exactly one way on; `*last` is where there is not. */
static si_result add_chain(section_walk *walk, uint32_t first, uint32_t *last, si_error *error)
{
    const swc_tree *tree = walk->tree;
    for (uint32_t at = first;;) {
        const si_swc_sample *sample = &tree->samples[at];
        SI_TRY(
            si_morphology_builder_add_point(walk->builder, sample->point, sample->diameter, error));
        *last = at;
        if (child_count(tree, at) != 1)
            return SI_OK;
        at = tree->children[tree->child_offsets[at]];
        const si_swc_sample *next = &tree->samples[at];
        if (next->type != sample->type)
            return si_source_fail(walk->source, next->place, error,
                                  "sample %u has type %u, expected type %u of its parent %u, which "
                                  "does not branch",
                                  next->id, next->type, sample->type, sample->id);
    }
}

static si_result add_section(section_walk *walk, pending_section pending, si_error *error)
{
    const swc_tree *tree = walk->tree;
    const si_swc_sample *first = &tree->samples[pending.sample];
    int32_t section = (int32_t)walk->builder->morphology->section_count;
    SI_TRY(si_morphology_builder_begin_section(walk->builder, first->type, pending.parent, error));
    if (pending.parent != SI_NO_PARENT) {
        /* A section begins where its parent ends; the parent's diameter goes with that point. */
        const si_swc_sample *end = &tree->samples[first->parent];
        if (!si_same_position(first->point, end->point))
            SI_TRY(
                si_morphology_builder_add_point(walk->builder, end->point, end->diameter, error));
    }
    uint32_t last;
    SI_TRY(add_chain(walk, pending.sample, &last, error));
    /* Later children first, so that the first is taken off first. */
    for (uint32_t i = tree->child_offsets[last + 1]; i-- > tree->child_offsets[last];)
        walk->stack[walk->depth++] = (pending_section){tree->children[i], section};
    assert(walk->depth <= tree->count);
    return SI_OK;
}

/* A root section with everything that hangs on it, depth first. */
static si_result add_neurite(section_walk *walk, uint32_t root, si_error *error)
{
    walk->stack[walk->depth++] = (pending_section){root, SI_NO_PARENT};
    while (walk->depth > 0)
        SI_TRY(add_section(walk, walk->stack[--walk->depth], error));
    return SI_OK;
}

/* The neurites of each soma sample in the order of the file. A root outside the soma begins a
 * neurite of its own, unless it is a lone sample. */
static si_result add_neurites(section_walk *walk, si_error *error)
{
    const swc_tree *tree = walk->tree;
    for (uint32_t i = 0; i < tree->count; i++) {
        if (is_soma(&tree->samples[i])) {
            for (uint32_t k = tree->child_offsets[i]; k < tree->child_offsets[i + 1]; k++)
                if (!is_soma(&tree->samples[tree->children[k]]))
                    SI_TRY(add_neurite(walk, tree->children[k], error));
        } else if (tree->samples[i].is_root && child_count(tree, i) > 0) {
            SI_TRY(add_neurite(walk, i, error));
        }
    }
    return SI_OK;
}

static si_result add_sections(const si_source *source, const swc_tree *tree,
                              si_morphology_builder *builder, si_error *error)
{
    section_walk walk = {.source = source, .tree = tree, .builder = builder};
    walk.stack = si_allocate(tree->count, sizeof *walk.stack);
    if (!walk.stack)
        return si_fail_memory(error);
    si_result result = add_neurites(&walk, error);
    si_free(walk.stack);
    return result;
}

static si_result build_morphology(const si_source *source, const swc_tree *tree,
                                  si_morphology **morphology, si_error *error)
{
    SI_TRY(check_soma(source, tree, error));
    si_morphology_builder builder;
    SI_TRY(si_morphology_builder_start(&builder, source->path, error));
    si_result result = SI_OK;
    for (size_t i = 0; i < tree->count && result == SI_OK; i++)
        if (is_soma(&tree->samples[i]))
            result = si_morphology_builder_add_soma_point(&builder, tree->samples[i].point,
                                                          tree->samples[i].diameter, error);
    if (result == SI_OK)
        result = add_sections(source, tree, &builder, error);
    if (result == SI_OK)
        si_morphology_builder_finish(&builder, soma_type_of(tree), morphology);
    else
        si_morphology_builder_abandon(&builder);
    return result;
}

si_result si_morphology_parse_swc(const char *text, size_t length, const char *path,
                                  si_morphology **morphology, si_error *error)
{
    si_source source = {path, text, text + length};
    si_swc_samples samples;
    swc_tree tree = {0};
    si_result result = si_swc_samples_read(&source, &samples, error);
    if (result == SI_OK)
        result = build_tree(&source, &samples, &tree, error);
    if (result == SI_OK)
        result = build_morphology(&source, &tree, morphology, error);
    free_tree(&tree);
    si_swc_samples_free(&samples);
    return result;
}
