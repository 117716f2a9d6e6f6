#include "sort/memory_plan.h"

#include "base/arithmetic.h"
#include "sort/sort.h"

#define MEBIBYTE (UINT64_C(1) << 20)

#define LEAST_MEMORY_BYTES (8 * MEBIBYTE)

/* For the program itself, and the heap's waste: an eighth of the memory, but no more than this. */
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

static uint64_t page_records(const si_build_limits *limits, const si_element_type *type)
{
    return limits->page_bytes / type->record_bytes;
}

/* While a run is sorted, up to as much and two chunks more is appended. */
static void share_between_runs(si_build_limits *limits, const si_element_type *type)
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
static uint64_t bytes_of_run(const si_build_limits *limits, const si_element_type *type)
{
    return 2 * limits->page_bytes + page_records(limits, type) * sort_bytes(limits->threads) +
           limits->page_bytes + 1024;
}

si_result si_build_limits_compute(const si_element_type *type, uint64_t memory_bytes,
                                  unsigned threads, si_build_limits *limits, si_error *error)
{
    if (memory_bytes < LEAST_MEMORY_BYTES)
        return si_fail(error, SI_ERROR_ARGUMENT,
                       "the builder may use %llu bytes of memory, but it needs at least %llu",
                       (unsigned long long)memory_bytes, (unsigned long long)LEAST_MEMORY_BYTES);
    uint64_t bytes = memory_bytes - si_min_u64(memory_bytes / 8, MOST_OTHER_BYTES);
    *limits = (si_build_limits){
        .threads = (unsigned)si_min_u64(threads, bytes / LEAST_BYTES_OF_THREAD),
        .memory_bytes = bytes,
        .page_bytes = PAGE_BYTES,
        .block_bytes = MOST_BLOCK_BYTES,
    };
    while (limits->block_bytes > limits->page_bytes &&
           limits->threads * limits->block_bytes > bytes / 16)
        limits->block_bytes /= 2;
    share_between_runs(limits, type);
    limits->most_runs = si_max_u64(2, bytes / 4 / bytes_of_run(limits, type));
    return SI_OK;
}

uint64_t si_build_limits_slab_pages(const si_build_limits *limits, const si_element_type *type,
                                    uint64_t run_count, uint64_t unit, uint64_t sink_bytes)
{
    uint64_t taken = sink_bytes + run_count * bytes_of_run(limits, type) +
                     unit * (2 * type->record_bytes + sort_bytes(limits->threads));
    uint64_t of_page = 2 * limits->page_bytes + 64 +
                       page_records(limits, type) * sort_bytes(limits->threads);
    return taken < limits->memory_bytes ? si_max_u64(1, (limits->memory_bytes - taken) / of_page)
                                        : 1;
}
