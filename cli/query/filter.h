/* Which of the elements found are wanted, as given by options. */
#ifndef CLI_QUERY_FILTER_H
#define CLI_QUERY_FILTER_H

#include <stdbool.h>

#include "common/gid_list.h"
#include "spatial_index/spatial_index.h"

typedef enum cli_filter_ids {
    CLI_FILTER_SECTION_TYPES,
    CLI_FILTER_GIDS,
    CLI_FILTER_PRE_GIDS,
    CLI_FILTER_POST_GIDS,
    CLI_FILTER_IDS
} cli_filter_ids;

typedef struct cli_filter {
    bool somas;
    bool segments;
    cli_gid_list lists[CLI_FILTER_IDS + 1]; /* of those not given, gids is NULL */
} cli_filter;

/* "axon,2,5-7" */
void cli_filter_set_section_types(cli_filter *filter, const char *text);

/* "1,5,7-20", or a file of such. */
void cli_filter_set_ids(cli_filter *filter, cli_filter_ids which, const char *text);

/* For si_filter_free(); NULL: everything passes. A condition that this kind of element cannot meet
 * is wrong use. */
si_filter *cli_filter_make(const cli_filter *filter, si_element_kind kind);

void cli_filter_free(cli_filter *filter);

#endif
