/* One build of an index: its progress, its interruption, what it tells when it is over. */
#ifndef CLI_INDEX_BUILD_RUN_H
#define CLI_INDEX_BUILD_RUN_H

#include "common/progress_bar.h"
#include "index/index_options.h"
#include "index/mpi_job.h"
#include "spatial_index/spatial_index.h"

typedef struct cli_build_run {
    const cli_index_options *chosen;
    si_build_options options; /* for the build, as are the next two */
    si_build_report report;
    si_error error;
    cli_progress_bar bar;
    double start;
    cli_cluster cluster;
} cli_build_run;

void cli_build_run_begin(cli_build_run *run, const cli_index_options *chosen);

/* Tells what `result` and the report say; the exit code. */
int cli_build_run_end(cli_build_run *run, si_result result);

#endif
