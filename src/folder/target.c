/*
 * The target of a build: claim the folder, write under a temporary name, flush, rename to the
 * name of the content, sync, and rename the metadata into place last.
 */
#include "folder/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "folder/index_file.h"
#include "folder/recovery.h"
#include "format/metadata.h"

/* ---- opening ---- */

const char *si_target_folder(const si_target *target)
{
    const char *folder = getenv("TMPDIR");
    if (target->folder.path)
        return target->folder.path;
    return folder && *folder ? folder : "/tmp";
}

static si_result open_unlinked(si_target *target, si_error *error)
{
    const char *folder = si_target_folder(target);
    char *path = si_path_join(folder, SI_TEMPORARY_PATTERN);
    if (!path)
        return si_fail_memory(error);
    target->descriptor = mkostemp(path, O_CLOEXEC);
    si_result result = SI_OK;
    if (target->descriptor < 0)
        result = si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot create a temporary file",
                               folder);
    else
        unlink(path);
    si_free(path);
    return result;
}

/* The lock makes sure that nobody else uses the name; a dead build may have left a file of it. */
static si_result open_temporary(si_target *target, si_error *error)
{
    char *path = si_path_join(target->folder.path, SI_GROWING_FILE_NAME);
    if (!path)
        return si_fail_memory(error);
    target->descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (target->descriptor < 0) {
        si_free(path);
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot create a file in the folder",
                             target->folder.path);
    }
    target->temporary = path;
    return SI_OK;
}

static si_result create_parts_folder(si_target *target, si_error *error)
{
    char *path = si_path_join(target->folder.path, SI_GROWING_PARTS_NAME);
    if (!path)
        return si_fail_memory(error);
    si_heavy_remove(path);
    if (mkdir(path, 0777) != 0) {
        si_free(path);
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot create a folder in it",
                             target->folder.path);
    }
    target->temporary = path;
    return SI_OK;
}

si_result si_target_open_parts(const char *folder, bool replace, si_target *target, si_error *error)
{
    const si_folder_claim claim = {.replace = replace};
    *target = (si_target){.folder.lock = -1, .descriptor = -1, .is_multi = true};
    if (!folder)
        return si_fail(error, SI_ERROR_ARGUMENT, "a multi-index needs a folder");
    SI_TRY(si_index_folder_claim(folder, &claim, &target->folder, error));
    si_result result = create_parts_folder(target, error);
    if (result != SI_OK)
        si_target_close(target);
    return result;
}

si_result si_target_open(const char *folder, bool replace, si_target *target, si_error *error)
{
    const si_folder_claim claim = {.replace = replace};
    *target = (si_target){.folder.lock = -1, .descriptor = -1};
    if (!folder)
        return open_unlinked(target, error);
    SI_TRY(si_index_folder_claim(folder, &claim, &target->folder, error));
    si_result result = open_temporary(target, error);
    if (result != SI_OK)
        si_target_close(target);
    return result;
}

const char *si_target_name(const si_target *target)
{
    return target->temporary ? target->temporary : "temporary index";
}

si_result si_blocks_reserve(int descriptor, uint64_t bytes, const char *name, si_error *error)
{
    /* Not posix_fallocate: it writes zeros where the file system can't reserve. */
    int failed;
    do
        failed = fallocate(descriptor, 0, 0, (off_t)bytes) != 0 ? errno : 0;
    while (failed == EINTR);
    if (!failed || failed == EOPNOTSUPP || failed == ENOSYS)
        return SI_OK;
    return si_fail_errno(error, SI_ERROR_IO, failed, "%s: cannot reserve %llu bytes for the index",
                         name, (unsigned long long)bytes);
}

si_result si_target_reserve(const si_target *target, uint64_t bytes, si_error *error)
{
    const char *name = target->folder.path ? target->folder.path : si_target_name(target);
    return si_blocks_reserve(target->descriptor, bytes, name, error);
}

/* ---- publishing ---- */

static void forget_temporary(si_target *target)
{
    si_free(target->temporary);
    target->temporary = NULL;
}

/* The name is that of the content. A file that has it already is the same, and may be that of the
 * index that is being replaced: then this one must stay, even if the build fails after all. */
static si_result give_final_name(si_target *target, const char *name, si_error *error)
{
    char *path = si_path_join(target->folder.path, name);
    if (!path)
        return si_fail_memory(error);
    bool was_there = si_path_exists(path);
    si_result result = si_heavy_rename(target->temporary, path, error);
    if (result != SI_OK) {
        si_free(path);
        return result;
    }
    forget_temporary(target);
    if (was_there)
        si_free(path);
    else
        target->temporary = path;
    return si_folder_sync(target->folder.path, error);
}

static si_result publish_as(si_target *target, char *heavy_name, const si_provenance *provenance,
                            si_error *error)
{
    const char *folder = target->folder.path;
    const si_metadata metadata = {
        .provenance = *provenance, .heavy_path = heavy_name, .is_multi = target->is_multi};
    SI_TRY(give_final_name(target, heavy_name, error));
    SI_TRY(si_index_folder_sync_parents(&target->folder, error));
    SI_TRY(si_metadata_keep_list(folder, SI_REPLACED_NAME, error));
    SI_TRY(si_metadata_write(folder, &metadata, error));
    forget_temporary(target);
    si_index_folder_keep(&target->folder);
    return SI_OK;
}

/* The parts have been flushed as they were written. */
static si_result flush(const si_target *target, si_error *error)
{
    return target->is_multi ? si_folder_sync(target->temporary, error)
                            : si_file_flush(target->descriptor, si_target_name(target), error);
}

si_result si_target_publish(si_target *target, uint64_t checksum, const si_provenance *provenance,
                            si_error *error)
{
    if (!target->folder.path)
        return SI_OK;
    SI_TRY(flush(target, error));
    char *name = si_format(SI_HEAVY_PREFIX "%016llx%s", (unsigned long long)checksum,
                           target->is_multi ? SI_PARTS_SUFFIX : SI_HEAVY_SUFFIX);
    if (!name)
        return si_fail_memory(error);
    si_result result = publish_as(target, name, provenance, error);
    if (result != SI_OK)
        si_unpublished_remove(target->folder.path);
    /* What the new index has replaced, or else what this build has left. */
    si_leftovers_remove(target->folder.path);
    si_free(name);
    return result;
}

void si_target_close(si_target *target)
{
    if (target->temporary)
        si_heavy_remove(target->temporary);
    if (target->descriptor >= 0)
        close(target->descriptor);
    si_index_folder_release(&target->folder);
    si_free(target->temporary);
    *target = (si_target){.folder.lock = -1, .descriptor = -1};
}
