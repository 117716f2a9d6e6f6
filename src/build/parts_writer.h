/* Writes the parts of a multi-index, one after another, from records in index order. */
#ifndef SI_BUILD_PARTS_WRITER_H
#define SI_BUILD_PARTS_WRITER_H

#include "build/pack.h"
#include "format/manifest.h"
#include "sort/external_sort.h"

/* Parts begin at multiples of this, in the order of all elements. */
#define SI_PARTS_GRAIN SI_PART_ELEMENTS

typedef struct si_parts_writing {
    si_element_kind kind;
    const char *folder;     /* of the parts; it and `watch` live as long as the writer */
    uint64_t first_part;    /* number of the first one */
    uint64_t element_count; /* that will be taken */
    uint64_t part_elements; /* of all parts but the last: a multiple of SI_PART_UNIT */
    unsigned threads;
    bool is_direct; /* see si_packing */
    const si_build_watch *watch;
} si_parts_writing;

typedef struct si_parts_writer {
    si_parts_writing writing;
    uint64_t taken;      /* elements */
    si_packer *packer;   /* of the part that is being written; NULL: none */
    si_layout layout;    /* of that part */
    char *path;          /* likewise */
    int descriptor;      /* likewise */
    uint64_t packed;     /* elements of it */
    uint64_t part_count; /* that have been written */
    size_t entry_capacity;
    si_part_entry *entries;
    uint64_t lowest_count;
    si_box *lowest; /* boxes of the lowest nodes of all parts */
} si_parts_writer;

/* How many elements a part should have, so that it is neither small nor the parts too many. */
uint64_t si_parts_choose_size(uint64_t element_count);

/* Release it with si_parts_writer_free, also after a failure. */
si_result si_parts_writer_begin(si_parts_writer *writer, const si_parts_writing *writing,
                                si_error *error);
void si_parts_writer_free(si_parts_writer *writer);

/* Takes records in the order of the entries: multiples of SI_PART_UNIT, unless they are the last
 * ones. When the last one has been taken, all parts are there, and flushed. */
si_result si_parts_writer_take(si_parts_writer *writer, const si_record_pieces *records,
                               const si_sort_entry *entries, uint64_t count, si_error *error);

/* Takes all that was sorted. */
si_result si_parts_writer_merge(si_parts_writer *writer, si_external_sort *sort, float largest,
                                si_error *error);

/* Writes and flushes the top of these parts, all of which the folder has by now. */
si_result si_parts_write_top(const char *folder, si_element_kind kind, const si_part_entry *parts,
                             uint64_t part_count, const si_box *lowest, uint64_t *checksum,
                             si_error *error);

#endif
