/* Buffers standard output and ends the command when it cannot be written. */
#include "common/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/float_text.h"
#include "common/json_string.h"
#include "common/program.h"

enum { BUFFER_SIZE = 1 << 16 };
enum { INTEGER_TEXT_SIZE = 20 };
static char buffer[BUFFER_SIZE];
static size_t used;

static _Noreturn void fail_to_write(void)
{
    cli_fail("cannot write to standard output: %s", strerror(errno));
}

static void flush(void)
{
    size_t written = 0;
    while (written < used) {
        ssize_t count = write(STDOUT_FILENO, buffer + written, used - written);
        if (count >= 0)
            written += (size_t)count;
        else if (errno != EINTR)
            fail_to_write();
    }
    used = 0;
}

/* Room for `length` <= BUFFER_SIZE bytes; whoever fills it adds to `used`. */
static char *reserve(size_t length)
{
    if (length > BUFFER_SIZE - used)
        flush();
    return buffer + used;
}

void cli_put(const char *bytes, size_t length)
{
    while (length > 0) {
        size_t part = length < BUFFER_SIZE ? length : BUFFER_SIZE;
        memcpy(reserve(part), bytes, part);
        used += part;
        bytes += part;
        length -= part;
    }
}

void cli_put_text(const char *text)
{
    cli_put(text, strlen(text));
}

void cli_put_format(const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        cli_fail("out of memory");
    cli_put(text, (size_t)length);
    free(text);
}

void cli_put_unsigned(uint64_t value)
{
    char digits[INTEGER_TEXT_SIZE];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    cli_put(digits + first, sizeof digits - first);
}

void cli_put_signed(int64_t value)
{
    if (value < 0)
        cli_put_character('-');
    cli_put_unsigned(value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void cli_put_float(float value)
{
    used += cli_float_text(value, reserve(CLI_FLOAT_TEXT_SIZE));
}

void cli_put_double(double value)
{
    used += cli_double_text(value, reserve(CLI_FLOAT_TEXT_SIZE));
}

void cli_put_json_string(const char *text)
{
    char bytes[CLI_JSON_CHARACTER_SIZE];
    cli_put_character('"');
    while (*text != '\0') {
        size_t length = cli_json_character(&text, bytes);
        cli_put(bytes, length);
    }
    cli_put_character('"');
}

void cli_finish_output(void)
{
    flush();
    /* Some file systems tell only now that they are full. */
    if (close(STDOUT_FILENO) != 0)
        fail_to_write();
}
