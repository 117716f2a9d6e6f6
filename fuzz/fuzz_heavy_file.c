/*
 * A heavy file with damage: the input says which bytes are changed and where the file is cut off.
 * Unless it opens with an error, every query must end, inside the file; and so must a verification.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/header.h"
#include "fuzz_file.h"
#include "read/index.h"
#include "verify/verify_file.h"

#define ELEMENTS 20000

typedef struct damage {
    uint32_t place;
    uint8_t value;
} damage;

static char *heavy_files[4];
static size_t heavy_bytes[4];
static si_layout layouts[4];

static float random_coordinate(void)
{
    return (float)(rand() % 100000) / 1000;
}

static si_builder *fill_builder(si_element_kind kind)
{
    static float first[ELEMENTS][3], second[ELEMENTS][3], radius[ELEMENTS];
    static uint64_t gid[ELEMENTS];
    static uint32_t number[ELEMENTS];
    static uint8_t type[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
        for (int axis = 0; axis < 3; axis++) {
            first[i][axis] = random_coordinate();
            second[i][axis] = first[i][axis] + random_coordinate() / 50;
        }
        radius[i] = random_coordinate() / 100;
        gid[i] = (uint64_t)i;
        number[i] = (uint32_t)i % 7;
        type[i] = 2;
    }
    static const si_field fields[4][7] = {
        {SI_FIELD_POSITION, SI_FIELD_ID},
        {SI_FIELD_CENTROID, SI_FIELD_RADIUS, SI_FIELD_ID},
        {SI_FIELD_POSITION, SI_FIELD_ID, SI_FIELD_POST_GID, SI_FIELD_PRE_GID},
        {SI_FIELD_ENDPOINT1, SI_FIELD_ENDPOINT2, SI_FIELD_RADIUS, SI_FIELD_GID, SI_FIELD_SECTION_ID,
         SI_FIELD_SEGMENT_ID, SI_FIELD_SECTION_TYPE}};
    static const size_t counts[4] = {2, 3, 4, 7};
    const void *const data[] = {[SI_FIELD_ID] = gid,
                                [SI_FIELD_POST_GID] = gid,
                                [SI_FIELD_PRE_GID] = gid,
                                [SI_FIELD_POSITION] = first,
                                [SI_FIELD_CENTROID] = first,
                                [SI_FIELD_RADIUS] = radius,
                                [SI_FIELD_GID] = gid,
                                [SI_FIELD_SECTION_ID] = number,
                                [SI_FIELD_SEGMENT_ID] = number,
                                [SI_FIELD_ENDPOINT1] = first,
                                [SI_FIELD_ENDPOINT2] = second,
                                [SI_FIELD_SECTION_TYPE] = type};
    si_input_column columns[7];
    for (size_t i = 0; i < counts[kind]; i++)
        columns[i] = (si_input_column){fields[kind][i], data[fields[kind][i]]};
    si_builder *builder;
    if (si_builder_create(kind, NULL, NULL, &builder, NULL) != SI_OK ||
        si_builder_append(builder, columns, counts[kind], ELEMENTS, NULL) != SI_OK)
        abort();
    return builder;
}

static void make_heavy_files(void)
{
    for (int kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        si_index *index;
        if (si_builder_finish(fill_builder((si_element_kind)kind), &index, NULL, NULL) != SI_OK)
            abort();
        layouts[kind] = index->layout;
        heavy_bytes[kind] = index->layout.file_bytes;
        heavy_files[kind] = malloc(heavy_bytes[kind]);
        memcpy(heavy_files[kind], index->map, heavy_bytes[kind]);
        si_index_close(index);
    }
}

static void seal_header(char *file)
{
    uint64_t checksum = si_checksum(file, SI_HEADER_BYTES - 8);
    memcpy(file + SI_HEADER_BYTES - 8, &checksum, sizeof checksum);
}

static void seal_blocks(char *file, const si_layout *layout)
{
    for (uint64_t i = 0; i < si_layout_block_count(layout); i++) {
        uint64_t checksum = si_checksum(file + (i + 1) * SI_BLOCK_BYTES, SI_BLOCK_BYTES);
        memcpy(file + layout->checksums.offset + i * sizeof checksum, &checksum, sizeof checksum);
    }
}

/* Half of the damaged headers get the checksum that hides the damage, a quarter of the files all
 * checksums but that of the checksums. */
static void apply(char *file, unsigned kind, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + sizeof(damage) <= size; i += 5) {
        uint32_t place;
        memcpy(&place, data + i, sizeof place);
        file[place % heavy_bytes[kind]] = (char)data[i + 4];
    }
    if (size % 4 == 3)
        seal_blocks(file, &layouts[kind]);
    if (size % 2)
        seal_header(file);
}

static int ignore(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    (void)context, (void)columns, (void)column_count, (void)count;
    return 0;
}

static void ask(const si_index *index, const si_query *query)
{
    const si_field_info *infos;
    size_t count = si_element_kind_fields(index->layout.kind, &infos);
    si_field fields[16];
    uint64_t found;
    bool empty;
    for (size_t i = 0; i < count; i++)
        fields[i] = infos[i].field;
    si_index_visit(index, query, fields, count, ignore, NULL, NULL);
    si_index_count(index, query, &found, NULL);
    si_index_empty(index, query, &empty, NULL);
}

