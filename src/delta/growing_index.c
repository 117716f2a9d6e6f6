/*
 * An index that grows: a packed one, and what has been inserted since.
 *
 * Inserted elements lie in the order of their arrival, in columns. The latest are tested one by
 * one. Of the others there is a second packed index, whose ids are their places in those columns;
 * it is made anew whenever there are too many latest ones. So an insertion costs little more than
 * its share of sorting, and a query little more than two queries.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "delta/growing_index.h"
#include "element/batch.h"

/* Of the inserted elements, one in so many may be among the latest, but always so many: then making
 * the second index, and going through the latest, both take microseconds for each insertion. */
#define LATEST_SHARE 8
#define LATEST_MINIMUM 4096

#define APPENDED_AT_ONCE 64

struct si_growing_index {
    const si_index *base;
    si_element_kind kind;
    pthread_rwlock_t lock; /* of all below */
    uint64_t count;        /* inserted */
    float *floats[4];      /* x, y, z, and radius of spheres */
    size_t float_capacity[4];
    uint64_t *ids;
    size_t id_capacity;
    si_box bounds;      /* of all elements */
    si_index *arranged; /* NULL: none yet */
    uint64_t arranged_count;
    uint64_t next_arranging; /* when `count` is this */
};

static unsigned float_count(const si_growing_index *growing)
{
    return growing->kind == SI_SPHERE ? 4 : 3;
}

/* ---- create and free ---- */

si_result si_growing_index_create(const si_index *base, si_growing_index **growing, si_error *error)
{
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(base, &info);
    if (info.kind != SI_POINT && info.kind != SI_SPHERE)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "elements are inserted into indexes of points and spheres, not of type %s",
                       si_element_kind_name(info.kind));
    si_growing_index *created = si_allocate_zeroed(1, sizeof *created);
    if (!created)
        return si_fail_memory(error);
    created->base = base;
    created->kind = info.kind;
    created->next_arranging = LATEST_MINIMUM;
    memcpy(created->bounds.lower, info.bounds_min, sizeof info.bounds_min);
    memcpy(created->bounds.upper, info.bounds_max, sizeof info.bounds_max);
    pthread_rwlock_init(&created->lock, NULL);
    *growing = created;
    return SI_OK;
}

void si_growing_index_free(si_growing_index *growing)
{
    if (!growing)
        return;
    for (unsigned i = 0; i < 4; i++)
        si_free(growing->floats[i]);
    si_free(growing->ids);
    si_index_close(growing->arranged);
    pthread_rwlock_destroy(&growing->lock);
    si_free(growing);
}

/* ---- inserting ---- */

static si_result reserve(si_growing_index *growing, uint64_t count, si_error *error)
{
    uint64_t needed;
    if (!si_add_u64(growing->count, count, &needed))
        return si_fail_memory(error);
    for (unsigned i = 0; i < float_count(growing); i++) {
        float *grown = si_grow(growing->floats[i], &growing->float_capacity[i], needed,
                               sizeof *grown);
        if (!grown)
            return si_fail_memory(error);
        growing->floats[i] = grown;
    }
    uint64_t *ids = si_grow(growing->ids, &growing->id_capacity, needed, sizeof *ids);
    if (!ids)
        return si_fail_memory(error);
    growing->ids = ids;
    return SI_OK;
}

static void put_elements(si_growing_index *growing, const si_column_batch *batch, uint64_t first_id)
{
    const bool is_sphere = growing->kind == SI_SPHERE;
    const float(*vectors)[3] = batch->data[is_sphere ? SI_FIELD_CENTROID : SI_FIELD_POSITION];
    const float *radii = batch->data[SI_FIELD_RADIUS];
    const uint64_t *ids = batch->data[SI_FIELD_ID];
    for (uint64_t i = 0; i < batch->count; i++) {
        uint64_t place = growing->count + i;
        for (unsigned axis = 0; axis < 3; axis++)
            growing->floats[axis][place] = vectors[i][axis];
        if (is_sphere)
            growing->floats[3][place] = radii[i];
        growing->ids[place] = ids ? ids[i] : first_id + i;
        si_box box = si_bound_sphere(vectors[i], is_sphere ? radii[i] : 0);
        si_box_unite(&growing->bounds, &box);
    }
    growing->count += batch->count;
}

/* ---- arranging ---- */

