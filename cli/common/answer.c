/* Puts the columns query and population before those of an answer, where they are needed. */
#include "common/answer.h"

void cli_answer_add_columns(cli_answer *answer)
{
    if (answer->has_query_column)
        cli_table_add_column(&answer->table, "query");
    if (answer->has_population_column)
        cli_table_add_column(&answer->table, "population");
}

void cli_answer_begin_row(cli_answer *answer, const cli_population *population)
{
    if (answer->has_query_column)
        cli_table_put_unsigned(&answer->table, answer->query_number);
    if (answer->has_population_column)
        cli_table_put_string(&answer->table, population->name);
}
