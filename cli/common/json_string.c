#include "common/json_string.h"

#include <stdio.h>
#include <string.h>

static size_t announced_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc0 || first >= 0xf8)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The length of the well-formed UTF-8 character that a text begins with, 0 if there is none. */
static size_t character_length(const unsigned char *text)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = announced_length(text[0]);
    if (length < 2)
        return length;
    unsigned code = text[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3fU);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    return length;
}

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
    size_t length = character_length(next);
    *text += length > 0 ? length : 1;
    if (length == 0)
        return (size_t)snprintf(bytes, CLI_JSON_CHARACTER_SIZE, "\\ufffd");
    if (*next < ' ' || *next == '"' || *next == '\\')
        return escape(*next, bytes);
    memcpy(bytes, next, length);
    return length;
}
