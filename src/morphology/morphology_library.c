/* Finds morphologies by name: a folder is searched by the suffixes of the formats, a container by
 * the name of a group. */
#include "morphology/morphology_library.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "morphology/morphology_formats.h"
#include "morphology/morphology_hdf5.h"

struct si_morphology_library {
    char *path;
    bool is_container;
    hid_t file; /* of a container */
};

static si_result open_path(si_morphology_library *library, si_error *error)
{
    mode_t kind;
    SI_TRY(si_path_look(library->path, &kind, error));
    if (kind == S_IFDIR)
        return SI_OK;
    if (kind != S_IFREG)
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "morphologies '%s': does not exist or is neither a directory nor an HDF5 "
                       "container of morphologies",
                       library->path);
    si_hdf5_lock();
    si_result result = si_hdf5_open(library->path, &library->file, error);
    si_hdf5_unlock();
    library->is_container = result == SI_OK;
    return result;
}

si_result si_morphology_library_open(const char *path, si_morphology_library **library,
                                     si_error *error)
{
    si_morphology_library *opened = si_allocate_zeroed(1, sizeof *opened);
    if (!opened)
        return si_fail_memory(error);
    opened->path = si_duplicate_string(path);
    si_result result = opened->path ? open_path(opened, error) : si_fail_memory(error);
    if (result != SI_OK) {
        si_morphology_library_close(opened);
        return result;
    }
    *library = opened;
    return SI_OK;
}

void si_morphology_library_close(si_morphology_library *library)
{
    if (!library)
        return;
    if (library->is_container) {
        si_hdf5_lock();
        H5Fclose(library->file);
        si_hdf5_unlock();
    }
    si_free(library->path);
    si_free(library);
}

/* A file without samples is what a full disk or a broken copy leaves: no cell has such a shape. */
static si_result read_shape(const char *path, si_morphology **morphology, si_error *error)
{
    SI_TRY(si_morphology_read(path, morphology, error));
    if ((*morphology)->section_count > 0 || (*morphology)->soma_point_count > 0)
        return SI_OK;
    si_morphology_free(*morphology);
    *morphology = NULL;
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: has neither a soma nor a section, expected at least one of them", path);
}

/* Reads the file FOLDER/NAME + SUFFIX if there is one; `*found` says whether. */
static si_result read_file_if_found(const char *folder, const char *name, const char *suffix,
                                    bool *found, si_morphology **morphology, si_error *error)
{
    char *path = si_path_join(folder, name);
    char *complete = path ? si_format("%s%s", path, suffix) : NULL;
    si_free(path);
    if (!complete)
        return si_fail_memory(error);
    mode_t kind;
    si_result result = si_path_look(complete, &kind, error);
    *found = result == SI_OK && kind == S_IFREG;
    if (*found)
        result = read_shape(complete, morphology, error);
    si_free(complete);
    return result;
}

static si_result load_from_folder(const char *folder, const char *name, si_morphology **morphology,
                                  si_error *error)
{
    bool found = false;
    if (si_morphology_format_of(name))
        SI_TRY(read_file_if_found(folder, name, "", &found, morphology, error));
    for (const si_morphology_format *format = si_morphology_formats; format->suffix && !found;
         format++) {
        SI_TRY(read_file_if_found(folder, name, format->suffix, &found, morphology, error));
        if (found)
            break;
        char upper_case[16] = "";
        assert(strlen(format->suffix) < sizeof upper_case);
        for (size_t i = 0; format->suffix[i]; i++)
            upper_case[i] = (char)toupper((unsigned char)format->suffix[i]);
        SI_TRY(read_file_if_found(folder, name, upper_case, &found, morphology, error));
    }
    if (found)
        return SI_OK;
    char *suffixes = si_morphology_list_suffixes();
    if (!suffixes)
        return si_fail_memory(error);
    si_result result = si_fail(
        error, SI_ERROR_NOT_FOUND,
        "morphology '%s': not found in %s, expected a file of that name with "
        "the suffix %s",
        name, folder, suffixes);
    si_free(suffixes);
    return result;
}

static si_result load_from_container(const si_morphology_library *library, const char *name,
                                     si_morphology **morphology, si_error *error)
{
    if (!*name || !si_hdf5_has_object(library->file, name, H5O_TYPE_GROUP))
        return si_fail(error, SI_ERROR_NOT_FOUND,
                       "morphology '%s': no such group in the container %s", name, library->path);
    hid_t group = H5Gopen2(library->file, name, H5P_DEFAULT);
    if (group < 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT,
                     "morphology '%s': its group in the container %s cannot be opened", name,
                     library->path);
    char *place = si_format("%s: morphology '%s'", library->path, name);
    si_result result = place ? si_morphology_read_hdf5_group(group, place, morphology, error)
                             : si_fail_memory(error);
    si_free(place);
    H5Gclose(group);
    return result;
}

si_result si_morphology_library_load(si_morphology_library *library, const char *name,
                                     si_morphology **morphology, si_error *error)
{
    if (!library->is_container)
        return load_from_folder(library->path, name, morphology, error);
    si_hdf5_lock();
    si_result result = load_from_container(library, name, morphology, error);
    si_hdf5_unlock();
    return result;
}
