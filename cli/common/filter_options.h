/* Which of the elements found are wanted, as given by options. */
#ifndef CLI_COMMON_FILTER_OPTIONS_H
#define CLI_COMMON_FILTER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/command_line.h"
#include "common/gid_list.h"
#include "spatial_index/spatial_index.h"

typedef enum cli_filter_ids {
    CLI_FILTER_SECTION_TYPES,
    CLI_FILTER_GIDS,
    CLI_FILTER_PRE_GIDS,
    CLI_FILTER_POST_GIDS,
    CLI_FILTER_IDS
} cli_filter_ids;

typedef struct cli_filter {
    bool somas;
    bool segments;
    cli_gid_list lists[CLI_FILTER_IDS + 1]; /* of those not given, gids is NULL */
} cli_filter;

/* --section-types, --somas and so on, for the cli_filter that is the `filter` of a struct. */
#define CLI_FILTER_OPTIONS(type)                                                                   \
    CLI_FILTER_LIST_(type, "section-types", "A,B",                                                 \
                     "only soma, axon, basal_dendrite, apical_dendrite\n"                          \
                     "or numbers",                                                                 \
                     cli_filter_set_section_types),                                                \
        CLI_FILTER_FLAG_(type, "somas", "only somas", somas),                                      \
        CLI_FILTER_FLAG_(type, "segments", "only segments, no somas", segments),                   \
        CLI_FILTER_LIST_(type, "gids", "LIST|FILE",                                                \
                         "only somas and segments of these cells:\n"                               \
                         "a list such as 1,5,7-20, or a file of such lists",                       \
                         cli_filter_set_gids),                                                     \
        CLI_FILTER_LIST_(type, "pre-gids", "LIST|FILE", "only synapses from these cells",          \
                         cli_filter_set_pre_gids),                                                 \
        CLI_FILTER_LIST_(type, "post-gids", "LIST|FILE", "only synapses on these cells",           \
                         cli_filter_set_post_gids),                                                \
        CLI_FILTER_LIST_(type, "ids", "LIST|FILE",                                                 \
                         "only synapses, spheres or points of these ids", cli_filter_set_ids)
#define CLI_FILTER_LIST_(type, option, shown, text, setter)                                        \
    {                                                                                              \
        .name = option, .words = CLI_ONE_WORD, .value = shown, .help = text,                       \
        .offset = offsetof(type, filter), .set = setter                                            \
    }
#define CLI_FILTER_FLAG_(type, option, text, member)                                               \
    {                                                                                              \
        .name = option, .words = CLI_FLAG, .help = text, .offset = offsetof(type, filter.member)   \
    }

/* "axon,2,5" */
void cli_filter_set_section_types(void *filter, const char *const *words);
/* "1,5,7-20", or a file of such. */
void cli_filter_set_gids(void *filter, const char *const *words);
void cli_filter_set_pre_gids(void *filter, const char *const *words);
void cli_filter_set_post_gids(void *filter, const char *const *words);
void cli_filter_set_ids(void *filter, const char *const *words);

/* For si_filter_free(); NULL: everything passes. A condition that this kind of element cannot meet
 * is wrong use. */
si_filter *cli_filter_make(const cli_filter *filter, si_element_kind kind);

void cli_filter_free(cli_filter *filter);

#endif
