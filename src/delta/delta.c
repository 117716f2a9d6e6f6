/*
 * The delta of an opened index: inserting elements, and packing them now and then.
 *
 * Packing builds an index of all inserted elements in memory. It is done whenever the elements that
 * came after the last packing are more than a fixed share of all: so each element is packed a
 * constant number of times on average, and a query tests only that share one by one.
 */
#include "delta/delta.h"

#include <assert.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "element/batch.h"

/* The elements outside the packed index: at most an eighth of all, or 4096. Then packing, and
 * testing the elements outside, both take microseconds for each insertion. */
#define UNPACKED_SHARE 8
#define UNPACKED_MINIMUM 4096

#define ROWS_PER_APPEND 64

static unsigned float_count(const si_delta *delta)
{
    return delta->kind == SI_SPHERE ? 4 : 3;
}

/* ---- create and free ---- */

si_result si_delta_create(si_element_kind kind, uint64_t base_count, const si_box *bounds,
                          si_delta **delta, si_error *error)
{
    if (kind != SI_POINT && kind != SI_SPHERE)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "cannot insert into an index of %s elements, only into one of points or "
                       "spheres",
                       si_element_kind_name(kind));
    si_delta *created = si_allocate_zeroed(1, sizeof *created);
    if (!created)
        return si_fail_memory(error);
    created->kind = kind;
    created->base_count = base_count;
    created->bounds = *bounds;
    created->next_packing = UNPACKED_MINIMUM;
    pthread_rwlock_init(&created->lock, NULL);
    *delta = created;
    return SI_OK;
}

void si_delta_free(si_delta *delta)
{
    if (!delta)
        return;
    for (unsigned i = 0; i < 4; i++)
        si_free(delta->floats[i]);
    si_free(delta->ids);
    si_index_close(delta->packed);
    pthread_rwlock_destroy(&delta->lock);
    si_free(delta);
}

/* ---- packing ---- */

static si_result append_rows(si_builder *builder, const si_delta *delta)
{
    float vectors[ROWS_PER_APPEND][3];
    uint64_t places[ROWS_PER_APPEND];
    const bool is_sphere = delta->kind == SI_SPHERE;
    for (uint64_t first = 0; first < delta->count; first += ROWS_PER_APPEND) {
        uint64_t count = si_min_u64(ROWS_PER_APPEND, delta->count - first);
        for (uint64_t i = 0; i < count; i++) {
            for (unsigned axis = 0; axis < 3; axis++)
                vectors[i][axis] = delta->floats[axis][first + i];
            places[i] = first + i;
        }
        const si_input_column columns[] = {
            {is_sphere ? SI_FIELD_CENTROID : SI_FIELD_POSITION, vectors},
            {SI_FIELD_ID, places},
            {SI_FIELD_RADIUS, is_sphere ? delta->floats[3] + first : NULL}};
        SI_TRY(si_builder_append(builder, columns, is_sphere ? 3 : 2, count, NULL));
    }
    return SI_OK;
}

/* Where memory does not suffice for another index, the delta keeps the one it has: results do not
 * depend on it. */
static void pack_if_due(si_delta *delta)
{
    si_builder *builder;
    si_index *packed;
    if (delta->count < delta->next_packing)
        return;
    delta->next_packing = delta->count +
                          si_max_u64(UNPACKED_MINIMUM, delta->count / UNPACKED_SHARE);
    if (si_builder_create(delta->kind, NULL, NULL, &builder, NULL) != SI_OK)
        return;
    if (append_rows(builder, delta) != SI_OK) {
        si_builder_abort(builder);
        return;
    }
    if (si_builder_finish(builder, &packed, NULL, NULL) != SI_OK)
        return;
    si_index_close(delta->packed);
    delta->packed = packed;
    delta->packed_count = delta->count;
}

/* ---- inserting ---- */

static si_result reserve_rows(si_delta *delta, uint64_t count, si_error *error)
{
    uint64_t needed;
    if (!si_add_u64(delta->count, count, &needed))
        return si_fail_memory(error);
    for (unsigned i = 0; i < float_count(delta); i++) {
        float *grown = si_grow(delta->floats[i], &delta->float_capacity[i], needed, sizeof *grown);
        if (!grown)
            return si_fail_memory(error);
        delta->floats[i] = grown;
    }
    uint64_t *ids = si_grow(delta->ids, &delta->id_capacity, needed, sizeof *ids);
    if (!ids)
        return si_fail_memory(error);
    delta->ids = ids;
    return SI_OK;
}

static void put_rows(si_delta *delta, const si_column_batch *batch)
{
    const bool is_sphere = delta->kind == SI_SPHERE;
    const float(*vectors)[3] = batch->data[is_sphere ? SI_FIELD_CENTROID : SI_FIELD_POSITION];
    const float *radii = batch->data[SI_FIELD_RADIUS];
    const uint64_t *ids = batch->data[SI_FIELD_ID];
    for (uint64_t i = 0; i < batch->count; i++) {
        uint64_t place = delta->count + i;
        for (unsigned axis = 0; axis < 3; axis++)
            delta->floats[axis][place] = vectors[i][axis];
        if (is_sphere)
            delta->floats[3][place] = radii[i];
        delta->ids[place] = ids ? ids[i] : delta->base_count + place;
        si_box box = si_bound_sphere(vectors[i], is_sphere ? radii[i] : 0);
        si_box_unite(&delta->bounds, &box);
    }
    delta->count += batch->count;
}

si_result si_delta_insert(si_delta *delta, const si_input_column *columns, size_t column_count,
                          uint64_t count, si_error *error)
{
    si_column_batch batch;
    SI_TRY(si_column_batch_open(&batch, delta->kind, columns, column_count, count, error));
    pthread_rwlock_wrlock(&delta->lock);
    si_result result = reserve_rows(delta, count, error);
    if (result == SI_OK) {
        put_rows(delta, &batch);
        pack_if_due(delta);
    }
    assert(delta->packed_count <= delta->count);
    pthread_rwlock_unlock(&delta->lock);
    return result;
}

/* ---- reading ---- */

uint64_t si_delta_count(si_delta *delta)
{
    si_delta_lock(delta);
    uint64_t count = delta->count;
    si_delta_unlock(delta);
    return count;
}

void si_delta_copy(const si_delta *delta, si_field field, const uint64_t *places, uint64_t count,
                   void *values)
{
    uint64_t *ids = values;
    float *radii = values, (*vectors)[3] = values;
    for (uint64_t i = 0; i < count; i++)
        if (field == SI_FIELD_ID)
            ids[i] = delta->ids[places[i]];
        else if (field == SI_FIELD_RADIUS)
            radii[i] = delta->floats[3][places[i]];
        else
            for (unsigned axis = 0; axis < 3; axis++)
                vectors[i][axis] = delta->floats[axis][places[i]];
}
