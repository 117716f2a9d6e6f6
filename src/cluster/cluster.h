/*
 * Processes, or threads, that build one index together: how they pass bytes to each other.
 *
 * Everything but taking a share is done by all ranks together, in the same order, each from one
 * thread. So that no rank waits for one that has failed, ranks agree before each step that none
 * has: see si_cluster_agree.
 */
#ifndef SI_CLUSTER_CLUSTER_H
#define SI_CLUSTER_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct si_cluster_calls {
    /* Every rank gives `bytes` bytes; `all` receives those of all ranks, in their order. */
    si_result (*gather)(si_cluster *cluster, const void *own, size_t bytes, void *all,
                        si_error *error);
    /* Every rank gives sent_bytes[r] bytes to each rank r, which lie side by side in the order of
     * the ranks, and receives received_bytes[r] bytes from it in the same way. */
    si_result (*exchange)(si_cluster *cluster, const void *sent, const uint64_t *sent_bytes,
                          void *received, const uint64_t *received_bytes, si_error *error);
    /* Adds to the counter that all ranks share, and returns what it was. Any rank at any time. */
    si_result (*add)(si_cluster *cluster, uint64_t count, uint64_t *before, si_error *error);
} si_cluster_calls;

/* What has been passed through, for those who count. */
typedef struct si_cluster_traffic {
    uint64_t gathered_bytes; /* sent to others */
    uint64_t exchanged_bytes;
    uint64_t steps;
} si_cluster_traffic;

struct si_cluster {
    const si_cluster_calls *calls;
    unsigned rank;
    unsigned size;
    si_error *errors; /* room for one of each rank */
    uint64_t tickets; /* that were taken in all, when the last shares began to be taken */
    si_cluster_traffic traffic;
};

/* A cluster of one is none: there is nobody to wait for. */
static inline unsigned si_cluster_size(const si_cluster *cluster)
{
    return cluster ? cluster->size : 1;
}

static inline unsigned si_cluster_rank(const si_cluster *cluster)
{
    return cluster ? cluster->rank : 0;
}

si_result si_cluster_gather(si_cluster *cluster, const void *own, size_t bytes, void *all,
                            si_error *error);
si_result si_cluster_exchange(si_cluster *cluster, const void *sent, const uint64_t *sent_bytes,
                              void *received, const uint64_t *received_bytes, si_error *error);

/* Takes one of `count` shares of a work, which is `count` or more when there are no more of them;
 * every rank goes on until then. After that, all say so by si_cluster_end_work. */
si_result si_cluster_next_work_item(si_cluster *cluster, uint64_t *share, si_error *error);
void si_cluster_end_work(si_cluster *cluster, uint64_t count);
/* This rank has failed: no rank finds any more shares. */
void si_cluster_cancel_work(si_cluster *cluster);

/* All ranks say how it went: SI_OK if it went well everywhere. Else all fail, each with the error
 * of the first rank that has, and must not wait for each other any more. `*error` is this rank's,
 * if it has failed. */
si_result si_cluster_agree(si_cluster *cluster, si_result result, si_error *error);

/* The same; and `all`, with room for a byte of each rank, receives what each says. */
si_result si_cluster_agree_on(si_cluster *cluster, si_result result, bool own, uint8_t *all,
                              si_error *error);

#define SI_MOST_SUMMED 64

/* Adds up numbers, at most SI_MOST_SUMMED of them, of all ranks. */
si_result si_cluster_sum(si_cluster *cluster, uint64_t *numbers, size_t count, si_error *error);

/* The bytes of rank 0, for all. */
si_result si_cluster_broadcast(si_cluster *cluster, void *bytes, size_t count, si_error *error);

#endif
