/* Lines and columns of places in a text, and quotations from it, for error sentences. */
#include "morphology/morphology_source.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { QUOTED_CHARACTERS = 24 };

static bool ends_line(const si_source *source, const char *place)
{
    if (*place == '\r')
        return place + 1 == source->end || place[1] != '\n';
    return *place == '\n';
}

static size_t count_lines(const si_source *source, const char *place, const char **line_begin)
{
    size_t line = 1;
    *line_begin = source->begin;
    for (const char *at = source->begin; at < place; at++) {
        if (ends_line(source, at)) {
            line++;
            *line_begin = at + 1;
        }
    }
    return line;
}

size_t si_source_line(const si_source *source, const char *place)
{
    const char *line_begin;
    return count_lines(source, place, &line_begin);
}

void si_source_set_error(const si_source *source, const char *place, si_error *error,
                         const char *format, ...)
{
    if (!error)
        return;
    char sentence[SI_ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    const char *line_begin;
    size_t line = count_lines(source, place, &line_begin);
    si_error_set(error, SI_ERROR_FORMAT, "%s:%zu:%zu: %s", source->path, line,
                 (size_t)(place - line_begin) + 1, sentence);
}

static bool ends_word(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

si_quotation si_source_quote(const si_source *source, const char *place)
{
    si_quotation end_of_file = {"the end of the file"};
    si_quotation end_of_line = {"the end of the line"};
    if (place == source->end)
        return end_of_file;
    if (*place == '\n' || *place == '\r')
        return end_of_line;
    const char *end = place;
    while (end < source->end && end - place <= QUOTED_CHARACTERS && !ends_word(*end))
        end++;
    return si_source_quote_exactly(place, (size_t)(end - place));
}

si_quotation si_source_quote_exactly(const char *place, size_t length)
{
    si_quotation quotation = {"'"};
    size_t used = 1;
    size_t shown = length < QUOTED_CHARACTERS ? length : QUOTED_CHARACTERS;
    for (size_t i = 0; i < shown && used < sizeof quotation.text - 12; i++) {
        unsigned char byte = (unsigned char)place[i];
        bool printable = byte >= ' ' && byte < 127;
        int written = snprintf(quotation.text + used, sizeof quotation.text - used,
                               printable ? "%c" : "\\x%02x", byte);
        used += (size_t)written;
    }
    snprintf(quotation.text + used, sizeof quotation.text - used, "%s",
             shown < length ? "...'" : "'");
    return quotation;
}
