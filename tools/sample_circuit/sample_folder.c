/* Writes into a hidden folder first and renames its files into place when all are complete. */
#include "sample_circuit/sample_folder.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *si_sample_path(const char *folder, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

/* Gives 1 if the folder was made, 0 if it was there, -1 with errno if neither. */
static int make_folder(const char *path)
{
    if (mkdir(path, 0777) == 0)
        return 1;
    int reason = errno;
    struct stat information;
    if (stat(path, &information) == 0 && S_ISDIR(information.st_mode))
        return 0;
    errno = reason == EEXIST ? ENOTDIR : reason;
    return -1;
}

/* Creates the folder and its missing parents, and counts them. */
static si_result create_folders(si_sample_folder *folder, si_error *error)
{
    char *end = folder->path;
    while (*end != '\0') {
        end += 1 + strcspn(end + 1, "/");
        char separator = *end;
        *end = '\0';
        int made = make_folder(folder->path);
        if (made < 0)
            return si_sample_fail_file(error, "create the folder", folder->path);
        *end = separator;
        folder->folders_made += (size_t)made;
    }
    return SI_OK;
}

static si_result check_empty(const char *path, si_error *error)
{
    DIR *stream = opendir(path);
    if (stream == NULL)
        return si_sample_fail_file(error, "list", path);
    const struct dirent *entry;
    do
        entry = readdir(stream);
    while (entry != NULL && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    si_result result = SI_OK;
    if (entry != NULL)
        result = si_sample_fail(
            error, SI_ERROR_EXISTS,
            "the folder %s is not empty: it holds %s (--replace writes into it)", path,
            entry->d_name);
    closedir(stream);
    return result;
}

static void remove_slashes_at_end(char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
}

si_result si_sample_folder_open(si_sample_folder *folder, const char *path, bool force,
                                si_error *error)
{
    *folder = (si_sample_folder){.path = strdup(path)};
    if (folder->path == NULL)
        return si_sample_fail_memory(error);
    remove_slashes_at_end(folder->path);
    SI_SAMPLE_TRY(create_folders(folder, error));
    if (!force)
        SI_SAMPLE_TRY(check_empty(path, error));
    char *staging = si_sample_path(path, ".incomplete-XXXXXX");
    if (staging == NULL)
        return si_sample_fail_memory(error);
    if (mkdtemp(staging) == NULL) {
        free(staging);
        return si_sample_fail_file(error, "write into", path);
    }
    folder->staging = staging;
    return SI_OK;
}

static si_result move_content(const char *from, const char *to, si_error *error);

/* A folder is merged into one of the same name, a file replaces one. */
static si_result move_entry(const char *from, const char *to, si_error *error)
{
    struct stat information;
    if (stat(from, &information) == 0 && S_ISDIR(information.st_mode)) {
        if (mkdir(to, 0777) != 0 && errno != EEXIST)
            return si_sample_fail_file(error, "create the folder", to);
        return move_content(from, to, error);
    }
    return rename(from, to) == 0 ? SI_OK : si_sample_fail_file(error, "write", to);
}

static si_result move_content(const char *from, const char *to, si_error *error)
{
    struct dirent **entries;
    int count = scandir(from, &entries, NULL, alphasort);
    if (count < 0)
        return si_sample_fail_file(error, "list", from);
    si_result result = SI_OK;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (result == SI_OK && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            char *source = si_sample_path(from, name), *target = si_sample_path(to, name);
            result = source == NULL || target == NULL ? si_sample_fail_memory(error)
                                                      : move_entry(source, target, error);
            free(source);
            free(target);
        }
        free(entries[i]);
    }
    free(entries);
    return result;
}

si_result si_sample_folder_publish(si_sample_folder *folder, si_error *error)
{
    SI_SAMPLE_TRY(move_content(folder->staging, folder->path, error));
    folder->folders_made = 0;
    return SI_OK;
}

static int remove_entry(const char *path, const struct stat *information, int kind,
                        struct FTW *position)
{
    (void)information;
    (void)kind;
    (void)position;
    return remove(path);
}

static void remove_made_folders(si_sample_folder *folder)
{
    for (; folder->folders_made > 0; folder->folders_made--) {
        rmdir(folder->path);
        char *slash = strrchr(folder->path, '/');
        if (slash == NULL || slash == folder->path)
            return;
        *slash = '\0';
        remove_slashes_at_end(folder->path);
    }
}

void si_sample_folder_close(si_sample_folder *folder)
{
    if (folder->staging != NULL)
        nftw(folder->staging, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (folder->path != NULL)
        remove_made_folders(folder);
    free(folder->staging);
    free(folder->path);
    *folder = (si_sample_folder){0};
}
