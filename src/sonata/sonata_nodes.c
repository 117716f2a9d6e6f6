#include "sonata/sonata_nodes.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "hdf5/hdf5_access.h"
#include "sonata/sonata_node_attributes.h"

#define PIECE_NODES ((uint64_t)1 << 16)

static si_result open_nodes(const char *nodes_file, const char *node_types_file,
                            const char *population, si_sonata_nodes *nodes, si_error *error)
{
    SI_TRY(si_sonata_population_open(nodes_file, SI_NODES, population, &nodes->population, error));
    if (node_types_file && node_types_file[0] != '\0')
        return si_types_file_open(node_types_file, si_population_kind_type_id(SI_NODES),
                                  &nodes->types, error);
    return SI_OK;
}

si_result si_sonata_nodes_open(const char *nodes_file, const char *node_types_file,
                               const char *population, si_sonata_nodes **nodes, si_error *error)
{
    si_sonata_nodes *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    si_hdf5_lock();
    si_result result = open_nodes(nodes_file, node_types_file, population, opened, error);
    si_hdf5_unlock();
    if (result != SI_OK) {
        si_sonata_nodes_close(opened);
        return result;
    }
    *nodes = opened;
    return SI_OK;
}

void si_sonata_nodes_close(si_sonata_nodes *nodes)
{
    if (!nodes)
        return;
    si_hdf5_lock();
    si_sonata_population_close(nodes->population);
    si_hdf5_unlock();
    si_types_file_close(nodes->types);
    si_free(nodes);
}

const char *si_sonata_nodes_file(const si_sonata_nodes *nodes)
{
    return nodes->population->file_path;
}

const char *si_sonata_nodes_population(const si_sonata_nodes *nodes)
{
    return nodes->population->name;
}

uint64_t si_sonata_nodes_size(const si_sonata_nodes *nodes)
{
    return nodes->population->size;
}

static si_result all_virtual_in_group(si_node_reader *reader, const si_group_rows *located,
                                      uint32_t *indices, bool *all_virtual, si_error *error)
{
    si_name_interner interner = {0};
    si_result result = si_node_reader_names(reader, located, "model_type", &interner, indices,
                                            error);
    for (uint64_t k = 0; k < located->rows.count && result == SI_OK && *all_virtual; k++) {
        uint32_t index = indices[si_rows_position(&located->rows, k)];
        *all_virtual = index != SI_NO_NAME && si_model_type_is_virtual(interner.table.names[index]);
    }
    si_name_interner_free(&interner);
    return result;
}

static si_result all_virtual_in_piece(const si_sonata_nodes *nodes, uint64_t first, uint64_t count,
                                      uint32_t *indices, bool *all_virtual, si_error *error)
{
    si_node_reader reader;
    SI_TRY(si_node_reader_start(nodes, first, NULL, count, &reader, error));
    si_result result = SI_OK;
    for (size_t g = 0; g < reader.located_count && result == SI_OK && *all_virtual; g++)
        result = all_virtual_in_group(&reader, &reader.located[g], indices, all_virtual, error);
    si_node_reader_finish(&reader);
    return result;
}

si_result si_sonata_nodes_all_virtual(si_sonata_nodes *nodes, bool *all_virtual, si_error *error)
{
    uint64_t size = nodes->population->size;
    uint32_t *indices = si_allocate(si_min_u64(size, PIECE_NODES), sizeof *indices);
    if (!indices)
        return si_fail_memory(error);
    si_hdf5_lock();
    si_result result = SI_OK;
    *all_virtual = size > 0;
    for (uint64_t first = 0; first < size && result == SI_OK && *all_virtual; first += PIECE_NODES)
        result = all_virtual_in_piece(nodes, first, si_min_u64(PIECE_NODES, size - first), indices,
                                      all_virtual, error);
    si_hdf5_unlock();
    si_free(indices);
    return result;
}
