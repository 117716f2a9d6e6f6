/* Reads the options that filter elements and makes one si_filter of them, which demands all. */
#include "common/filter_options.h"

#include <stdlib.h>
#include <string.h>

#include "common/program.h"

/* Most conditions at once. */
enum { MOST_CONDITIONS = CLI_FILTER_IDS + 2 };

/* What each list is called, and is about. */
static const struct listed {
    const char *option;
    si_field field;
    const char *needs;
} listed[] = {
    [CLI_FILTER_SECTION_TYPES] = {"section-types", SI_FIELD_SECTION_TYPE, "somas and segments"},
    [CLI_FILTER_GIDS] = {"gids", SI_FIELD_GID, "somas and segments"},
    [CLI_FILTER_PRE_GIDS] = {"pre-gids", SI_FIELD_PRE_GID, "synapses"},
    [CLI_FILTER_POST_GIDS] = {"post-gids", SI_FIELD_POST_GID, "synapses"},
    [CLI_FILTER_IDS] = {"ids", SI_FIELD_ID, "synapses, spheres or points"},
};

/* ---- reading ---- */

void cli_filter_set_section_types(void *filter, const char *const *words)
{
    cli_gid_list *types = &((cli_filter *)filter)->lists[CLI_FILTER_SECTION_TYPES];
    types->count = 0;
    for (const char *word = words[0];; word++) {
        size_t length = strcspn(word, ",");
        char *name = cli_duplicate(word, length);
        unsigned type;
        if (si_section_type_from_name(name, &type, NULL) != SI_OK)
            cli_wrong_use("option '--section-types' takes soma, axon, basal_dendrite, "
                          "apical_dendrite or numbers to 255, not '%.80s'",
                          name);
        free(name);
        cli_gid_list_add(types, type);
        word += length;
        if (*word == '\0')
            break;
    }
}

static void set_list(cli_filter *filter, cli_filter_ids which, const char *text)
{
    cli_gid_list_read(&filter->lists[which], listed[which].option, text);
}

void cli_filter_set_gids(void *filter, const char *const *words)
{
    set_list(filter, CLI_FILTER_GIDS, words[0]);
}

void cli_filter_set_pre_gids(void *filter, const char *const *words)
{
    set_list(filter, CLI_FILTER_PRE_GIDS, words[0]);
}

void cli_filter_set_post_gids(void *filter, const char *const *words)
{
    set_list(filter, CLI_FILTER_POST_GIDS, words[0]);
}

void cli_filter_set_ids(void *filter, const char *const *words)
{
    set_list(filter, CLI_FILTER_IDS, words[0]);
}

void cli_filter_free(cli_filter *filter)
{
    for (size_t i = 0; i <= CLI_FILTER_IDS; i++)
        free(filter->lists[i].gids);
}

/* ---- making ---- */

static bool has_field(si_element_kind kind, si_field field)
{
    const si_field_info *fields;
    size_t count = si_element_kind_fields(kind, &fields);
    for (size_t i = 0; i < count; i++)
        if (fields[i].field == field)
            return true;
    return false;
}

static void check_kind(si_element_kind kind, const char *option, si_field field, const char *needs)
{
    if (!has_field(kind, field))
        cli_wrong_use("option '--%s' requires an index of %s, but the kind of this index is %s",
                      option, needs, si_element_kind_name(kind));
}

static size_t list_conditions(const cli_filter *filter, si_element_kind kind,
                              si_condition conditions[MOST_CONDITIONS])
{
    static const uint64_t no = 0, yes = 1;
    size_t count = 0;
    if (filter->somas || filter->segments) {
        check_kind(kind, filter->somas ? "somas" : "segments", SI_FIELD_IS_SOMA,
                   "somas and segments");
        conditions[count++] = (si_condition){SI_FIELD_IS_SOMA, filter->somas ? &yes : &no, 1};
    }
    for (size_t i = 0; i <= CLI_FILTER_IDS; i++) {
        const cli_gid_list *list = &filter->lists[i];
        if (!list->gids)
            continue;
        check_kind(kind, listed[i].option, listed[i].field, listed[i].needs);
        conditions[count++] = (si_condition){listed[i].field, list->gids, list->count};
    }
    return count;
}

si_filter *cli_filter_make(const cli_filter *filter, si_element_kind kind)
{
    si_condition conditions[MOST_CONDITIONS];
    si_filter *made;
    si_error error;
    size_t count = list_conditions(filter, kind, conditions);
    if (count == 0)
        return NULL;
    if (si_filter_create(kind, conditions, count, &made, &error) != SI_OK)
        cli_fail("%s", error.message);
    return made;
}
