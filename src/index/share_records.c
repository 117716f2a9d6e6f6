#include "index/share_records.h"

#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "index/record_cursor.h"
#include "index/record_order.h"

/* The more samples, the more alike the runs of the ranks: with so many for each rank, the largest
 * of a thousand runs is a tenth larger than they are on average. */
#define SAMPLES_PER_RANK 1024

/* But no more than this share of the records. */
#define SAMPLE_SHARE 32

typedef struct sharing {
    si_cluster *cluster;
    const si_element_type *type;
    si_intake *to;
    const si_build_watch *watch;
    si_record_cursor cursor;
    uint64_t count; /* of this rank's records */
    uint64_t count_of_all;
    float largest;
    uint64_t *numbers; /* 5 of each rank: see below */
    uint64_t *sent, *received, *wanted, *granted, *number_bytes;
    char *splitters;   /* the first records of ranks 1 and up */
    uint64_t capacity; /* of the buffers, in records */
    char *waiting;     /* records on their way ... */
    uint32_t *targets; /* ... and where to */
    uint64_t waiting_count;
    char *outgoing;
    char *incoming;
    uint64_t passed; /* records that were read */
} sharing;

static si_result allocate(sharing *job, si_error *error)
{
    uint64_t size = job->cluster->size, bytes = job->type->record_bytes;
    job->numbers = si_allocate_zeroed(5 * size, sizeof *job->numbers);
    job->splitters = si_allocate(size, bytes);
    job->waiting = si_allocate(job->capacity, bytes);
    job->targets = si_allocate(job->capacity, sizeof *job->targets);
    job->outgoing = si_allocate(job->capacity, bytes);
    job->incoming = si_allocate(job->capacity, bytes);
    if (!job->numbers || !job->splitters || !job->waiting || !job->targets || !job->outgoing ||
        !job->incoming)
        return si_fail_memory(error);
    job->sent = job->numbers;
    job->received = job->numbers + size;
    job->wanted = job->numbers + 2 * size;
    job->granted = job->numbers + 3 * size;
    job->number_bytes = job->numbers + 4 * size;
    for (uint64_t rank = 0; rank < size; rank++)
        job->number_bytes[rank] = sizeof *job->numbers;
    return SI_OK;
}

static void free_all(sharing *job)
{
    si_record_cursor_close(&job->cursor);
    si_free(job->numbers);
    si_free(job->splitters);
    si_free(job->waiting);
    si_free(job->targets);
    si_free(job->outgoing);
    si_free(job->incoming);
}

/* ---- samples ---- */

/* Evenly among the records. Each rank's are in proportion to its records. */
static uint64_t choose_sample_count(const sharing *job)
{
    uint64_t wanted = si_min_u64((uint64_t)job->cluster->size * SAMPLES_PER_RANK,
                                 si_divide_up(job->count_of_all, SAMPLE_SHARE));
    if (job->count == 0)
        return 0;
    double share = (double)job->count / (double)job->count_of_all;
    return si_min_u64(job->count, 1 + (uint64_t)((double)wanted * share));
}

static si_result take_samples(sharing *job, uint64_t sample_count, char *samples, si_error *error)
{
    size_t bytes = job->type->record_bytes;
    uint64_t taken = 0;
    for (uint64_t i = 0; i < job->count && taken < sample_count; i++) {
        const char *record;
        SI_TRY(si_record_cursor_next(&job->cursor, &record, error));
        if (!record)
            break;
        /* The middles of equal stretches. */
        if (i == (uint64_t)(((double)taken + 0.5) * (double)job->count / (double)sample_count))
            memcpy(samples + taken++ * bytes, record, bytes);
    }
    while (taken < sample_count && taken > 0) {
        memcpy(samples + taken * bytes, samples + (taken - 1) * bytes, bytes);
        taken++;
    }
    si_record_cursor_rewind(&job->cursor);
    return SI_OK;
}

static int compare_records(const void *a, const void *b, void *type)
{
    return si_record_compare(type, a, b);
}

static void choose_splitters(sharing *job, char *samples, uint64_t sample_count)
{
    size_t bytes = job->type->record_bytes;
    unsigned size = job->cluster->size;
    qsort_r(samples, sample_count, bytes, compare_records, (void *)(uintptr_t)job->type);
    memset(job->splitters, 0, size * bytes);
    for (unsigned rank = 1; rank < size && sample_count > 0; rank++)
        memcpy(job->splitters + (rank - 1) * bytes, samples + sample_count * rank / size * bytes,
               bytes);
}

/* To rank 0, which has room for all of them. */
static si_result gather_samples(sharing *job, const char *own, uint64_t own_count, si_error *error)
{
    size_t bytes = job->type->record_bytes;
    unsigned size = job->cluster->size, is_first = job->cluster->rank == 0;
    uint64_t total = 0;
    SI_TRY(si_cluster_gather(job->cluster, &own_count, sizeof own_count, job->received, error));
    memset(job->sent, 0, size * sizeof *job->sent);
    job->sent[0] = own_count * bytes;
    for (unsigned rank = 0; rank < size; rank++) {
        total += job->received[rank];
        job->received[rank] *= is_first ? bytes : 0;
    }
    char *samples = si_allocate(is_first ? total : 0, bytes);
    si_result status = samples ? SI_OK : si_fail_memory(error);
    status = si_cluster_agree(job->cluster, status, error);
    if (status == SI_OK)
        status = si_cluster_exchange(job->cluster, own, job->sent, samples, job->received, error);
    if (status == SI_OK && is_first)
        choose_splitters(job, samples, total);
    si_free(samples);
    return status;
}

