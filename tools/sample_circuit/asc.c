/* The Neurolucida ASC format: nested expressions, one block for each pair of branches. */
#include "sample_circuit/sample_morphology.h"
#include "sample_circuit/sample_output.h"

static void write_point(FILE *stream, int depth, const si_sample_point *point)
{
    const float *at = point->position;
    fprintf(stream, "%*s(%9.3f %9.3f %9.3f %7.3f)\n", 2 * depth, "", (double)at[0], (double)at[1],
            (double)at[2], 2 * (double)point->radius);
}

static void write_soma(FILE *stream, const si_sample_morphology *morphology)
{
    fputs("(\"Soma\"\n  (Color Yellow)\n  (CellBody)\n", stream);
    for (int i = 0; i < SI_SAMPLE_CONTOUR_POINTS; i++)
        write_point(stream, 1, &morphology->contour[i]);
    fputs(")\n\n", stream);
}

/* Writes a section and all that hangs on it; gives the next section. */
static size_t write_tree(FILE *stream, const si_sample_morphology *morphology, size_t section,
                         int depth)
{
    const si_sample_section *own = &morphology->sections[section];
    /* The point that repeats the parent's last is written: readers that put it back give it the
     * diameter of the next one. */
    for (size_t i = 0; i < own->point_count; i++)
        write_point(stream, depth, &morphology->points[own->first_point + i]);
    size_t next = section + 1;
    bool first = true;
    while (next < morphology->section_count && morphology->sections[next].parent == section) {
        fprintf(stream, "%*s%s\n", 2 * depth, "", first ? "(" : "|");
        next = write_tree(stream, morphology, next, depth + 1);
        first = false;
    }
    if (!first)
        fprintf(stream, "%*s)\n", 2 * depth, "");
    return next;
}

static const char *type_name(si_sample_section_type type)
{
    switch (type) {
    case SI_SAMPLE_AXON:
        return "Axon";
    case SI_SAMPLE_APICAL_DENDRITE:
        return "Apical";
    case SI_SAMPLE_BASAL_DENDRITE:
    default:
        return "Dendrite";
    }
}

si_result si_sample_write_asc(const si_sample_morphology *morphology, const char *path,
                              si_error *error)
{
    si_sample_output output;
    SI_SAMPLE_TRY(si_sample_output_open(&output, path, error));
    fprintf(output.stream, "; %s\n\n", morphology->name);
    write_soma(output.stream, morphology);
    for (size_t section = 0; section < morphology->section_count;) {
        fprintf(output.stream, "(\n  (%s)\n", type_name(morphology->sections[section].type));
        section = write_tree(output.stream, morphology, section, 1);
        fputs(")\n\n", output.stream);
    }
    return si_sample_output_close(&output, error);
}
