/*
 * One population of a SONATA nodes or edges file: its size and its groups.
 *
 * The caller holds the HDF5 lock.
 */
#ifndef SI_SONATA_SONATA_POPULATION_H
#define SI_SONATA_SONATA_POPULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdf5.h>

#include "base/error.h"
#include "sonata/sonata_column.h"
#include "sonata/sonata_names.h"
#include "sonata/sonata_rows.h"

typedef enum si_population_kind { SI_NODES = 0, SI_EDGES = 1 } si_population_kind;

typedef struct si_sonata_group {
    uint64_t id;
    hid_t group; /* negative: the population has no group at all */
    char *path;  /* file and group, for messages */
} si_sonata_group;

typedef struct si_sonata_population {
    si_population_kind kind;
    char *file_path;
    char *name;
    char *path; /* file and population, for messages */
    hid_t file;
    hid_t population;
    uint64_t size;
    /* False: element i is row i of the only group. */
    bool is_grouped;
    si_sonata_column group_ids;
    si_sonata_column group_rows;
    size_t group_count; /* at least 1 */
    si_sonata_group *groups;
} si_sonata_population;

/* The names of all populations in a file, in alphabetical order. SI_ERROR_UNSUPPORTED: MVD3. */
si_result si_sonata_population_names(const char *file_path, si_population_kind kind,
                                     si_name_table *names, si_error *error);

/* `name` NULL: the only one, else `default`, else an error that lists them. */
si_result si_sonata_population_open(const char *file_path, si_population_kind kind,
                                    const char *name, si_sonata_population **population,
                                    si_error *error);
void si_sonata_population_close(si_sonata_population *population);

/* "node" or "edge". */
const char *si_population_kind_element(si_population_kind kind);
/* The column of the types of all nodes or edges: "node_type_id" or "edge_type_id". */
const char *si_population_kind_type_id(si_population_kind kind);

#endif
