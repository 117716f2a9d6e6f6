/*
 * Stores the elements that a search for the nearest found. The packed elements are gathered first,
 * all at once; then the inserted ones are put between them.
 */
#include "query/nearest_results.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "query/delta_search.h"
#include "query/find_list.h"

/* ---- columns ---- */

/* Copies the values of the elements that were found and are not inserted to the first rows. */
static si_result gather_packed(const si_nearest_search *search, const si_column *columns,
                               size_t column_count, uint64_t *gathered, si_error *error)
{
    const uint64_t count = search->found.count, end = search->index->layout.element_count;
    si_gather gather;
    *gathered = 0;
    si_find *finds = si_allocate(count, sizeof *finds);
    if (!finds)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t position = search->found.elements[i].position;
        if (position < end)
            finds[(*gathered)++] = (si_find){.first_leaf = position / SI_LEAF_CAPACITY,
                                             .mask = UINT64_C(1) << position % SI_LEAF_CAPACITY};
    }
    si_gather_start(&gather, search->index, columns, column_count, count);
    si_result result = si_gather_finds(&gather, finds, *gathered, error);
    si_free(finds);
    return result;
}

static void move_row(const si_index *index, const si_column *columns, size_t column_count,
                     uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < column_count; i++) {
        size_t size = si_element_field(index->layout.kind, columns[i].field)->size;
        memmove((char *)columns[i].data + to * size, (char *)columns[i].data + from * size, size);
    }
}

/* Puts inserted elements between the first `gathered` rows, which hold the others: from the last
 * row to the first, so that no row is overwritten before it has moved. */
static void insert_rows(const si_nearest_search *search, const si_column *columns,
                        size_t column_count, uint64_t gathered)
{
    const si_index *index = search->index;
    for (uint64_t row = search->found.count; row-- > gathered;) {
        uint64_t position = search->found.elements[row].position;
        if (position < index->layout.element_count) {
            move_row(index, columns, column_count, --gathered, row);
        } else {
            uint64_t place = position - index->layout.element_count;
            si_delta_copy_columns(search->delta, &place, 1, columns, column_count, row);
        }
    }
}

static si_result store_columns(const si_nearest_search *search, const si_column *columns,
                               size_t column_count, si_error *error)
{
    uint64_t gathered;
    if (column_count == 0)
        return SI_OK;
    SI_TRY(gather_packed(search, columns, column_count, &gathered, error));
    insert_rows(search, columns, column_count, gathered);
    return SI_OK;
}

/* ---- offsets ---- */

/* From the first end to the place of the axis that is nearest to the point. The second end of a
 * soma is NaN. */
static double offset_along_axis(const float point[3], const float first[3], const float second[3])
{
    double along = 0, square = 0;
    for (unsigned axis = 0; axis < 3; axis++) {
        double way = (double)second[axis] - (double)first[axis];
        along += ((double)point[axis] - (double)first[axis]) * way;
        square += way * way;
    }
    return square > 0 ? fmin(fmax(along / square, 0), 1) * sqrt(square) : 0;
}

static si_result store_offsets(const si_nearest_search *search, double *offsets, si_error *error)
{
    const uint64_t count = search->found.count;
    if (search->index->layout.kind != SI_SEGMENT) {
        memset(offsets, 0, count * sizeof *offsets);
        return SI_OK;
    }
    float(*ends)[3] = si_allocate(2 * count, sizeof *ends);
    if (!ends)
        return si_fail_memory(error);
    const si_column columns[] = {{SI_FIELD_ENDPOINT1, ends}, {SI_FIELD_ENDPOINT2, ends + count}};
    si_result result = store_columns(search, columns, 2, error);
    for (uint64_t i = 0; result == SI_OK && i < count; i++)
        offsets[i] = offset_along_axis(search->nearest.point, ends[i], ends[count + i]);
    si_free(ends);
    return result;
}

/* ---- all ---- */

si_result si_nearest_results_store(const si_nearest_search *search, const si_nearest_output *output,
                                   uint64_t first, si_error *error)
{
    si_column columns[SI_FIELD_COUNT];
    if (search->found.count == 0)
        return SI_OK;
    si_columns_from_row(search->index, output->columns, output->column_count, first, columns);
    for (uint64_t i = 0; output->distances && i < search->found.count; i++)
        output->distances[first + i] = search->found.elements[i].distance;
    if (output->offsets)
        SI_TRY(store_offsets(search, output->offsets + first, error));
    return store_columns(search, columns, output->column_count, error);
}
