/* Every function that asks, with every shape, accuracy and filter: of a multi-index that is opened
 * anew each time, to the byte what the single index answers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

#include "base/memory.h"
#include "build/builder.h"
#include "format/layout.h"

static const element_scatter ordinary = {.extent = 100, .length = 5, .radius = 2};
static const si_element_kind kinds[] = {SI_POINT, SI_SPHERE, SI_SYNAPSE, SI_SEGMENT};
enum { KINDS = 4, SHAPES = 6, ACCURACIES = 3, ELEMENTS = 5 * SI_PACK_UNIT / 2, MOST_QUERIES = 64 };

/* ---- both indexes ---- */

typedef struct both {
    test_elements elements;
    si_index *single;
    si_index *grown; /* the same, to insert elements into */
    char *folder;    /* of the multi-index */
    si_filter *filter;
} both;

static si_index *open_multi(const char *folder)
{
    si_index *index;
    si_error error;
    assert_ok(si_index_open(folder, NULL, &index, &error), error);
    return index;
}

static void build_multi(const test_elements *elements, const char *folder)
{
    const si_sort_limits limits = {.threads = 2,
                                   .memory_bytes = 64 << 20,
                                   .chunk_records = 1 << 15,
                                   .memory_records = 1 << 20,
                                   .run_chunks = 4,
                                   .chunk_limit = 64,
                                   .page_bytes = 4096,
                                   .block_bytes = 8192,
                                   .most_runs = 3,
                                   .part_elements = SI_PACK_UNIT};
    si_build_options options = SI_BUILD_OPTIONS_INIT;
    si_builder *builder;
    si_error error;
    options.multi_index = 1;
    assert_ok(si_builder_create_within(&limits, elements->kind, folder, &options, &builder, &error),
              error);
    assert_ok(append_elements(builder, elements, 0, elements->count, &error), error);
    assert_ok(si_builder_finish(builder, NULL, NULL, &error), error);
}

/* About half of the elements. */
static si_filter *make_filter(si_element_kind kind, const test_elements *elements)
{
    si_filter *filter;
    si_error error;
    const si_field field = id_field(kind);
    const si_condition condition = {field, elements->id, elements->count / 2};
    assert_ok(si_filter_create(kind, &condition, 1, &filter, &error), error);
    return filter;
}

static both make_both(si_element_kind kind)
{
    both made = {.elements = make_elements(kind, ELEMENTS, &ordinary, 21 + (uint64_t)kind),
                 .folder = make_test_folder()};
    made.single = build_elements(&made.elements, NULL, NULL);
    made.grown = build_elements(&made.elements, NULL, NULL);
    build_multi(&made.elements, made.folder);
    made.filter = make_filter(kind, &made.elements);
    return made;
}

static void free_both(both *made)
{
    si_filter_free(made->filter);
    si_index_close(made->single);
    si_index_close(made->grown);
    free_elements(&made->elements);
    remove_test_folder(made->folder);
}

/* ---- answers ---- */

/* Whatever a function answers, its status and its sentence, one after another. */
typedef struct answer {
    char *bytes;
    size_t length;
    uint64_t found;
} answer;

static void tell(answer *told, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    told->bytes = realloc(told->bytes, told->length + length + 1);
    memcpy(told->bytes + told->length, bytes, length);
    told->length += length;
}

static bool tell_status(answer *told, si_result status, const si_error *error)
{
    tell(told, &status, sizeof status);
    if (status != SI_OK)
        tell(told, error->message, strlen(error->message));
    return status == SI_OK;
}

static void tell_groups(answer *told, si_result status, si_group_counts *groups,
                        const si_error *error)
{
    if (!tell_status(told, status, error))
        return;
    tell(told, groups->keys, groups->group_count * groups->field_count * sizeof *groups->keys);
    tell(told, groups->counts, groups->group_count * sizeof *groups->counts);
    told->found += groups->group_count;
    si_group_counts_free(groups);
}

/* ---- what is asked ---- */

typedef struct wording {
    const both *asked;
    const si_query *query;
    const si_query *queries; /* many */
    size_t query_count;
} wording;

typedef void (*asker)(const si_index *index, const wording *question, answer *told);

static size_t fields_of(const wording *question, const si_field_info **fields)
{
    return si_element_kind_fields(question->asked->elements.kind, fields);
}

