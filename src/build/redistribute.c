/*
 * The second half of a sample sort. Each rank reads its records once. Those of its own range go to
 * its sorter at once, others wait in a buffer. In each round the ranks tell each other how many
 * records wait for whom, grant as many as have a place in their buffers, and exchange these.
 */
#include "build/redistribute.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "build/splitters.h"

/* Records that stay here are handed on in blocks of so many. */
#define OWN_RECORDS 1024

typedef struct redistribution {
    si_cluster *cluster;
    const si_element_type *type;
    si_sorter *to;
    const si_progress *progress;
    si_record_cursor cursor;
    uint64_t count; /* of this rank's records */
    uint64_t count_of_all;
    float largest;
    si_splitters splitters;
    uint64_t *numbers; /* 4 of each rank */
    uint64_t *sent, *received, *wanted, *granted;
    uint32_t *small_numbers; /* 2 of each rank: those that are told to others */
    uint64_t *small_bytes;   /* likewise */
    uint8_t *sends;          /* of each rank: whether it has something to send */
    uint64_t capacity;       /* of the buffers, in records */
    char *waiting;           /* records on their way ... */
    uint32_t *targets;       /* ... and where to */
    uint64_t waiting_count;
    char *own; /* records that stay here */
    uint64_t own_count;
    char *outgoing;
    char *incoming;
    uint64_t passed; /* records that were read */
    bool is_at_end;
} redistribution;

static si_result allocate_numbers(redistribution *job, si_error *error)
{
    uint64_t size = job->cluster->size;
    job->numbers = si_allocate_zeroed(4 * size, sizeof *job->numbers);
    job->small_numbers = si_allocate(2 * size, sizeof *job->small_numbers);
    job->small_bytes = si_allocate(2 * size, sizeof *job->small_bytes);
    job->sends = si_allocate(size, sizeof *job->sends);
    if (!job->numbers || !job->small_numbers || !job->small_bytes || !job->sends)
        return si_fail_memory(error);
    job->sent = job->numbers;
    job->received = job->numbers + size;
    job->wanted = job->numbers + 2 * size;
    job->granted = job->numbers + 3 * size;
    return SI_OK;
}

static si_result allocate_buffers(redistribution *job, si_error *error)
{
    uint64_t bytes = job->type->record_bytes;
    job->waiting = si_allocate(job->capacity, bytes);
    job->targets = si_allocate(job->capacity, sizeof *job->targets);
    job->own = si_allocate(OWN_RECORDS, bytes);
    job->outgoing = si_allocate(job->capacity, bytes);
    job->incoming = si_allocate(job->capacity, bytes);
    bool is_complete = job->waiting && job->targets && job->own && job->outgoing && job->incoming;
    return is_complete ? SI_OK : si_fail_memory(error);
}

static void free_all(redistribution *job)
{
    si_record_cursor_close(&job->cursor);
    si_splitters_free(&job->splitters);
    si_free(job->numbers);
    si_free(job->small_numbers);
    si_free(job->small_bytes);
    si_free(job->sends);
    si_free(job->waiting);
    si_free(job->targets);
    si_free(job->own);
    si_free(job->outgoing);
    si_free(job->incoming);
}

/* ---- rounds ---- */

static si_result add_own_records(redistribution *job, si_error *error)
{
    uint64_t count = job->own_count;
    job->own_count = 0;
    return si_sorter_add_records(job->to, job->own, count, job->largest, error);
}

/* What stays here goes there at once, the rest waits. */
static si_result route_records(redistribution *job, const char *record, uint64_t count,
                               si_error *error)
{
    size_t bytes = job->type->record_bytes;
    uint32_t targets[SI_SPLIT_AT_A_TIME];
    si_splitters_targets(&job->splitters, record, count, targets);
    for (uint64_t i = 0; i < count; i++, record += bytes) {
        if (targets[i] != job->cluster->rank) {
            memcpy(job->waiting + job->waiting_count * bytes, record, bytes);
            job->targets[job->waiting_count++] = targets[i];
            continue;
        }
        memcpy(job->own + job->own_count++ * bytes, record, bytes);
        if (job->own_count == OWN_RECORDS)
            SI_TRY(add_own_records(job, error));
    }
    return SI_OK;
}

static si_result read_until_full(redistribution *job, si_error *error)
{
    while (job->waiting_count < job->capacity && !job->is_at_end) {
        uint64_t count = si_min_u64(SI_SPLIT_AT_A_TIME, job->capacity - job->waiting_count);
        const char *records;
        SI_TRY(si_record_cursor_next(&job->cursor, count, &records, &count, error));
        SI_TRY(route_records(job, records, count, error));
        job->passed += count;
        job->is_at_end = count == 0;
    }
    SI_TRY(add_own_records(job, error));
    return si_progress_report(job->progress, "sharing out", job->passed, error);
}

/* How much of what each rank wants to send has a place here. */
static void grant(redistribution *job, const uint64_t *demanded)
{
    unsigned size = job->cluster->size;
    uint64_t total = 0, rest = job->capacity;
    for (unsigned rank = 0; rank < size; rank++)
        total += demanded[rank];
    double share = total > rest ? (double)rest / (double)total : 1;
    for (unsigned rank = 0; rank < size; rank++) {
        job->received[rank] = si_min_u64(rest, (uint64_t)((double)demanded[rank] * share));
        rest -= job->received[rank];
    }
    /* What rounding has left. */
    for (unsigned rank = 0; rank < size; rank++) {
        uint64_t more = si_min_u64(rest, demanded[rank] - job->received[rank]);
        job->received[rank] += more;
        rest -= more;
    }
}

static uint64_t number_bytes(bool is_given)
{
    return is_given ? sizeof(uint32_t) : 0;
}

