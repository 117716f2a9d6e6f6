/* spatial-index: finds the command that is asked for in the table of commands and runs it. The
 * first words name it ("spatial-index query"), or the link by which the program was started does
 * ("spatial-index-query"). */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "common/help.h"
#include "common/program.h"
#include "common/suggestion.h"

#define PROGRAM "spatial-index"

typedef struct command_row {
    const char *name; /* one word or two */
    int (*run)(int argc, char **argv);
    const char *summary; /* NULL: an older name, which works but is not shown */
} command_row;

static const command_row rows[] = {
    {"index segments", cli_index_segments_command, "index the somas and segments of cells"},
    {"index synapses", cli_index_synapses_command, "index synapses"},
    {"query", cli_query_command, "find elements in a shape or near a point"},
    {"grid", cli_grid_command, "count elements or add up lengths in voxels or regions"},
    {"info", cli_info_command, "show what an index contains and how large it is"},
    {"compare", cli_compare_command, "test whether two indexes hold the same elements"},
    {"verify", cli_verify_command, "read an index completely and report damage"},
    {"sample-circuit", cli_sample_circuit_command, "write a small example circuit"},
    {"nodes", cli_nodes_command, NULL},
    {"synapses", cli_synapses_command, NULL},
    {"circuit", cli_circuit_command, NULL},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* How many of the given words name the row: all of its own, or 0. */
static int match_words(const command_row *row, int count, char **words)
{
    size_t first = strcspn(row->name, " ");
    if (count < 1 || strlen(words[0]) != first || memcmp(words[0], row->name, first) != 0)
        return 0;
    if (row->name[first] == '\0')
        return 1;
    return count > 1 && strcmp(words[1], row->name + first + 1) == 0 ? 2 : 0;
}

static const command_row *find_row(int count, char **words, int *used)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        *used = match_words(&rows[i], count, words);
        if (*used > 0)
            return &rows[i];
    }
    return NULL;
}

/* Whether a word is the first of commands that have two. */
static bool is_group(const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strncmp(rows[i].name, word, length) == 0 && rows[i].name[length] == ' ')
            return true;
    }
    return false;
}

/* `group` NULL: all commands. */
static _Noreturn void show_overview(const char *group)
{
    size_t length = group ? strlen(group) : 0;
    if (!group)
        printf("Examples:\n"
               "  " PROGRAM " index segments circuit/circuit_config.json -o segments\n"
               "  " PROGRAM " query segments --box -20,400,-20 20,440,20\n\n"
               "Usage: " PROGRAM " COMMAND [options] ...\n\n"
               "Builds and queries spatial indexes of brain circuits.\n\n");
    else
        printf("Usage: " PROGRAM " %s COMMAND [options] ...\n\n", group);
    printf("Commands:\n");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        bool belongs = !group ||
                       (strncmp(rows[i].name, group, length) == 0 && rows[i].name[length] == ' ');
        if (rows[i].summary && belongs)
            printf("  %-17s %s\n", rows[i].name, rows[i].summary);
    }
    if (!group)
        printf("  %-17s %s\n\nOptions:\n  %-17s %s\n  %-17s %s\n", "help [COMMAND]",
               "show the help of a command", "-h, --help", "show this help and exit", "--version",
               "show the version and exit");
    printf("\n'" PROGRAM " help COMMAND' shows the options of a command.\n");
    cli_end_help();
}

/* Complains about words that name no command. */
static _Noreturn void refuse_command(int count, char **words)
{
    char given[64];
    cli_suggestion suggestion = {.mistyped = given};
    bool second = is_group(words[0]);
    if (second && count < 2)
        cli_wrong_use("expected a command after '%s'", words[0]);
    if (second)
        snprintf(given, sizeof given, "%s %s", words[0], words[1]);
    else
        snprintf(given, sizeof given, "%s", words[0]);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].summary)
            cli_suggestion_consider(&suggestion, rows[i].name);
    }
    cli_suggestion_consider(&suggestion, "help");
    cli_suggestion_consider(&suggestion, "--help");
    cli_suggestion_consider(&suggestion, "--version");
    const char *what = words[second ? 1 : 0][0] == '-' ? "option" : "command";
    if (suggestion.closest)
        cli_wrong_use("unknown %s '%s': did you mean '%s'?", what, given, suggestion.closest);
    cli_wrong_use("unknown %s '%s'", what, given);
}

/* Runs a command under the name that its messages begin with. */
static int run_row(const command_row *row, int argc, char **argv)
{
    static char name[64];
    snprintf(name, sizeof name, PROGRAM " %s", row->name);
    cli_begin(name);
    return row->run(argc, argv);
}

static bool is_word(const char *word, const char *one, const char *other)
{
    return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

int main(int argc, char **argv)
{
    int used;
    static char help_option[] = "--help", no_name[] = "";
    char *path = argc > 0 ? argv[0] : no_name;
    char *slash = strrchr(path, '/');
    char *own_name = slash ? slash + 1 : path;
    if (strncmp(own_name, PROGRAM "-", strlen(PROGRAM "-")) == 0) {
        char *link_name = own_name + strlen(PROGRAM "-");
        const command_row *linked = find_row(1, &link_name, &used);
        if (linked) {
            cli_begin(own_name);
            return linked->run(argc, argv);
        }
    }

    cli_begin(PROGRAM);
    if (argc < 2)
        show_overview(NULL);
    char **words = argv + 1;
    int count = argc - 1;
    if (strcmp(words[0], "--version") == 0)
        cli_show_version();
    bool helps = is_word(words[0], "help", "--help") || strcmp(words[0], "-h") == 0;
    if (helps && count == 1)
        show_overview(NULL);
    if (helps) {
        words++;
        count--;
    }
    bool only_group = is_group(words[0]) &&
                      (count == 1 ? helps : is_word(words[1], "--help", "-h"));
    if (only_group)
        show_overview(words[0]);
    const command_row *row = find_row(count, words, &used);
    if (!row)
        refuse_command(count, words);
    if (helps)
        return run_row(row, 2, (char *[]){path, help_option, NULL});
    return run_row(row, count - used + 1, words + used - 1);
}
