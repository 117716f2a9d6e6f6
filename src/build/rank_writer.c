#include "build/rank_writer.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "build/parts_writer.h"

/* Records that are handed to the writer at once. */
#define BLOCK_RECORDS ((uint64_t)SI_PART_UNIT)

/* Records lie all over the memory: they are fetched while others are copied. */
#define PREFETCH_DISTANCE 16

typedef struct run_job {
    const si_run_parts *run;
    const si_element_type *type;
    uint64_t grain;
    float largest;
    uint64_t *starts;     /* of the runs of all ranks, and the number of all elements */
    uint64_t *begins;     /* of what each rank writes, and the same */
    uint64_t *sent_bytes; /* to each rank */
    uint64_t *received_bytes;
    uint64_t head_count; /* elements that go to a rank before this one */
    uint64_t tail_count; /* elements that come from ranks after this one */
    uint64_t head_taken;
    bool is_swapped; /* heads have been given away, and taken */
    bool has_heard;  /* instead of that, that a rank has failed */
    char *head;
    char *tail;
    char *block;
    si_sort_entry *entries; /* of the records of a block, which are in order */
    uint64_t block_count;
    si_parts_writer writer;
} run_job;

uint64_t si_run_parts_bytes(const si_element_type *type, uint64_t grain)
{
    return (2 * (grain ? grain : SI_PARTS_GRAIN) + BLOCK_RECORDS) * type->record_bytes +
           BLOCK_RECORDS * sizeof(si_sort_entry);
}

/* ---- who writes what ---- */

static uint64_t element_count(const run_job *job)
{
    return job->starts[job->run->cluster->size];
}

/* The rank that writes the element at this place. */
static unsigned owner_of(const run_job *job, uint64_t place)
{
    unsigned rank = job->run->cluster->size - 1;
    while (job->begins[rank] > place || job->begins[rank] == job->begins[rank + 1])
        rank--;
    return rank;
}

static uint64_t head_of(const run_job *job, unsigned rank)
{
    uint64_t count = job->starts[rank + 1] - job->starts[rank];
    return si_min_u64(count, job->begins[rank] - job->starts[rank]);
}

static si_result find_starts(run_job *job, si_error *error)
{
    struct {
        uint64_t count;
        float largest;
        float zero;
    } own = {si_intake_count(job->run->intake), job->run->intake->largest, 0}, *all;
    si_cluster *cluster = job->run->cluster;
    all = si_allocate(cluster->size, sizeof own);
    SI_TRY(si_cluster_agree(cluster, all ? SI_OK : si_fail_memory(error), error));
    si_result result = si_cluster_gather(cluster, &own, sizeof own, all, error);
    job->starts[0] = 0;
    for (unsigned rank = 0; result == SI_OK && rank < cluster->size; rank++) {
        job->starts[rank + 1] = job->starts[rank] + all[rank].count;
        job->largest = all[rank].largest > job->largest ? all[rank].largest : job->largest;
    }
    si_free(all);
    return result;
}

static void divide(run_job *job)
{
    unsigned size = job->run->cluster->size, own = job->run->cluster->rank;
    size_t bytes = job->type->record_bytes;
    for (unsigned rank = 0; rank <= size; rank++)
        job->begins[rank] = si_min_u64(si_divide_up(job->starts[rank], job->grain) * job->grain,
                                       element_count(job));
    job->begins[size] = element_count(job);
    for (unsigned rank = 0; rank < size; rank++) {
        uint64_t head = head_of(job, rank);
        unsigned owner = head > 0 ? owner_of(job, job->starts[rank]) : rank;
        job->sent_bytes[rank] = job->received_bytes[rank] = 0;
        if (owner == own && rank != own) {
            job->received_bytes[rank] = head * bytes;
            job->tail_count += head;
        }
    }
    job->head_count = head_of(job, own);
    if (job->head_count > 0)
        job->sent_bytes[owner_of(job, job->starts[own])] = job->head_count * bytes;
}

static si_result allocate_tables(run_job *job, si_error *error)
{
    uint64_t size = job->run->cluster->size;
    job->starts = si_allocate(size + 1, sizeof *job->starts);
    job->begins = si_allocate(size + 1, sizeof *job->begins);
    job->sent_bytes = si_allocate(size, sizeof *job->sent_bytes);
    job->received_bytes = si_allocate(size, sizeof *job->received_bytes);
    bool is_complete = job->starts && job->begins && job->sent_bytes && job->received_bytes;
    return is_complete ? SI_OK : si_fail_memory(error);
}

static uint64_t choose_part_elements(const run_job *job)
{
    return job->run->grain ? job->grain : si_parts_choose_size(element_count(job));
}

static uint64_t parts_of(const run_job *job, unsigned rank)
{
    return si_divide_up(job->begins[rank + 1] - job->begins[rank], choose_part_elements(job));
}

