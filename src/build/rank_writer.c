/*
 * Every rank drains its sorter into an index writer. Its head, the elements before the first
 * multiple of the grain in its range, is kept apart; when it is complete all ranks exchange heads.
 * What a rank receives follows its own elements: its tail. Because the head moves all that comes
 * after it out of step with pack units, these elements pass through a block of one unit.
 */
#include "build/rank_writer.h"

#include <assert.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "build/index_writer.h"

/* Records that are handed to the writer at once. */
#define BLOCK_RECORDS ((uint64_t)SI_PACK_UNIT)

/* Records lie all over the memory: they are fetched while others are copied. */
#define PREFETCH_DISTANCE 16

typedef struct rank_job {
    const si_rank_writing *writing;
    const si_element_type *type;
    uint64_t grain;
    uint64_t *starts;     /* of the ranges of all ranks, and the number of all elements */
    uint64_t *begins;     /* of what each rank writes, and the same */
    uint64_t *sent_bytes; /* to each rank */
    uint64_t *received_bytes;
    uint64_t head_count; /* elements that go to a rank before this one */
    uint64_t tail_count; /* elements that come from ranks after this one */
    uint64_t head_taken;
    bool is_exchanged; /* heads have been given away, and taken */
    bool has_heard;    /* instead of that, that a rank has failed */
    char *head;
    char *tail;
    char *block;
    si_sort_entry *entries; /* of the records of a block, which are in order */
    uint64_t block_count;
    si_index_writer writer;
} rank_job;

uint64_t si_rank_writer_bytes(const si_element_type *type)
{
    return (2 * SI_PARTS_GRAIN + BLOCK_RECORDS) * type->record_bytes +
           BLOCK_RECORDS * sizeof(si_sort_entry);
}

/* ---- who writes what ---- */

static uint64_t total_count(const rank_job *job)
{
    return job->starts[job->writing->cluster->size];
}

static uint64_t head_of(const rank_job *job, unsigned rank)
{
    uint64_t count = job->starts[rank + 1] - job->starts[rank];
    return si_min_u64(count, job->begins[rank] - job->starts[rank]);
}

/* The rank that writes the element at this place. */
static unsigned owner_of(const rank_job *job, uint64_t place)
{
    unsigned rank = job->writing->cluster->size - 1;
    while (job->begins[rank] > place || job->begins[rank] == job->begins[rank + 1])
        rank--;
    return rank;
}

static uint64_t part_elements(const rank_job *job)
{
    return job->writing->grain ? job->grain : si_parts_choose_size(total_count(job));
}

static uint64_t parts_of(const rank_job *job, unsigned rank)
{
    return si_divide_up(job->begins[rank + 1] - job->begins[rank], part_elements(job));
}

/* Finds where the range of each rank starts, where what it writes begins, and whose heads go where.
 */
static si_result divide_elements(rank_job *job, si_error *error)
{
    si_cluster *cluster = job->writing->cluster;
    uint64_t own_count = si_sorter_count(job->writing->sorter);
    size_t bytes = job->type->record_bytes;
    job->starts[0] = 0;
    SI_TRY(si_cluster_gather(cluster, &own_count, sizeof own_count, job->starts + 1, error));
    for (unsigned rank = 0; rank < cluster->size; rank++)
        job->starts[rank + 1] += job->starts[rank];
    for (unsigned rank = 0; rank < cluster->size; rank++)
        job->begins[rank] = si_min_u64(si_divide_up(job->starts[rank], job->grain) * job->grain,
                                       total_count(job));
    job->begins[cluster->size] = total_count(job);
    for (unsigned rank = 0; rank < cluster->size; rank++) {
        uint64_t head = head_of(job, rank);
        unsigned owner = head > 0 ? owner_of(job, job->starts[rank]) : rank;
        job->sent_bytes[rank] = job->received_bytes[rank] = 0;
        if (owner == cluster->rank && rank != cluster->rank) {
            job->received_bytes[rank] = head * bytes;
            job->tail_count += head;
        }
    }
    job->head_count = head_of(job, cluster->rank);
    if (job->head_count > 0)
        job->sent_bytes[owner_of(job, job->starts[cluster->rank])] = job->head_count * bytes;
    assert(job->head_count < job->grain && job->tail_count < job->grain);
    return SI_OK;
}

