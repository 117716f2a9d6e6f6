/*
 * Verifies an index folder: its metadata, and its heavy file, the parts of its multi-index, or the
 * folders of its populations. Damage is collected in a list; other failures end the verification.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/struct_size.h"
#include "folder/recovery.h"
#include "format/metadata.h"
#include "verify/verify_file.h"
#include "verify/verify_parts.h"

typedef struct verification {
    const si_verify_options *options;
    si_damage_list list;
    uint64_t next_task;
} verification;

/* A log whose damage is listed behind all that was found before, and before all that follows. */
static si_damage_log next_log(verification *job)
{
    return (si_damage_log){.list = &job->list, .task = job->next_task++};
}

/* ---- one index ---- */

static si_result report_verify_progress(void *context, uint64_t done, uint64_t total,
                                        si_error *error)
{
    const si_verify_options *options = context;
    if (options->progress && options->progress(options->progress_context, "verifying", done, total))
        return si_fail(error, SI_ERROR_CANCELLED, "the verification was cancelled");
    return SI_OK;
}

static bool has_kept_its_name(const si_metadata *metadata, uint64_t checksum)
{
    char expected[64];
    const char *name = si_path_base_name(metadata->heavy_path);
    snprintf(expected, sizeof expected, SI_HEAVY_PREFIX "%016llx%s", (unsigned long long)checksum,
             metadata->is_multi ? SI_PARTS_SUFFIX : SI_HEAVY_SUFFIX);
    return strlen(name) != strlen(expected) ||
           strncmp(name, SI_HEAVY_PREFIX, strlen(SI_HEAVY_PREFIX)) != 0 ||
           strcmp(name, expected) == 0;
}

/* Do the metadata and the heavy file belong together? */
static void check_metadata(verification *job, const si_metadata *metadata, si_element_kind kind,
                           uint64_t checksum)
{
    si_damage_log log = next_log(job);
    if (kind != metadata->provenance.kind)
        si_damage_add(&log, "%s: holds elements of kind %s, but %s/" SI_METADATA_NAME " says %s",
                      metadata->heavy_path, si_element_kind_name(kind), metadata->folder,
                      si_element_kind_name(metadata->provenance.kind));
    if (!has_kept_its_name(metadata, checksum))
        si_damage_add(&log, "%s: the checksum of its header is %016llx, not that of its name",
                      metadata->heavy_path, (unsigned long long)checksum);
}

static si_result verify_file(verification *job, const si_verified_file *file, si_error *error)
{
    const si_verify_watch watch = {(void *)(uintptr_t)job->options, report_verify_progress};
    uint64_t first_task = job->next_task;
    job->next_task += file->header->layout.file_bytes; /* more than there are tasks */
    return si_file_verify(file, job->options->threads, first_task, &watch, &job->list, error);
}

static si_result verify_single_file(verification *job, const si_metadata *metadata,
                                    bool *heavy_is_missing, si_error *error)
{
    int descriptor = si_open_readonly(metadata->heavy_path);
    if (descriptor < 0) {
        *heavy_is_missing = errno == ENOENT;
        return si_fail_errno(error, errno == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, errno,
                             "%s: cannot open the index file that %s/" SI_METADATA_NAME " names",
                             metadata->heavy_path, metadata->folder);
    }
    si_header_content header;
    si_result result = si_header_read(descriptor, metadata->heavy_path, &header, error);
    if (result == SI_OK) {
        const si_verified_file file = {descriptor, metadata->heavy_path, &header};
        check_metadata(job, metadata, header.layout.kind, header.checksum);
        result = verify_file(job, &file, error);
    }
    close(descriptor);
    return result;
}

/* Adds a failure to the list if it is damage: a breach of the format, or a missing file that
 * something else refers to. Returns other failures. */
static si_result note_damage(verification *job, si_result result, bool must_exist,
                             const si_error *failure, si_error *error)
{
    if (result == SI_OK)
        return SI_OK;
    if (result != SI_ERROR_FORMAT && !(result == SI_ERROR_NOT_FOUND && must_exist))
        return si_fail(error, result, "%s", failure->message);
    si_damage_log log = next_log(job);
    si_damage_add(&log, "%s", failure->message);
    return SI_OK;
}

/* ---- multi-indexes ---- */

