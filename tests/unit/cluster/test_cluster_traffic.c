/*
 * What ranks send to each other while a cluster builds, and how evenly elements are shared out:
 * counted, not timed, by the code of builds, with threads for processes. By itself 16 ranks;
 *
 *   test_cluster_traffic RANKS ELEMENTS_PER_RANK
 *
 * tells of others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/elements.h"

#include "base/arithmetic.h"
#include "build/redistribute.h"
#include "cluster/thread_cluster.h"

/* The shares of what a rank has in the end: of the multiples that parts begin at, and of the buffer
 * of what is passed on at once. */
enum { GRAINS = 16, BUFFERS = 4 };

static const si_sort_limits limits = {.threads = 1,
                                      .memory_bytes = 16 << 20,
                                      .chunk_records = 1 << 10,
                                      .memory_records = UINT64_C(1) << 32,
                                      .run_chunks = 8,
                                      .chunk_limit = 1 << 20,
                                      .page_bytes = 4096,
                                      .block_bytes = 8192,
                                      .most_runs = 8};

typedef struct circuit_form {
    const char *name;
    float crowd;        /* the share of the elements that lies in one spot */
    unsigned imbalance; /* every eighth rank reads so many times as many elements as the others */
} circuit_form;

static circuit_form forms[] = {
    {"uniform", 0, 1},
    {"nine of ten elements in one spot, one rank in eight has read most", 0.9F, 8},
    {"all in one point", 1, 1},
};

typedef struct simulation {
    const circuit_form *form;
    unsigned ranks;
    uint64_t elements; /* per rank, on average */
    uint64_t *counts;  /* that each rank has in the end */
    uint64_t sum;
} simulation;

static si_result ignore_step(void *context, const char *phase, uint64_t done, si_error *error)
{
    (void)context, (void)phase, (void)done, (void)error;
    return SI_OK;
}

static uint64_t elements_read_by(const simulation *simulated, unsigned rank)
{
    unsigned weight = simulated->form->imbalance;
    return simulated->elements * 8 * (rank % 8 == 0 ? weight : 1) / (weight + 7);
}

/* A synapse: its id, two gids, and its position. */
static void make_record(const simulation *simulated, unsigned rank, uint64_t number, uint64_t *seed,
                        char *record)
{
    uint64_t words[3] = {number * simulated->ranks + rank, number % 1000, rank};
    bool is_in_crowd = random_float(seed, 0, 1) < simulated->form->crowd;
    float floats[3];
    for (int axis = 0; axis < 3; axis++)
        floats[axis] = is_in_crowd ? 5 : random_float(seed, -1000, 1000);
    memcpy(record, words, sizeof words);
    memcpy(record + sizeof words, floats, sizeof floats);
}

static si_result simulate_rank(si_cluster *cluster, void *context, si_error *error)
{
    simulation *simulated = context;
    const si_element_type *type = si_element_type_of(SI_SYNAPSE);
    const si_progress progress = {NULL, ignore_step};
    si_sorter from = {.type = NULL}, to = {.type = NULL};
    uint64_t seed = cluster->rank + 1, count = elements_read_by(simulated, cluster->rank);
    char record[64];
    SI_TRY(si_sorter_create(&from, type, &limits, "/tmp", error));
    SI_TRY(si_sorter_create(&to, type, &limits, "/tmp", error));
    for (uint64_t i = 0; i < count; i++) {
        make_record(simulated, cluster->rank, i, &seed, record);
        SI_TRY(si_sorter_add_records(&from, record, 1, 1000, error));
    }
    si_result status = si_redistribute(cluster, &from, &to, simulated->elements / BUFFERS,
                                       &progress, error);
    simulated->counts[cluster->rank] = si_sorter_count(&to);
    si_sorter_free(&from);
    si_sorter_free(&to);
    return status;
}

/* The largest share of what is written, next to the mean: a rank writes from the first multiple of
 * the grain in its run on. */
