/*
 * What all clusters have in common, made of the three calls that pass bytes: agreement on
 * success, sums, broadcasts, and work items, which are tickets drawn from the shared counter.
 */
#include "cluster/cluster.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"

si_result si_cluster_gather(si_cluster *cluster, const void *own, size_t bytes, void *all,
                            si_error *error)
{
    cluster->traffic.gathered_bytes += bytes * (cluster->size - 1);
    cluster->traffic.steps++;
    return cluster->calls->gather(cluster, own, bytes, all, error);
}

si_result si_cluster_exchange(si_cluster *cluster, const void *sent, const uint64_t *sent_bytes,
                              void *received, const uint64_t *received_bytes, si_error *error)
{
    for (unsigned rank = 0; rank < cluster->size; rank++)
        cluster->traffic.exchanged_bytes += rank == cluster->rank ? 0 : sent_bytes[rank];
    cluster->traffic.steps++;
    return cluster->calls->exchange(cluster, sent, sent_bytes, received, received_bytes, error);
}

si_result si_cluster_next_work_item(si_cluster *cluster, uint64_t *share, si_error *error)
{
    SI_TRY(cluster->calls->add(cluster, 1, share, error));
    *share -= cluster->tickets;
    return SI_OK;
}

/* Each rank has taken one ticket too many. */
void si_cluster_end_work(si_cluster *cluster, uint64_t count)
{
    cluster->tickets += count + cluster->size;
}

void si_cluster_cancel_work(si_cluster *cluster)
{
    uint64_t before;
    if (cluster)
        cluster->calls->add(cluster, UINT64_MAX / 4, &before, NULL);
}

/* ---- agreement ---- */

/* Some rank has failed: its error is told to all. */
static si_result share_failure(si_cluster *cluster, si_result result, unsigned first,
                               si_error *error)
{
    si_error own = {.result = result};
    if (error && result != SI_OK)
        own = *error;
    own.message[SI_ERROR_MESSAGE_SIZE - 1] = '\0';
    SI_TRY(si_cluster_gather(cluster, &own, sizeof own, cluster->errors, error));
    return si_fail(error, cluster->errors[first].result, "%s", cluster->errors[first].message);
}

si_result si_cluster_agree_on(si_cluster *cluster, si_result result, bool own, uint8_t *all,
                              si_error *error)
{
    if (si_cluster_size(cluster) == 1) {
        *all = own;
        return result;
    }
    uint8_t said = (uint8_t)((unsigned)result << 1 | own);
    unsigned first = 0;
    SI_TRY(si_cluster_gather(cluster, &said, sizeof said, all, error));
    while (first < cluster->size && all[first] >> 1 == SI_OK)
        first++;
    for (unsigned rank = 0; first == cluster->size && rank < cluster->size; rank++)
        all[rank] &= 1;
    return first == cluster->size ? SI_OK : share_failure(cluster, result, first, error);
}

si_result si_cluster_agree(si_cluster *cluster, si_result result, si_error *error)
{
    if (si_cluster_size(cluster) == 1)
        return result;
    return si_cluster_agree_on(cluster, result, false, (void *)cluster->errors, error);
}

si_result si_cluster_sum(si_cluster *cluster, uint64_t *numbers, size_t count, si_error *error)
{
    if (si_cluster_size(cluster) == 1)
        return SI_OK;
    const uint64_t *all = (const void *)cluster->errors;
    SI_TRY(si_cluster_gather(cluster, numbers, count * sizeof *numbers, cluster->errors, error));
    memset(numbers, 0, count * sizeof *numbers);
    for (unsigned rank = 0; rank < cluster->size; rank++)
        for (size_t i = 0; i < count; i++)
            numbers[i] += all[rank * count + i];
    return SI_OK;
}

/* Rank 0 gives each rank a slice, and all give each other theirs: so it sends no more than others.
 */
static si_result pass_slices(si_cluster *cluster, uint64_t *sent, void *padded, uint64_t slice,
                             char *own, si_error *error)
{
    uint64_t *received = sent + cluster->size;
    memset(sent, 0, 2 * cluster->size * sizeof *sent);
    for (unsigned rank = 0; cluster->rank == 0 && rank < cluster->size; rank++)
        sent[rank] = slice;
    received[0] = slice;
    SI_TRY(si_cluster_exchange(cluster, padded, sent, own, received, error));
    return si_cluster_gather(cluster, own, slice, padded, error);
}

si_result si_cluster_broadcast(si_cluster *cluster, void *bytes, size_t count, si_error *error)
{
    uint64_t slice = si_divide_up(count, cluster->size);
    uint64_t *numbers = si_allocate(cluster->size, 2 * sizeof *numbers);
    char *padded = si_allocate_zeroed(cluster->size, slice), *own = si_allocate(1, slice);
    si_result result = numbers && padded && own ? SI_OK : si_fail_memory(error);
    result = si_cluster_agree(cluster, result, error);
    if (result == SI_OK && cluster->rank == 0)
        memcpy(padded, bytes, count);
    if (result == SI_OK)
        result = pass_slices(cluster, numbers, padded, slice, own, error);
    if (result == SI_OK)
        memcpy(bytes, padded, count);
    si_free(numbers);
    si_free(padded);
    si_free(own);
    return result;
}