/* ---- begin and end ---- */

static si_result allocate_tables(rank_job *job, si_error *error)
{
    uint64_t size = job->writing->cluster->size;
    job->starts = si_allocate(size + 1, sizeof *job->starts);
    job->begins = si_allocate(size + 1, sizeof *job->begins);
    job->sent_bytes = si_allocate(size, sizeof *job->sent_bytes);
    job->received_bytes = si_allocate(size, sizeof *job->received_bytes);
    bool is_complete = job->starts && job->begins && job->sent_bytes && job->received_bytes;
    return is_complete ? SI_OK : si_fail_memory(error);
}

static si_result begin_writing(rank_job *job, si_error *error)
{
    const si_sorter *sorter = job->writing->sorter;
    unsigned own = job->writing->cluster->rank;
    size_t bytes = job->type->record_bytes;
    si_index_writing writing = {.kind = job->writing->kind,
                                .folder = job->writing->folder,
                                .part_elements = part_elements(job),
                                .element_count = job->begins[own + 1] - job->begins[own],
                                .threads = sorter->limits.threads,
                                .is_from_memory = !sorter->is_external,
                                .progress = job->writing->progress};
    for (unsigned rank = 0; rank < own; rank++)
        writing.first_part += parts_of(job, rank);
    job->head = si_allocate(job->head_count, bytes);
    job->tail = si_allocate(job->tail_count, bytes);
    job->block = si_allocate(BLOCK_RECORDS, bytes);
    job->entries = si_allocate(BLOCK_RECORDS, sizeof *job->entries);
    if (!job->head || !job->tail || !job->block || !job->entries)
        return si_fail_memory(error);
    for (uint64_t i = 0; i < BLOCK_RECORDS; i++)
        job->entries[i] = (si_sort_entry){.place = si_record_place(0, (uint32_t)i)};
    return si_index_writer_begin(&job->writer, &writing, error);
}

static void free_job(rank_job *job)
{
    si_index_writer_free(&job->writer);
    si_free(job->starts);
    si_free(job->begins);
    si_free(job->sent_bytes);
    si_free(job->received_bytes);
    si_free(job->head);
    si_free(job->tail);
    si_free(job->block);
    si_free(job->entries);
}

/* ---- records ---- */

static si_result flush_block(rank_job *job, si_error *error)
{
    const char *const pieces[] = {job->block};
    const uint32_t counts[] = {(uint32_t)job->block_count};
    const si_record_pieces records = {job->type->record_bytes, 1, pieces, counts};
    uint64_t count = job->block_count;
    job->block_count = 0;
    return si_index_writer_take(&job->writer, &records, job->entries, count, error);
}

static si_result add_to_block(rank_job *job, const char *record, si_error *error)
{
    size_t bytes = job->type->record_bytes;
    memcpy(job->block + job->block_count++ * bytes, record, bytes);
    return job->block_count == BLOCK_RECORDS ? flush_block(job, error) : SI_OK;
}

static si_result exchange_heads(rank_job *job, si_error *error)
{
    si_result result = si_cluster_agree(job->writing->cluster, SI_OK, error);
    job->has_heard = result != SI_OK;
    SI_TRY(result);
    job->is_exchanged = true;
    return si_cluster_exchange(job->writing->cluster, job->head, job->sent_bytes, job->tail,
                               job->received_bytes, error);
}

/* Whole blocks go to the writer from where they lie, unless a part of one waits already. */
static si_result take_after_head(rank_job *job, const si_record_pieces *records,
                                 const si_sort_entry *entries, uint64_t count, si_error *error)
{
    while (count > 0) {
        uint64_t some = job->block_count > 0 ? 0 : count / BLOCK_RECORDS * BLOCK_RECORDS;
        SI_TRY(si_index_writer_take(&job->writer, records, entries, some, error));
        entries += some;
        count -= some;
        some = si_min_u64(count, BLOCK_RECORDS - job->block_count);
        for (uint64_t i = 0; i < some; i++) {
            if (i + PREFETCH_DISTANCE < some)
                __builtin_prefetch(si_record_at(records, entries[i + PREFETCH_DISTANCE].place));
            SI_TRY(add_to_block(job, si_record_at(records, entries[i].place), error));
        }
        entries += some;
        count -= some;
    }
    return SI_OK;
}

