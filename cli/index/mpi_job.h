/* The other processes of an MPI job, if the command was started as one of them. */
#ifndef CLI_INDEX_MPI_JOB_H
#define CLI_INDEX_MPI_JOB_H

#include <stdbool.h>

#include "spatial_index/spatial_index.h"

typedef struct cli_cluster {
    si_cluster *cluster; /* NULL: this process alone */
    void *library;
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

#endif
