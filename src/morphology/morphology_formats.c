/* The table of morphology formats, and reading a file by its suffix. */
#include "morphology/morphology_formats.h"

#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "morphology/morphology_asc.h"
#include "morphology/morphology_hdf5.h"
#include "morphology/morphology_swc.h"

const si_morphology_format si_morphology_formats[] = {
    {".h5", .read = si_morphology_read_hdf5},
    {".asc", .parse = si_morphology_parse_asc},
    {".swc", .parse = si_morphology_parse_swc},
    {NULL, NULL, NULL},
};

const si_morphology_format *si_morphology_format_of(const char *name)
{
    const char *suffix = strrchr(name, '.');
    if (!suffix)
        return NULL;
    for (const si_morphology_format *format = si_morphology_formats; format->suffix; format++)
        if (strcasecmp(suffix, format->suffix) == 0)
            return format;
    return NULL;
}

char *si_morphology_list_suffixes(void)
{
    si_text list = {0};
    for (const si_morphology_format *format = si_morphology_formats; format->suffix; format++) {
        const char *separator = format == si_morphology_formats ? ""
                                : format[1].suffix              ? ", "
                                                                : " or ";
        if (si_text_append(&list, "%s%s", separator, format->suffix) != SI_OK) {
            si_text_free(&list);
            return NULL;
        }
    }
    return list.data;
}

si_result si_morphology_read(const char *path, si_morphology **morphology, si_error *error)
{
    const si_morphology_format *format = si_morphology_format_of(path);
    if (!format) {
        char *suffixes = si_morphology_list_suffixes();
        if (!suffixes)
            return si_fail_memory(error);
        const char *dot = strrchr(path, '.');
        si_result result = si_fail(error, SI_ERROR_UNSUPPORTED,
                                   "%s: unknown morphology format '%s', expected a file name that "
                                   "ends in %s",
                                   path, dot ? dot + 1 : "", suffixes);
        si_free(suffixes);
        return result;
    }
    if (format->read)
        return format->read(path, morphology, error);
    char *text;
    size_t length;
    SI_TRY(si_file_read_all(path, &text, &length, error));
    si_result result = format->parse(text, length, path, morphology, error);
    si_free(text);
    return result;
}
