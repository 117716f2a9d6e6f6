/* Standard output with a buffer of our own. Whatever cannot be written ends the command. */
#ifndef CLI_COMMON_OUTPUT_H
#define CLI_COMMON_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

void cli_put(const char *bytes, size_t length);
void cli_put_text(const char *text);
void cli_put_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cli_put_unsigned(uint64_t value);
void cli_put_signed(int64_t value);
void cli_put_float(float value);
void cli_put_double(double value);

static inline void cli_put_character(char character)
{
    cli_put(&character, 1);
}

/* A JSON string with its quotes. */
void cli_put_json_string(const char *text);

/* To be called last: sends off what is left, and makes sure that it arrived. */
void cli_finish_output(void);

#endif
