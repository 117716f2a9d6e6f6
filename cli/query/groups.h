/* How often each value is found, as rows of a table. */
#ifndef CLI_QUERY_GROUPS_H
#define CLI_QUERY_GROUPS_H

#include "query/answer.h"
#include "query/populations.h"
#include "spatial_index/spatial_index.h"

/* A row for each value of a field, or of an attribute of integers or text. */
void cli_groups_find(cli_answer *answer, si_element_kind kind, const char *name,
                     const cli_population *population, const si_query *query);

#endif
