/* spatial-index verify: is an index as it was written, and its data set as it was indexed? */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/command_line.h"
#include "common/numbers.h"
#include "common/output.h"
#include "common/program.h"
#include "common/progress_bar.h"
#include "common/signals.h"
#include "spatial_index/spatial_index.h"

typedef struct verify_options {
    bool json;
    bool progress_bar;
    bool verbose;
    unsigned threads;
    uint64_t most;
} verify_options;

enum { MOST_THREADS = 4096, DEFAULT_MOST = 100 };

static void set_threads(void *target, const char *const *words)
{
    uint64_t threads;
    if (!cli_read_unsigned(words[0], strlen(words[0]), &threads) || threads > MOST_THREADS)
        cli_wrong_use("option '--threads' takes a number from 0 to %d, not '%s'", MOST_THREADS,
                      words[0]);
    ((verify_options *)target)->threads = (unsigned)threads;
}

static void set_most(void *target, const char *const *words)
{
    if (!cli_read_unsigned(words[0], strlen(words[0]), &((verify_options *)target)->most))
        cli_wrong_use("option '--most' takes a number, not '%s'", words[0]);
}

static const cli_option option_table[] = {
    {.name = "json",
     .words = CLI_FLAG,
     .help = "print a JSON object",
     .offset = offsetof(verify_options, json)},
    {.name = "most",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "report at most N damages and count the others\n"
             "(default: 100; 0: report all)",
     .set = set_most},
    {.name = "progress-bar",
     .words = CLI_FLAG,
     .help = "show the progress on stderr",
     .offset = offsetof(verify_options, progress_bar)},
    {.name = "threads",
     .words = CLI_ONE_WORD,
     .value = "N",
     .help = "number of threads (default: 0, one per processor)",
     .set = set_threads},
    {.name = "verbose",
     .letter = 'v',
     .words = CLI_FLAG,
     .help = "print 'no damage' if there is none",
     .offset = offsetof(verify_options, verbose)},
};

/* ---- what is found ---- */

typedef struct findings {
    bool json;
    uint64_t told;
} findings;

static void tell_damage(void *context, const char *sentence)
{
    findings *found = context;
    if (!found->json) {
        cli_put_format("%s\n", sentence);
    } else {
        cli_put_text(found->told == 0 ? "\n" : ",\n");
        cli_put_json_string(sentence);
    }
    found->told++;
}

static void tell_rest(const findings *found, uint64_t count, bool verbose)
{
    if (found->json)
        cli_put_format("%s],\"damage_count\":%" PRIu64 "}\n", found->told > 0 ? "\n" : "", count);
    else if (count > found->told)
        cli_put_format("and %" PRIu64 " more\n", count - found->told);
    else if (count == 0 && verbose)
        cli_put_text("no damage\n");
}

/* ---- the whole ---- */

static int on_progress(void *context, const char *phase, uint64_t done, uint64_t total)
{
    cli_progress_bar_update(context, phase, done, total);
    return 0;
}

static uint64_t verify(const char *path, const verify_options *options, findings *found)
{
    cli_progress_bar bar;
    uint64_t count = 0;
    si_error error;
    si_verify_options chosen = SI_VERIFY_OPTIONS_INIT;
    chosen.threads = options->threads;
    chosen.most_sentences = options->most;
    chosen.visitor = tell_damage;
    chosen.visitor_context = found;
    chosen.progress = on_progress;
    chosen.progress_context = &bar;
    cli_progress_bar_begin(&bar, options->progress_bar);
    si_result result = si_verify(path, &chosen, &count, &error);
    cli_progress_bar_end(&bar);
    if (result != SI_OK) {
        if (!found->json)
            cli_finish_output();
        cli_fail("%s", error.message);
    }
    return count;
}

/* What is wrong with the data set of an intact index: that it is another than the one indexed.
 * One that is not there is not looked at: the index does without it. */
static uint64_t verify_datasets(const char *path, findings *found)
{
    uint64_t count = 0;
    si_error error;
    si_population_set *set;
    if (si_population_set_open(path, NULL, &set, &error) != SI_OK)
        cli_fail("%s", error.message);
    for (size_t i = 0; i < si_population_set_count(set); i++) {
        si_dataset *dataset = NULL;
        if (si_dataset_open(si_population_set_index(set, i), &dataset, &error) == SI_ERROR_FORMAT) {
            tell_damage(found, error.message);
            count++;
        }
        si_dataset_close(dataset);
    }
    si_population_set_close(set);
    return count;
}

int cli_verify_command(int argc, char **argv)
{
    const cli_command command = {
        .examples = {"verify segments", "verify -v --json synapses"},
        .operands = "INDEX",
        .summary =
            "Reads an index completely and reports damage, also that the data set is no\n"
            "longer the one that was indexed. Exit code 0: no damage, 1: damage, 2: an error.",
        .page = "spatial-index-verify",
        .options = option_table,
        .option_count = sizeof option_table / sizeof option_table[0],
        .least_operands = 1,
        .most_operands = 1,
    };
    verify_options options = {.most = DEFAULT_MOST};
    cli_operands operands;
    cli_read_arguments(&command, argc, argv, &options, &operands);
    cli_exit_on_signals();
    findings found = {.json = options.json};
    cli_put_text(options.json ? "{\"damages\":[" : "");
    uint64_t count = verify(operands.words[0], &options, &found);
    if (count == 0)
        count = verify_datasets(operands.words[0], &found);
    tell_rest(&found, count, options.verbose);
    cli_finish_output();
    free(operands.words);
    return count == 0 ? CLI_DONE : CLI_ANSWER_IS_NO;
}