static si_result allocate_records(run_job *job, si_error *error)
{
    size_t bytes = job->type->record_bytes;
    job->head = si_allocate(job->head_count, bytes);
    job->tail = si_allocate(job->tail_count, bytes);
    job->block = si_allocate(BLOCK_RECORDS, bytes);
    job->entries = si_allocate(BLOCK_RECORDS, sizeof *job->entries);
    if (!job->head || !job->tail || !job->block || !job->entries)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < BLOCK_RECORDS; i++)
        job->entries[i] = (si_sort_entry){.place = si_record_place(0, (uint32_t)i)};
    return SI_OK;
}

static si_result begin_writing(run_job *job, si_error *error)
{
    unsigned own = job->run->cluster->rank;
    si_parts_writing writing = {.kind = job->run->kind,
                                .folder = job->run->folder,
                                .element_count = job->begins[own + 1] - job->begins[own],
                                .part_elements = choose_part_elements(job),
                                .threads = job->run->intake->limits.threads,
                                .is_direct = job->run->intake->is_external,
                                .watch = job->run->watch};
    for (unsigned rank = 0; rank < own; rank++)
        writing.first_part += parts_of(job, rank);
    SI_TRY(allocate_records(job, error));
    return si_parts_writer_begin(&job->writer, &writing, error);
}

static void free_job(run_job *job)
{
    si_parts_writer_free(&job->writer);
    si_free(job->starts);
    si_free(job->begins);
    si_free(job->sent_bytes);
    si_free(job->received_bytes);
    si_free(job->head);
    si_free(job->tail);
    si_free(job->block);
    si_free(job->entries);
}

/* ---- the run ---- */

static si_result flush_block(run_job *job, si_error *error)
{
    const char *const pieces[] = {job->block};
    const uint32_t counts[] = {(uint32_t)job->block_count};
    const si_record_pieces records = {job->type->record_bytes, 1, pieces, counts};
    uint64_t count = job->block_count;
    job->block_count = 0;
    return si_parts_writer_take(&job->writer, &records, job->entries, count, error);
}

static si_result put(run_job *job, const char *record, si_error *error)
{
    memcpy(job->block + job->block_count++ * job->type->record_bytes, record,
           job->type->record_bytes);
    return job->block_count == BLOCK_RECORDS ? flush_block(job, error) : SI_OK;
}

static si_result swap_heads(run_job *job, si_error *error)
{
    si_result result = si_cluster_agree(job->run->cluster, SI_OK, error);
    job->has_heard = result != SI_OK;
    SI_TRY(result);
    job->is_swapped = true;
    return si_cluster_exchange(job->run->cluster, job->head, job->sent_bytes, job->tail,
                               job->received_bytes, error);
}

/* Whole blocks go to the writer from where they lie, unless a part of one waits already. */
static si_result take_blocks(run_job *job, const si_record_pieces *records,
                             const si_sort_entry *entries, uint64_t count, uint64_t *taken,
                             si_error *error)
{
    *taken = job->block_count > 0 ? 0 : count / BLOCK_RECORDS * BLOCK_RECORDS;
    return si_parts_writer_take(&job->writer, records, entries, *taken, error);
}

static si_result stream_after_head(run_job *job, const si_record_pieces *records,
                                   const si_sort_entry *entries, uint64_t count, si_error *error)
{
    while (count > 0) {
        uint64_t some;
        SI_TRY(take_blocks(job, records, entries, count, &some, error));
        entries += some;
        count -= some;
        some = si_min_u64(count, BLOCK_RECORDS - job->block_count);
        for (uint64_t i = 0; i < some; i++) {
            if (i + PREFETCH_DISTANCE < some)
                __builtin_prefetch(si_record_at(records, entries[i + PREFETCH_DISTANCE].place));
            SI_TRY(put(job, si_record_at(records, entries[i].place), error));
        }
        entries += some;
        count -= some;
    }
    return SI_OK;
}

static si_result stream(void *context, const si_record_pieces *records,
                        const si_sort_entry *entries, uint64_t count, si_error *error)
{
    run_job *job = context;
    size_t bytes = job->type->record_bytes;
    uint64_t head = si_min_u64(count, job->head_count - job->head_taken);
    for (uint64_t i = 0; i < head; i++)
        memcpy(job->head + job->head_taken++ * bytes, si_record_at(records, entries[i].place),
               bytes);
    if (head < count && !job->is_swapped)
        SI_TRY(swap_heads(job, error));
    return stream_after_head(job, records, entries + head, count - head, error);
}

static si_result stream_sorted(run_job *job, const si_taken_chunks *taken, si_error *error)
{
    const si_sort_input sorting = {.type = job->type,
                                   .records = &taken->records,
                                   .largest = job->largest,
                                   .threads = job->run->intake->limits.threads,
                                   .watch = job->run->watch};
    si_sort_space space = {.capacity = 0};
    si_result result = si_sort_space_allocate(&space, taken->count, error);
    if (result == SI_OK)
        result = si_sort_records(&sorting, &space, error);
    if (result == SI_OK)
        result = stream(job, &taken->records, space.entries, taken->count, error);
    si_sort_space_free(&space);
    return result;
}

static si_result stream_from_memory(run_job *job, si_error *error)
{
    si_taken_chunks taken;
    SI_TRY(si_intake_take_all(job->run->intake, &taken, error));
    si_result result = stream_sorted(job, &taken, error);
    si_intake_give_back(job->run->intake, &taken);
    return result;
}

