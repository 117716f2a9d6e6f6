/* The answers to queries, as rows of one table. */
#ifndef CLI_COMMON_ANSWER_H
#define CLI_COMMON_ANSWER_H

#include <stdbool.h>

#include "common/populations.h"
#include "common/table.h"
#include "spatial_index/spatial_index.h"

typedef struct cli_answer {
    cli_table table;
    bool has_query_column;
    bool has_population_column;
    bool has_distance_column; /* after those of an element; empty where it was not asked for */
    uint64_t query_number;    /* of the query that is being answered */
} cli_answer;

/* The columns that come before those of the answer itself, in the table and in a row. */
void cli_answer_add_columns(cli_answer *answer);
void cli_answer_begin_row(cli_answer *answer, const cli_population *population);

#endif
