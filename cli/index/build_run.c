/* Runs one build: sets up its options, shows its progress, and reports its result. */
#include "index/build_run.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/program.h"
#include "common/signals.h"

static int on_progress(void *context, const char *phase, uint64_t done, uint64_t total)
{
    cli_build_run *run = context;
    cli_progress_bar_update(&run->bar, phase, done, total);
    return cli_noted_signal() != 0;
}

void cli_build_run_begin(cli_build_run *run, const cli_index_options *chosen)
{
    *run = (cli_build_run){
        .chosen = chosen, .options = SI_BUILD_OPTIONS_INIT, .report = SI_BUILD_REPORT_INIT};
    run->options.threads = chosen->threads;
    run->options.replace = chosen->replace;
    run->options.multi_index = chosen->multi_index;
    run->options.max_file_bytes = chosen->max_file_bytes;
    run->options.max_memory_bytes = chosen->max_memory_bytes;
    run->options.temp_folder = chosen->temp_folder;
    run->options.progress = on_progress;
    run->options.progress_context = run;
    run->start = cli_seconds();
    if (chosen->multi_index)
        cli_cluster_join(&run->cluster);
    run->options.cluster = run->cluster.cluster;
    cli_note_signals();
    cli_progress_bar_begin(&run->bar, chosen->progress_bar && cli_cluster_rank(&run->cluster) == 0);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void tell_result(const cli_build_run *run)
{
    const si_build_report *report = &run->report;
    double seconds = cli_seconds() - run->start;
    char cells[64] = "";
    if (report->cell_count > 0)
        snprintf(cells, sizeof cells, " of %" PRIu64 " cell%s", report->cell_count,
                 plural(report->cell_count));
    cli_say("indexed %" PRIu64 " element%s%s in %.2f s (%.3g per second)", report->element_count,
            plural(report->element_count), cells, seconds,
            seconds > 0.0 ? (double)report->element_count / seconds : 0.0);
    cli_say("wrote %" PRIu64 " bytes (%.1f per element) to '%s'", report->file_bytes,
            report->element_count > 0 ? (double)report->file_bytes / (double)report->element_count
                                      : 0.0,
            run->chosen->output);
}

static void tell_cells(const si_build_report *report)
{
    if (report->cells_without_soma > 0)
        cli_say("%" PRIu64 " cell%s without soma", report->cells_without_soma,
                plural(report->cells_without_soma));
    if (report->cells_without_morphology > 0)
        cli_say("left out %" PRIu64 " cell%s without morphology", report->cells_without_morphology,
                plural(report->cells_without_morphology));
}

static void tell_bad_cells(const si_build_report *report)
{
    if (report->bad_cell_count == 0)
        return;
    for (uint64_t i = 0; report->bad_cells && i < report->bad_cell_count; i++)
        cli_say("left out %s", report->bad_cells[i].message);
    cli_say("left out %" PRIu64 " cell%s that cannot be indexed", report->bad_cell_count,
            plural(report->bad_cell_count));
}

/* Whether the error happened on this rank and not on another one. */
static bool is_own_failure(si_result result)
{
    return result != SI_ERROR_RANK;
}

/* Processes that a launcher has started in one folder get in each other's way, unless they join. */
static const char *advice(const cli_build_run *run, si_result result)
{
    bool met_another = result == SI_ERROR_EXISTS || result == SI_ERROR_BUSY;
    return met_another && !run->chosen->multi_index && cli_launched_processes() > 1
               ? "; this is one of several processes: with --multi-index they build one index "
                 "together"
               : "";
}

static int tell_failure(const cli_build_run *run, si_result result)
{
    if (!cli_cluster_speaks(&run->cluster, is_own_failure(result)))
        return CLI_FAILED;
    int signal_number = cli_noted_signal();
    if (result == SI_ERROR_CANCELLED && signal_number != 0) {
        cli_say("interrupted by SIG%s, nothing was written", sigabbrev_np(signal_number));
        return 128 + signal_number;
    }
    cli_say("%s%s", run->error.message, advice(run, result));
    return CLI_FAILED;
}

static int tell_success(cli_build_run *run)
{
    if (run->chosen->verbose && cli_cluster_rank(&run->cluster) == 0) {
        tell_result(run);
        tell_cells(&run->report);
    }
    tell_bad_cells(&run->report);
    si_build_report_free(&run->report);
    return CLI_DONE;
}

int cli_build_run_end(cli_build_run *run, si_result result)
{
    cli_progress_bar_end(&run->bar);
    int code = result == SI_OK ? tell_success(run) : tell_failure(run, result);
    cli_cluster_leave(&run->cluster);
    return code;
}
