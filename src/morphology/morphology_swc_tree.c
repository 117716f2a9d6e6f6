/* Which SWC sample is whose parent. */
#include <string.h>

#include "base/memory.h"
#include "morphology/morphology_swc.h"

typedef struct id_entry {
    uint32_t id;
    uint32_t sample;
} id_entry;

enum { BYTE_VALUES = 256 };

/* One pass of a radix sort: by the byte at `shift`, stable. */
static void sort_by_byte(const id_entry *from, id_entry *to, size_t count, unsigned shift)
{
    size_t begins[BYTE_VALUES] = {0};
    for (size_t i = 0; i < count; i++)
        begins[from[i].id >> shift & 0xff]++;
    size_t begin = 0;
    for (size_t value = 0; value < BYTE_VALUES; value++) {
        size_t in_bucket = begins[value];
        begins[value] = begin;
        begin += in_bucket;
    }
    for (size_t i = 0; i < count; i++)
        to[begins[from[i].id >> shift & 0xff]++] = from[i];
}

static bool is_sorted(const id_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (entries[i - 1].id > entries[i].id)
            return false;
    }
    return true;
}

/* Linear whatever the ids are; four passes, so that the result is where it began. */
static si_result sort_entries(id_entry *entries, size_t count, si_error *error)
{
    if (is_sorted(entries, count))
        return SI_OK;
    id_entry *other = si_allocate(count, sizeof *other);
    if (!other)
        return si_fail_memory(error);
    for (unsigned shift = 0; shift < 32; shift += 16) {
        sort_by_byte(entries, other, count, shift);
        sort_by_byte(other, entries, count, shift + 8);
    }
    si_free(other);
    return SI_OK;
}

static si_result refuse_duplicates(const si_source *source, const si_swc_samples *samples,
                                   const id_entry *entries, si_error *error)
{
    for (size_t i = 1; i < samples->count; i++) {
        if (entries[i - 1].id != entries[i].id)
            continue;
        const char *first = samples->data[entries[i - 1].sample].place;
        return si_source_fail(source, samples->data[entries[i].sample].place, error,
                              "the sample id %u is also that of line %zu", entries[i].id,
                              si_source_line(source, first));
    }
    return SI_OK;
}

/* SI_SWC_NONE if there is none. */
static uint32_t find_sample(const id_entry *entries, size_t count, uint32_t id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entries[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && entries[low].id == id ? entries[low].sample : SI_SWC_NONE;
}

static si_result link_parent(const si_source *source, si_swc_samples *samples, size_t index,
                             const id_entry *entries, si_error *error)
{
    si_swc_sample *sample = &samples->data[index];
    if (sample->is_root)
        return SI_OK;
    if (sample->parent_id == sample->id)
        return si_source_fail(source, sample->parent_place, error,
                              "sample %u is its own parent, expected -1 or another sample",
                              sample->id);
    /* Nearly always the line before. */
    if (index > 0 && samples->data[index - 1].id == sample->parent_id)
        sample->parent = (uint32_t)(index - 1);
    else
        sample->parent = find_sample(entries, samples->count, sample->parent_id);
    if (sample->parent == SI_SWC_NONE)
        return si_source_fail(source, sample->parent_place, error,
                              "the parent of sample %u is %u, expected a sample of this file or -1",
                              sample->id, sample->parent_id);
    return SI_OK;
}

static si_result link_with_entries(const si_source *source, si_swc_samples *samples,
                                   id_entry *entries, si_error *error)
{
    for (size_t i = 0; i < samples->count; i++)
        entries[i] = (id_entry){samples->data[i].id, (uint32_t)i};
    SI_TRY(sort_entries(entries, samples->count, error));
    SI_TRY(refuse_duplicates(source, samples, entries, error));
    for (size_t i = 0; i < samples->count; i++)
        SI_TRY(link_parent(source, samples, i, entries, error));
    return SI_OK;
}

si_result si_swc_link_parents(const si_source *source, si_swc_samples *samples, si_error *error)
{
    id_entry *entries = si_allocate(samples->count, sizeof *entries);
    if (!entries)
        return si_fail_memory(error);
    si_result result = link_with_entries(source, samples, entries, error);
    si_free(entries);
    return result;
}

/* Counts, adds up to where each list ends, and moves that down to its beginning while filling the
 * lists from the back. */
static void list_children(si_swc_tree *tree)
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
static size_t mark_reached(const si_swc_tree *tree, bool *reached, uint32_t *waiting)
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

static si_result fail_unreached(const si_source *source, const si_swc_tree *tree,
                                const bool *reached, size_t reached_count, si_error *error)
{
    size_t first = 0;
    while (reached[first])
        first++;
    const si_swc_sample *sample = &tree->samples[first];
    return si_source_fail(source, sample->place, error,
                          "sample %u descends from a cycle of parents, expected a root with "
                          "parent -1 above it (so do %zu samples in all)",
                          sample->id, tree->count - reached_count);
}

static si_result refuse_cycles(const si_source *source, const si_swc_tree *tree, si_error *error)
{
    bool *reached = si_allocate_zeroed(tree->count, sizeof *reached);
    uint32_t *waiting = si_allocate(tree->count, sizeof *waiting);
    si_result result = SI_OK;
    if (!reached || !waiting) {
        result = si_fail_memory(error);
    } else {
        size_t reached_count = mark_reached(tree, reached, waiting);
        if (reached_count < tree->count)
            result = fail_unreached(source, tree, reached, reached_count, error);
    }
    si_free(reached);
    si_free(waiting);
    return result;
}

si_result si_swc_tree_build(const si_source *source, const si_swc_samples *samples,
                            si_swc_tree *tree, si_error *error)
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

void si_swc_tree_free(si_swc_tree *tree)
{
    si_free(tree->child_offsets);
    si_free(tree->children);
    memset(tree, 0, sizeof *tree);
}