static void ask_query(const si_index *index, const wording *question, answer *told)
{
    const si_field_info *fields;
    size_t field_count = fields_of(question, &fields);
    for (size_t i = 0; i < field_count; i++) {
        uint64_t count;
        si_error error;
        void *data = calloc(ELEMENTS, fields[i].size);
        const si_column column = {fields[i].field, data};
        if (tell_status(told,
                        si_index_find(index, question->query, &column, 1, ELEMENTS, &count, &error),
                        &error)) {
            tell(told, data, count * fields[i].size);
            told->found += count;
        }
        free(data);
    }
}

static int take_batch(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    answer *told = context;
    (void)column_count;
    tell(told, columns[0].data, count * 3 * sizeof(float));
    told->found += count;
    return 0;
}

static void ask_visit(const si_index *index, const wording *question, answer *told)
{
    si_error error;
    si_element_kind kind = question->asked->elements.kind;
    const si_field field = kind == SI_POINT || kind == SI_SYNAPSE ? SI_FIELD_POSITION
                                                                  : SI_FIELD_CENTROID;
    tell_status(told, si_index_visit(index, question->query, &field, 1, take_batch, told, &error),
                &error);
}

static void ask_count(const si_index *index, const wording *question, answer *told)
{
    uint64_t count = 0;
    si_error error;
    tell_status(told, si_index_count(index, question->query, &count, &error), &error);
    tell(told, &count, sizeof count);
    told->found += count;
}

static void ask_empty(const si_index *index, const wording *question, answer *told)
{
    bool is_empty = 0;
    si_error error;
    tell_status(told, si_index_empty(index, question->query, &is_empty, &error), &error);
    tell(told, &is_empty, sizeof is_empty);
    told->found += is_empty == 0;
}

static void ask_groups(const si_index *index, const wording *question, answer *told)
{
    const si_field_info *fields;
    size_t field_count = fields_of(question, &fields);
    for (size_t i = 0; i < field_count; i++) {
        const si_field two[] = {fields[i].field, fields[(i + 1) % field_count].field};
        si_group_counts groups;
        si_error error;
        si_result status = si_index_count_groups(index, question->query, two, 1, &groups, &error);
        tell_groups(told, status, &groups, &error);
        status = si_index_count_groups(index, question->query, two, 2, &groups, &error);
        tell_groups(told, status, &groups, &error);
    }
}

static void ask_nearest(const si_index *index, const wording *question, answer *told)
{
    enum { MOST = 500 };
    uint64_t count = 0, ids[MOST];
    double distances[MOST], point[3];
    si_nearest_query nearest;
    si_error error;
    si_element_kind kind = question->asked->elements.kind;
    const si_column column = {id_field(kind), ids};
    for (int i = 0; i < 3; i++)
        point[i] = (double)si_shape_of(question->query)->lower[i];
    for (uint64_t k = 1; k <= MOST; k += MOST - 1) {
        assert_ok(si_query_nearest(point, k, k == 1 ? (double)INFINITY : 30,
                                   si_shape_of(question->query)->accuracy, &nearest, &error),
                  error);
        nearest.filter = question->query->filter;
        tell_status(told,
                    si_index_find_nearest(index, &nearest, &column, 1, distances, &count, &error),
                    &error);
        tell(told, ids, count * sizeof *ids);
        tell(told, distances, count * sizeof *distances);
        told->found += count;
    }
}

static void ask_many(const si_index *index, const wording *question, answer *told)
{
    uint64_t counts[MOST_QUERIES];
    si_batch *matches;
    si_error error;
    for (unsigned threads = 1; threads < 4; threads += 2) {
        assert_ok(si_batch_create(&matches, &error), error);
        assert_ok(si_batch_find(index, question->queries, question->query_count, threads, matches,
                                &error),
                  error);
        const uint64_t *offsets = si_batch_offsets(matches);
        uint64_t total = offsets[question->query_count];
        float(*places)[3] = calloc(total + 1, sizeof *places);
        si_element_kind kind = question->asked->elements.kind;
        const si_column column = {
            kind == SI_POINT || kind == SI_SYNAPSE ? SI_FIELD_POSITION : SI_FIELD_CENTROID, places};
        assert_ok(si_batch_copy(matches, &column, 1, threads, &error), error);
        tell(told, offsets, (question->query_count + 1) * sizeof *offsets);
        tell(told, places, total * sizeof *places);
        told->found += total;
        free(places);
        si_batch_free(matches);
        assert_ok(si_batch_count(index, question->queries, question->query_count, threads, counts,
                                 &error),
                  error);
        tell(told, counts, question->query_count * sizeof *counts);
    }
}

