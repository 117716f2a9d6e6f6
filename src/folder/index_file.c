/*
 * Renaming and removing of an index file, or of the folder of parts that a multi-index has
 * instead. Folders that are not empty are exchanged, so that one of them is always whole.
 */
#include "folder/index_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format/manifest.h"

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), ending_length = strlen(ending);
    return length >= ending_length && strcmp(name + length - ending_length, ending) == 0;
}

static bool is_of_build(const char *name)
{
    return strcmp(name, SI_TOP_NAME) == 0 ||
           (strncmp(name, SI_PART_PREFIX, sizeof SI_PART_PREFIX - 1) == 0 &&
            has_ending(name, SI_PART_SUFFIX));
}

static void remove_files(const char *path)
{
    DIR *listing = opendir(path);
    if (!listing)
        return;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (is_of_build(entry->d_name))
            unlinkat(dirfd(listing), entry->d_name, 0);
    closedir(listing);
}

void si_heavy_remove(const char *path)
{
    if (unlink(path) == 0 || errno != EISDIR)
        return;
    remove_files(path);
    rmdir(path);
}

/* Of a folder that is not empty, both names are exchanged, so that one of them is always whole.
 * Where that cannot be done, the one that is there stays: it has the same content. */
static bool take_place(const char *from, const char *to)
{
    if (errno != EEXIST && errno != ENOTEMPTY)
        return false;
    renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE);
    si_heavy_remove(from);
    return true;
}

si_result si_heavy_rename(const char *from, const char *to, si_error *error)
{
    if (rename(from, to) == 0 || take_place(from, to))
        return SI_OK;
    return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot rename it to %s", from, to);
}
