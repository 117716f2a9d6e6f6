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

typedef struct cli_populations {
    const char *path;
    si_population_set *set;
    bool several; /* a folder of several, even if it holds one */
    si_element_kind kind;
    cli_population *populations;
    size_t count;
} cli_populations;

/* `names` empty: all that there are. */
void cli_populations_open(cli_populations *populations, const char *path,
                          const si_open_options *options, const cli_names *names);

/* Opens the data sets, if they are not yet, and makes sure that each has the attribute. */
void cli_populations_need_attribute(cli_populations *populations, const char *attribute);

void cli_populations_close(cli_populations *populations);

#endif
