/*
 * The top of a multi-index: which parts it has, and the inner levels above theirs. docs/format.md
 * specifies the bytes.
 *
 * Parts are ordinary heavy files that hold consecutive runs of the elements in index order. All
 * runs but the last are multiples of SI_PACK_UNIT elements, so that leaves and lowest nodes are
 * those that a single file of all elements would have, in the same order.
 */
#ifndef SI_FORMAT_MANIFEST_H
#define SI_FORMAT_MANIFEST_H

#include "format/file_names.h"
#include "format/layout.h"

/* Lowest nodes. */
#define SI_PACK_UNIT_NODES (SI_PACK_UNIT / SI_LEAF_CAPACITY / SI_FAN_OUT)

/* Exactly the bytes of the table of parts. */
typedef struct si_part_entry {
    uint64_t element_count;
    uint64_t checksum; /* of the part's header */
} si_part_entry;

typedef struct si_top_content {
    si_layout layout; /* of a single file of all elements */
    si_box bounds;
    uint64_t part_count;
    uint64_t part_bytes; /* of all parts */
    si_section table;
    si_section nodes; /* of levels 2 and up, as in a single file */
    uint64_t file_bytes;
    uint64_t table_checksum;
    uint64_t nodes_checksum;
    uint64_t checksum; /* of the header, and so of the whole multi-index */
} si_top_content;

/* Writes all of the file but the flush. `lowest` are the boxes of the lowest nodes of all parts.
 * `*checksum` receives what tells this multi-index from any other. */
si_result si_top_write(int descriptor, const char *path, si_element_kind kind,
                       const si_part_entry *parts, uint64_t part_count, const si_box *lowest,
                       uint64_t *checksum, si_error *error);

/* Reads and checks the header and the table of parts, which is for si_free. */
si_result si_top_read(int descriptor, const char *path, si_top_content *content,
                      si_part_entry **parts, si_error *error);

/* SI_ERROR_FORMAT, with a sentence, where the nodes are not as they were written, or not those
 * above the lowest nodes of the parts; of these NULL: they are not known. */
si_result si_top_check_nodes(int descriptor, const char *path, const si_top_content *content,
                             const si_box *lowest, si_error *error);

/* The name of a part in the folder of a multi-index, for si_free; NULL when out of memory. */
char *si_part_path(const char *folder, uint64_t part);

#endif
