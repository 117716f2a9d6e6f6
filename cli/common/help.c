#include "common/help.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/program.h"
#include "spatial_index/spatial_index.h"

enum { HELP_COLUMN = 28 };

static _Noreturn void end(void)
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
    printf("Usage: %s [options] %s\n\n%s\n\nOptions:\n", command->name, command->operands,
           command->summary);
    for (size_t i = 0; i < command->option_count; i++) {
        const cli_option *option = &command->options[i];
        if (option->commands == 0 || (option->commands & command->bit) != 0)
            show_option(option->letter, option->name, option->value, option->help);
    }
    show_option('h', "help", NULL, "show this text and end");
    show_option(0, "version", NULL, "show the version and end");
    printf("\nThe manual page %s(1) tells more.\n", command->name);
    end();
}

void cli_show_version(void)
{
    printf("%s %s\n", cli_program_name(), si_version());
    end();
}
