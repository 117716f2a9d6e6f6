/* The shares and bounds of the memory plan, as its header lists them. */
#include "sort/memory_plan.h"

#include "base/arithmetic.h"
#include "base/machine_memory.h"
#include "base/parallel.h"
#include "sort/sort.h"

#define MEBIBYTE (UINT64_C(1) << 20)

/* Of the build of a circuit. More for its readers would not make anything faster. */
#define CIRCUIT_SORTERS 6 /* what it needs, as a multiple of what a sorter needs */
#define PROGRAM_BYTES (8 * MEBIBYTE)
#define CELL_THREAD_BYTES (3 * MEBIBYTE)
#define LEAST_BYTES_OF_CELL_THREAD (16 * MEBIBYTE)
#define ROWS_SHARE 32
#define MOST_ROWS (UINT64_C(1) << 18)
#define ROW_BYTES 256 /* while it is read */
#define CACHE_SHARE 8
#define MOST_CACHE_BYTES (256 * MEBIBYTE)
#define EDGES_SHARE 8
#define MOST_EDGES_BYTES (80 * MEBIBYTE)

/* Of a rank. */
#define MOST_EXCHANGE_BYTES (16 * MEBIBYTE)

/* Of a sorter: for the heap's waste an eighth of the memory, but no more than this. */
#define MOST_OTHER_BYTES (8 * MEBIBYTE)
#define LEAST_BYTES_OF_THREAD (6 * MEBIBYTE)
#define MOST_CHUNK_RECORDS (UINT64_C(1) << 18)
#define LEAST_RUN_CHUNKS 8

/* Small enough that a page of each run can be kept, and that pages which are read are wanted; a
 * multiple of what O_DIRECT asks for. Pages that are read side by side are read at once. */
#define PAGE_BYTES (16 * UINT64_C(1024))
#define MOST_BLOCK_BYTES MEBIBYTE

/* Entries and tables for each record that is sorted. */
static uint64_t sort_bytes(unsigned threads)
{
    return 2 * sizeof(si_sort_entry) + 1 + threads / 64;
}

static uint64_t page_records(const si_sort_limits *limits, const si_element_type *type)
{
    return limits->page_bytes / type->record_bytes;
}

/* Finds the sizes of chunks and runs. While a run is sorted, up to as much and two chunks more is
 * appended. */
static void split_between_chunks(si_sort_limits *limits, const si_element_type *type)
{
    uint64_t bytes = limits->memory_bytes - limits->threads * limits->block_bytes;
    uint64_t of_record = sort_bytes(limits->threads) +
                         type->record_bytes * (2 * LEAST_RUN_CHUNKS + 2) / LEAST_RUN_CHUNKS + 1;
    uint64_t run_records = bytes / of_record;
    limits->chunk_records = si_min_u64(MOST_CHUNK_RECORDS, run_records / LEAST_RUN_CHUNKS);
    limits->run_chunks = run_records / limits->chunk_records;
    limits->memory_records = bytes / (type->record_bytes + sort_bytes(limits->threads)) -
                             limits->chunk_records;
    limits->chunk_limit = si_max_u64(2 * limits->run_chunks + 2,
                                     limits->memory_records / limits->chunk_records + 2);
}

/* Of each run: the rest of a page that has been read, twice while it moves, and a block of the
 * table of its pages. */
static uint64_t bytes_of_run(const si_sort_limits *limits, const si_element_type *type)
{
    return 2 * limits->page_bytes + page_records(limits, type) * sort_bytes(limits->threads) +
           limits->page_bytes + 1024;
}

static si_result check_least(uint64_t bytes, uint64_t least, si_error *error)
{
    if (bytes >= least)
        return SI_OK;
    return si_fail(
        error, SI_ERROR_ARGUMENT,
        "a memory limit of %llu bytes is too small: this build needs at least %llu bytes "
        "(%llu MiB)",
        (unsigned long long)bytes, (unsigned long long)least,
        (unsigned long long)si_divide_up(least, MEBIBYTE));
}

si_result si_sort_limits_compute(const si_element_type *type, uint64_t memory_bytes,
                                 unsigned threads, si_sort_limits *limits, si_error *error)
{
    SI_TRY(check_least(memory_bytes, SI_LEAST_MEMORY_BYTES, error));
    uint64_t bytes = memory_bytes - si_min_u64(memory_bytes / 8, MOST_OTHER_BYTES);
    *limits = (si_sort_limits){
        .threads = (unsigned)si_min_u64(threads, bytes / LEAST_BYTES_OF_THREAD),
        .memory_bytes = bytes,
        .page_bytes = PAGE_BYTES,
        .block_bytes = MOST_BLOCK_BYTES,
    };
    while (limits->block_bytes > limits->page_bytes &&
           limits->threads * limits->block_bytes > bytes / 16)
        limits->block_bytes /= 2;
    split_between_chunks(limits, type);
    limits->most_runs = si_max_u64(2, bytes / 4 / bytes_of_run(limits, type));
    return SI_OK;
}

