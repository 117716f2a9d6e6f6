/* Writing meta_data.json. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "element/element_kind.h"
#include "format/header.h"
#include "format/metadata.h"

static si_result write_and_flush(int descriptor, const char *text, const char *path,
                                 si_error *error)
{
    SI_TRY(si_file_write_at(descriptor, text, strlen(text), 0, path, error));
    return si_file_flush(descriptor, path, error);
}

static si_result write_new_file(const char *path, const char *text, si_error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot create the file", path);
    si_result result = write_and_flush(descriptor, text, path, error);
    if (close(descriptor) != 0 && result == SI_OK)
        result = si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot close the file", path);
    return result;
}

static si_result replace_file(const char *temporary, const char *path, const char *text,
                              si_error *error)
{
    si_result result = write_new_file(temporary, text, error);
    if (result == SI_OK && rename(temporary, path) != 0)
        result = si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot rename it to %s", temporary,
                               path);
    if (result != SI_OK)
        unlink(temporary);
    return result;
}

static si_result publish(const char *folder, const char *text, si_error *error)
{
    char *path = si_path_join(folder, SI_METADATA_NAME);
    char *temporary = si_path_join(folder, ".spatial-index-metadata.tmp");
    si_result result = path && temporary ? replace_file(temporary, path, text, error)
                                         : si_fail_memory(error);
    si_free(path);
    si_free(temporary);
    /* The new metadata stand: that a power cut might still undo them is no failure of the build. */
    if (result == SI_OK)
        si_folder_sync(folder, NULL);
    return result;
}

static si_result copy_file(const char *from, const char *to, si_error *error)
{
    char *text;
    size_t length;
    SI_TRY(si_file_read_all(from, &text, &length, error));
    si_result result = write_new_file(to, text, error);
    if (result != SI_OK)
        unlink(to);
    si_free(text);
    return result;
}

static si_result copy_metadata(const char *folder, const char *name, si_error *error)
{
    char *from = si_path_join(folder, SI_METADATA_NAME);
    char *to = si_path_join(folder, name);
    si_result result = from && to ? copy_file(from, to, error) : si_fail_memory(error);
    si_free(from);
    si_free(to);
    return result;
}

si_result si_metadata_keep_list(const char *folder, const char *name, si_error *error)
{
    si_metadata *metadata = NULL;
    if (!si_folder_holds_index(folder))
        return SI_OK;
    si_result result = si_metadata_read(folder, &metadata, error);
    /* Metadata that say nothing may be replaced, too. */
    if (result == SI_ERROR_FORMAT || result == SI_ERROR_UNSUPPORTED || result == SI_ERROR_NOT_FOUND)
        return SI_OK;
    if (result == SI_OK && metadata->population_count > 0)
        result = copy_metadata(folder, name, error);
    si_metadata_free(metadata);
    return result;
}

si_result si_metadata_check_text(const char *what, const char *text, si_error *error)
{
    if (text && !si_utf8_is_valid(text))
        return si_fail(error, SI_ERROR_UNSUPPORTED, "%s is not UTF-8, as %s must be: %s", what,
                       SI_METADATA_NAME, text);
    return SI_OK;
}

/* Takes over `root`, which may be NULL where memory ran out. */
static si_result publish_json(const char *folder, json_t *root, si_error *error)
{
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    if (!text)
        return si_fail(error, SI_ERROR_MEMORY,
                       "%s: cannot make the metadata: out of memory, or a name that is not UTF-8",
                       folder);
    si_result result = publish(folder, text, error);
    free(text);
    return result;
}

/* NULL: no memory. */
static json_t *describe_identity(const si_identity *identity)
{
    char fingerprint[17];
    snprintf(fingerprint, sizeof fingerprint, "%016llx", (unsigned long long)identity->fingerprint);
    return json_pack("{s:I, s:s, s:I, s:I}", "population_size",
                     (json_int_t)identity->population_size, "fingerprint", fingerprint,
                     "file_bytes", (json_int_t)identity->file_bytes, "file_time",
                     (json_int_t)identity->file_time);
}

