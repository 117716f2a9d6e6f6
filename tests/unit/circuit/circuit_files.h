/* Small circuits on disk, and the elements that are made of them. */
#ifndef SI_TESTS_UNIT_CIRCUIT_CIRCUIT_FILES_H
#define SI_TESTS_UNIT_CIRCUIT_CIRCUIT_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "spatial_index/spatial_index.h"

/* A new folder, whose path is written to `path`; removed with all it holds. */
#define FOLDER_PATH_SIZE 64
void make_folder(char path[FOLDER_PATH_SIZE]);
void remove_folder(const char *path);

/* "FOLDER/NAME" in a buffer that lives until the 16th call from now. */
const char *path_in(const char *folder, const char *name);

void write_text(const char *path, const char *text);

typedef struct test_cell {
    double position[3];
    double quaternion[4];
    const char *morphology;
} test_cell;

/* Population `name` of a new nodes file. */
void write_nodes(const char *path, const char *name, const test_cell *cells, size_t count);

typedef struct test_synapse {
    float position[3];
    uint64_t post_gid;
    uint64_t pre_gid;
} test_synapse;

/* Population `name` of a new edges file, with the index by target; synapses are ascending by
 * post_gid, which is less than `cell_count`. */
void write_edges(const char *path, const char *name, const test_synapse *synapses, size_t count,
                 size_t cell_count);

typedef struct test_element {
    si_segment_ids ids;
    float endpoint1[3];
    float endpoint2[3];
    float radius;
    uint8_t section_type;
} test_element;

/* All elements of a morphology index, by ids. Give it to free. */
test_element *elements_of(const si_index *index, uint64_t *count);

typedef struct found_synapse {
    uint64_t id;
    uint64_t post_gid;
    uint64_t pre_gid;
    float position[3];
} found_synapse;

/* All elements of a synapse index, by id. Give it to free. */
found_synapse *synapses_of(const si_index *index, uint64_t *count);

/* The heavy files of the indexes in two folders have the same bytes. */
void assert_same_heavy_file(const char *folder, const char *other_folder);

#endif
