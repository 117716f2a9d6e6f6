/* The processes of an MPI job that build together agree on the arguments of the build. */
#ifndef CLI_INDEX_SETTLEMENT_H
#define CLI_INDEX_SETTLEMENT_H

#include "index/index_options.h"
#include "index/mpi_job.h"

/* What a build is told, however the words were arranged. */
typedef struct cli_build_arguments {
    const char *task;       /* what is indexed, and of what kind of source */
    const char *source;     /* a circuit configuration, nodes file or edges file */
    const char *folder;     /* of the morphologies; NULL: none */
    const char *population; /* the only one that is named; NULL: none, or several */
    cli_index_options *options;
} cli_build_arguments;

/* All processes call it. What some are not given is what the others are; where two are given
 * different values, all end. Threads, memory and folders for temporary files are each one's own. */
void cli_build_arguments_settle(cli_build_arguments *arguments, cli_cluster *joined);

#endif
