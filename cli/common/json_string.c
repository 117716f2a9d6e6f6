/* Escapes strings for JSON. */
#include "common/json_string.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static size_t escape(unsigned char character, char bytes[CLI_JSON_CHARACTER_SIZE])
{
    static const char escaped[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *place = strchr(escaped, character);
    if (!place)
        return (size_t)snprintf(bytes, CLI_JSON_CHARACTER_SIZE, "\\u%04x", character);
    bytes[0] = '\\';
    bytes[1] = letters[place - escaped];
    return 2;
}

size_t cli_json_character(const char **text, char bytes[CLI_JSON_CHARACTER_SIZE])
{
    const unsigned char *next = (const unsigned char *)*text;
    size_t length = si_utf8_character_length(*text);
    *text += length > 0 ? length : 1;
    if (length == 0)
        return (size_t)snprintf(bytes, CLI_JSON_CHARACTER_SIZE, "\\ufffd");
    if (*next < ' ' || *next == '"' || *next == '\\')
        return escape(*next, bytes);
    memcpy(bytes, next, length);
    return length;
}
