/* What every command shares: its name, how it complains and with which code it ends. */
#ifndef CLI_COMMON_PROGRAM_H
#define CLI_COMMON_PROGRAM_H

#include <stddef.h>

/* Exit codes; after a signal the code is 128 + its number. */
enum { CLI_DONE = 0, CLI_ANSWER_IS_NO = 1, CLI_FAILED = 2 };

/* To be called first. `name` must live for ever. */
void cli_begin(const char *name);
const char *cli_program_name(void);

/* One line on stderr that begins with the name of the command, whatever is in the text. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* cli_say, then the end with CLI_FAILED. */
_Noreturn void cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a wrong command line, with a hint at --help on a second line. */
_Noreturn void cli_wrong_use(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory that is there: without it the command fails. Give it to free(). */
void *cli_allocate(size_t count, size_t size);
void *cli_reallocate(void *memory, size_t count, size_t size);
char *cli_duplicate(const char *text, size_t length);

#endif