static si_result verify_open_part(verification *job, si_parts_check *check,
                                  const si_part_entry *entry, uint64_t first, int descriptor,
                                  const char *path, si_error *error)
{
    si_header_content header;
    si_error failure;
    si_result result = si_header_read(descriptor, path, &header, &failure);
    if (result == SI_OK &&
        (header.layout.kind != check->top->layout.kind || header.checksum != entry->checksum ||
         header.layout.element_count != entry->element_count))
        result = si_fail(&failure, SI_ERROR_FORMAT,
                         "%s: is not the part that the manifest of the multi-index lists", path);
    if (result != SI_OK) {
        check->is_complete = check->has_last = false;
        return note_damage(job, result, true, &failure, error);
    }
    const si_verified_file file = {descriptor, path, &header};
    si_damage_log log = next_log(job);
    SI_TRY(si_parts_check_part(check, first, descriptor, path, &header, &log, error));
    return verify_file(job, &file, error);
}

static si_result verify_part(verification *job, si_parts_check *check, const char *folder,
                             uint64_t part, const si_part_entry *entry, uint64_t first,
                             si_error *error)
{
    char *path = si_part_path(folder, part);
    if (!path)
        return si_fail_memory(error);
    si_result result;
    int descriptor = si_open_readonly(path);
    if (descriptor < 0) {
        si_error failure;
        result = si_fail_errno(&failure, errno == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, errno,
                               "%s: cannot open this part of the multi-index", path);
        check->is_complete = check->has_last = false;
        result = note_damage(job, result, true, &failure, error);
    } else {
        result = verify_open_part(job, check, entry, first, descriptor, path, error);
        close(descriptor);
    }
    si_free(path);
    return result;
}

static si_result verify_parts(verification *job, const char *folder, const si_part_entry *entries,
                              si_parts_check *check, si_error *error)
{
    uint64_t first = 0;
    check->is_complete = true;
    check->lowest = si_allocate(check->top->layout.levels ? check->top->layout.node_count[1] : 0,
                                sizeof *check->lowest);
    if (!check->lowest)
        return si_fail_memory(error);
    si_result result = SI_OK;
    for (uint64_t i = 0; i < check->top->part_count && result == SI_OK; i++) {
        result = verify_part(job, check, folder, i, &entries[i], first, error);
        first += entries[i].element_count;
    }
    si_damage_log log = next_log(job);
    if (result == SI_OK)
        result = si_parts_check_top(check, &log, error);
    si_free(check->lowest);
    return result;
}

static si_result verify_top(verification *job, const si_metadata *metadata, int descriptor,
                            const char *path, si_error *error)
{
    si_top_content top;
    si_part_entry *entries;
    SI_TRY(si_top_read(descriptor, path, &top, &entries, error));
    check_metadata(job, metadata, top.layout.kind, top.checksum);
    si_parts_check check = {.top = &top, .top_path = path, .top_descriptor = descriptor};
    si_result result = verify_parts(job, metadata->heavy_path, entries, &check, error);
    si_free(entries);
    return result;
}

static si_result verify_multi_index(verification *job, const si_metadata *metadata,
                                    bool *heavy_is_missing, si_error *error)
{
    char *path = si_path_join(metadata->heavy_path, SI_TOP_NAME);
    if (!path)
        return si_fail_memory(error);
    si_result result;
    int descriptor = si_open_readonly(path);
    if (descriptor < 0) {
        *heavy_is_missing = errno == ENOENT;
        result = si_fail_errno(error, errno == ENOENT ? SI_ERROR_NOT_FOUND : SI_ERROR_IO, errno,
                               "%s: cannot open the manifest of the multi-index", path);
    } else {
        result = verify_top(job, metadata, descriptor, path, error);
        close(descriptor);
    }
    si_free(path);
    return result;
}

static si_result verify_index(verification *job, const si_metadata *metadata,
                              bool *heavy_is_missing, si_error *error)
{
    return (metadata->is_multi ? verify_multi_index : verify_single_file)(job, metadata,
                                                                          heavy_is_missing, error);
}

/* ---- populations ---- */

static void check_kind(verification *job, const si_metadata *member, const si_metadata *list)
{
    si_damage_log log = next_log(job);
    if (member->provenance.kind != list->provenance.kind)
        si_damage_add(&log, "%s: is of kind %s, but %s/" SI_METADATA_NAME " says %s",
                      member->folder, si_element_kind_name(member->provenance.kind), list->folder,
                      si_element_kind_name(list->provenance.kind));
}

