#include "index/replaced_populations.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "index/index_folder.h"

static bool is_kept(const char *name, const char *const *kept, size_t kept_count)
{
    for (size_t i = 0; i < kept_count; i++)
        if (strcmp(kept[i], name) == 0)
            return true;
    return false;
}

/* The metadata may name indexes anywhere: only folders right below were made by a build. */
static bool lies_in_folder(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    struct stat information;
    if (strncmp(path, folder, length) != 0 || path[length] != '/')
        return false;
    const char *name = path + length + 1;
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           lstat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

void si_replaced_populations_remove(const si_metadata *replaced, const char *const *kept,
                                    size_t kept_count)
{
    for (size_t i = 0; replaced && i < replaced->population_count; i++) {
        const char *path = replaced->populations[i].path;
        if (!is_kept(si_path_base_name(path), kept, kept_count) &&
            lies_in_folder(path, replaced->folder))
            si_folder_remove_index(path);
    }
}
