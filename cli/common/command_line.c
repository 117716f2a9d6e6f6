/* Reads command lines with getopt_long, and adds what it lacks: options with several values
 * (--box X,Y,Z X,Y,Z), and lists that end where the operands begin (--populations A B INDEX). */
#include "common/command_line.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/help.h"
#include "common/program.h"
#include "common/suggestion.h"

enum { HELP_CODE = 'h', FIRST_LONG_CODE = 256, VERSION_CODE = FIRST_LONG_CODE - 1 };

/* A word that is an operand, or a value of an option that takes many. */
struct word {
    const char *text;
    const cli_option *list; /* NULL: an operand */
    bool follows;           /* not the first of its list: an operand, if operands are lacking */
};

static bool has_option(const cli_command *command, const cli_option *option)
{
    return option->commands == 0 || (option->commands & command->bit) != 0;
}

/* Lists the options as getopt_long wants them. The code of a long option is its position in the
 * table, so an older name counts as another spelling of the same option. */
static void describe_options(const cli_command *command, struct option *next, char *letter)
{
    /* Words in the order given; missing values told apart from unknown options. */
    *letter++ = '-';
    *letter++ = ':';
    *letter++ = HELP_CODE;
    *next++ = (struct option){"help", no_argument, NULL, HELP_CODE};
    *next++ = (struct option){"version", no_argument, NULL, VERSION_CODE};
    for (size_t i = 0; i < command->option_count; i++) {
        const cli_option *option = &command->options[i];
        if (!has_option(command, option))
            continue;
        int takes = option->words == CLI_FLAG ? no_argument : required_argument;
        int code = FIRST_LONG_CODE + (int)i;
        *next++ = (struct option){option->name, takes, NULL, code};
        if (option->older_name)
            *next++ = (struct option){option->older_name, takes, NULL, code};
        if (option->letter != 0) {
            *letter++ = option->letter;
            if (takes == required_argument)
                *letter++ = ':';
        }
    }
    *next = (struct option){NULL, 0, NULL, 0};
    *letter = '\0';
}

static const cli_option *find_option(const cli_command *command, int code)
{
    if (code >= FIRST_LONG_CODE)
        return &command->options[code - FIRST_LONG_CODE];
    for (size_t i = 0; i < command->option_count; i++) {
        if (command->options[i].letter == code && has_option(command, &command->options[i]))
            return &command->options[i];
    }
    return NULL;
}

/* Complains about what getopt_long returned '?' for. */
static _Noreturn void refuse_option(const cli_command *command, char **argv)
{
    const cli_option *option = find_option(command, optopt);
    const char *given = argv[optind - 1];
    int length = (int)strcspn(given, "=");
    if (optopt == HELP_CODE || optopt == VERSION_CODE || (option && optopt >= FIRST_LONG_CODE))
        cli_wrong_use("option '%.*s' takes no value", length, given);
    if (optopt != 0)
        cli_wrong_use("unknown option '-%c'", optopt);

    /* Only a long option has neither: it is unknown, or begins several that there are. */
    char *name = cli_duplicate(given + 2, (size_t)length - 2);
    cli_suggestion suggestion = {.mistyped = name};
    size_t matches = 0;
    for (size_t i = 0; i < command->option_count; i++) {
        const cli_option *known = &command->options[i];
        if (!has_option(command, known))
            continue;
        matches += strncmp(known->name, name, strlen(name)) == 0;
        if (known->help)
            cli_suggestion_consider(&suggestion, known->name);
    }
    if (matches > 1 && *name != '\0')
        cli_wrong_use("option '--%s' is ambiguous", name);
    if (suggestion.closest)
        cli_wrong_use("unknown option '--%s': did you mean --%s?", name, suggestion.closest);
    cli_wrong_use("unknown option '--%s'", name);
}

static void store_value(void *target, const cli_option *option, const char *const *words)
{
    char *place = (char *)target + option->offset;
    if (option->set)
        option->set(place, words);
    else if (option->words == CLI_FLAG)
        *(bool *)(void *)place = true;
    else
        *(const char **)(void *)place = words[0];
}