static si_result take_of_range(void *context, const si_record_pieces *records,
                               const si_sort_entry *entries, uint64_t count, si_error *error)
{
    rank_job *job = context;
    size_t bytes = job->type->record_bytes;
    uint64_t head = si_min_u64(count, job->head_count - job->head_taken);
    for (uint64_t i = 0; i < head; i++)
        memcpy(job->head + job->head_taken++ * bytes, si_record_at(records, entries[i].place),
               bytes);
    if (head < count && !job->is_exchanged)
        SI_TRY(exchange_heads(job, error));
    return take_after_head(job, records, entries + head, count - head, error);
}

static si_result write_range(rank_job *job, si_error *error)
{
    const si_sorted_sink sink = si_index_writer_sink(&job->writer, job, take_of_range);
    SI_TRY(si_sorter_drain(job->writing->sorter, job->writing->progress, &sink, error));
    if (!job->is_exchanged)
        SI_TRY(exchange_heads(job, error));
    for (uint64_t i = 0; i < job->tail_count; i++)
        SI_TRY(add_to_block(job, job->tail + i * job->type->record_bytes, error));
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
static si_result gather_at_first(rank_job *job, const void *own, const uint64_t *counts,
                                 size_t size, void *all, si_error *error)
{
    si_cluster *cluster = job->writing->cluster;
    memset(job->sent_bytes, 0, cluster->size * sizeof *job->sent_bytes);
    job->sent_bytes[0] = counts[cluster->rank] * size;
    for (unsigned rank = 0; rank < cluster->size; rank++)
        job->received_bytes[rank] = cluster->rank == 0 ? counts[rank] * size : 0;
    return si_cluster_exchange(cluster, own, job->sent_bytes, all, job->received_bytes, error);
}

static si_result gather_parts(rank_job *job, uint64_t *counts, gathered *all, si_error *error)
{
    unsigned size = job->writing->cluster->size;
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

static si_result write_top_at_first(rank_job *job, uint64_t *checksum, si_error *error)
{
    si_cluster *cluster = job->writing->cluster;
    uint64_t lowest_count = si_divide_up(total_count(job), SI_LEAF_CAPACITY * SI_FAN_OUT);
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
        result = si_parts_write_top(job->writing->folder, job->writing->kind, all.entries,
                                    all.part_count, all.lowest, checksum, error);
    si_free(counts);
    si_free(all.entries);
    si_free(all.lowest);
    return si_cluster_agree(cluster, result, error);
}

/* ---- all ---- */

static si_result write_on_ranks(rank_job *job, uint64_t *checksum, si_error *error)
{
    si_cluster *cluster = job->writing->cluster;
    SI_TRY(si_cluster_agree(cluster, allocate_tables(job, error), error));
    SI_TRY(divide_elements(job, error));
    SI_TRY(si_cluster_agree(cluster, begin_writing(job, error), error));
    si_result result = write_range(job, error);
    /* Whoever fails before the heads are exchanged is heard of there, else here. Whoever hears of
     * it there has failed too, and does not ask again. */
    if (job->has_heard)
        return result;
    SI_TRY(si_cluster_agree(cluster, result, error));
    return write_top_at_first(job, checksum, error);
}

si_result si_rank_write(const si_rank_writing *writing, uint64_t *element_count, uint64_t *checksum,
                        si_error *error)
{
    rank_job job = {.writing = writing,
                    .type = si_element_type_of(writing->kind),
                    .grain = writing->grain ? writing->grain : SI_PARTS_GRAIN,
                    .writer.descriptor = -1};
    si_result result = write_on_ranks(&job, checksum, error);
    if (result == SI_OK)
        *element_count = total_count(&job);
    free_job(&job);
    return result;
}
