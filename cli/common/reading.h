/* How the commands open indexes. */
#ifndef CLI_COMMON_READING_H
#define CLI_COMMON_READING_H

#include "spatial_index/spatial_index.h"

/* What --reading and --max-cache-size say. */
void cli_set_reading(si_open_options *options, const char *word);
void cli_set_max_cache_size(si_open_options *options, const char *word);

#define CLI_READING_HELP                                                                           \
    "mapped, explicit or auto (default): explicit on\n"                                            \
    "network file systems"
#define CLI_MAX_CACHE_SIZE_HELP                                                                    \
    "the most memory for what is read explicitly: a\n"                                             \
    "number of MiB, or with K, M, G or T"

/* Defaults of the commands: a file that shrinks must not end them without a word. */
#define CLI_OPEN_OPTIONS_INIT                                                                      \
    {                                                                                              \
        .struct_size = sizeof(si_open_options), .guard = 1                                         \
    }

#endif
