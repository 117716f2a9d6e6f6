/* The opened index, or indexes of several populations, that are asked. */
#ifndef CLI_COMMON_POPULATIONS_H
#define CLI_COMMON_POPULATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/command_line.h"
#include "spatial_index/spatial_index.h"

typedef struct cli_population {
    const char *name; /* NULL: none is recorded */
    const si_index *index;
    si_dataset *dataset; /* NULL until an attribute is asked for */
} cli_population;

/* Where the data sets are now, if not where the indexes record. */
typedef struct cli_data_places {
    cli_names datasets;  /* each POPULATION=PATH, or PATH for all */
    cli_names types;     /* the same of the CSV files of their types */
    const char *circuit; /* configuration that names them; NULL: none */
} cli_data_places;

typedef struct cli_populations {
    const char *path;
    const cli_data_places *places; /* NULL: as recorded */
    si_population_set *set;
    bool several; /* a folder of several, even if it holds one */
    si_element_kind kind;
    cli_population *populations;
    size_t count;
} cli_populations;

/* `names` empty: all that there are. `places` NULL: no attributes are asked for, or the data sets
 * are where the indexes record. */
void cli_populations_open(cli_populations *populations, const char *path,
                          const si_open_options *options, const cli_names *names,
                          const cli_data_places *places);

/* Opens the data sets, if they are not yet, and makes sure that each has the attribute. */
void cli_populations_need_attribute(cli_populations *populations, const char *attribute);

void cli_populations_close(cli_populations *populations);

#endif