uint64_t si_sort_limits_window_pages(const si_sort_limits *limits, const si_element_type *type,
                                     uint64_t run_count, uint64_t unit, uint64_t sink_bytes)
{
    uint64_t taken = sink_bytes + run_count * bytes_of_run(limits, type) +
                     unit * (2 * type->record_bytes + sort_bytes(limits->threads));
    uint64_t of_page = 2 * limits->page_bytes + 64 +
                       page_records(limits, type) * sort_bytes(limits->threads);
    return taken < limits->memory_bytes ? si_max_u64(1, (limits->memory_bytes - taken) / of_page)
                                        : 1;
}

/* ---- builds ---- */

/* A limit that nobody has set is never too small. */
static si_result find_bytes(uint64_t max_memory_bytes, uint64_t least, uint64_t *bytes,
                            si_error *error)
{
    *bytes = si_memory_to_use(max_memory_bytes);
    if (max_memory_bytes > 0)
        return check_least(*bytes, least, error);
    *bytes = si_max_u64(*bytes, least);
    return SI_OK;
}

static unsigned find_threads(unsigned threads)
{
    return threads > 0 ? threads : si_processor_count();
}

si_result si_memory_plan_circuit(si_memory_plan *plan, uint64_t max_memory_bytes, unsigned threads,
                                 si_error *error)
{
    uint64_t bytes;
    *plan = (si_memory_plan){.threads = find_threads(threads)};
    SI_TRY(find_bytes(max_memory_bytes, CIRCUIT_SORTERS * SI_LEAST_MEMORY_BYTES, &bytes, error));
    plan->threads = (unsigned)si_min_u64(plan->threads, bytes / LEAST_BYTES_OF_CELL_THREAD);
    plan->bytes = bytes - PROGRAM_BYTES - plan->threads * CELL_THREAD_BYTES;
    return SI_OK;
}

void si_split_memory_cells(si_memory_plan *plan, uint64_t cell_count)
{
    uint64_t rows = si_min_u64(MOST_ROWS, plan->bytes / ROWS_SHARE / ROW_BYTES);
    plan->node_rows = si_min_u64(rows, si_max_u64(cell_count, 1));
    plan->cache_bytes = si_min_u64(MOST_CACHE_BYTES, plan->bytes / CACHE_SHARE);
    plan->builder_bytes = plan->bytes - plan->cache_bytes - plan->node_rows * ROW_BYTES;
}

void si_split_memory_synapses(si_memory_plan *plan)
{
    plan->edges_bytes = si_min_u64(MOST_EDGES_BYTES, plan->bytes / EDGES_SHARE);
    plan->builder_bytes = plan->bytes - plan->edges_bytes;
}

si_result si_memory_plan_builder(si_memory_plan *plan, const si_element_type *type,
                                 uint64_t max_memory_bytes, unsigned threads, si_error *error)
{
    *plan = (si_memory_plan){.threads = find_threads(threads)};
    SI_TRY(find_bytes(max_memory_bytes, SI_LEAST_MEMORY_BYTES, &plan->builder_bytes, error));
    return si_sort_limits_compute(type, plan->builder_bytes, plan->threads, &plan->sorter, error);
}

/* What was added, and what comes back from the other ranks, are in memory at the same time; so are
 * the buffers between them, or later the elements that ranks give to their neighbors. */
si_result si_split_memory_rank(si_memory_plan *plan, const si_element_type *type,
                               uint64_t max_memory_bytes, unsigned threads, uint64_t neighbor_bytes,
                               si_error *error)
{
    *plan = (si_memory_plan){.threads = find_threads(threads)};
    SI_TRY(find_bytes(max_memory_bytes, neighbor_bytes + 2 * SI_LEAST_MEMORY_BYTES,
                      &plan->builder_bytes, error));
    plan->exchange_bytes = si_min_u64(neighbor_bytes / 4, MOST_EXCHANGE_BYTES);
    return si_sort_limits_compute(type, (plan->builder_bytes - neighbor_bytes) / 2, plan->threads,
                                  &plan->sorter, error);
}