/* Of the ranks that have something to send each tells all others how much, or, the other way round,
 * is told by them. The numbers are those of records that have a place in a buffer. */
static si_result exchange_counts(redistribution *job, bool is_told, const uint64_t *given,
                                 uint64_t *taken, si_error *error)
{
    unsigned size = job->cluster->size, place = 0;
    uint32_t *small_given = job->small_numbers, *small_taken = job->small_numbers + size;
    uint64_t *given_bytes = job->small_bytes, *taken_bytes = job->small_bytes + size;
    bool sends = job->sends[job->cluster->rank];
    for (unsigned rank = 0; rank < size; rank++) {
        given_bytes[rank] = number_bytes(is_told ? job->sends[rank] : sends);
        taken_bytes[rank] = number_bytes(is_told ? sends : job->sends[rank]);
        if (given_bytes[rank] > 0)
            small_given[place++] = (uint32_t)given[rank];
    }
    SI_TRY(si_cluster_exchange(job->cluster, small_given, given_bytes, small_taken, taken_bytes,
                               error));
    for (unsigned rank = place = 0; rank < size; rank++)
        taken[rank] = taken_bytes[rank] > 0 ? small_taken[place++] : 0;
    return SI_OK;
}

/* Takes what was granted out of what waits, rank by rank. */
static void pack_outgoing(redistribution *job, uint64_t *places)
{
    size_t bytes = job->type->record_bytes;
    uint64_t kept = 0, place = 0;
    for (unsigned rank = 0; rank < job->cluster->size; rank++) {
        places[rank] = place;
        place += job->granted[rank];
        job->sent[rank] = job->granted[rank] * bytes;
    }
    for (uint64_t i = 0; i < job->waiting_count; i++) {
        uint32_t target = job->targets[i];
        char *record = job->waiting + i * bytes;
        if (job->granted[target] > 0) {
            job->granted[target]--;
            memcpy(job->outgoing + places[target]++ * bytes, record, bytes);
        } else {
            memmove(job->waiting + kept * bytes, record, bytes);
            job->targets[kept++] = target;
        }
    }
    job->waiting_count = kept;
}

static si_result exchange_records(redistribution *job, si_error *error)
{
    size_t bytes = job->type->record_bytes;
    unsigned size = job->cluster->size;
    uint64_t count = 0;
    memset(job->wanted, 0, size * sizeof *job->wanted);
    for (uint64_t i = 0; i < job->waiting_count; i++)
        job->wanted[job->targets[i]]++;
    SI_TRY(exchange_counts(job, false, job->wanted, job->sent, error));
    grant(job, job->sent);
    SI_TRY(exchange_counts(job, true, job->received, job->granted, error));
    pack_outgoing(job, job->wanted);
    for (unsigned rank = 0; rank < size; rank++) {
        count += job->received[rank];
        job->received[rank] *= bytes;
    }
    SI_TRY(si_cluster_exchange(job->cluster, job->outgoing, job->sent, job->incoming, job->received,
                               error));
    return si_sorter_add_records(job->to, job->incoming, count, job->largest, error);
}

static si_result redistribute_in_rounds(redistribution *job, si_error *error)
{
    unsigned size = job->cluster->size;
    si_result result = SI_OK;
    for (bool is_done = false; !is_done;) {
        if (result == SI_OK)
            result = read_until_full(job, error);
        SI_TRY(
            si_cluster_agree_on(job->cluster, result, job->waiting_count > 0, job->sends, error));
        is_done = !memchr(job->sends, true, size);
        if (!is_done)
            result = exchange_records(job, error);
    }
    return SI_OK;
}

/* ---- all ---- */

static si_result count_all(redistribution *job, si_error *error)
{
    struct {
        uint64_t count;
        float largest;
        float zero;
    } own = {job->count, job->largest, 0}, *all = si_allocate(job->cluster->size, sizeof own);
    si_result result = si_cluster_agree(job->cluster, all ? SI_OK : si_fail_memory(error), error);
    if (result == SI_OK)
        result = si_cluster_gather(job->cluster, &own, sizeof own, all, error);
    for (unsigned rank = 0; result == SI_OK && rank < job->cluster->size; rank++) {
        job->count_of_all += all[rank].count;
        job->largest = all[rank].largest > job->largest ? all[rank].largest : job->largest;
    }
    si_free(all);
    return result;
}

static si_result find_splitters(redistribution *job, si_error *error)
{
    const si_splitting splitting = {.cluster = job->cluster,
                                    .type = job->type,
                                    .cursor = &job->cursor,
                                    .count = job->count,
                                    .count_of_all = job->count_of_all,
                                    .largest = job->largest,
                                    .most_samples = job->to->limits.memory_records};
    SI_TRY(si_splitters_find(&job->splitters, &splitting, error));
    job->cursor.chunk_receiver = job->to;
    return si_cluster_agree(job->cluster, allocate_buffers(job, error), error);
}

si_result si_redistribute(si_cluster *cluster, si_sorter *from, si_sorter *to,
                          uint64_t buffer_records, const si_progress *progress, si_error *error)
{
    redistribution job = {.cluster = cluster,
                          .type = from->type,
                          .to = to,
                          .progress = progress,
                          .count = si_sorter_count(from),
                          .largest = from->largest,
                          .capacity = si_min_u64(si_max_u64(buffer_records, 1), UINT32_MAX)};
    si_result result = allocate_numbers(&job, error);
    if (result == SI_OK)
        result = si_record_cursor_open(&job.cursor, from, progress, error);
    result = si_cluster_agree(cluster, result, error);
    if (result == SI_OK)
        result = count_all(&job, error);
    if (result == SI_OK)
        result = find_splitters(&job, error);
    if (result == SI_OK)
        result = redistribute_in_rounds(&job, error);
    free_all(&job);
    return result;
}
