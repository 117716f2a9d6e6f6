/* Decoding of UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, at most U+10FFFF. */
#include "base/utf8.h"

static size_t announced_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc0 || first >= 0xf8)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t si_utf8_character_length(const char *text)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = announced_length(bytes[0]);
    if (length < 2)
        return length;
    unsigned code = bytes[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (bytes[i] & 0x3fU);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    return length;
}

bool si_utf8_is_valid(const char *text)
{
    while (*text != '\0') {
        size_t length = si_utf8_character_length(text);
        if (length == 0)
            return false;
        text += length;
    }
    return true;
}

void si_utf8_repair(char *text)
{
    while (*text != '\0') {
        size_t length = si_utf8_character_length(text);
        if (length == 0)
            *text = '?';
        text += length > 0 ? length : 1;
    }
}
