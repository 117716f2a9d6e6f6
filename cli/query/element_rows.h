/* The elements that queries find, as rows of a table. */
#ifndef CLI_QUERY_ELEMENT_ROWS_H
#define CLI_QUERY_ELEMENT_ROWS_H

#include "common/answer.h"
#include "common/populations.h"
#include "query/shown_fields.h"
#include "spatial_index/spatial_index.h"

typedef struct cli_elements cli_elements;

cli_elements *cli_elements_begin(cli_answer *answer, const cli_fields *fields,
                                 si_element_kind kind);

/* Rows come in the order of the calls, but may wait until cli_elements_end. */
void cli_elements_find(cli_elements *elements, const cli_population *population,
                       const si_query *query);

void cli_elements_find_nearest(cli_elements *elements, const cli_population *population,
                               const si_nearest_query *nearest);

void cli_elements_end(cli_elements *elements);

#endif