/* Reads the second and third value of an option, which getopt_long leaves, and stores all. */
static void store_values(void *target, const cli_option *option, int argc, char **argv)
{
    const char *words[3] = {optarg};
    int count = option->words == CLI_TWO_WORDS ? 2 : option->words == CLI_THREE_WORDS ? 3 : 1;
    /* "-o=x" is meant as "--output=x"; a value of its own may begin with '='. */
    bool follows_letter = optarg && optarg == argv[optind - 1] + 2 && argv[optind - 1][1] != '-';
    if (follows_letter && optarg[0] == '=')
        words[0] = ++optarg;
    for (int i = 1; i < count; i++) {
        if (optind >= argc)
            cli_wrong_use("option '--%s' takes %s values", option->name,
                          count == 2 ? "two" : "three");
        words[i] = argv[optind++];
    }
    store_value(target, option, words);
}

/* Collects the words that are operands or belong to a list, and stores all other values. Returns
 * how many words were collected. */
static size_t read_words(const cli_command *command, int argc, char **argv, void *target,
                         struct word *words)
{
    struct option *long_options = cli_allocate(2 * command->option_count + 3, sizeof *long_options);
    char *letters = cli_allocate(2 * command->option_count + 4, 1);
    size_t count = 0;
    int code;
    describe_options(command, long_options, letters);
    while ((code = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
        if (code == HELP_CODE)
            cli_show_help(command);
        if (code == VERSION_CODE)
            cli_show_version();
        if (code == ':')
            cli_wrong_use("option '%s' requires a value", argv[optind - 1]);
        if (code == '?')
            refuse_option(command, argv);
        const cli_option *option = code == 1 ? NULL : find_option(command, code);
        if (option && option->words != CLI_MANY_WORDS) {
            store_values(target, option, argc, argv);
            continue;
        }
        words[count++] = (struct word){optarg, option, false};
        /* --name=VALUE has one value alone. */
        bool many = option && optarg == argv[optind - 1];
        while (many && optind < argc && argv[optind][0] != '-')
            words[count++] = (struct word){argv[optind++], option, true};
    }
    while (optind < argc) /* after "--" */
        words[count++] = (struct word){argv[optind++], NULL, false};
    free(long_options);
    free(letters);
    return count;
}

void cli_read_arguments(const cli_command *command, int argc, char **argv, void *target,
                        cli_operands *operands)
{
    struct word *words = cli_allocate((size_t)argc, sizeof *words);
    size_t count = read_words(command, argc, argv, target, words);

    /* "--populations A B segments FILE": the last words of the list are the operands that are
     * lacking. */
    size_t given = 0;
    for (size_t i = 0; i < count; i++)
        given += words[i].list == NULL;
    for (size_t i = count; i-- > 0 && given < command->least_operands;) {
        if (words[i].list && words[i].follows) {
            words[i].list = NULL;
            given++;
        }
    }

    operands->words = cli_allocate(command->most_operands, sizeof *operands->words);
    operands->count = 0;
    for (size_t i = 0; i < command->most_operands; i++)
        operands->words[i] = NULL;
    for (size_t i = 0; i < count; i++) {
        if (words[i].list)
            store_value(target, words[i].list, &words[i].text);
        else if (operands->count == command->most_operands)
            cli_wrong_use("unexpected argument '%s'", words[i].text);
        else
            operands->words[operands->count++] = words[i].text;
    }
    if (operands->count < command->least_operands)
        cli_wrong_use("expected %s", command->operands);
    free(words);
}

void cli_names_free(cli_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free((void *)(uintptr_t)names->names[i]);
    free(names->names);
    *names = (cli_names){NULL, 0};
}

static void add_name(cli_names *names, const char *name)
{
    names->names = cli_reallocate(names->names, names->count + 1, sizeof *names->names);
    names->names[names->count++] = name;
}

void cli_add_word(void *names, const char *const *words)
{
    add_name(names, cli_duplicate(words[0], strlen(words[0])));
}

void cli_names_add(cli_names *names, const char *option, const char *list)
{
    for (;;) {
        size_t length = strcspn(list, ",");
        if (length == 0)
            cli_wrong_use("option '--%s': a name is empty", option);
        const char *name = cli_duplicate(list, length);
        for (size_t i = 0; i < names->count; i++) {
            if (strcmp(names->names[i], name) == 0)
                cli_wrong_use("option '--%s': '%s' is given twice", option, name);
        }
        add_name(names, name);
        if (list[length] == '\0')
            return;
        list += length + 1;
    }
}

void cli_add_populations(void *names, const char *const *words)
{
    cli_names_add(names, "populations", words[0]);
}
