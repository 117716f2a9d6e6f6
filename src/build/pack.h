/*
 * Writes the heavy file from records in index order.
 *
 * The file is written in parts: runs of elements of one size (but the last), in any order and from
 * any thread. Every byte belongs to one part or to what is written at the end, and depends on the
 * elements alone, so the file does too. Nothing in memory grows with the number of elements.
 */
#ifndef SI_BUILD_PACK_H
#define SI_BUILD_PACK_H

#include <stdbool.h>

#include "base/error.h"
#include "format/layout.h"
#include "sort/progress.h"
#include "sort/sort.h"

/* The elements of a part are a multiple of SI_PART_UNIT. With this many, the large columns of a
 * part fill whole large pages too. */
#define SI_PART_ELEMENTS (16 * SI_PART_UNIT)

typedef struct si_packer si_packer;

typedef struct si_packing {
    const si_layout *layout; /* it and `path` live as long as the packer */
    int descriptor;          /* of a file that is empty, or has only reserved blocks */
    const char *path;        /* for messages */
    unsigned workers;
    uint64_t part_elements;
    bool is_direct; /* parts are written past the page cache, where the file system allows it */
} si_packing;

si_result si_packer_create(const si_packing *packing, si_packer **packer, si_error *error);
void si_packer_free(si_packer *packer);

/* How much memory a packer takes. */
uint64_t si_packer_bytes(const si_layout *layout, unsigned workers, uint64_t part_elements);

/* Elements of a part: part_elements, or fewer in the last one. */
uint64_t si_packer_part_size(const si_packer *packer, uint64_t part);
uint64_t si_packer_part_count(const si_packer *packer);

/* Where the records of elements first .. first + count - 1 are, count <= SI_LEAF_CAPACITY. They
 * stay there until the part is written. */
typedef struct si_record_source {
    void (*locate)(const void *context, uint64_t first, unsigned count, const char *records[]);
    const void *context;
} si_record_source;

/* Any thread, each with its own worker number below `workers`. */
si_result si_packer_write_part(si_packer *packer, unsigned worker, uint64_t part,
                               const si_record_source *source, si_error *error);

/* All parts being written, writes everything else but the flush. `*checksum` receives what tells
 * this content from any other. */
si_result si_packer_finish(si_packer *packer, uint64_t *checksum, si_error *error);

typedef struct si_pack_source {
    const si_record_pieces *records;
    const si_sort_entry *entries; /* in index order */
} si_pack_source;

/* Writes all of the file but the flush, from records in memory. */
si_result si_pack(const si_layout *layout, const si_pack_source *source, int descriptor,
                  const char *path, unsigned threads, const si_build_watch *watch,
                  uint64_t *checksum, si_error *error);

#endif
