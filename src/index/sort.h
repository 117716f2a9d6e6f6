/* Puts the records of a build into index order. */
#ifndef SI_INDEX_SORT_H
#define SI_INDEX_SORT_H

#include "index/build_watch.h"
#include "index/element_kind.h"
#include "index/record_store.h"

typedef struct si_sort_entry {
    uint64_t key; /* a prefix of the place on the curve */
    uint64_t position;
} si_sort_entry;

/*
 * The total order of the elements of an index: by the place of the centroid on the Hilbert curve,
 * then by the words, the bytes and the bits of the floats. Records that still are equal are
 * identical.
 */
int si_record_compare(const si_element_type *type, const char *a, const char *b);

/* Sorts positions of the store's records. No coordinate is larger than `largest` in size. Give
 * `*entries` to si_free; it has store->count of them. */
si_result si_sort_records(const si_element_type *type, const si_record_store *store, float largest,
                          unsigned threads, const si_build_watch *watch, si_sort_entry **entries,
                          si_error *error);

#endif
