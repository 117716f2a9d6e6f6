/* A growing string, by formatting twice: once for the length, once into place. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static si_result reserve_text(si_text *text, size_t additional)
{
    size_t needed = text->length + additional + 1;
    char *data = si_grow(text->data, &text->capacity, needed, 1);
    if (!data)
        return SI_ERROR_MEMORY;
    text->data = data;
    return SI_OK;
}

si_result si_text_append_bytes(si_text *text, const char *bytes, size_t length)
{
    SI_TRY(reserve_text(text, length));
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
    return SI_OK;
}

static si_result append_formatted(si_text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    si_result result = length < 0 ? SI_ERROR_ARGUMENT : reserve_text(text, (size_t)length);
    if (result == SI_OK) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    return result;
}

si_result si_text_append(si_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    si_result result = append_formatted(text, format, arguments);
    va_end(arguments);
    return result;
}

void si_text_free(si_text *text)
{
    si_free(text->data);
    memset(text, 0, sizeof *text);
}

char *si_format(const char *format, ...)
{
    si_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    si_result result = append_formatted(&text, format, arguments);
    va_end(arguments);
    if (result == SI_OK)
        return text.data;
    si_text_free(&text);
    return NULL;
}
