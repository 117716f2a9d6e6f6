/* The other processes of an MPI job, if the command was started as one of them. */
#ifndef CLI_INDEX_MPI_JOB_H
#define CLI_INDEX_MPI_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "spatial_index/spatial_index.h"

enum { CLI_MOST_SETTLED = 24 };

typedef struct cli_cluster {
    si_cluster *cluster; /* NULL: this process alone */
    void *library;
    void *settled[CLI_MOST_SETTLED]; /* values from other processes, which live until the end */
    size_t settled_count;
} cli_cluster;

/* Loads the library for MPI where there is something to join. */
void cli_cluster_join(cli_cluster *joined);
void cli_cluster_leave(cli_cluster *joined);

/* How many processes a launcher says that it has started; 1 where none did. */
long cli_launched_processes(void);

/* 0 where the process is alone. */
unsigned cli_cluster_rank(const cli_cluster *joined);

/* All processes call it: true in the first one of those that have something to say. */
bool cli_cluster_speaks(const cli_cluster *joined, bool has_something);

/* All processes call it for an argument, with its value, `own` of `*bytes` bytes, or NULL where it
 * is not given: what the processes give that give it. Where two of them differ all end, and one
 * says so. The result lives until cli_cluster_leave. */
const void *cli_cluster_settle(cli_cluster *joined, const char *name, const void *own,
                               size_t *bytes);

#endif
