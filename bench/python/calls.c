/*
 * What the calls of the library cost that bench/python/compare compares the Python package with.
 *
 * Usage: bench-python-calls INDEX <SHAPES     lines: half_size_or_radius x y z, and box or sphere
 *
 * Prints the median microseconds of counting, and of three fields into memory that is used again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spatial_index/spatial_index.h>

enum { MOST_QUERIES = 4096, MOST_RESULTS = 2000000, FIELDS = 3 };

static si_query queries[MOST_QUERIES];
static double seconds[MOST_QUERIES];

static void check(si_result status, const si_error *error)
{
    if (status == SI_OK)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static size_t read_queries(void)
{
    size_t count = 0;
    char shape[8];
    double size, center[3];
    si_error error;
    while (count < MOST_QUERIES &&
           scanf("%lf %lf %lf %lf %7s", &size, &center[0], &center[1], &center[2], shape) == 5) {
        double lower[3] = {center[0] - size, center[1] - size, center[2] - size};
        double upper[3] = {center[0] + size, center[1] + size, center[2] + size};
        check(strcmp(shape, "box") == 0
                  ? si_query_box(lower, upper, SI_BEST_EFFORT, &queries[count], &error)
                  : si_query_sphere(center, size, SI_BEST_EFFORT, &queries[count], &error),
              &error);
        count++;
    }
    return count;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_median(const char *name, size_t count)
{
    qsort(seconds, count, sizeof *seconds, compare_doubles);
    printf("%s %.3f\n", name, seconds[count / 2] * 1e6);
}

static void time_counts(const si_index *index, size_t query_count)
{
    si_error error;
    uint64_t count;
    for (size_t i = 0; i < query_count; i++) {
        double start = now();
        check(si_index_count(index, &queries[i], &count, &error), &error);
        seconds[i] = now() - start;
    }
    print_median("counts", query_count);
}

static void time_fields(const si_index *index, const si_column *columns, size_t query_count)
{
    si_error error;
    uint64_t count;
    for (size_t i = 0; i < query_count; i++) {
        double start = now();
        check(si_index_find(index, &queries[i], columns, FIELDS, MOST_RESULTS, &count, &error),
              &error);
        seconds[i] = now() - start;
    }
    print_median("fields", query_count);
}

/* The first fields of any kind that are single values, as many as are wanted. */
static void choose_columns(const si_index *index, si_column columns[FIELDS])
{
    si_index_info info = SI_INDEX_INFO_INIT;
    const si_field_info *fields;
    si_index_get_info(index, &info);
    size_t count = si_element_kind_fields(info.kind, &fields);
    size_t chosen = 0;
    for (size_t i = 0; i < count && chosen < FIELDS; i++)
        if (fields[i].components == 1 && fields[i].type != SI_TYPE_SEGMENT_IDS)
            columns[chosen++] = (si_column){fields[i].field, calloc(MOST_RESULTS, fields[i].size)};
}

int main(int argument_count, char **arguments)
{
    si_index *index;
    si_error error;
    si_column columns[FIELDS];
    if (argument_count != 2) {
        fprintf(stderr, "usage: bench-python-calls INDEX <SHAPES\n");
        return 2;
    }
    check(si_index_open(arguments[1], NULL, &index, &error), &error);
    choose_columns(index, columns);
    size_t query_count = read_queries();
    time_counts(index, query_count);
    time_fields(index, columns, query_count);
    for (size_t i = 0; i < FIELDS; i++)
        free(columns[i].data);
    si_index_close(index);
    return 0;
}
