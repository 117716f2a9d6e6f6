/* Prints the elements that queries find: rows go from the index straight to the table, or, with
 * attributes, through a batch, because attributes are read fastest for many elements at once. */
#include "query/element_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/program.h"
#include "query/values.h"

/* Attributes are read for so many elements at once. */
enum { BATCH = 1 << 17 };

struct cli_elements {
    cli_answer *answer;
    const cli_fields *fields;
    const cli_population *population; /* of the elements in the batch */
    si_field *visited;                /* the fields asked of the index */
    si_column *batch;                 /* elements that wait for their attributes */
    uint64_t *query_numbers;          /* of these */
    double *distances;                /* of these; NaN: not asked for */
    size_t *sizes;                    /* of a value of these */
    size_t visited_count;
    size_t *places; /* of each of the fields: where it is in `visited` */
    size_t row_place;
    uint64_t batched;
    si_values *values; /* of each of the fields that is an attribute */
};

static size_t visit_field(cli_elements *elements, const si_field_info *info)
{
    for (size_t i = 0; i < elements->visited_count; i++) {
        if (elements->visited[i] == info->field)
            return i;
    }
    elements->visited[elements->visited_count] = info->field;
    elements->sizes[elements->visited_count] = info->size;
    return elements->visited_count++;
}

static void put_row(cli_elements *elements, const si_column *columns, uint64_t row, double distance)
{
    const cli_fields *fields = elements->fields;
    cli_table *table = &elements->answer->table;
    cli_answer_begin_row(elements->answer, elements->population);
    for (size_t i = 0; i < fields->count; i++) {
        const si_field_info *info = fields->fields[i].info;
        const si_values *values = &elements->values[i];
        if (info)
            cli_table_put_value(table, info->type, info->components,
                                columns[elements->places[i]].data, row);
        else
            cli_table_put_value(table, values->type, 1, values->data, row);
    }
    if (elements->answer->has_distance_column)
        cli_table_put_double(table, distance);
    cli_table_end_row(table);
}

/* Reads the attributes of the batch and prints its rows. */
static void put_batch(cli_elements *elements)
{
    uint64_t current = elements->answer->query_number;
    if (elements->batched == 0)
        return;
    const uint64_t *rows = elements->batch[elements->row_place].data;
    for (size_t i = 0; i < elements->fields->count; i++) {
        const char *attribute = elements->fields->fields[i].attribute;
        si_error error;
        if (attribute && si_dataset_read(elements->population->dataset, attribute, rows,
                                         elements->batched, &elements->values[i], &error) != SI_OK)
            cli_fail("%s", error.message);
    }
    for (uint64_t row = 0; row < elements->batched; row++) {
        elements->answer->query_number = elements->query_numbers[row];
        put_row(elements, elements->batch, row, elements->distances[row]);
    }
    for (size_t i = 0; i < elements->fields->count; i++) {
        if (elements->fields->fields[i].attribute)
            si_values_free(&elements->values[i]);
    }
    elements->batched = 0;
    elements->answer->query_number = current;
}

static int put_visited(void *context, const si_column *columns, size_t column_count, uint64_t count)
{
    (void)column_count;
    for (uint64_t row = 0; row < count; row++)
        put_row(context, columns, row, NAN);
    return 0;
}

/* Copies elements to the batch, and prints it whenever it is full. `distances` may be NULL. */
static void add_to_batch(cli_elements *elements, const si_column *columns, const double *distances,
                         uint64_t count)
{
    for (uint64_t done = 0; done < count;) {
        uint64_t room = BATCH - elements->batched;
        uint64_t part = count - done < room ? count - done : room;
        for (size_t i = 0; i < elements->visited_count; i++) {
            size_t size = elements->sizes[i];
            memcpy((char *)elements->batch[i].data + elements->batched * size,
                   (const char *)columns[i].data + done * size, part * size);
        }
        for (uint64_t i = 0; i < part; i++) {
            elements->query_numbers[elements->batched + i] = elements->answer->query_number;
            elements->distances[elements->batched + i] = distances ? distances[done + i] : NAN;
        }
        elements->batched += part;
        done += part;
        if (elements->batched == BATCH)
            put_batch(elements);
    }
}