/* The way from an index folder to a file, so that both may be moved together. NULL: there is none
 * that JSON can hold, or the file is not given by an absolute path. False: out of memory. */
static bool find_way(const char *folder, const char *file, char **way)
{
    *way = NULL;
    if (!file || file[0] != '/')
        return true;
    char *parent = si_path_parent(file);
    errno = 0;
    char *real_folder = realpath(folder, NULL);
    char *real_parent = parent && real_folder ? realpath(parent, NULL) : NULL;
    bool is_known = real_parent != NULL;
    bool is_out_of_memory = !is_known && errno == ENOMEM;
    char *real = is_known ? si_path_join(real_parent, si_path_base_name(file)) : NULL;
    if (real)
        *way = si_path_relative(real_folder, real);
    bool is_complete = parent && !is_out_of_memory && (!is_known || *way);
    if (*way && !si_utf8_is_valid(*way)) {
        si_free(*way);
        *way = NULL;
    }
    si_free(parent);
    free(real_folder);
    free(real_parent);
    si_free(real);
    return is_complete;
}

/* What both the metadata of an index and its entry in a list say of it. */
static bool describe(json_t *object, const char *folder, const si_metadata *single)
{
    json_t *variant = json_pack("{s:s, s:i}", "heavy_data_path",
                                si_path_base_name(single->heavy_path), "format",
                                (int)SI_FORMAT_VERSION);
    const char *key = single->is_multi ? "multi_index" : "spatial_index";
    if (json_object_set_new(object, key, variant) != 0)
        return false;
    const si_provenance *from = &single->provenance;
    if (!from->population && !from->dataset_path && !from->types_path)
        return true;
    char *dataset_way = NULL, *types_way = NULL;
    json_t *extended = NULL;
    if (find_way(folder, from->dataset_path, &dataset_way) &&
        find_way(folder, from->types_path, &types_way))
        extended = json_pack("{s:s?, s:s*, s:s?, s:s*, s:s*}", "dataset_path", from->dataset_path,
                             "dataset_relative_path", dataset_way, "population", from->population,
                             "types_path", from->types_path, "types_relative_path", types_way);
    si_free(dataset_way);
    si_free(types_way);
    if (from->identity.is_known &&
        json_object_set_new(extended, "identity", describe_identity(&from->identity)) != 0) {
        json_decref(extended);
        return false;
    }
    return json_object_set_new(object, "extended", extended) == 0;
}

/* Gives `object` up, and NULL, unless it is complete. */
static json_t *only_if(bool is_complete, json_t *object)
{
    if (is_complete)
        return object;
    json_decref(object);
    return NULL;
}

si_result si_metadata_write(const char *folder, const si_metadata *metadata, si_error *error)
{
    json_t *root = json_pack("{s:s, s:i}", "element_type",
                             si_element_type_of(metadata->provenance.kind)->stored_name, "version",
                             0);
    bool is_complete = describe(root, folder, metadata);
    return publish_json(folder, only_if(is_complete, root), error);
}

static json_t *list_entry(const char *folder, const char *index_path, const si_metadata *single)
{
    json_t *entry = json_pack("{s:s}", "index_path", index_path);
    char *index_folder = si_path_join(folder, index_path);
    bool is_complete = index_folder && describe(entry, index_folder, single);
    si_free(index_folder);
    return only_if(is_complete, entry);
}

si_result si_metadata_write_multi_population(const char *folder, si_element_kind kind,
                                             const char *const *names,
                                             const si_metadata *const *singles, size_t count,
                                             si_error *error)
{
    json_t *root = json_pack("{s:s, s:{s:{}}, s:i}", "element_type",
                             si_element_type_of(kind)->stored_name, "multi_population",
                             "populations", "version", 0);
    json_t *list = json_object_get(json_object_get(root, "multi_population"), "populations");
    bool is_complete = list != NULL;
    for (size_t i = 0; i < count && is_complete; i++)
        is_complete = json_object_set_new(list, names[i],
                                          list_entry(folder, names[i], singles[i])) == 0;
    return publish_json(folder, only_if(is_complete, root), error);
}