static void ask_for_nearest(const si_index *index)
{
    si_nearest_query nearest;
    double distances[50];
    uint64_t count;
    si_query_nearest((double[3]){50, 50, 50}, 50, 1e9, SI_BEST_EFFORT, &nearest, NULL);
    si_index_find_nearest(index, &nearest, NULL, 0, distances, &count, NULL);

    const float points[2][3] = {{50, 50, 50}, {0, 0, 0}};
    double near[2][3], offsets[2][3];
    nearest.k = 3;
    si_index_nearest_many(index, &nearest, points, 2, 1, NULL, 0, near[0], offsets[0], NULL, NULL);
}

static void verify(int descriptor)
{
    si_header_content header;
    const si_verified_file file = {descriptor, "heavy", &header};
    si_damage_list list;
    if (si_header_read(descriptor, "heavy", &header, NULL) != SI_OK)
        return;
    si_damage_list_create(&list, 10);
    si_file_verify(&file, 1, 0, NULL, &list, NULL);
    si_damage_list_destroy(&list);
}

static void ask_for_solids(const si_index *index, si_accuracy accuracy)
{
    const double end[3] = {20, 30, 25}, other_end[3] = {60, 50, 40};
    const double axes[2][3] = {{0.6, 0.8, 0}, {-0.8, 0.6, 0}};
    si_query query;
    si_query_capsule(end, other_end, 10, accuracy, &query, NULL);
    ask(index, &query);
    si_query_cylinder(end, other_end, 10, accuracy, &query, NULL);
    ask(index, &query);
    si_query_oriented_box(end, axes, other_end, accuracy, &query, NULL);
    ask(index, &query);
}

static void find_in_batch(const si_index *index, const si_query *query)
{
    const si_query queries[2] = {*query, *query};
    si_batch *batch;
    uint64_t counts[2];
    si_batch_count(index, queries, 2, 1, counts, NULL);
    if (si_batch_create(&batch, NULL) != SI_OK)
        return;
    if (si_batch_find(index, queries, 2, 1, batch, NULL) == SI_OK) {
        float(*centroids)[3] = malloc((si_batch_offsets(batch)[2] + 1) * sizeof *centroids);
        const si_column column = {index->layout.kind == SI_POINT || index->layout.kind == SI_SYNAPSE
                                      ? SI_FIELD_POSITION
                                      : SI_FIELD_CENTROID,
                                  centroids};
        si_batch_copy(batch, &column, 1, 1, NULL);
        free(centroids);
    }
    si_batch_free(batch);
}

static void count_in_groups(const si_index *index, const si_query *query)
{
    const si_field_info *infos;
    si_group_counts groups = {0};
    uint64_t values[100], count;
    si_element_kind_fields(index->layout.kind, &infos);
    si_index_count_groups(index, query, &infos[0].field, 1, &groups, NULL);
    si_group_counts_free(&groups);
    const si_column column = {index->layout.kind == SI_SEGMENT ? SI_FIELD_GID : SI_FIELD_ID,
                              values};
    si_index_find(index, query, &column, 1, 100, &count, NULL);
}

static void fill_grids(const si_index *index)
{
    static uint64_t counts[1000];
    static double lengths[1000];
    si_grid grid = SI_GRID_INIT;
    for (int axis = 0; axis < 3; axis++) {
        grid.upper[axis] = 100;
        grid.shape[axis] = 10;
    }
    grid.threads = 1;
    si_index_grid_counts(index, &grid, counts, NULL);
    si_index_grid_lengths(index, &grid, lengths, NULL);
    grid.counts_touching = true;
    si_index_grid_counts(index, &grid, counts, NULL);
}

static void compare_with_itself(const si_index *index)
{
    char difference[200];
    bool same;
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_stats stats = SI_INDEX_STATS_INIT;
    si_index_compare(index, index, &same, difference, sizeof difference, NULL);
    si_index_get_info(index, &info);
    si_index_get_stats(index, &stats);
}

static void ask_all(const si_index *index)
{
    ask_for_nearest(index);
    for (int accuracy = SI_BEST_EFFORT; accuracy <= SI_EXACT; accuracy++) {
        si_query query;
        si_query_box((double[3]){20, 20, 20}, (double[3]){60, 50, 40}, (si_accuracy)accuracy,
                     &query, NULL);
        ask(index, &query);
        si_query_sphere((double[3]){50, 50, 50}, 20, (si_accuracy)accuracy, &query, NULL);
        ask(index, &query);
        ask_for_solids(index, (si_accuracy)accuracy);
    }
    si_query tile;
    si_query_box((double[3]){20, 20, 20}, (double[3]){60, 50, 40}, SI_CENTER, &tile, NULL);
    ask(index, &tile);
    find_in_batch(index, &tile);
    count_in_groups(index, &tile);
    fill_grids(index);
    compare_with_itself(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    if (!heavy_files[0])
        make_heavy_files();
    unsigned kind = data[0] % 4u;
    size_t bytes = data[1] % 8 ? heavy_bytes[kind] : heavy_bytes[kind] * data[2] / 256;
    char *file = malloc(heavy_bytes[kind]);
    memcpy(file, heavy_files[kind], heavy_bytes[kind]);
    apply(file, kind, data + 3, size - 3);
    int descriptor = memfd_create("heavy", MFD_CLOEXEC);
    if (descriptor < 0 || write(descriptor, file, bytes) != (ssize_t)bytes)
        abort();
    verify(descriptor);
    si_index *index;
    const si_provenance provenance = {.kind = (si_element_kind)kind};
    if (si_index_map(descriptor, &provenance, &index, NULL) == SI_OK) {
        ask_all(index);
        si_index_close(index);
    }
    close(descriptor);
    free(file);
    return 0;
}
