/*
 * Reading meta_data.json: of a single index, of a multi-index, or of several populations, and
 * what to say of indexes that only other software reads.
 */
#include "format/metadata.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "element/element_kind.h"

void si_metadata_free(si_metadata *metadata)
{
    if (!metadata)
        return;
    for (size_t i = 0; i < metadata->population_count; i++) {
        si_free(metadata->populations[i].name);
        si_free(metadata->populations[i].path);
        si_metadata_free(metadata->populations[i].single);
    }
    si_free(metadata->populations);
    si_free(metadata->folder);
    si_free(metadata->heavy_path);
    si_provenance_free(&metadata->provenance);
    si_free(metadata);
}

/* NULL text stays NULL; `*copy` is NULL only then. */
static si_result copy_string(const char *string, char **copy, si_error *error)
{
    *copy = string ? si_duplicate_string(string) : NULL;
    return string && !*copy ? si_fail_memory(error) : SI_OK;
}

static si_result resolve(const si_metadata *metadata, const char *path, char **resolved,
                         si_error *error)
{
    *resolved = path ? si_path_join(metadata->folder, path) : NULL;
    return path && !*resolved ? si_fail_memory(error) : SI_OK;
}

static bool is_missing(const char *path)
{
    return access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* A file of the data set: where it was when the index was built, or, if it is not there any more,
 * as it lay from the folder: circuit and index may have been moved together. */
static si_result resolve_data(const si_metadata *metadata, const char *path, const char *way,
                              char **resolved, si_error *error)
{
    SI_TRY(resolve(metadata, path, resolved, error));
    if (!*resolved || !way || !is_missing(*resolved))
        return SI_OK;
    char *joined = si_path_join(metadata->folder, way);
    char *moved = joined ? si_path_absolute(joined) : NULL;
    si_free(joined);
    if (!moved)
        return si_fail_memory(error);
    if (is_missing(moved)) {
        si_free(moved);
        return SI_OK;
    }
    si_free(*resolved);
    *resolved = moved;
    return SI_OK;
}

static si_result fail_foreign(const char *path, const char *variant, si_error *error)
{
    return si_fail(error, SI_ERROR_UNSUPPORTED,
                   "%s: an index of SpatialIndex 0.x or brain-indexer (\"%s\"), which this "
                   "library cannot read: rebuild it with spatial-index index",
                   path, variant);
}

static si_result read_element_type(const json_t *root, const char *path, si_metadata *metadata,
                                   si_error *error)
{
    const char *name = json_string_value(json_object_get(root, "element_type"));
    if (!name)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: no \"element_type\": not the metadata of an index", path);
    /* The older programs had it wrong for some time in indexes of several populations. */
    if (strcmp(name, "synpase") == 0)
        return fail_foreign(path, name, error);
    if (!si_element_kind_by_stored_name(name, &metadata->provenance.kind))
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: element_type \"%s\", expected point, sphere, synapse or morphology",
                       path, name);
    return SI_OK;
}

/* What is missing or of another form is not known: indexes were written without it. */
static si_identity read_identity(const json_t *identity)
{
    const char *fingerprint = json_string_value(json_object_get(identity, "fingerprint"));
    const json_t *size = json_object_get(identity, "population_size");
    if (!fingerprint || !json_is_integer(size) || json_integer_value(size) < 0)
        return (si_identity){.is_known = false};
    return (si_identity){
        .is_known = true,
        .population_size = (uint64_t)json_integer_value(size),
        .fingerprint = strtoull(fingerprint, NULL, 16),
        .file_bytes = (uint64_t)json_integer_value(json_object_get(identity, "file_bytes")),
        .file_time = json_integer_value(json_object_get(identity, "file_time")),
    };
}

static si_result read_single(const json_t *root, const json_t *variant, const char *path,
                             si_metadata *metadata, si_error *error)
{
    const char *heavy = json_string_value(json_object_get(variant, "heavy_data_path"));
    metadata->is_multi = variant != json_object_get(root, "spatial_index");
    if (!heavy)
        return si_fail(error, SI_ERROR_FORMAT, "%s: no \"heavy_data_path\" in \"%s\"", path,
                       metadata->is_multi ? "multi_index" : "spatial_index");
    const json_t *extended = json_object_get(root, "extended");
    const char *population = json_string_value(json_object_get(extended, "population"));
    const char *dataset = json_string_value(json_object_get(extended, "dataset_path"));
    const char *dataset_way = json_string_value(json_object_get(extended, "dataset_relative_path"));
    const char *types = json_string_value(json_object_get(extended, "types_path"));
    const char *types_way = json_string_value(json_object_get(extended, "types_relative_path"));
    metadata->provenance.identity = read_identity(json_object_get(extended, "identity"));
    SI_TRY(resolve(metadata, heavy, &metadata->heavy_path, error));
    SI_TRY(copy_string(population, &metadata->provenance.population, error));
    SI_TRY(resolve_data(metadata, dataset, dataset_way, &metadata->provenance.dataset_path, error));
    return resolve_data(metadata, types, types_way, &metadata->provenance.types_path, error);
}

/* NULL: neither a single file nor the parts of a multi-index. One without "format" is a foreign
 * one. */
static const json_t *find_variant(const json_t *object)
{
    const json_t *parts = json_object_get(object, "multi_index");
    const json_t *single = json_object_get(object, "spatial_index");
    return single || !json_object_get(parts, "format") ? single : parts;
}

