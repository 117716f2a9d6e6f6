/* The HDF5 morphology format, version 1.1: all points in one table, sections as offsets into it. */
#include <stdlib.h>

#include "sample_circuit/sample_hdf5.h"
#include "sample_circuit/sample_morphology.h"

enum { FIRST_POINT = 0, TYPE = 1, PARENT = 2 };

static void fill_point(float row[4], const si_sample_point *point)
{
    for (int i = 0; i < 3; i++)
        row[i] = point->position[i];
    row[3] = 2 * point->radius;
}

static void fill_points(float (*rows)[4], const si_sample_morphology *morphology)
{
    for (int i = 0; i < SI_SAMPLE_CONTOUR_POINTS; i++)
        fill_point(rows[i], &morphology->contour[i]);
    for (size_t i = 0; i < morphology->point_count; i++)
        fill_point(rows[SI_SAMPLE_CONTOUR_POINTS + i], &morphology->points[i]);
}

/* Row 0 is the soma, so parents are row numbers: 0 for a section that begins at the soma. */
static void fill_structure(int32_t (*rows)[3], const si_sample_morphology *morphology)
{
    rows[0][FIRST_POINT] = 0;
    rows[0][TYPE] = SI_SAMPLE_SOMA;
    rows[0][PARENT] = -1;
    for (size_t i = 0; i < morphology->section_count; i++) {
        const si_sample_section *section = &morphology->sections[i];
        rows[i + 1][FIRST_POINT] = (int32_t)(SI_SAMPLE_CONTOUR_POINTS + section->first_point);
        rows[i + 1][TYPE] = (int32_t)section->type;
        rows[i + 1][PARENT] = section->parent == SI_SAMPLE_NO_PARENT
                                  ? 0
                                  : (int32_t)(section->parent + 1);
    }
}

static void write_metadata(si_sample_hdf5 *hdf5)
{
    const uint32_t version[2] = {1, 1};
    const uint32_t neuron = 0;
    si_sample_hdf5_group(hdf5, "/metadata");
    si_sample_hdf5_attribute_uint32(hdf5, "/metadata", "version", version, 2);
    si_sample_hdf5_attribute_uint32(hdf5, "/metadata", "cell_family", &neuron, 1);
}

si_result si_sample_write_hdf5_morphology(const si_sample_morphology *morphology, const char *path,
                                          si_error *error)
{
    size_t point_count = SI_SAMPLE_CONTOUR_POINTS + morphology->point_count;
    size_t row_count = 1 + morphology->section_count;
    float(*points)[4] = calloc(point_count, sizeof(*points));
    int32_t(*structure)[3] = calloc(row_count, sizeof(*structure));
    si_result result;
    if (points == NULL || structure == NULL) {
        result = si_sample_fail_memory(error);
    } else {
        fill_points(points, morphology);
        fill_structure(structure, morphology);
        si_sample_hdf5 hdf5;
        si_sample_hdf5_create(&hdf5, path, error);
        si_sample_hdf5_table(&hdf5, "/points", SI_SAMPLE_FLOAT32, points, point_count, 4);
        si_sample_hdf5_table(&hdf5, "/structure", SI_SAMPLE_INT32, structure, row_count, 3);
        write_metadata(&hdf5);
        result = si_sample_hdf5_close(&hdf5);
    }
    free(points);
    free(structure);
    return result;
}
