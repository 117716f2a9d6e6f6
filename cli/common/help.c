/* Lays out the text of --help from the table of options. */
#include "common/help.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/program.h"
#include "spatial_index/spatial_index.h"

enum { HELP_COLUMN = 28 };

void cli_end_help(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        cli_fail("cannot write to standard output: %s", strerror(errno));
    exit(CLI_DONE);
}

static void show_option(char letter, const char *name, const char *value, const char *help)
{
    char left[64];
    if (letter != 0)
        snprintf(left, sizeof left, "  -%c, --%s %s", letter, name, value ? value : "");
    else
        snprintf(left, sizeof left, "      --%s %s", name, value ? value : "");
    int width = printf("%-*s", HELP_COLUMN, left);
    if (width > HELP_COLUMN)
        printf("\n%*s", HELP_COLUMN, "");
    for (;;) {
        int length = (int)strcspn(help, "\n");
        printf("%.*s\n", length, help);
        if (help[length] == '\0')
            return;
        printf("%*s", HELP_COLUMN, "");
        help += length + 1;
    }
}

void cli_show_help(const cli_command *command)
{
    printf("Examples:\n  spatial-index %s\n  spatial-index %s\n\n", command->examples[0],
           command->examples[1]);
    const char *operands = command->operands;
    for (const char *label = "Usage:"; operands; label = "      ") {
        const char *other = strstr(operands, " | ");
        int length = other ? (int)(other - operands) : (int)strlen(operands);
        printf("%s %s [options] %.*s\n", label, cli_program_name(), length, operands);
        operands = other ? other + strlen(" | ") : NULL;
    }
    printf("\n%s\n\nOptions:\n", command->summary);
    for (size_t i = 0; i < command->option_count; i++) {
        const cli_option *option = &command->options[i];
        if (option->help && (option->commands == 0 || (option->commands & command->bit) != 0))
            show_option(option->letter, option->name, option->value, option->help);
    }
    show_option('h', "help", NULL, "show this help and exit");
    show_option(0, "version", NULL, "show the version and exit");
    printf("\nSee the manual page %s(1) for details.\n", command->page);
    cli_end_help();
}

void cli_show_version(void)
{
    printf("%s %s\n", cli_program_name(), si_version());
    cli_end_help();
}
