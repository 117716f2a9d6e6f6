/* Opens the files that options name; "-" is standard input. */
#include "common/input.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/program.h"

FILE *cli_input_open(const char *path, const char *what, const char **name)
{
    static bool stdin_is_taken;
    *name = path;
    if (strcmp(path, "-") == 0) {
        *name = "standard input";
        if (stdin_is_taken)
            cli_wrong_use("only one option can read standard input ('-')");
        stdin_is_taken = true;
        return stdin;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        cli_fail("cannot open the %s '%s': %s", what, path, strerror(errno));
    return file;
}

void cli_input_close(FILE *file)
{
    if (file != stdin)
        fclose(file);
}
