/* Names of results, and the sentences of errors: formatted, cut to size, always valid UTF-8. */
#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "si_config.h"

static const char *const result_names[] = {
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
};

const char *si_result_name(si_result result)
{
    size_t count = sizeof result_names / sizeof result_names[0];
    return (size_t)result < count ? result_names[result] : "SI_ERROR_UNKNOWN";
}

static_assert(SI_VERSION_MAJOR == SI_BUILT_MAJOR && SI_VERSION_MINOR == SI_BUILT_MINOR &&
                  SI_VERSION_PATCH == SI_BUILT_PATCH,
              "the public header states the version of the file VERSION");

const char *si_version(void)
{
    return SI_VERSION_STRING;
}

/* Formats into a separate buffer first: an argument may be the old message of `error`. */
static void format_error(si_error *error, si_result result, const char *system_text,
                         const char *format, va_list arguments)
{
    char message[SI_ERROR_MESSAGE_SIZE];
    int length = vsnprintf(message, sizeof message, format, arguments);
    if (length < 0)
        message[length = 0] = '\0';
    if (system_text && (size_t)length < sizeof message)
        snprintf(message + length, sizeof message - (size_t)length, ": %s", system_text);
    si_utf8_repair(message); /* file names may hold any bytes, and the end may be cut off */
    error->result = result;
    memcpy(error->message, message, sizeof message);
}

void si_error_set(si_error *error, si_result result, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        format_error(error, result, NULL, format, arguments);
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
        format_error(error, result, system_text, format, arguments);
        va_end(arguments);
    }
}
