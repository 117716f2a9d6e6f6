#include "unit/support/heavy_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "read/index.h"
#include "verify/verify_file.h"

static const element_scatter scatter = {.extent = 100, .length = 5, .radius = 2};

/* ---- the file ---- */

heavy_file make_heavy_file_of(const test_elements *elements)
{
    si_index *index = build_elements(elements, NULL, NULL);
    heavy_file file = {.descriptor = memfd_create("heavy", MFD_CLOEXEC),
                       .sound = malloc(index->layout.file_bytes),
                       .bytes = index->layout.file_bytes,
                       .layout = index->layout};
    assert_true(file.descriptor >= 0);
    assert_non_null(file.sound);
    assert_int_equal(si_index_copy_bytes(index, 0, file.bytes, file.sound, NULL), SI_OK);
    restore_file(&file);
    si_index_close(index);
    return file;
}

heavy_file make_heavy_file(si_element_kind kind, uint64_t count, uint64_t seed)
{
    test_elements elements = make_elements(kind, count, &scatter, seed);
    heavy_file file = make_heavy_file_of(&elements);
    free_elements(&elements);
    return file;
}

void free_heavy_file(heavy_file *file)
{
    close(file->descriptor);
    free(file->sound);
}

void put_bytes(const heavy_file *file, uint64_t offset, const void *bytes, size_t length)
{
    assert_int_equal(pwrite(file->descriptor, bytes, length, (off_t)offset), length);
}

void restore_bytes(const heavy_file *file, uint64_t offset, size_t length)
{
    put_bytes(file, offset, file->sound + offset, length);
}

void restore_file(const heavy_file *file)
{
    assert_int_equal(ftruncate(file->descriptor, (off_t)file->bytes), 0);
    restore_bytes(file, 0, file->bytes);
}

/* ---- checksums ---- */

static uint64_t chained_checksum(const uint64_t *checksums, uint64_t bytes)
{
    uint64_t chained[1 + SI_BLOCK_BYTES / sizeof(uint64_t)] = {0};
    for (uint64_t done = 0; done < bytes; done += SI_BLOCK_BYTES) {
        uint64_t length = bytes - done < SI_BLOCK_BYTES ? bytes - done : SI_BLOCK_BYTES;
        memcpy(chained + 1, (const char *)checksums + done, length);
        chained[0] = si_checksum(chained, sizeof *chained + length);
    }
    return chained[0];
}

void seal(const heavy_file *file)
{
    enum { CHECKSUMS_CHECKSUM_OFFSET = 344, CHECKSUM_OFFSET = 4088 };
    const si_section *section = &file->layout.checksums;
    char *content = malloc(file->bytes);
    assert_non_null(content);
    assert_int_equal(pread(file->descriptor, content, file->bytes, 0), file->bytes);
    uint64_t *checksums = (void *)(content + section->offset);
    for (uint64_t block = 0; block < section->bytes / sizeof *checksums; block++)
        checksums[block] = si_checksum(content + (block + 1) * SI_BLOCK_BYTES, SI_BLOCK_BYTES);
    uint64_t chained = chained_checksum(checksums, section->bytes);
    memcpy(content + CHECKSUMS_CHECKSUM_OFFSET, &chained, sizeof chained);
    uint64_t checksum = si_checksum(content, CHECKSUM_OFFSET);
    memcpy(content + CHECKSUM_OFFSET, &checksum, sizeof checksum);
    put_bytes(file, 0, content, file->bytes);
    free(content);
}

/* ---- readers ---- */

uint64_t count_damage(const heavy_file *file, si_error *sentence)
{
    si_header_content header;
    si_damage_list list;
    si_error error;
    const si_verified_file verified = {file->descriptor, "heavy", &header};
    if (si_header_read(file->descriptor, "heavy", &header, sentence) != SI_OK)
        return 1;
    si_damage_list_create(&list, 1);
    assert_ok(si_file_verify(&verified, 1, 0, NULL, &list, &error), error);
    uint64_t count = list.count;
    if (sentence)
        memcpy(sentence->message, count ? list.kept[0].sentence : "",
               count ? strlen(list.kept[0].sentence) + 1 : 1);
    si_damage_list_destroy(&list);
    return count;
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
    si_field fields[SI_FIELD_COUNT];
    uint64_t found;
    bool empty;
    for (size_t i = 0; i < count; i++)
        fields[i] = infos[i].field;
    assert_int_equal(si_index_visit(index, query, fields, count, ignore, NULL, NULL), SI_OK);
    assert_int_equal(si_index_count(index, query, &found, NULL), SI_OK);
    assert_true(found <= index->layout.element_count);
    assert_int_equal(si_index_empty(index, query, &empty, NULL), SI_OK);
}