static si_result stream_from_runs(run_job *job, si_error *error)
{
    si_intake *intake = job->run->intake;
    si_layout any;
    si_layout_compute(job->run->kind, 0, &any);
    const si_merge_sink sink = {
        .context = job,
        .unit = SI_PART_UNIT,
        .bytes = si_packer_bytes(&any, intake->limits.threads, SI_PART_UNIT),
        .take = stream};
    SI_TRY(si_intake_spill_rest(intake, job->run->watch, error));
    return si_external_sort_merge(&intake->sort, job->largest, job->run->watch, &sink, error);
}

static si_result write_run(run_job *job, si_error *error)
{
    SI_TRY((job->run->intake->is_external ? stream_from_runs : stream_from_memory)(job, error));
    if (!job->is_swapped)
        SI_TRY(swap_heads(job, error));
    for (uint64_t i = 0; i < job->tail_count; i++)
        SI_TRY(put(job, job->tail + i * job->type->record_bytes, error));
    return flush_block(job, error);
}

/* ---- the top ---- */

/* What rank 0 has of all ranks. */
typedef struct gathered {
    si_part_entry *entries;
    uint64_t part_count;
    si_box *lowest;
} gathered;

/* To rank 0: `bytes` of this rank, counts[r] * size of each. */
static si_result gather_at_first(run_job *job, const void *own, const uint64_t *counts, size_t size,
                                 void *all, si_error *error)
{
    si_cluster *cluster = job->run->cluster;
    memset(job->sent_bytes, 0, cluster->size * sizeof *job->sent_bytes);
    job->sent_bytes[0] = counts[cluster->rank] * size;
    for (unsigned rank = 0; rank < cluster->size; rank++)
        job->received_bytes[rank] = cluster->rank == 0 ? counts[rank] * size : 0;
    return si_cluster_exchange(cluster, own, job->sent_bytes, all, job->received_bytes, error);
}

static si_result gather_parts(run_job *job, uint64_t *counts, gathered *all, si_error *error)
{
    unsigned size = job->run->cluster->size;
    for (unsigned rank = 0; rank < size; rank++)
        counts[rank] = parts_of(job, rank);
    SI_TRY(gather_at_first(job, job->writer.entries, counts, sizeof *all->entries, all->entries,
                           error));
    for (unsigned rank = 0; rank < size; rank++)
        counts[rank] = si_divide_up(job->begins[rank + 1] - job->begins[rank],
                                    SI_LEAF_CAPACITY * SI_FAN_OUT);
    return gather_at_first(job, job->writer.lowest, counts, sizeof *all->lowest, all->lowest,
                           error);
}

static si_result write_top(run_job *job, uint64_t *checksum, si_error *error)
{
    si_cluster *cluster = job->run->cluster;
    uint64_t lowest_count = si_divide_up(element_count(job), SI_LEAF_CAPACITY * SI_FAN_OUT);
    gathered all = {.part_count = 0};
    for (unsigned rank = 0; rank < cluster->size; rank++)
        all.part_count += parts_of(job, rank);
    bool is_first = cluster->rank == 0;
    uint64_t *counts = si_allocate(cluster->size, sizeof *counts);
    all.entries = si_allocate(is_first ? all.part_count : 0, sizeof *all.entries);
    all.lowest = si_allocate(is_first ? lowest_count : 0, sizeof *all.lowest);
    si_result result = counts && all.entries && all.lowest ? SI_OK : si_fail_memory(error);
    result = si_cluster_agree(cluster, result, error);
    if (result == SI_OK)
        result = gather_parts(job, counts, &all, error);
    if (result == SI_OK && is_first)
        result = si_parts_write_top(job->run->folder, job->run->kind, all.entries, all.part_count,
                                    all.lowest, checksum, error);
    si_free(counts);
    si_free(all.entries);
    si_free(all.lowest);
    return si_cluster_agree(cluster, result, error);
}

/* ---- all ---- */

static si_result write_all(run_job *job, uint64_t *checksum, si_error *error)
{
    si_cluster *cluster = job->run->cluster;
    SI_TRY(si_cluster_agree(cluster, allocate_tables(job, error), error));
    SI_TRY(find_starts(job, error));
    divide(job);
    SI_TRY(si_cluster_agree(cluster, begin_writing(job, error), error));
    si_result result = write_run(job, error);
    /* Whoever fails before the heads are swapped is heard of there, else here. Whoever hears of it
     * there has failed too, and does not ask again. */
    if (job->has_heard)
        return result;
    SI_TRY(si_cluster_agree(cluster, result, error));
    return write_top(job, checksum, error);
}

si_result si_run_parts_write(const si_run_parts *run, uint64_t *count, uint64_t *checksum,
                             si_error *error)
{
    run_job job = {.run = run,
                   .type = si_element_type_of(run->kind),
                   .grain = run->grain ? run->grain : SI_PARTS_GRAIN,
                   .writer.descriptor = -1};
    si_result result = write_all(&job, checksum, error);
    if (result == SI_OK)
        *count = element_count(&job);
    free_job(&job);
    return result;
}
