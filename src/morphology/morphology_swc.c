/* SWC: one sample a line, each with its parent. */
#include <string.h>

#include "base/memory.h"
#include "morphology/morphology_swc.h"

/* A section that is still to be made: its first own sample and the section it hangs on. */
typedef struct pending_section {
    uint32_t sample;
    int32_t parent;
} pending_section;

typedef struct section_walk {
    const si_source *source;
    const si_swc_tree *tree;
    si_morphology_builder *builder;
    pending_section *stack; /* each sample is on it once at most */
    size_t depth;
} section_walk;

/* Later children first, so that the first is taken off first. */
static void push_children(section_walk *walk, uint32_t sample, int32_t section)
{
    const si_swc_tree *tree = walk->tree;
    for (uint32_t i = tree->child_offsets[sample + 1]; i-- > tree->child_offsets[sample];)
        walk->stack[walk->depth++] = (pending_section){tree->children[i], section};
}

/* A section begins where its parent ends; the parent's diameter goes with that point. */
static si_result add_end_of_parent(section_walk *walk, const si_swc_sample *first, si_error *error)
{
    const si_swc_sample *end = &walk->tree->samples[first->parent];
    if (si_same_position(first->point, end->point))
        return SI_OK;
    return si_morphology_builder_add_point(walk->builder, end->point, end->diameter, error);
}

static si_result fail_type_change(const section_walk *walk, const si_swc_sample *from,
                                  const si_swc_sample *to, si_error *error)
{
    return si_source_fail(walk->source, to->place, error,
                          "sample %u has type %u, expected type %u of its parent %u, which does "
                          "not branch",
                          to->id, to->type, from->type, from->id);
}

/* Adds samples as long as there is exactly one way on; `*last` is where there is not. */
static si_result add_chain(section_walk *walk, uint32_t first, uint32_t *last, si_error *error)
{
    const si_swc_tree *tree = walk->tree;
    for (uint32_t at = first;;) {
        const si_swc_sample *sample = &tree->samples[at];
        SI_TRY(
            si_morphology_builder_add_point(walk->builder, sample->point, sample->diameter, error));
        *last = at;
        if (si_swc_child_count(tree, at) != 1)
            return SI_OK;
        at = tree->children[tree->child_offsets[at]];
        if (tree->samples[at].type != sample->type)
            return fail_type_change(walk, sample, &tree->samples[at], error);
    }
}

static si_result add_section(section_walk *walk, pending_section pending, si_error *error)
{
    const si_swc_sample *first = &walk->tree->samples[pending.sample];
    int32_t section = (int32_t)walk->builder->morphology->section_count;
    SI_TRY(si_morphology_builder_begin_section(walk->builder, first->type, pending.parent, error));
    if (pending.parent != SI_NO_PARENT)
        SI_TRY(add_end_of_parent(walk, first, error));
    uint32_t last;
    SI_TRY(add_chain(walk, pending.sample, &last, error));
    push_children(walk, last, section);
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

static si_result add_neurites_of_soma_sample(section_walk *walk, uint32_t sample, si_error *error)
{
    const si_swc_tree *tree = walk->tree;
    for (uint32_t i = tree->child_offsets[sample]; i < tree->child_offsets[sample + 1]; i++) {
        if (!si_swc_is_soma(&tree->samples[tree->children[i]]))
            SI_TRY(add_neurite(walk, tree->children[i], error));
    }
    return SI_OK;
}

/* A root outside the soma begins a neurite of its own, unless it is a lone sample. */
static si_result add_neurites(section_walk *walk, si_error *error)
{
    const si_swc_tree *tree = walk->tree;
    for (uint32_t i = 0; i < tree->count; i++) {
        if (si_swc_is_soma(&tree->samples[i]))
            SI_TRY(add_neurites_of_soma_sample(walk, i, error));
        else if (tree->samples[i].is_root && si_swc_child_count(tree, i) > 0)
            SI_TRY(add_neurite(walk, i, error));
    }
    return SI_OK;
}

static si_result add_sections(const si_source *source, const si_swc_tree *tree,
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

static si_result add_soma(const si_swc_tree *tree, si_morphology_builder *builder, si_error *error)
{
    for (size_t i = 0; i < tree->count; i++) {
        const si_swc_sample *sample = &tree->samples[i];
        if (si_swc_is_soma(sample))
            SI_TRY(si_morphology_builder_add_soma_point(builder, sample->point, sample->diameter,
                                                        error));
    }
    return SI_OK;
}

static si_result build(const si_source *source, const si_swc_tree *tree, si_morphology **morphology,
                       si_error *error)
{
    SI_TRY(si_swc_check_soma(source, tree, error));
    si_morphology_builder builder;
    SI_TRY(si_morphology_builder_start(&builder, source->path, error));
    si_result result = add_soma(tree, &builder, error);
    if (result == SI_OK)
        result = add_sections(source, tree, &builder, error);
    if (result != SI_OK) {
        si_morphology_builder_abandon(&builder);
        return result;
    }
    si_morphology_builder_finish(&builder, si_swc_soma_type(tree), morphology);
    return SI_OK;
}

static si_result read_samples(const si_source *source, si_swc_samples *samples, si_error *error)
{
    SI_TRY(si_swc_samples_read(source, samples, error));
    return si_swc_link_parents(source, samples, error);
}

si_result si_morphology_parse_swc(const char *text, size_t length, const char *path,
                                  si_morphology **morphology, si_error *error)
{
    si_source source = {path, text, text + length};
    si_swc_samples samples;
    si_swc_tree tree = {0};
    si_result result = read_samples(&source, &samples, error);
    if (result == SI_OK)
        result = si_swc_tree_build(&source, &samples, &tree, error);
    if (result == SI_OK)
        result = build(&source, &tree, morphology, error);
    si_swc_tree_free(&tree);
    si_swc_samples_free(&samples);
    return result;
}
