#include "common/reading.h"

#include <string.h>

#include "common/numbers.h"
#include "common/program.h"

void cli_set_reading(si_open_options *options, const char *word)
{
    if (strcmp(word, "auto") == 0)
        options->reading = SI_READING_AUTO;
    else if (strcmp(word, "mapped") == 0)
        options->reading = SI_READING_MAPPED;
    else if (strcmp(word, "explicit") == 0)
        options->reading = SI_READING_EXPLICIT;
    else
        cli_wrong_use("option '--reading' takes auto, mapped or explicit, not '%s'", word);
}

void cli_set_max_cache_size(si_open_options *options, const char *word)
{
    if (!cli_read_size(word, &options->max_cache_bytes))
        cli_wrong_use("option '--max-cache-size' takes a number of MiB, or one with K, M, G or T, "
                      "not '%s'",
                      word);
}
