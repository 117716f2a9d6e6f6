/* The SWC format: one line for each point, which names its parent. */
#include "sample_circuit/sample_morphology.h"
#include "sample_circuit/sample_output.h"

#include <stdlib.h>

static void write_sample(FILE *stream, size_t id, int type, const si_sample_point *point,
                         long parent)
{
    const float *at = point->position;
    fprintf(stream, "%zu %d %.3f %.3f %.3f %.3f %ld\n", id, type, (double)at[0], (double)at[1],
            (double)at[2], (double)point->radius, parent);
}

/* The soma as NeuroMorpho writes it: its center, and the two ends of a cylinder as wide as long. */
static size_t write_three_point_soma(FILE *stream, float radius)
{
    for (size_t id = 1; id <= 3; id++) {
        float y = id == 1 ? 0 : id == 2 ? -radius : radius;
        si_sample_point point = {{0, y, 0}, radius};
        write_sample(stream, id, SI_SAMPLE_SOMA, &point, id == 1 ? -1 : 1);
    }
    return 3;
}

/* Gives the id of the section's last sample. A point that repeats the parent's last is not
 * written: readers put it back. */
static size_t write_section(FILE *stream, const si_sample_morphology *morphology,
                            const si_sample_section *section, size_t id, size_t parent_id)
{
    size_t skipped = section->parent == SI_SAMPLE_NO_PARENT ? 0 : 1;
    for (size_t i = skipped; i < section->point_count; i++) {
        write_sample(stream, ++id, (int)section->type,
                     &morphology->points[section->first_point + i], (long)parent_id);
        parent_id = id;
    }
    return id;
}

si_result si_sample_write_swc(const si_sample_morphology *morphology, const char *path,
                              si_error *error)
{
    size_t *last_ids = calloc(morphology->section_count + 1, sizeof(*last_ids));
    if (last_ids == NULL)
        return si_sample_fail_memory(error);
    si_sample_output output;
    si_result result = si_sample_output_open(&output, path, error);
    if (result == SI_OK) {
        fprintf(output.stream, "# %s\n# id type x y z radius parent\n", morphology->name);
        size_t id = write_three_point_soma(output.stream, morphology->soma_radius);
        for (size_t i = 0; i < morphology->section_count; i++) {
            const si_sample_section *section = &morphology->sections[i];
            size_t parent_id = section->parent == SI_SAMPLE_NO_PARENT ? 1
                                                                      : last_ids[section->parent];
            id = last_ids[i] = write_section(output.stream, morphology, section, id, parent_id);
        }
        result = si_sample_output_close(&output, error);
    }
    free(last_ids);
    return result;
}
