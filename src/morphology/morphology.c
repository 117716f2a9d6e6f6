#include "morphology/morphology.h"

#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/memory.h"
#include "morphology/morphology_hdf5.h"

typedef si_result parse_text(const char *text, size_t length, const char *path,
                             si_morphology **morphology, si_error *error);

static si_result read_text(const char *path, parse_text *parse, si_morphology **morphology,
                           si_error *error)
{
    char *text;
    size_t length;
    SI_TRY(si_file_read_all(path, &text, &length, error));
    si_result result = parse(text, length, path, morphology, error);
    si_free(text);
    return result;
}

si_result si_morphology_read(const char *path, si_morphology **morphology, si_error *error)
{
    const char *dot = strrchr(path, '.');
    const char *suffix = dot ? dot + 1 : "";
    if (strcasecmp(suffix, "swc") == 0)
        return read_text(path, si_morphology_parse_swc, morphology, error);
    if (strcasecmp(suffix, "asc") == 0)
        return read_text(path, si_morphology_parse_asc, morphology, error);
    if (strcasecmp(suffix, "h5") == 0)
        return si_morphology_read_hdf5(path, morphology, error);
    return si_fail(error, SI_ERROR_UNSUPPORTED,
                   "%s: unknown kind of morphology '%s', expected a file name that ends in .swc, "
                   ".asc or .h5",
                   path, suffix);
}

void si_morphology_free(si_morphology *morphology)
{
    if (!morphology)
        return;
    si_free(morphology->points);
    si_free(morphology->diameters);
    si_free(morphology->section_offsets);
    si_free(morphology->section_types);
    si_free(morphology->section_parents);
    si_free(morphology->soma_points);
    si_free(morphology->soma_diameters);
    si_free(morphology);
}
