/* The answers to queries, as rows of one table. */
#ifndef CLI_QUERY_ANSWER_H
#define CLI_QUERY_ANSWER_H

#include <stdbool.h>

#include "common/table.h"
#include "query/fields.h"
#include "query/populations.h"
#include "spatial_index/spatial_index.h"

typedef struct cli_answer {
    cli_table table;
    bool has_query_column;
    bool has_population_column;
    uint64_t query_number; /* of the query that is being answered */
} cli_answer;

/* The columns that come before those of the answer itself, in the table and in a row. */
void cli_answer_add_columns(cli_answer *answer);
void cli_answer_begin_row(cli_answer *answer, const cli_population *population);

/* A row for each element that is found. */
void cli_answer_elements(cli_answer *answer, const cli_fields *fields,
                         const cli_population *population, const si_query *query);

/* A row for each value of a field, or of an attribute of integers or text. */
void cli_answer_groups(cli_answer *answer, si_element_kind kind, const char *name,
                       const cli_population *population, const si_query *query);

#endif
