#include "circuit_files.h"

#include <dirent.h>
#include <ftw.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/test.h"

#include "base/file.h"
#include "base/memory.h"

void make_folder(char path[FOLDER_PATH_SIZE])
{
    snprintf(path, FOLDER_PATH_SIZE, "/tmp/spatial-index-test-XXXXXX");
    assert_non_null(mkdtemp(path));
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void remove_folder(const char *path)
{
    assert_int_equal(nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *path_in(const char *folder, const char *name)
{
    static char paths[16][512];
    static unsigned next;
    char *path = paths[next++ % 16];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* ---------------------------------------------------------------------------------------- SONATA
 */

static hid_t create_group(hid_t parent, const char *path)
{
    hid_t creation = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(creation, 1);
    hid_t group = H5Gcreate2(parent, path, creation, H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(creation);
    assert_true(group >= 0);
    return group;
}

static void write_array(hid_t group, const char *name, hid_t type, const void *data, size_t rows,
                        size_t columns)
{
    hsize_t shape[2] = {rows, columns};
    hid_t space = H5Screate_simple(columns > 1 ? 2 : 1, shape, NULL);
    hid_t array = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(array >= 0);
    if (rows > 0)
        assert_true(H5Dwrite(array, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(array);
    H5Sclose(space);
}

/* Doubles that lie `stride` bytes apart. */
static void write_column(hid_t group, const char *name, const double *first, size_t stride,
                         size_t count)
{
    double *values = malloc((count + 1) * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = *(const double *)(const void *)((const char *)first + i * stride);
    write_array(group, name, H5T_NATIVE_DOUBLE, values, count, 1);
    free(values);
}

static void write_morphologies(hid_t group, const test_cell *cells, size_t count)
{
    const char **names = malloc((count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = cells[i].morphology;
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    write_array(group, "morphology", type, names, count, 1);
    H5Tclose(type);
    free(names);
}

static void write_type_ids(hid_t population, const char *name, size_t count)
{
    int64_t *ids = malloc((count + 1) * sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = -1;
    write_array(population, name, H5T_NATIVE_INT64, ids, count, 1);
    free(ids);
}

void write_nodes(const char *path, const char *name, const test_cell *cells, size_t count)
{
    static const char *const positions[] = {"x", "y", "z"};
    static const char *const orientations[] = {"orientation_w", "orientation_x", "orientation_y",
                                               "orientation_z"};
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t population = create_group(file, path_in("nodes", name));
    hid_t group = create_group(population, "0");
    write_type_ids(population, "node_type_id", count);
    for (int i = 0; i < 3; i++)
        write_column(group, positions[i], &cells[0].position[i], sizeof *cells, count);
    for (int i = 0; i < 4; i++)
        write_column(group, orientations[i], &cells[0].quaternion[i], sizeof *cells, count);
    write_morphologies(group, cells, count);
    H5Gclose(group);
    H5Gclose(population);
    H5Fclose(file);
}

/* Synapses of one cell lie side by side, so each cell has one range. */
static void write_target_index(hid_t population, const test_synapse *synapses, size_t count,
                               size_t cell_count)
{
    uint64_t(*ranges_of_cell)[2] = calloc(cell_count + 1, sizeof *ranges_of_cell);
    uint64_t(*edges_of_range)[2] = calloc(cell_count + 1, sizeof *edges_of_range);
    size_t edge = 0;
    for (size_t gid = 0; gid < cell_count; gid++) {
        edges_of_range[gid][0] = edge;
        while (edge < count && synapses[edge].post_gid == gid)
            edge++;
        edges_of_range[gid][1] = edge;
        ranges_of_cell[gid][0] = gid;
        ranges_of_cell[gid][1] = gid + (edges_of_range[gid][1] > edges_of_range[gid][0]);
    }
    assert_int_equal(edge, count);
    hid_t index = create_group(population, "indices/target_to_source");
    write_array(index, "node_id_to_ranges", H5T_NATIVE_UINT64, ranges_of_cell, cell_count, 2);
    write_array(index, "range_to_edge_id", H5T_NATIVE_UINT64, edges_of_range, cell_count, 2);
    H5Gclose(index);
    free(ranges_of_cell);
    free(edges_of_range);
}

static void write_edge_columns(hid_t population, const test_synapse *synapses, size_t count)
{
    static const char *const positions[] = {"0/afferent_center_x", "0/afferent_center_y",
                                            "0/afferent_center_z"};
    uint64_t *ids = malloc((count + 1) * sizeof *ids);
    float *coordinates = malloc((count + 1) * sizeof *coordinates);
    for (int axis = 0; axis < 3; axis++) {
        for (size_t i = 0; i < count; i++)
            coordinates[i] = synapses[i].position[axis];
        write_array(population, positions[axis], H5T_NATIVE_FLOAT, coordinates, count, 1);
    }
    for (size_t i = 0; i < count; i++)
        ids[i] = synapses[i].post_gid;
    write_array(population, "target_node_id", H5T_NATIVE_UINT64, ids, count, 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = synapses[i].pre_gid;
    write_array(population, "source_node_id", H5T_NATIVE_UINT64, ids, count, 1);
    free(coordinates);
    free(ids);
}

void write_edges(const char *path, const char *name, const test_synapse *synapses, size_t count,
                 size_t cell_count)
{
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t population = create_group(file, path_in("edges", name));
    H5Gclose(create_group(population, "0"));
    write_type_ids(population, "edge_type_id", count);
    write_edge_columns(population, synapses, count);
    write_target_index(population, synapses, count, cell_count);
    H5Gclose(population);
    H5Fclose(file);
}

/* -------------------------------------------------------------------------------------- elements
 */

typedef struct element_columns {
    si_segment_ids *ids;
    float (*endpoints1)[3];
    float (*endpoints2)[3];
    float *radii;
    uint8_t *section_types;
} element_columns;

static void query_everything(const si_index *index, const si_column *columns, size_t column_count,
                             uint64_t count)
{
    const double lower[] = {-INFINITY, -INFINITY, -INFINITY};
    const double upper[] = {INFINITY, INFINITY, INFINITY};
    si_query query;
    si_error error;
    uint64_t found;
    assert_ok(si_query_box(lower, upper, SI_BOUNDING_BOX, &query, &error), error);
    assert_ok(si_index_find(index, &query, columns, column_count, count, &found, &error), error);
    assert_int_equal(found, count);
}

static uint64_t count_elements(const si_index *index)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    return info.element_count;
}

static int compare_ids(const void *left, const void *right)
{
    const si_segment_ids *a = &((const test_element *)left)->ids;
    const si_segment_ids *b = &((const test_element *)right)->ids;
    if (a->gid != b->gid)
        return a->gid < b->gid ? -1 : 1;
    if (a->section_id != b->section_id)
        return a->section_id < b->section_id ? -1 : 1;
    return (a->segment_id > b->segment_id) - (a->segment_id < b->segment_id);
}

static test_element *join_columns(const element_columns *columns, uint64_t count)
{
    test_element *elements = calloc(count + 1, sizeof *elements);
    for (uint64_t i = 0; i < count; i++) {
        elements[i].ids = columns->ids[i];
        memcpy(elements[i].endpoint1, columns->endpoints1[i], sizeof elements[i].endpoint1);
        memcpy(elements[i].endpoint2, columns->endpoints2[i], sizeof elements[i].endpoint2);
        elements[i].radius = columns->radii[i];
        elements[i].section_type = columns->section_types[i];
    }
    qsort(elements, count, sizeof *elements, compare_ids);
    return elements;
}

test_element *elements_of(const si_index *index, uint64_t *count)
{
    *count = count_elements(index);
    element_columns data = {
        calloc(*count + 1, sizeof *data.ids),
        calloc(*count + 1, sizeof *data.endpoints1),
        calloc(*count + 1, sizeof *data.endpoints2),
        calloc(*count + 1, sizeof *data.radii),
        calloc(*count + 1, 1),
    };
    const si_column columns[] = {
        {SI_FIELD_IDS, data.ids},
        {SI_FIELD_ENDPOINT1, data.endpoints1},
        {SI_FIELD_ENDPOINT2, data.endpoints2},
        {SI_FIELD_RADIUS, data.radii},
        {SI_FIELD_SECTION_TYPE, data.section_types},
    };
    query_everything(index, columns, 5, *count);
    test_element *elements = join_columns(&data, *count);
    free(data.ids);
    free(data.endpoints1);
    free(data.endpoints2);
    free(data.radii);
    free(data.section_types);
    return elements;
}

static int compare_synapses(const void *left, const void *right)
{
    const found_synapse *a = left;
    const found_synapse *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

found_synapse *synapses_of(const si_index *index, uint64_t *count)
{
    *count = count_elements(index);
    uint64_t(*ids)[3] = calloc(*count + 1, sizeof *ids);
    uint64_t *id = ids[0], *post_gid = id + *count, *pre_gid = post_gid + *count;
    float(*positions)[3] = calloc(*count + 1, sizeof *positions);
    const si_column columns[] = {
        {SI_FIELD_ID, id},
        {SI_FIELD_POST_GID, post_gid},
        {SI_FIELD_PRE_GID, pre_gid},
        {SI_FIELD_POSITION, positions},
    };
    query_everything(index, columns, 4, *count);
    found_synapse *synapses = calloc(*count + 1, sizeof *synapses);
    for (uint64_t i = 0; i < *count; i++) {
        synapses[i] = (found_synapse){id[i], post_gid[i], pre_gid[i], {0}};
        memcpy(synapses[i].position, positions[i], sizeof positions[i]);
    }
    qsort(synapses, *count, sizeof *synapses, compare_synapses);
    free(ids);
    free(positions);
    return synapses;
}

static void read_heavy_file(const char *folder, char **content, size_t *length)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index *index;
    si_error error;
    assert_ok(si_index_open(folder, NULL, &index, &error), error);
    assert_int_equal(si_index_get_info(index, &info), SI_OK);
    assert_ok(si_file_read_all(info.heavy_data_path, content, length, &error), error);
    si_index_close(index);
}

void assert_same_heavy_file(const char *folder, const char *other_folder)
{
    char *content, *other_content;
    size_t length, other_length;
    read_heavy_file(folder, &content, &length);
    read_heavy_file(other_folder, &other_content, &other_length);
    assert_int_equal(length, other_length);
    assert_memory_equal(content, other_content, length);
    si_free(content);
    si_free(other_content);
}