static int batch_visited(void *context, const si_column *columns, size_t column_count,
                         uint64_t count)
{
    (void)column_count;
    add_to_batch(context, columns, NULL, count);
    return 0;
}

cli_elements *cli_elements_begin(cli_answer *answer, const cli_fields *fields, si_element_kind kind)
{
    cli_elements *elements = cli_allocate(1, sizeof *elements);
    *elements = (cli_elements){.answer = answer, .fields = fields};
    elements->visited = cli_allocate(fields->count + 1, sizeof *elements->visited);
    elements->sizes = cli_allocate(fields->count + 1, sizeof *elements->sizes);
    elements->places = cli_allocate(fields->count, sizeof *elements->places);
    elements->values = cli_allocate(fields->count, sizeof *elements->values);
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->fields[i].info)
            elements->places[i] = visit_field(elements, fields->fields[i].info);
    }
    if (fields->attribute_count > 0) {
        elements->row_place = visit_field(elements, cli_row_field(kind));
        elements->batch = cli_allocate(elements->visited_count, sizeof *elements->batch);
        for (size_t i = 0; i < elements->visited_count; i++) {
            elements->batch[i].field = elements->visited[i];
            elements->batch[i].data = cli_allocate(BATCH, elements->sizes[i]);
        }
        elements->query_numbers = cli_allocate(BATCH, sizeof *elements->query_numbers);
        elements->distances = cli_allocate(BATCH, sizeof *elements->distances);
    }
    return elements;
}

/* Rows of another population wait for other attributes. */
static void choose_population(cli_elements *elements, const cli_population *population)
{
    if (population != elements->population)
        put_batch(elements);
    elements->population = population;
}

void cli_elements_find(cli_elements *elements, const cli_population *population,
                       const si_query *query)
{
    si_error error;
    si_results_fn visitor = elements->batch ? batch_visited : put_visited;
    choose_population(elements, population);
    if (si_index_visit(population->index, query, elements->visited, elements->visited_count,
                       visitor, elements, &error) != SI_OK)
        cli_fail("%s", error.message);
}

void cli_elements_find_nearest(cli_elements *elements, const cli_population *population,
                               const si_nearest_query *nearest)
{
    si_error error;
    si_index_info info = SI_INDEX_INFO_INIT;
    si_index_get_info(population->index, &info);
    uint64_t room = nearest->k < info.element_count ? nearest->k : info.element_count, count;
    double *distances = cli_allocate(room, sizeof *distances);
    si_column *columns = cli_allocate(elements->visited_count, sizeof *columns);
    choose_population(elements, population);
    for (size_t i = 0; i < elements->visited_count; i++)
        columns[i] = (si_column){elements->visited[i], cli_allocate(room, elements->sizes[i])};
    if (si_index_find_nearest(population->index, nearest, columns, elements->visited_count,
                              distances, &count, &error) != SI_OK)
        cli_fail("%s", error.message);
    if (elements->batch) {
        add_to_batch(elements, columns, distances, count);
    } else {
        for (uint64_t row = 0; row < count; row++)
            put_row(elements, columns, row, distances[row]);
    }
    for (size_t i = 0; i < elements->visited_count; i++)
        free(columns[i].data);
    free(columns);
    free(distances);
}

void cli_elements_end(cli_elements *elements)
{
    put_batch(elements);
    for (size_t i = 0; elements->batch && i < elements->visited_count; i++)
        free(elements->batch[i].data);
    free(elements->batch);
    free(elements->query_numbers);
    free(elements->distances);
    free(elements->visited);
    free(elements->sizes);
    free(elements->places);
    free(elements->values);
    free(elements);
}
