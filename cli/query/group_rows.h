/* Counts of what a query finds, by the values of fields and attributes. */
#ifndef CLI_QUERY_GROUP_ROWS_H
#define CLI_QUERY_GROUP_ROWS_H

#include "common/answer.h"
#include "common/command_line.h"
#include "common/populations.h"
#include "spatial_index/spatial_index.h"

/* Fields that are no integers are wrong use, a name that is neither field nor attribute ends the
 * command. */
void cli_groups_check(const cli_names *names, cli_populations *populations);

/* Puts a row for each group of one population: the values and the count. */
void cli_groups_find(cli_answer *answer, si_element_kind kind, const cli_names *names,
                     const cli_population *population, const si_query *query);

#endif
