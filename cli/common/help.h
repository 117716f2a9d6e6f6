/* What --help and --version show. */
#ifndef CLI_COMMON_HELP_H
#define CLI_COMMON_HELP_H

#include "common/command_line.h"

_Noreturn void cli_show_help(const cli_command *command);
_Noreturn void cli_show_version(void);
/* Ends the command after such text was printed to stdout. */
_Noreturn void cli_end_help(void);

#endif
