/*
 * Writes an index file from records in index order.
 *
 * The file is written in pack units: stretches of elements of one size (but the last), in any order
 * and from any thread. Every byte belongs to one unit or to what is written at the end, and depends
 * on the elements alone, so the file does too. Nothing in memory grows with the number of elements.
 */
#ifndef SI_BUILD_PACK_H
#define SI_BUILD_PACK_H

#include <stdbool.h>

#include "base/error.h"
#include "format/layout.h"
#include "sort/sort.h"

/* Parts of a multi-index begin at multiples of this. Units of this many elements have columns that
 * fill whole large pages. */
#define SI_PARTS_GRAIN (16 * SI_PACK_UNIT)

typedef struct si_packer si_packer;

typedef struct si_packing {
    const si_layout *layout; /* it and `path` live as long as the packer */
    int descriptor;          /* of a file that is empty, or has only reserved blocks */
    const char *path;        /* for messages */
    unsigned workers;
    uint64_t unit_elements; /* a multiple of SI_PACK_UNIT */
    bool is_direct; /* units are written past the page cache, where the file system allows it */
} si_packing;

si_result si_packer_create(const si_packing *packing, si_packer **packer, si_error *error);
void si_packer_free(si_packer *packer);

/* How much memory a packer takes. */
uint64_t si_packer_bytes(si_element_kind kind, unsigned workers, uint64_t unit_elements);

/* Elements of a unit: those of the packing, or of this unit, as the last one may have fewer. */
uint64_t si_packer_unit_elements(const si_packer *packer);
uint64_t si_packer_unit_size(const si_packer *packer, uint64_t unit);

/* Any thread, each with its own worker number below `workers`. The first entry is that of the first
 * element of the unit. */
si_result si_packer_write_unit(si_packer *packer, unsigned worker, uint64_t unit,
                               const si_record_pieces *records, const si_sort_entry *entries,
                               si_error *error);

/* All units being written, writes everything else but the flush. `*checksum` receives what tells
 * this content from any other. */
si_result si_packer_finish(si_packer *packer, uint64_t *checksum, si_error *error);

#endif
