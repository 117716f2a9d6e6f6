/* Looks for morphologies in one library after another, and makes their shapes. */
#include "circuit/morphology_places.h"

#include "base/text.h"

/* `missing` receives the sentence about the first place that does not exist. */
static si_result add_place(si_morphology_places *places, const char *path, si_error *missing,
                           si_error *error)
{
    if (!path || path[0] == '\0')
        return SI_OK;
    si_error failure = {.result = SI_OK};
    si_morphology_library *library = NULL;
    si_result result = si_morphology_library_open(path, &library, &failure);
    if (result == SI_ERROR_NOT_FOUND) {
        if (missing->result == SI_OK)
            *missing = failure;
        return SI_OK;
    }
    if (result != SI_OK)
        return si_fail(error, result, "%s", failure.message);
    places->paths[places->count] = path;
    places->libraries[places->count++] = library;
    return SI_OK;
}

static si_result add_places(si_morphology_places *places, const char *const *paths, si_error *error)
{
    si_error missing = {.result = SI_OK};
    for (int i = 0; i < SI_MORPHOLOGY_PLACES_MAX; i++)
        SI_TRY(add_place(places, paths[i], &missing, error));
    if (places->count > 0)
        return SI_OK;
    if (missing.result != SI_OK)
        return si_fail(error, missing.result, "%s", missing.message);
    return si_fail(error, SI_ERROR_ARGUMENT,
                   "no folder or container of morphologies is given, expected at least one");
}

si_result si_morphology_places_open(si_morphology_places *places, const char *morphologies,
                                    const char *alternate_h5v1, const char *alternate_asc,
                                    si_error *error)
{
    const char *const paths[] = {morphologies, alternate_h5v1, alternate_asc};
    si_result result = add_places(places, paths, error);
    if (result != SI_OK)
        si_morphology_places_close(places);
    return result;
}

void si_morphology_places_close(si_morphology_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        si_morphology_library_close(places->libraries[i]);
    places->count = 0;
}

static si_result list_paths(const si_morphology_places *places, si_text *paths)
{
    for (size_t i = 0; i < places->count; i++)
        SI_TRY(si_text_append(paths, "%s%s", i > 0 ? ", " : "", places->paths[i]));
    return SI_OK;
}

static si_result fail_not_found(const si_morphology_places *places, const char *name,
                                si_error *error)
{
    si_text paths = {0};
    si_result result = list_paths(places, &paths);
    if (result == SI_OK)
        result = si_fail(error, SI_ERROR_NOT_FOUND, "morphology '%s' is not in %s", name,
                         paths.data);
    else
        result = si_fail_memory(error);
    si_text_free(&paths);
    return result;
}

static si_result make_shape(const si_morphology_places *places, size_t place, const char *name,
                            const si_morphology *morphology, si_cell_shape **shape, si_error *error)
{
    si_error failure = {.result = SI_OK};
    si_result result = si_cell_shape_create(morphology, places->soma_radius, shape, &failure);
    if (result != SI_OK)
        return si_fail(error, result, "morphology '%s' of %s: %s", name, places->paths[place],
                       failure.message);
    return SI_OK;
}

si_result si_morphology_places_load(void *context, const char *name, si_cell_shape **shape,
                                    si_error *error)
{
    const si_morphology_places *places = context;
    for (size_t i = 0; i < places->count; i++) {
        si_morphology *morphology = NULL;
        si_result result = si_morphology_library_load(places->libraries[i], name, &morphology,
                                                      error);
        if (result == SI_ERROR_NOT_FOUND)
            continue;
        if (result == SI_OK)
            result = make_shape(places, i, name, morphology, shape, error);
        si_morphology_free(morphology);
        return result;
    }
    return fail_not_found(places, name, error);
}