/* What the list itself says of the index, as meta_data.json in its folder would. */
static si_result read_listed_index(const json_t *entry, const char *path, si_element_kind kind,
                                   si_metadata_population *population, si_error *error)
{
    const json_t *variant = find_variant(entry);
    if (!variant)
        return SI_OK;
    population->single = si_allocate_zeroed(1, sizeof *population->single);
    if (!population->single)
        return si_fail_memory(error);
    population->single->provenance.kind = kind;
    SI_TRY(copy_string(population->path, &population->single->folder, error));
    return read_single(entry, variant, path, population->single, error);
}

static si_result read_population(const char *name, const json_t *entry, const char *path,
                                 const si_metadata *metadata, si_metadata_population *population,
                                 si_error *error)
{
    const char *index_path = json_string_value(json_object_get(entry, "index_path"));
    if (!index_path)
        return si_fail(error, SI_ERROR_FORMAT, "%s: population \"%s\" has no \"index_path\"", path,
                       name);
    SI_TRY(copy_string(name, &population->name, error));
    SI_TRY(resolve(metadata, index_path, &population->path, error));
    return read_listed_index(entry, path, metadata->provenance.kind, population, error);
}

static si_result read_population_list(json_t *list, const char *path, si_metadata *metadata,
                                      si_error *error)
{
    metadata->populations = si_allocate_zeroed(json_object_size(list),
                                               sizeof *metadata->populations);
    if (!metadata->populations)
        return si_fail_memory(error);
    const char *name;
    json_t *entry;
    json_object_foreach(list, name, entry)
    {
        si_metadata_population *population = &metadata->populations[metadata->population_count++];
        SI_TRY(read_population(name, entry, path, metadata, population, error));
    }
    return SI_OK;
}

/* Indexes of SpatialIndex 0.x and brain-indexer hold Boost archives under these keys. */
static const char *foreign_variant(const json_t *root)
{
    static const char *const keys[] = {"in_memory", "memory_mapped", "multi_index"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (json_object_get(root, keys[i]))
            return keys[i];
    return NULL;
}

static si_result check_version(const json_t *root, const char *path, si_error *error)
{
    const json_t *version = json_object_get(root, "version");
    if (version && (!json_is_integer(version) || json_integer_value(version) != 0))
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: the \"version\" is not 0, the only one that this library reads", path);
    return SI_OK;
}

/* What an index of other software is made of comes first: some name kinds of element that there are
 * not. */
static si_result read_root(const json_t *root, const char *path, si_metadata *metadata,
                           si_error *error)
{
    const json_t *variant = find_variant(root);
    const bool is_list = json_object_get(root, "multi_population") != NULL;
    const char *foreign = variant || is_list ? NULL : foreign_variant(root);
    if (foreign && json_object_get(root, "element_type"))
        return fail_foreign(path, foreign, error);
    SI_TRY(read_element_type(root, path, metadata, error));
    if (variant || is_list)
        SI_TRY(check_version(root, path, error));
    if (variant)
        return read_single(root, variant, path, metadata, error);
    json_t *list = json_object_get(json_object_get(root, "multi_population"), "populations");
    if (json_is_object(list))
        return read_population_list(list, path, metadata, error);
    return si_fail(error, SI_ERROR_FORMAT,
                   "%s: has neither \"spatial_index\" nor \"multi_population\"", path);
}

static si_result parse(const char *path, si_metadata *metadata, si_error *error)
{
    char *text;
    size_t length;
    SI_TRY(si_file_read_all(path, &text, &length, error));
    json_error_t problem;
    json_t *root = json_loadb(text, length, 0, &problem);
    si_free(text);
    if (!root)
        return si_fail(error, SI_ERROR_FORMAT, "%s: line %d: not JSON: %s", path, problem.line,
                       problem.text);
    si_result result = read_root(root, path, metadata, error);
    json_decref(root);
    return result;
}

static si_result read_at(const char *path, bool is_folder, si_metadata *metadata, si_error *error)
{
    char *real = realpath(path, NULL);
    if (!real)
        return si_fail_errno(error, errno == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, errno,
                             "%s: cannot open the index", path);
    metadata->folder = is_folder ? si_duplicate_string(real) : si_path_parent(real);
    char *json_path = is_folder ? si_path_join(real, SI_METADATA_NAME) : si_duplicate_string(real);
    free(real);
    si_result result = SI_OK;
    if (!metadata->folder || !json_path)
        result = si_fail_memory(error);
    else if (is_folder && access(json_path, F_OK) != 0 && errno == ENOENT)
        result = si_fail(error, SI_ERROR_NOT_FOUND, "%s: not an index: there is no %s in it", path,
                         SI_METADATA_NAME);
    else
        result = parse(json_path, metadata, error);
    si_free(json_path);
    return result;
}

si_result si_metadata_read(const char *path, si_metadata **metadata, si_error *error)
{
    si_metadata *read = si_allocate_zeroed(1, sizeof *read);
    if (!read)
        return si_fail_memory(error);
    si_result result = read_at(path, si_path_is_folder(path), read, error);
    if (result == SI_OK)
        *metadata = read;
    else
        si_metadata_free(read);
    return result;
}

/* Wants no memory that may not be there: what a build may remove hangs on the answer. */
bool si_folder_holds_index(const char *folder)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", folder, SI_METADATA_NAME);
    return length > 0 && (size_t)length < sizeof path && si_path_exists(path);
}
