/* The command line of one command: a table of options states which there are, how each is read and
 * what --help shows. */
#ifndef CLI_COMMON_COMMAND_LINE_H
#define CLI_COMMON_COMMAND_LINE_H

#include <stddef.h>

typedef enum cli_words {
    CLI_FLAG,        /* no value */
    CLI_ONE_WORD,    /* --name VALUE or --name=VALUE */
    CLI_TWO_WORDS,   /* --name VALUE VALUE */
    CLI_THREE_WORDS, /* --name VALUE VALUE VALUE */
    CLI_MANY_WORDS,  /* --name VALUE ..., up to the next option or operand; set once for each */
} cli_words;

typedef struct cli_option {
    const char *name;
    const char *older_name; /* accepted, but not shown; NULL: none */
    char letter;            /* 0: none */
    cli_words words;
    const char *value; /* as --help shows it; NULL for a flag */
    const char *help;  /* lines of at most 50 characters; NULL: accepted, but not shown */
    unsigned commands; /* the bits of the commands that have it; 0: all that use the table */
    size_t offset;     /* in the target, of the place where the value goes */
    /* Puts it there; NULL: it is just stored, as true or as text. */
    void (*set)(void *place, const char *const *words);
} cli_option;

typedef struct cli_command {
    const char *examples[2]; /* their words after "spatial-index" */
    const char *operands;    /* as --help shows them, " | " between alternatives */
    const char *summary;
    const char *page; /* the manual page */
    const cli_option *options;
    size_t option_count;
    unsigned bit; /* see cli_option.commands */
    size_t least_operands;
    size_t most_operands;
} cli_command;

typedef struct cli_operands {
    const char **words; /* for free(); `most_operands` are there, NULL where not given */
    size_t count;
} cli_operands;

/* Stores every option in `target` and collects the operands. Ends the command for --help, --version
 * and a wrong command line. argv[0] is ignored. */
void cli_read_arguments(const cli_command *command, int argc, char **argv, void *target,
                        cli_operands *operands);

/* A list of names, such as those of populations. */
typedef struct cli_names {
    const char **names;
    size_t count;
} cli_names;

/* Adds the names in "A,B". An empty or repeated name is wrong use of `option`. */
void cli_names_add(cli_names *names, const char *option, const char *list);
/* The same, for the option --populations. */
void cli_add_populations(void *names, const char *const *words);
/* Adds a word as it is. */
void cli_add_word(void *names, const char *const *words);
void cli_names_free(cli_names *names);

#endif
