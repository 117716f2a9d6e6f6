/* Reads the options that state how indexes are opened. */
#include "common/reading.h"

#include <string.h>

#include "common/numbers.h"
#include "common/program.h"

void cli_set_reading(void *open_options, const char *const *words)
{
    si_open_options *options = open_options;
    const char *word = words[0];
    if (strcmp(word, "auto") == 0)
        options->reading = SI_READING_AUTO;
    else if (strcmp(word, "mapped") == 0)
        options->reading = SI_READING_MAPPED;
    else if (strcmp(word, "explicit") == 0)
        options->reading = SI_READING_EXPLICIT;
    else
        cli_wrong_use("option '--reading' takes auto, mapped or explicit, not '%s'", word);
}

void cli_set_max_cache_size(void *open_options, const char *const *words)
{
    si_open_options *options = open_options;
    if (!cli_read_size(words[0], &options->max_cache_bytes))
        cli_wrong_use("option '--max-cache-size' takes a number of MiB, or one with K, M, G or T, "
                      "not '%s'",
                      words[0]);
}