static double imbalance_of_parts(const simulation *simulated)
{
    uint64_t grain = simulated->elements / GRAINS, largest = 0, before = 0, begin = 0;
    for (unsigned rank = 0; rank < simulated->ranks; rank++) {
        before += simulated->counts[rank];
        uint64_t end = si_min_u64(si_divide_up(before, grain) * grain, simulated->sum);
        largest = si_max_u64(largest, end - begin);
        begin = end;
    }
    return (double)largest * simulated->ranks / (double)simulated->sum;
}

static double imbalance_of_runs(const simulation *simulated)
{
    uint64_t largest = 0;
    for (unsigned rank = 0; rank < simulated->ranks; rank++)
        largest = si_max_u64(largest, simulated->counts[rank]);
    return (double)largest * simulated->ranks / (double)simulated->sum;
}

typedef struct findings {
    double runs; /* the largest, next to the mean */
    double parts;
    double sent;      /* bytes, next to those of the elements */
    double most_sent; /* by one rank, next to those of the elements it ought to have */
    uint64_t steps;
} findings;

static findings find(const simulation *simulated, const si_cluster_traffic *traffic)
{
    uint64_t bytes = si_element_type_of(SI_SYNAPSE)->record_bytes, sent = 0, most = 0;
    for (unsigned rank = 0; rank < simulated->ranks; rank++) {
        uint64_t of_rank = traffic[rank].exchanged_bytes + traffic[rank].gathered_bytes;
        sent += of_rank;
        most = si_max_u64(most, of_rank);
    }
    return (findings){.runs = imbalance_of_runs(simulated),
                      .parts = imbalance_of_parts(simulated),
                      .sent = (double)sent / (double)(simulated->sum * bytes),
                      .most_sent = (double)most / (double)(simulated->elements * bytes),
                      .steps = traffic[0].steps};
}

static findings simulate(unsigned ranks, uint64_t elements, const circuit_form *form)
{
    uint64_t *counts = calloc(ranks, sizeof *counts), sum = 0;
    si_cluster_traffic *traffic = calloc(ranks, sizeof *traffic);
    simulation simulated = {form, ranks, elements, counts, 0};
    si_error error;
    for (unsigned rank = 0; rank < ranks; rank++)
        simulated.sum += elements_read_by(&simulated, rank);
    assert_ok(si_thread_cluster_run(ranks, simulate_rank, &simulated, traffic, &error), error);
    for (unsigned rank = 0; rank < ranks; rank++)
        sum += counts[rank];
    assert_int_equal(sum, simulated.sum);
    findings found = find(&simulated, traffic);
    free(counts);
    free(traffic);
    return found;
}

static void expect_little_traffic_and_even_runs(void **state)
{
    findings found = simulate(16, 32768, *state);
    assert_true(found.runs <= 1.1);
    assert_true(found.parts <= 1.1);
    assert_true(found.sent <= 1.1);
}

static int tell(unsigned ranks, uint64_t elements)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        findings found = simulate(ranks, elements, &forms[i]);
        print_message("%u ranks, %llu elements each, %s: largest run %.3f of the mean, largest "
                      "part %.3f, %.3f of the data sent, %.3f of the mean data by one rank, %llu "
                      "steps\n",
                      ranks, (unsigned long long)elements, forms[i].name, found.runs, found.parts,
                      found.sent, found.most_sent, (unsigned long long)found.steps);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        {"a uniform circuit", expect_little_traffic_and_even_runs, NULL, NULL, &forms[0]},
        {"a skewed circuit", expect_little_traffic_and_even_runs, NULL, NULL, &forms[1]},
        {"all in one point", expect_little_traffic_and_even_runs, NULL, NULL, &forms[2]},
    };
    if (argc == 3)
        return tell((unsigned)strtoul(argv[1], NULL, 10), strtoull(argv[2], NULL, 10));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
