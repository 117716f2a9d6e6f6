/* Where an attribute of nodes is: in the HDF5 group or, failing that, in the types file. */
#ifndef SI_SONATA_SONATA_NODE_ATTRIBUTES_H
#define SI_SONATA_SONATA_NODE_ATTRIBUTES_H

#include "base/error.h"
#include "sonata/node_ids.h"
#include "sonata/sonata_groups.h"
#include "sonata/types_file.h"

struct si_sonata_nodes {
    si_sonata_population *population;
    si_types_file *types; /* NULL: none */
    si_node_ids ids;
};

/* The nodes that are being read; row i of every array belongs to the i-th of them. */
typedef struct si_node_reader {
    const struct si_sonata_nodes *nodes;
    uint64_t first;
    const uint64_t *rows; /* NULL: first + i */
    uint64_t count;
    si_group_rows *located;
    size_t located_count;
    size_t *type_rows; /* of the types file; NULL until one is needed */
} si_node_reader;

/* The caller holds the HDF5 lock. */
si_result si_node_reader_start(const struct si_sonata_nodes *nodes, uint64_t first,
                               const uint64_t *rows, uint64_t count, si_node_reader *reader,
                               si_error *error);
void si_node_reader_finish(si_node_reader *reader);

/* The id of the i-th node. */
uint64_t si_node_reader_id(const si_node_reader *reader, uint64_t i);

typedef enum si_attribute_place {
    SI_ATTRIBUTE_NOWHERE,
    SI_ATTRIBUTE_IN_GROUP,
    SI_ATTRIBUTE_IN_TYPES
} si_attribute_place;

si_attribute_place si_node_attribute_place(const struct si_sonata_nodes *nodes,
                                           const si_sonata_group *group, const char *attribute);

/* Text of an attribute for the nodes of one group; SI_NO_NAME where it is not given, which NULL and
 * NONE say too. */
si_result si_node_reader_names(si_node_reader *reader, const si_group_rows *located,
                               const char *attribute, si_name_interner *interner, uint32_t *indices,
                               si_error *error);

/* Numbers of an attribute for the nodes of one group, `stride` bytes apart. Where one is given,
 * `bit` is set in the node's member of `given`; else the value stays as it is. */
si_result si_node_reader_numbers(si_node_reader *reader, const si_group_rows *located,
                                 const char *attribute, double *values, size_t stride,
                                 uint16_t *given, uint16_t bit, si_error *error);

/* Says that a node lacks an attribute, and where it was looked for. */
si_result si_node_reader_fail_missing(si_node_reader *reader, const si_group_rows *located,
                                      uint64_t i, const char *attribute, si_error *error);

/* True if cells of this model_type have no morphology. */
bool si_model_type_is_virtual(const char *model_type);

#endif