/* Verifies a folder that the list of populations names. It must hold a single index. */
static si_result verify_member(verification *job, const si_metadata *member,
                               const si_metadata *list, bool *heavy_is_missing, si_error *error)
{
    if (!member->heavy_path)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: holds %zu populations, but is itself one of those in %s",
                       member->folder, member->population_count, list->folder);
    check_kind(job, member, list);
    return verify_index(job, member, heavy_is_missing, error);
}

static si_result verify_path(verification *job, const char *path, const si_metadata *list,
                             si_error *error);

/* Verifies the metadata of a population's folder, where the list already says what its index is. */
static si_result verify_own_metadata(verification *job, const char *path, const si_metadata *list,
                                     si_error *error)
{
    si_metadata *metadata;
    si_error failure;
    si_result result = si_metadata_read(path, &metadata, &failure);
    if (result != SI_OK)
        return note_damage(job, result, true, &failure, error);
    check_kind(job, metadata, list);
    si_metadata_free(metadata);
    return SI_OK;
}

/* If the file that the list names does not exist, the population has been rebuilt on its own since:
 * its own metadata are verified. */
static si_result verify_population(verification *job, const si_metadata_population *population,
                                   const si_metadata *list, si_error *error)
{
    bool heavy_is_missing = false;
    si_error failure;
    if (!population->single)
        return verify_path(job, population->path, list, error);
    si_result result = verify_index(job, population->single, &heavy_is_missing, &failure);
    if (heavy_is_missing)
        return verify_path(job, population->path, list, error);
    SI_TRY(note_damage(job, result, true, &failure, error));
    return verify_own_metadata(job, population->path, list, error);
}

/* ---- folders ---- */

static si_result verify_folder(verification *job, const si_metadata *metadata,
                               bool *heavy_is_missing, si_error *error)
{
    if (metadata->heavy_path)
        return verify_index(job, metadata, heavy_is_missing, error);
    for (size_t i = 0; i < metadata->population_count; i++)
        SI_TRY(verify_population(job, &metadata->populations[i], metadata, error));
    return SI_OK;
}

static si_result verify_once(verification *job, const char *path, const si_metadata *list,
                             bool *heavy_is_missing, si_error *error)
{
    si_metadata *metadata;
    SI_TRY(si_metadata_read(path, &metadata, error));
    si_result result = list ? verify_member(job, metadata, list, heavy_is_missing, error)
                            : verify_folder(job, metadata, heavy_is_missing, error);
    si_metadata_free(metadata);
    return result;
}

/* `list` is NULL for the folder that the caller names. If a build replaces the index after its
 * metadata were read, the file that they name disappears: the new metadata are read, and so on. */
static si_result verify_path(verification *job, const char *path, const si_metadata *list,
                             si_error *error)
{
    si_error failure;
    for (unsigned attempt = 1;; attempt++) {
        bool heavy_is_missing = false;
        si_result result = verify_once(job, path, list, &heavy_is_missing, &failure);
        if (!heavy_is_missing || attempt == SI_OPEN_ATTEMPTS)
            return note_damage(job, result, heavy_is_missing || list, &failure, error);
    }
}

/* ---- the public function ---- */

si_result si_verify(const char *path, const si_verify_options *options, uint64_t *damage_count,
                    si_error *error)
{
    SI_TRY(si_require(path, "path", error));
    SI_TRY(si_require(damage_count, "damage_count", error));
    si_verify_options read = SI_VERIFY_OPTIONS_INIT;
    verification job = {.options = &read};
    if (options)
        SI_TRY(si_struct_read(&read, sizeof read, options,
                              SI_SIZE_THROUGH(si_verify_options, progress_context),
                              "si_verify_options", error));
    si_damage_list_create(&job.list, job.options->most_sentences);
    si_result result = verify_path(&job, path, NULL, error);
    if (result == SI_OK && job.list.out_of_memory)
        result = si_fail_memory(error);
    for (size_t i = 0; job.options->visitor && i < job.list.kept_count; i++)
        job.options->visitor(job.options->visitor_context, job.list.kept[i].sentence);
    *damage_count = job.list.count;
    si_damage_list_destroy(&job.list);
    return result;
}
