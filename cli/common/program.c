/* Messages, exit codes and memory of the command. */
#include "common/program.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *program_name = "spatial-index";

/* With a closed standard stream, the next file opened would take its number and receive what is
 * meant for the stream. What takes its place here refuses what the stream is for. */
static void occupy_closed_streams(void)
{
    for (;;) {
        int mode = fcntl(STDIN_FILENO, F_GETFD) < 0 ? O_WRONLY : O_RDONLY;
        int descriptor = open("/dev/null", mode);
        if (descriptor < 0)
            return;
        if (descriptor > STDERR_FILENO) {
            close(descriptor);
            return;
        }
    }
}

void cli_begin(const char *name)
{
    program_name = name;
    occupy_closed_streams();
}

const char *cli_program_name(void)
{
    return program_name;
}

static void replace_control_characters(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
    }
}

static void say(const char *format, va_list arguments)
{
    char sentence[2048];
    vsnprintf(sentence, sizeof sentence, format, arguments);
    replace_control_characters(sentence);
    fprintf(stderr, "%s: %s\n", program_name, sentence);
}

void cli_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void cli_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    exit(CLI_FAILED);
}

void cli_wrong_use(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try '%s --help'.\n", program_name);
    /* Half-read arguments have no owner yet, so a search for leaks at the exit would report them.
     */
    fflush(stdout);
    _Exit(CLI_FAILED);
}

void *cli_reallocate(void *memory, size_t count, size_t size)
{
    void *result = reallocarray(memory, count > 0 ? count : 1, size > 0 ? size : 1);
    if (!result)
        cli_fail("out of memory");
    return result;
}

void *cli_allocate(size_t count, size_t size)
{
    return cli_reallocate(NULL, count, size);
}

char *cli_duplicate(const char *text, size_t length)
{
    char *copy = cli_allocate(length + 1, 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}
