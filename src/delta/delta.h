/*
 * Elements inserted into an opened index of points or spheres: the index's delta.
 *
 * The elements lie in columns in the order of insertion. An element's row in them is its place,
 * which never changes: rows are only appended. The elements up to `packed_count` are also in an
 * index of their own, `packed`, whose ids are places; queries search it like any other index, and
 * test the elements after it one by one.
 *
 * Queries hold the lock for reading while they use the delta, si_delta_insert for writing. What a
 * query finds are places, so it may release the lock before it copies the elements' values, and
 * lock again to do that.
 */
#ifndef SI_DELTA_DELTA_H
#define SI_DELTA_DELTA_H

#include <pthread.h>

#include "element/element_kind.h"

typedef struct si_delta {
    si_element_kind kind;
    uint64_t base_count;   /* elements of the index before the first insertion */
    pthread_rwlock_t lock; /* of all below */
    uint64_t count;
    float *floats[4]; /* x, y, z, and radius of spheres */
    size_t float_capacity[4];
    uint64_t *ids;
    size_t id_capacity;
    si_box bounds;    /* of all elements of the index */
    si_index *packed; /* NULL: none yet */
    uint64_t packed_count;
    uint64_t next_packing; /* when `count` is this */
} si_delta;

/* `bounds` are those of the index's other elements, of which there are `base_count`.
 * SI_ERROR_UNSUPPORTED: a kind into which nothing is inserted. */
si_result si_delta_create(si_element_kind kind, uint64_t base_count, const si_box *bounds,
                          si_delta **delta, si_error *error);
void si_delta_free(si_delta *delta);

/* As si_index_insert. */
si_result si_delta_insert(si_delta *delta, const si_input_column *columns, size_t column_count,
                          uint64_t count, si_error *error);

/* The count of inserted elements; the caller does not hold the lock. */
uint64_t si_delta_count(si_delta *delta);

/* The values of a field of the elements at some places. The caller holds the lock. */
void si_delta_copy(const si_delta *delta, si_field field, const uint64_t *places, uint64_t count,
                   void *values);

static inline void si_delta_lock(si_delta *delta)
{
    pthread_rwlock_rdlock(&delta->lock);
}

static inline void si_delta_unlock(si_delta *delta)
{
    pthread_rwlock_unlock(&delta->lock);
}

#endif