static void ask_for_groups(const si_index *index, const si_query *query)
{
    const si_field_info *fields;
    si_group_counts groups;
    si_element_kind_fields(index->layout.kind, &fields);
    assert_int_equal(si_index_count_groups(index, query, &fields[0].field, 1, &groups, NULL),
                     SI_OK);
    si_group_counts_free(&groups);
}

static void copy_matches(const si_index *index, const si_batch *matches, uint64_t count)
{
    const si_field_info *infos;
    size_t field_count = si_element_kind_fields(index->layout.kind, &infos);
    si_column columns[SI_FIELD_COUNT];
    for (size_t i = 0; i < field_count; i++) {
        columns[i] = (si_column){infos[i].field, malloc((count + 1) * infos[i].size)};
        assert_non_null(columns[i].data);
    }
    assert_int_equal(si_batch_copy(matches, columns, field_count, 1, NULL), SI_OK);
    for (size_t i = 0; i < field_count; i++)
        free(columns[i].data);
}

static void match(const si_index *index, const si_query *queries, uint64_t query_count)
{
    si_batch *matches;
    assert_int_equal(si_batch_create(&matches, NULL), SI_OK);
    assert_int_equal(si_batch_find(index, queries, query_count, 1, matches, NULL), SI_OK);
    const uint64_t *offsets = si_batch_offsets(matches);
    for (uint64_t i = 0; i < query_count; i++)
        assert_true(offsets[i + 1] - offsets[i] <= index->layout.element_count);
    copy_matches(index, matches, offsets[query_count]);
    si_batch_free(matches);
}

static void ask_for_nearest(const si_index *index)
{
    enum { MOST = 20 };
    static const uint64_t numbers[] = {1, MOST};
    uint64_t gids_or_ids[MOST], count;
    double distances[MOST];
    const si_column column = {index->layout.kind == SI_SEGMENT ? SI_FIELD_GID : SI_FIELD_ID,
                              gids_or_ids};
    for (int accuracy = SI_BEST_EFFORT; accuracy <= SI_BOUNDING_BOX; accuracy++)
        for (size_t i = 0; i < 2; i++) {
            si_nearest_query nearest;
            si_query_nearest((double[3]){10, 0, 0}, numbers[i], INFINITY, (si_accuracy)accuracy,
                             &nearest, NULL);
            assert_int_equal(
                si_index_find_nearest(index, &nearest, &column, 1, distances, &count, NULL), SI_OK);
            assert_true(count <= numbers[i]);
            for (uint64_t j = 1; j < count; j++)
                assert_true(distances[j - 1] <= distances[j]);
        }
}

static void ask_all(const si_index *index)
{
    static const double corners[][2][3] = {
        {{-20, -20, -20}, {30, 20, 10}},
        {{-INFINITY, -INFINITY, -INFINITY}, {INFINITY, INFINITY, INFINITY}},
    };
    static const double radii[] = {15, 1e30, INFINITY};
    si_query query;
    for (int accuracy = SI_BEST_EFFORT; accuracy <= SI_EXACT; accuracy++) {
        for (size_t i = 0; i < 2; i++) {
            si_query_box(corners[i][0], corners[i][1], (si_accuracy)accuracy, &query, NULL);
            ask(index, &query);
        }
        for (size_t i = 0; i < 3; i++) {
            si_query_sphere((double[3]){10, 0, 0}, radii[i], (si_accuracy)accuracy, &query, NULL);
            ask(index, &query);
        }
    }
    si_query_box(corners[0][0], corners[0][1], SI_BEST_EFFORT, &query, NULL);
    ask_for_groups(index, &query);
    match(index, (si_query[2]){query, query}, 2);
    ask_for_nearest(index);
}

bool ask_everything(const heavy_file *file)
{
    const si_target_content content = {.kind = file->layout.kind};
    si_index *index;
    bool same;
    if (si_index_map(file->descriptor, &content, &index, NULL) != SI_OK)
        return false;
    ask_all(index);
    assert_int_equal(si_index_compare(index, index, &same, NULL, 0, NULL), SI_OK);
    si_index_close(index);
    return true;
}
