/* Identifies a population by its size and a hash of samples: of some runs of rows, spread evenly,
 * the columns that say which elements these are. Positions are rounded to 32 bits first, so that a
 * copy of less precision is the same population. */
#include "sonata/population_identity.h"

#include <string.h>
#include <sys/stat.h>

#include <xxhash.h>

#include "base/arithmetic.h"
#include "hdf5/hdf5_access.h"

#define RUNS 16
#define RUN_ROWS 256
#define MOST_COLUMNS 3

static const char *const node_columns[] = {"node_id", "node_type_id", "node_group_id",
                                           "node_group_index", NULL};
static const char *const edge_columns[] = {"edge_type_id",  "source_node_id",   "target_node_id",
                                           "edge_group_id", "edge_group_index", NULL};
static const char *const node_positions[] = {"x", "y", "z", NULL};
static const char *const joint_positions[] = {"positions", NULL};

static si_result hash_run(const si_sonata_column *column, uint64_t first, uint64_t count,
                          uint64_t *hash, si_error *error)
{
    uint64_t values[RUN_ROWS * MOST_COLUMNS];
    bool is_float = column->class == SI_COLUMN_FLOAT;
    si_rows rows = si_rows_range(first, count);
    size_t row_size = column->width * (is_float ? sizeof(float) : sizeof(int64_t));
    SI_TRY(si_sonata_column_read(column, &rows, is_float ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT64,
                                 row_size, values, row_size, error));
    *hash = XXH64(values, count * row_size, *hash);
    return SI_OK;
}

/* The first and the last rows are always among the samples. */
static si_result hash_samples(const si_sonata_column *column, uint64_t *hash, si_error *error)
{
    uint64_t count = si_min_u64(column->rows, RUN_ROWS), last = column->rows - count;
    uint64_t runs = column->rows <= RUN_ROWS ? 1 : RUNS;
    for (uint64_t run = 0; run < runs; run++) {
        uint64_t first = runs == 1 ? 0 : run == runs - 1 ? last : last / (runs - 1) * run;
        SI_TRY(hash_run(column, first, count, hash, error));
    }
    return SI_OK;
}

static si_result hash_column(hid_t group, const char *path, const char *name, unsigned width,
                             uint64_t *hash, si_error *error)
{
    si_sonata_column column;
    if (!si_hdf5_has_object(group, name, H5O_TYPE_DATASET))
        return SI_OK;
    *hash = XXH64(name, strlen(name), *hash);
    SI_TRY(si_sonata_column_open(group, path, name, width, &column, error));
    si_result result = column.rows == 0 || column.class == SI_COLUMN_TEXT
                           ? SI_OK
                           : hash_samples(&column, hash, error);
    si_sonata_column_close(&column);
    return result;
}

static si_result hash_columns(hid_t group, const char *path, const char *const *names,
                              unsigned width, uint64_t *hash, si_error *error)
{
    for (; *names; names++)
        SI_TRY(hash_column(group, path, *names, width, hash, error));
    return SI_OK;
}

si_result si_population_identify(const si_sonata_population *population, si_identity *identity,
                                 si_error *error)
{
    bool is_nodes = population->kind == SI_NODES;
    const si_sonata_group *group = &population->groups[0];
    struct stat file;
    *identity = (si_identity){.is_known = true, .population_size = population->size};
    SI_TRY(hash_columns(population->population, population->path,
                        is_nodes ? node_columns : edge_columns, 1, &identity->fingerprint, error));
    if (is_nodes && group->group >= 0) {
        uint64_t *fingerprint = &identity->fingerprint;
        SI_TRY(hash_columns(group->group, group->path, node_positions, 1, fingerprint, error));
        SI_TRY(hash_columns(group->group, group->path, joint_positions, 3, fingerprint, error));
    }
    if (stat(population->file_path, &file) == 0) {
        identity->file_bytes = (uint64_t)file.st_size;
        identity->file_time = (int64_t)file.st_mtime;
    }
    return SI_OK;
}