static si_result find_splitters(sharing *job, si_error *error)
{
    uint64_t count = choose_sample_count(job);
    char *samples = si_allocate(count, job->type->record_bytes);
    si_result status = samples ? take_samples(job, count, samples, error) : si_fail_memory(error);
    status = si_cluster_agree(job->cluster, status, error);
    if (status == SI_OK)
        status = gather_samples(job, samples, count, error);
    if (status == SI_OK)
        status = si_cluster_broadcast(job->cluster, job->splitters,
                                      job->cluster->size * job->type->record_bytes, error);
    si_free(samples);
    return status;
}

/* ---- rounds ---- */

static unsigned find_target(const sharing *job, const char *record)
{
    unsigned low = 0, high = job->cluster->size - 1;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        const char *splitter = job->splitters + middle * job->type->record_bytes;
        if (si_record_compare(job->type, record, splitter) < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static si_result fill_waiting(sharing *job, si_error *error)
{
    size_t bytes = job->type->record_bytes;
    while (job->waiting_count < job->capacity) {
        const char *record;
        SI_TRY(si_record_cursor_next(&job->cursor, &record, error));
        if (!record)
            break;
        memcpy(job->waiting + job->waiting_count * bytes, record, bytes);
        job->targets[job->waiting_count++] = find_target(job, record);
        job->passed++;
    }
    return job->watch->step(job->watch->context, "sharing out", job->passed, error);
}

/* How much of what each rank wants to send has a place here. */
static void grant(sharing *job, const uint64_t *demanded)
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

/* Every rank gives each other one a number. */
static si_result swap_numbers(sharing *job, const uint64_t *given, uint64_t *taken, si_error *error)
{
    return si_cluster_exchange(job->cluster, given, job->number_bytes, taken, job->number_bytes,
                               error);
}

/* Takes what was granted out of what waits, rank by rank. */
static void pack_outgoing(sharing *job, uint64_t *places)
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

static si_result pass_on(sharing *job, si_error *error)
{
    size_t bytes = job->type->record_bytes;
    unsigned size = job->cluster->size;
    uint64_t count = 0;
    memset(job->wanted, 0, size * sizeof *job->wanted);
    for (uint64_t i = 0; i < job->waiting_count; i++)
        job->wanted[job->targets[i]]++;
    SI_TRY(swap_numbers(job, job->wanted, job->sent, error));
    grant(job, job->sent);
    SI_TRY(swap_numbers(job, job->received, job->granted, error));
    pack_outgoing(job, job->wanted);
    for (unsigned rank = 0; rank < size; rank++) {
        count += job->received[rank];
        job->received[rank] *= bytes;
    }
    SI_TRY(si_cluster_exchange(job->cluster, job->outgoing, job->sent, job->incoming, job->received,
                               error));
    return si_intake_add_records(job->to, job->incoming, count, job->largest, error);
}

static si_result any_waits(sharing *job, bool *waits, si_error *error)
{
    uint64_t own = job->waiting_count;
    SI_TRY(si_cluster_gather(job->cluster, &own, sizeof own, job->received, error));
    *waits = false;
    for (unsigned rank = 0; rank < job->cluster->size; rank++)
        *waits = *waits || job->received[rank] > 0;
    return SI_OK;
}

static si_result share_in_rounds(sharing *job, si_error *error)
{
    si_result status = SI_OK;
    for (bool waits = true; waits;) {
        if (status == SI_OK)
            status = fill_waiting(job, error);
        SI_TRY(si_cluster_agree(job->cluster, status, error));
        SI_TRY(any_waits(job, &waits, error));
        if (waits)
            status = pass_on(job, error);
    }
    return SI_OK;
}

/* ---- all ---- */

static si_result count_all(sharing *job, si_error *error)
{
    struct {
        uint64_t count;
        float largest;
        float zero;
    } own = {job->count, job->largest, 0}, *all = si_allocate(job->cluster->size, sizeof own);
    si_result status = si_cluster_agree(job->cluster, all ? SI_OK : si_fail_memory(error), error);
    if (status == SI_OK)
        status = si_cluster_gather(job->cluster, &own, sizeof own, all, error);
    for (unsigned rank = 0; status == SI_OK && rank < job->cluster->size; rank++) {
        job->count_of_all += all[rank].count;
        job->largest = all[rank].largest > job->largest ? all[rank].largest : job->largest;
    }
    si_free(all);
    return status;
}

si_result si_share_records(si_cluster *cluster, si_intake *from, si_intake *to,
                           uint64_t buffer_records, const si_build_watch *watch, si_error *error)
{
    sharing job = {.cluster = cluster,
                   .type = from->type,
                   .to = to,
                   .watch = watch,
                   .count = si_intake_count(from),
                   .largest = from->largest,
                   .capacity = si_max_u64(buffer_records, 1)};
    si_result status = allocate(&job, error);
    if (status == SI_OK)
        status = si_record_cursor_open(&job.cursor, from, watch, error);
    status = si_cluster_agree(cluster, status, error);
    if (status == SI_OK)
        status = count_all(&job, error);
    if (status == SI_OK)
        status = find_splitters(&job, error);
    if (status == SI_OK)
        status = share_in_rounds(&job, error);
    free_all(&job);
    return status;
}