/* ---- grids ---- */

enum { VOXELS = 5 * 6 * 7 };

static si_grid grid_of(const wording *question, unsigned threads, int counts_touching)
{
    return (si_grid){.struct_size = sizeof(si_grid),
                     .lower = {-90, -110, -100},
                     .upper = {120, 105, 60},
                     .shape = {5, 6, 7},
                     .counts_touching = counts_touching,
                     .accuracy = si_shape_of(question->query)->accuracy,
                     .filter = question->query->filter,
                     .threads = threads};
}

static void ask_grid(const si_index *index, const si_grid *grid, answer *told)
{
    uint64_t counts[VOXELS] = {0};
    double lengths[VOXELS] = {0};
    si_error error;
    tell_status(told, si_index_grid_counts(index, grid, counts, &error), &error);
    tell(told, counts, sizeof counts);
    for (int i = 0; i < VOXELS; i++)
        told->found += counts[i];
    if (tell_status(told, si_index_grid_lengths(index, grid, lengths, &error), &error))
        tell(told, lengths, sizeof lengths);
}

static void ask_regions(const si_index *index, const si_grid *grid, answer *told)
{
    int16_t ids[VOXELS];
    const si_regions regions = {SI_TYPE_INT16, ids};
    si_group_counts counts;
    si_group_lengths lengths;
    si_error error;
    for (int i = 0; i < VOXELS; i++)
        ids[i] = (int16_t)(i % 11 - 3);
    tell_groups(told, si_index_region_counts(index, grid, &regions, &counts, &error), &counts,
                &error);
    if (tell_status(told, si_index_region_lengths(index, grid, &regions, &lengths, &error),
                    &error)) {
        tell(told, lengths.keys, lengths.group_count * sizeof *lengths.keys);
        tell(told, lengths.lengths, lengths.group_count * sizeof *lengths.lengths);
        si_group_lengths_free(&lengths);
    }
}

static void ask_grids(const si_index *index, const wording *question, answer *told)
{
    for (unsigned threads = 1; threads < 4; threads += 2)
        for (int touching = 0; touching < 2; touching++) {
            const si_grid grid = grid_of(question, threads, touching);
            ask_grid(index, &grid, told);
            ask_regions(index, &grid, told);
        }
}

/* ---- inserted elements ---- */

/* Inserts two elements, unless that has been done. */
static si_result insert(si_index *index, si_element_kind kind, si_error *error)
{
    static const float places[2][3] = {{1, 2, 3}, {-50, 40, 30}}, radii[2] = {1, 3};
    const si_input_column columns[] = {
        {kind == SI_POINT ? SI_FIELD_POSITION : SI_FIELD_CENTROID, places},
        {SI_FIELD_RADIUS, radii}};
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(index, &info);
    return info.element_count == ELEMENTS + 2
               ? SI_OK
               : si_index_insert(index, columns, kind == SI_POINT ? 1 : 2, 2, error);
}

static void ask_inserted(const si_index *asked, const wording *question, answer *told)
{
    uint64_t count, *ids;
    si_error error;
    si_index *index = asked == question->asked->single ? question->asked->grown
                                                       : (si_index *)(uintptr_t)asked;
    if (!tell_status(told, insert(index, question->asked->elements.kind, &error), &error)) {
        told->found = 1;
        return;
    }
    ids = calloc(ELEMENTS + 2, sizeof *ids);
    const si_column column = {SI_FIELD_ID, ids};
    assert_ok(si_index_find(index, question->query, &column, 1, ELEMENTS + 2, &count, &error),
              error);
    tell(told, ids, count * sizeof *ids);
    told->found += count;
    free(ids);
}

/* ---- comparing ---- */

static const struct {
    const char *name;
    asker ask;
} askers[] = {{"query", ask_query},      {"visit", ask_visit},   {"count", ask_count},
              {"empty", ask_empty},      {"groups", ask_groups}, {"nearest", ask_nearest},
              {"inserted", ask_inserted}};

