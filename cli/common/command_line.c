#include "common/command_line.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/help.h"
#include "common/program.h"

enum { HELP_CODE = 'h', FIRST_LONG_CODE = 256, VERSION_CODE = FIRST_LONG_CODE - 1 };

/* A word that is an operand, or a value of an option that takes many. */
struct word {
    const char *text;
    const cli_option *list; /* NULL: an operand */
    bool follows;           /* not the first of its list: an operand, if operands are lacking */
};

struct reader {
    const cli_command *command;
    int argc;
    char **argv;
    void *target;
    struct option *long_options;
    char *letters;
    struct word *words;
    size_t word_count;
};

static bool has_option(const cli_command *command, const cli_option *option)
{
    return option->commands == 0 || (option->commands & command->bit) != 0;
}

static void describe_options(struct reader *reader)
{
    const cli_command *command = reader->command;
    struct option *next = cli_allocate(command->option_count + 3, sizeof *next);
    char *letter = cli_allocate(2 * command->option_count + 4, 1);
    reader->long_options = next;
    reader->letters = letter;
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
        *next++ = (struct option){option->name, takes, NULL, FIRST_LONG_CODE + (int)i};
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

static void add_word(struct reader *reader, const char *text, const cli_option *list, bool follows)
{
    reader->words[reader->word_count++] = (struct word){text, list, follows};
}

static void store(const struct reader *reader, const cli_option *option, const char *const *words)
{
    char *place = (char *)reader->target + option->offset;
    if (option->set)
        option->set(place, words);
    else if (option->words == CLI_FLAG)
        *(bool *)(void *)place = true;
    else
        *(const char **)(void *)place = words[0];
}

static void store_words(struct reader *reader, const cli_option *option, int count)
{
    const char *words[3] = {optarg};
    for (int i = 1; i < count; i++) {
        if (optind >= reader->argc)
            cli_wrong_use("option '--%s' takes %s values", option->name,
                          count == 2 ? "two" : "three");
        words[i] = reader->argv[optind++];
    }
    store(reader, option, words);
}

static bool value_follows(const struct reader *reader)
{
    return optind < reader->argc && reader->argv[optind][0] != '-';
}

static void read_option(struct reader *reader, const cli_option *option)
{
    switch (option->words) {
    case CLI_FLAG:
    case CLI_ONE_WORD:
        store_words(reader, option, 1);
        break;
    case CLI_TWO_WORDS:
        store_words(reader, option, 2);
        break;
    case CLI_THREE_WORDS:
        store_words(reader, option, 3);
        break;
    case CLI_MANY_WORDS: {
        /* --name=VALUE says that one word is all. */
        bool many = optarg == reader->argv[optind - 1];
        add_word(reader, optarg, option, false);
        while (many && value_follows(reader))
            add_word(reader, reader->argv[optind++], option, true);
        break;
    }
    }
}

static size_t count_matches(const cli_command *command, const char *prefix, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < command->option_count; i++) {
        const cli_option *option = &command->options[i];
        count += has_option(command, option) && strncmp(option->name, prefix, length) == 0;
    }
    return count;
}

static _Noreturn void refuse_option(const struct reader *reader)
{
    const cli_option *option = find_option(reader->command, optopt);
    const char *given = reader->argv[optind - 1];
    int length = (int)strcspn(given, "=");
    if (optopt == HELP_CODE || optopt == VERSION_CODE || (option && optopt >= FIRST_LONG_CODE))
        cli_wrong_use("option '%.*s' takes no value", length, given);
    if (optopt != 0)
        cli_wrong_use("unknown option '-%c'", optopt);
    if (length > 2 && count_matches(reader->command, given + 2, (size_t)length - 2) > 1)
        cli_wrong_use("option '%.*s' is ambiguous", length, given);
    cli_wrong_use("unknown option '%.*s'", length, given);
}

static void read_words(struct reader *reader)
{
    int code;
    while ((code = getopt_long(reader->argc, reader->argv, reader->letters, reader->long_options,
                               NULL)) != -1) {
        if (code == 1)
            add_word(reader, optarg, NULL, false);
        else if (code == HELP_CODE)
            cli_show_help(reader->command);
        else if (code == VERSION_CODE)
            cli_show_version();
        else if (code == ':')
            cli_wrong_use("option '%s' lacks its value", reader->argv[optind - 1]);
        else if (code == '?')
            refuse_option(reader);
        else
            read_option(reader, find_option(reader->command, code));
    }
    while (optind < reader->argc)
        add_word(reader, reader->argv[optind++], NULL, false);
}

/* "--populations A B segments FILE": the last words of the list are the operands that are
 * lacking. */
static void give_back_operands(struct reader *reader)
{
    size_t operands = 0;
    for (size_t i = 0; i < reader->word_count; i++)
        operands += reader->words[i].list == NULL;
    for (size_t i = reader->word_count; i-- > 0 && operands < reader->command->least_operands;) {
        if (reader->words[i].list && reader->words[i].follows) {
            reader->words[i].list = NULL;
            operands++;
        }
    }
}

static void assign_words(const struct reader *reader, cli_operands *operands)
{
    const cli_command *command = reader->command;
    operands->words = cli_allocate(command->most_operands, sizeof *operands->words);
    operands->count = 0;
    for (size_t i = 0; i < command->most_operands; i++)
        operands->words[i] = NULL;
    for (size_t i = 0; i < reader->word_count; i++) {
        const struct word *word = &reader->words[i];
        if (word->list)
            store(reader, word->list, &word->text);
        else if (operands->count == command->most_operands)
            cli_wrong_use("one word too many: '%s'", word->text);
        else
            operands->words[operands->count++] = word->text;
    }
    if (operands->count < command->least_operands)
        cli_wrong_use("expected %s", command->operands);
}

void cli_read_arguments(const cli_command *command, int argc, char **argv, void *target,
                        cli_operands *operands)
{
    struct reader reader = {.command = command, .argc = argc, .argv = argv, .target = target};
    reader.words = cli_allocate((size_t)argc, sizeof *reader.words);
    describe_options(&reader);
    read_words(&reader);
    give_back_operands(&reader);
    assign_words(&reader, operands);
    free(reader.long_options);
    free(reader.letters);
    free(reader.words);
}

static void add_name(cli_names *names, const char *option, const char *name, size_t length)
{
    if (length == 0)
        cli_wrong_use("option '--%s': a name is empty", option);
    names->names = cli_reallocate(names->names, names->count + 1, sizeof *names->names);
    const char *copy = cli_duplicate(name, length);
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->names[i], copy) == 0)
            cli_wrong_use("option '--%s': '%s' is given twice", option, copy);
    }
    names->names[names->count++] = copy;
}

void cli_names_free(cli_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free((void *)(uintptr_t)names->names[i]);
    free(names->names);
    *names = (cli_names){NULL, 0};
}

void cli_names_add(cli_names *names, const char *option, const char *list)
{
    for (;;) {
        size_t length = strcspn(list, ",");
        add_name(names, option, list, length);
        if (list[length] == '\0')
            return;
        list += length + 1;
    }
}

void cli_add_populations(void *names, const char *const *words)
{
    cli_names_add(names, "populations", words[0]);
}
