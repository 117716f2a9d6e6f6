/* How the commands open indexes. */
#ifndef CLI_COMMON_READING_H
#define CLI_COMMON_READING_H

#include "common/command_line.h"
#include "spatial_index/spatial_index.h"

/* --reading and --max-cache-size, for si_open_options at `place` in the target; `more_help` is
 * added to the help of the latter. */
#define CLI_READING_OPTIONS(place, more_help)                                                      \
    CLI_READING_OPTION_(place), CLI_MAX_CACHE_SIZE_OPTION_(place, more_help)
#define CLI_READING_OPTION_(place)                                                                 \
    {                                                                                              \
        .name = "reading", .words = CLI_ONE_WORD, .value = "HOW",                                  \
        .help = "mapped, explicit or auto (default): explicit on\n"                                \
                "network file systems",                                                            \
        .offset = (place), .set = cli_set_reading                                                  \
    }
#define CLI_MAX_CACHE_SIZE_OPTION_(place, more_help)                                               \
    {                                                                                              \
        .name = "max-cache-size", .words = CLI_ONE_WORD, .value = "SIZE",                          \
        .help = "memory limit of the cache of explicit reading: a\n"                               \
                "number of MiB, or with K, M, G or T" more_help,                                   \
        .offset = (place), .set = cli_set_max_cache_size                                           \
    }

void cli_set_reading(void *open_options, const char *const *words);
void cli_set_max_cache_size(void *open_options, const char *const *words);

/* Defaults of the commands: a file that shrinks must not end them without a word. */
#define CLI_OPEN_OPTIONS_INIT                                                                      \
    {                                                                                              \
        sizeof(si_open_options), NULL, NULL, false, SI_READING_AUTO, 0, true                       \
    }

#endif
