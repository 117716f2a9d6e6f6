/* Files that options name. */
#ifndef CLI_COMMON_INPUT_H
#define CLI_COMMON_INPUT_H

#include <stdio.h>

/* Opens a file for reading, or standard input for "-", which one option alone can read. `what` it
 * is, is said where it cannot be opened. `*name` is how messages call it. */
FILE *cli_input_open(const char *path, const char *what, const char **name);
void cli_input_close(FILE *file);

#endif
