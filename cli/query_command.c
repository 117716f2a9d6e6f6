/* spatial-index query: finds the elements of an index in shapes or near points, and prints them as
 * rows, counts or groups. */
#include <math.h>
#include <stdlib.h>

#include "commands.h"
#include "common/answer.h"
#include "common/output.h"
#include "common/program.h"
#include "common/reading.h"
#include "common/signals.h"
#include "query/element_rows.h"
#include "query/group_rows.h"
#include "query/query_options.h"

static uint64_t count_found(const cli_population *population, const cli_question *question)
{
    uint64_t count;
    si_error error;
    si_result result = question->asks_for_nearest
                           ? si_index_find_nearest(population->index, &question->nearest, NULL, 0,
                                                   NULL, &count, &error)
                           : si_index_count(population->index, &question->query, &count, &error);
    if (result != SI_OK)
        cli_fail("%s", error.message);
    return count;
}

static int finds_nothing(const cli_population *population, const cli_question *question)
{
    bool empty;
    si_error error;
    if (question->asks_for_nearest)
        return count_found(population, question) == 0;
    if (si_index_empty(population->index, &question->query, &empty, &error) != SI_OK)
        cli_fail("%s", error.message);
    return empty;
}

/* Prints the answer to one query of one population: a count, a truth value, groups, or elements. */
static void answer_question(cli_answer *answer, cli_elements *elements,
                            const cli_query_options *options, si_element_kind kind,
                            const cli_population *population, const cli_question *question)
{
    if (options->count) {
        cli_answer_begin_row(answer, population);
        cli_table_put_unsigned(&answer->table, count_found(population, question));
        cli_table_end_row(&answer->table);
    } else if (options->empty) {
        cli_answer_begin_row(answer, population);
        cli_table_put_boolean(&answer->table, finds_nothing(population, question));
        cli_table_end_row(&answer->table);
    } else if (options->group_by.count > 0) {
        cli_groups_find(answer, kind, &options->group_by, population, &question->query);
    } else if (question->asks_for_nearest) {
        cli_elements_find_nearest(elements, population, &question->nearest);
    } else {
        cli_elements_find(elements, population, &question->query);
    }
}

int cli_query_command(int argc, char **argv)
{
    cli_query_options options = {.accuracy = {.of_shapes = SI_BEST_EFFORT},
                                 .format = CLI_CSV,
                                 .max_distance = INFINITY,
                                 .reading = CLI_OPEN_OPTIONS_INIT};
    cli_query_options_read(&options, argc, argv);
    cli_exit_on_signals();

    /* What is asked. */
    cli_queries queries;
    if (options.queries_file)
        cli_queries_from_file(&queries, options.queries_file, options.accuracy,
                              options.max_distance);
    else
        cli_queries_from_shapes(&queries, &options.shapes, options.accuracy);
    if (options.group_by.count > 0 && queries.has_nearest)
        cli_wrong_use("option '--group-by' cannot be combined with nearest elements");

    /* Of what. */
    cli_populations populations;
    options.reading.verify = options.verify;
    cli_populations_open(&populations, options.index, &options.reading, &options.populations,
                         &options.places);
    si_filter *filter = cli_filter_make(&options.filter, populations.kind);
    cli_queries_filter(&queries, filter);

    /* The columns of the answer. Wrong fields are an error before the first row is printed. */
    cli_fields fields = {NULL, 0, 0};
    cli_answer answer = {.table.format = options.format,
                         .has_query_column = options.queries_file != NULL,
                         .has_population_column = populations.several,
                         .has_distance_column = queries.has_nearest};
    cli_answer_add_columns(&answer);
    if (options.count) {
        cli_table_add_column(&answer.table, "count");
    } else if (options.empty) {
        cli_table_add_column(&answer.table, "empty");
    } else if (options.group_by.count > 0) {
        cli_groups_check(&options.group_by, &populations);
        for (size_t i = 0; i < options.group_by.count; i++)
            cli_table_add_column(&answer.table, options.group_by.names[i]);
        cli_table_add_column(&answer.table, "count");
    } else {
        cli_fields_choose(&fields, &populations, &options.fields);
        cli_fields_add_columns(&fields, &answer.table);
        if (answer.has_distance_column)
            cli_table_add_column(&answer.table, "distance");
    }

    if (answer.table.column_count == 1 && (options.count || options.empty)) {
        /* One number or word, without a table around it. */
        if (options.count)
            cli_put_unsigned(count_found(&populations.populations[0], &queries.questions[0]));
        else
            cli_put_text(finds_nothing(&populations.populations[0], &queries.questions[0])
                             ? "true"
                             : "false");
        cli_put_character('\n');
    } else {
        cli_elements *elements = cli_elements_begin(&answer, &fields, populations.kind);
        cli_table_put_header(&answer.table);
        for (size_t i = 0; i < queries.count; i++) {
            answer.query_number = i;
            for (size_t j = 0; j < populations.count; j++)
                answer_question(&answer, elements, &options, populations.kind,
                                &populations.populations[j], &queries.questions[i]);
        }
        cli_elements_end(elements);
    }
    cli_finish_output();

    cli_table_free(&answer.table);
    free(fields.fields);
    free(queries.questions);
    si_filter_free(filter);
    cli_populations_close(&populations);
    cli_query_options_free(&options);
    return CLI_DONE;
}
