#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "si_config.h"

static const char *const status_names[] = {
    [SI_OK] = "SI_OK",
    [SI_ERROR_ARGUMENT] = "SI_ERROR_ARGUMENT",
    [SI_ERROR_MEMORY] = "SI_ERROR_MEMORY",
    [SI_ERROR_IO] = "SI_ERROR_IO",
    [SI_ERROR_NOT_FOUND] = "SI_ERROR_NOT_FOUND",
    [SI_ERROR_FORMAT] = "SI_ERROR_FORMAT",
    [SI_ERROR_UNSUPPORTED] = "SI_ERROR_UNSUPPORTED",
    [SI_ERROR_EXISTS] = "SI_ERROR_EXISTS",
    [SI_ERROR_LIMIT] = "SI_ERROR_LIMIT",
    [SI_ERROR_BUSY] = "SI_ERROR_BUSY",
    [SI_ERROR_CANCELLED] = "SI_ERROR_CANCELLED",
    [SI_ERROR_RANK] = "SI_ERROR_RANK",
};

const char *si_result_name(si_result result)
{
    size_t count = sizeof status_names / sizeof status_names[0];
    return (size_t)result < count ? status_names[result] : "SI_ERROR_UNKNOWN";
}

const char *si_version(void)
{
    return SI_VERSION_STRING;
}

/* Formats into a buffer of its own first, because an argument may be the old message. */
static void set_error(si_error *error, si_result result, const char *system_text,
                      const char *format, va_list arguments)
{
    char message[SI_ERROR_MESSAGE_SIZE];
    int length = vsnprintf(message, sizeof message, format, arguments);
    if (length < 0)
        message[length = 0] = '\0';
    if (system_text && (size_t)length < sizeof message)
        snprintf(message + length, sizeof message - (size_t)length, ": %s", system_text);
    si_utf8_repair(message); /* names of files may be any bytes, and the end may be cut off */
    error->result = result;
    memcpy(error->message, message, sizeof message);
}

void si_error_set(si_error *error, si_result result, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        set_error(error, result, NULL, format, arguments);
        va_end(arguments);
    }
}

void si_error_set_errno(si_error *error, si_result result, int error_number, const char *format,
                        ...)
{
    if (error) {
        char buffer[128];
        const char *system_text = strerror_r(error_number, buffer, sizeof buffer);
        va_list arguments;
        va_start(arguments, format);
        set_error(error, result, system_text, format, arguments);
        va_end(arguments);
    }
}
