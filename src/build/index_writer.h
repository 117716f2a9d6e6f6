/*
 * Writes the files of an index from records in index order: a single file, or the parts of a
 * multi-index one after another.
 */
#ifndef SI_BUILD_INDEX_WRITER_H
#define SI_BUILD_INDEX_WRITER_H

#include "build/pack.h"
#include "folder/target.h"
#include "format/manifest.h"
#include "sort/merge.h"

typedef struct si_index_writing {
    si_element_kind kind;
    const si_target *file; /* the single file; NULL: parts. It, `folder` and `progress` live as long
                              as the writer. */
    const char *folder;    /* of the parts */
    uint64_t first_part;   /* number of the first one */
    uint64_t part_elements; /* of all parts but the last: a multiple of SI_PACK_UNIT */
    uint64_t element_count; /* that will be taken */
    unsigned threads;
    bool is_from_memory; /* no temporary file was needed */
    const si_progress *progress;
} si_index_writing;

typedef struct si_index_writer {
    si_index_writing writing;
    const char *phase; /* for the progress */
    uint64_t taken;    /* elements */
    /* Of the file that is being written: */
    si_packer *packer; /* NULL: there is none */
    si_layout layout;
    char *path;
    int descriptor;
    uint64_t packed;     /* elements of it */
    uint64_t file_count; /* that have been written */
    size_t entry_capacity;
    si_part_entry *entries; /* of these files */
    uint64_t lowest_count;
    si_box *lowest; /* boxes of the lowest nodes of all parts */
} si_index_writer;

/* How many elements a part should have, so that it is neither small nor the parts too many. */
uint64_t si_parts_choose_size(uint64_t element_count);

/* Release it with si_index_writer_free, also after a failure. */
si_result si_index_writer_begin(si_index_writer *writer, const si_index_writing *writing,
                                si_error *error);
void si_index_writer_free(si_index_writer *writer);

/* Takes records in the order of the entries: all at once, or multiples of SI_PACK_UNIT, unless they
 * are the last ones. When the last one has been taken all parts are there, and flushed. */
si_result si_index_writer_take(void *writer, const si_record_pieces *records,
                               const si_sort_entry *entries, uint64_t count, si_error *error);

/* The writer, or what hands records on to it, as the sink of a sorter. */
si_sorted_sink si_index_writer_sink(const si_index_writer *writer, void *context,
                                    si_take_sorted_fn take);

/* After the last element: completes the single file but for the flush, or writes the top of the
 * parts. `*checksum` receives what tells the index from any other. */
si_result si_index_writer_finish(si_index_writer *writer, uint64_t *checksum, si_error *error);

/* Writes and flushes the top of these parts, all of which the folder has by now. */
si_result si_parts_write_top(const char *folder, si_element_kind kind, const si_part_entry *parts,
                             uint64_t part_count, const si_box *lowest, uint64_t *checksum,
                             si_error *error);

#endif