static uint64_t expect_same_answer(const wording *question, const char *name, asker ask)
{
    answer expected = {0}, told = {0};
    si_index *multi = open_multi(question->asked->folder);
    ask(question->asked->single, question, &expected);
    ask(multi, question, &told);
    if (told.length != expected.length || memcmp(told.bytes, expected.bytes, told.length) != 0)
        fail_msg("%s of %s differs with shape %d and accuracy %d", name,
                 si_element_kind_name(question->asked->elements.kind),
                 (int)si_shape_of(question->query)->shape,
                 (int)si_shape_of(question->query)->accuracy);
    si_index_close(multi);
    free(expected.bytes);
    free(told.bytes);
    return told.found;
}

static si_query make_query(const both *asked, si_shape shape, si_accuracy accuracy, double size,
                           uint64_t *seed)
{
    static const double quaternion[4] = {0.9, 0.1, -0.3, 0.2};
    double place[3], other[3], axes[2][3];
    const double half_size[3] = {size, size / 2, size / 3};
    si_query query;
    si_error error;
    const float *around = asked->elements.first[random_bits(seed) % ELEMENTS];
    for (int i = 0; i < 3; i++) {
        place[i] = (double)around[i];
        other[i] = place[i] + size * (double)random_float(seed, 0.2F, 1.5F);
    }
    assert_ok(si_quaternion_axes(quaternion, axes, &error), error);
    si_result made = shape == SI_SHAPE_BOX ? si_query_box(place, other, accuracy, &query, &error)
                     : shape == SI_SHAPE_SPHERE
                         ? si_query_sphere(place, size, accuracy, &query, &error)
                     : shape == SI_SHAPE_CAPSULE
                         ? si_query_capsule(place, other, size / 3, accuracy, &query, &error)
                     : shape == SI_SHAPE_CYLINDER
                         ? si_query_cylinder(place, other, size / 3, accuracy, &query, &error)
                     : shape == SI_SHAPE_ORIENTED_BOX
                         ? si_query_oriented_box(place, axes, half_size, accuracy, &query, &error)
                         : si_query_box(place, other, SI_CENTER, &query, &error);
    assert_ok(made, error);
    return query;
}

static uint64_t ask_all(const both *asked, si_shape shape, si_accuracy accuracy,
                        const si_filter *filter)
{
    static const double sizes[] = {2, 20, 90};
    uint64_t seed = 3 * (uint64_t)shape + (uint64_t)accuracy, found = 0;
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        si_query query = make_query(asked, shape, accuracy, sizes[i], &seed);
        query.filter = filter;
        const wording question = {.asked = asked, .query = &query};
        for (unsigned j = 0; j < sizeof askers / sizeof askers[0]; j++)
            found += expect_same_answer(&question, askers[j].name, askers[j].ask);
    }
    return found;
}

static void every_query_alike(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KINDS; i++) {
        both made = make_both(kinds[i]);
        for (unsigned shape = 0; shape < SHAPES; shape++)
            for (unsigned accuracy = 0; accuracy < ACCURACIES; accuracy++) {
                assert_true(ask_all(&made, (si_shape)shape, (si_accuracy)accuracy, NULL) > 100);
                assert_true(ask_all(&made, (si_shape)shape, (si_accuracy)accuracy, made.filter) >
                            50);
            }
        free_both(&made);
    }
}

static void many_queries_alike(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KINDS; i++) {
        both made = make_both(kinds[i]);
        si_query queries[MOST_QUERIES];
        uint64_t seed = i;
        for (unsigned j = 0; j < MOST_QUERIES; j++) {
            queries[j] = make_query(&made, (si_shape)(j % SHAPES), (si_accuracy)(j % ACCURACIES),
                                    1 + 40.0 * (j % 5 == 0), &seed);
            queries[j].filter = j % 4 == 3 ? made.filter : NULL;
        }
        const wording question = {&made, &queries[0], queries, MOST_QUERIES};
        assert_true(expect_same_answer(&question, "match", ask_many) > 100);
        free_both(&made);
    }
}

static void grids_alike(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KINDS; i++) {
        both made = make_both(kinds[i]);
        for (unsigned j = 0; j < 2 * ACCURACIES; j++) {
            const si_query_shape query = {.accuracy = (si_accuracy)(j / 2),
                                          .filter = j % 2 ? made.filter : NULL};
            const wording question = {.asked = &made, .query = si_query_of(&query)};
            assert_true(expect_same_answer(&question, "grid", ask_grids) > 1000);
        }
        free_both(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_query_alike),
        cmocka_unit_test(many_queries_alike),
        cmocka_unit_test(grids_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