/* Appends the inserted elements to a builder, with their ids or with their places for ids. */
static si_result append_inserted(si_builder *builder, const si_growing_index *growing,
                                 bool with_places, si_error *error)
{
    float vectors[APPENDED_AT_ONCE][3];
    uint64_t places[APPENDED_AT_ONCE];
    const bool is_sphere = growing->kind == SI_SPHERE;
    for (uint64_t first = 0; first < growing->count; first += APPENDED_AT_ONCE) {
        uint64_t count = si_min_u64(APPENDED_AT_ONCE, growing->count - first);
        for (uint64_t i = 0; i < count; i++) {
            for (unsigned axis = 0; axis < 3; axis++)
                vectors[i][axis] = growing->floats[axis][first + i];
            places[i] = first + i;
        }
        const si_input_column columns[] = {
            {is_sphere ? SI_FIELD_CENTROID : SI_FIELD_POSITION, vectors},
            {SI_FIELD_ID, with_places ? places : growing->ids + first},
            {SI_FIELD_RADIUS, is_sphere ? growing->floats[3] + first : NULL}};
        SI_TRY(si_builder_append(builder, columns, is_sphere ? 3 : 2, count, error));
    }
    return SI_OK;
}

static si_result build_arranged(const si_growing_index *growing, si_index **arranged)
{
    si_builder *builder;
    SI_TRY(si_builder_create(growing->kind, NULL, NULL, &builder, NULL));
    si_result result = append_inserted(builder, growing, true, NULL);
    if (result == SI_OK)
        return si_builder_finish(builder, arranged, NULL, NULL);
    si_builder_abort(builder);
    return result;
}

/* Where there is no room for the second index, the first one goes on: answers do not depend on it.
 */
static void arrange_if_due(si_growing_index *growing)
{
    si_index *arranged;
    if (growing->count < growing->next_arranging)
        return;
    if (build_arranged(growing, &arranged) == SI_OK) {
        si_index_close(growing->arranged);
        growing->arranged = arranged;
        growing->arranged_count = growing->count;
    }
    growing->next_arranging = growing->count +
                              si_max_u64(LATEST_MINIMUM, growing->count / LATEST_SHARE);
}

si_result si_growing_index_insert(si_growing_index *growing, const si_input_column *columns,
                                  size_t column_count, uint64_t count, si_error *error)
{
    si_column_batch batch;
    si_index_info info = SI_INDEX_INFO_INIT;
    SI_TRY(si_column_batch_open(&batch, growing->kind, columns, column_count, count, error));
    si_index_get_info(growing->base, &info);
    pthread_rwlock_wrlock(&growing->lock);
    si_result result = reserve(growing, count, error);
    if (result == SI_OK) {
        put_elements(growing, &batch, info.element_count + growing->count);
        arrange_if_due(growing);
    }
    pthread_rwlock_unlock(&growing->lock);
    return result;
}

/* ---- information, packing ---- */

si_result si_growing_index_get_info(si_growing_index *growing, si_index_info *info)
{
    SI_TRY(si_index_get_info(growing->base, info));
    pthread_rwlock_rdlock(&growing->lock);
    info->element_count += growing->count;
    memcpy(info->bounds_min, growing->bounds.lower, sizeof info->bounds_min);
    memcpy(info->bounds_max, growing->bounds.upper, sizeof info->bounds_max);
    pthread_rwlock_unlock(&growing->lock);
    return SI_OK;
}

si_result si_builder_append_growing(si_builder *builder, si_growing_index *growing, si_error *error)
{
    SI_TRY(si_builder_append_index(builder, growing->base, error));
    pthread_rwlock_rdlock(&growing->lock);
    si_result result = append_inserted(builder, growing, false, error);
    pthread_rwlock_unlock(&growing->lock);
    return result;
}

/* ---- what has been inserted ---- */

static si_inserted view_inserted(const si_growing_index *growing)
{
    si_inserted inserted = {.kind = growing->kind,
                            .count = growing->count,
                            .ids = growing->ids,
                            .arranged = growing->arranged,
                            .arranged_count = growing->arranged_count};
    for (unsigned i = 0; i < float_count(growing); i++)
        inserted.floats[i] = growing->floats[i];
    return inserted;
}

void si_inserted_copy(const si_inserted *inserted, si_field field, const uint64_t *places,
                      uint64_t count, void *values)
{
    uint64_t *ids = values;
    float *radii = values, (*vectors)[3] = values;
    for (uint64_t i = 0; i < count; i++)
        if (field == SI_FIELD_ID)
            ids[i] = inserted->ids[places[i]];
        else if (field == SI_FIELD_RADIUS)
            radii[i] = inserted->floats[3][places[i]];
        else
            for (unsigned axis = 0; axis < 3; axis++)
                vectors[i][axis] = inserted->floats[axis][places[i]];
}

const si_index *si_growing_index_base(const si_growing_index *growing)
{
    return growing->base;
}

si_result si_growing_index_read_inserted(si_growing_index *growing, si_inserted_reader reader,
                                         void *context, si_error *error)
{
    pthread_rwlock_rdlock(&growing->lock);
    const si_inserted inserted = view_inserted(growing);
    si_result result = reader(context, &inserted, error);
    pthread_rwlock_unlock(&growing->lock);
    return result;
}
