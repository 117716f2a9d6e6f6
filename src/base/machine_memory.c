/* Available memory from /proc/meminfo, limits from the files of control groups. */
#include "base/machine_memory.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arithmetic.h"

#define CONTROL_GROUPS "/sys/fs/cgroup"

/* UINT64_MAX if the file does not exist or holds no number, such as "max". */
static uint64_t number_in_file(const char *path)
{
    unsigned long long number = UINT64_MAX;
    FILE *file = fopen(path, "re");
    if (!file)
        return UINT64_MAX;
    if (fscanf(file, "%llu", &number) != 1)
        number = UINT64_MAX;
    fclose(file);
    return number;
}

/* The least limit of a group and the groups above it. `group` begins with a slash, and is cut. */
static uint64_t limit_of_group(const char *root, const char *hierarchy, char *group,
                               const char *file)
{
    uint64_t least = UINT64_MAX;
    for (;;) {
        char path[3 * PATH_MAX];
        snprintf(path, sizeof path, "%s" CONTROL_GROUPS "%s%s/%s", root, hierarchy, group, file);
        least = si_min_u64(least, number_in_file(path));
        char *slash = strrchr(group, '/');
        if (!slash)
            return least;
        *slash = '\0';
    }
}

/* Does a list with commas contain "memory"? */
static bool names_memory(const char *controllers)
{
    for (size_t length; *controllers; controllers += length + (controllers[length] == ',')) {
        length = strcspn(controllers, ",");
        if (length == strlen("memory") && strncmp(controllers, "memory", length) == 0)
            return true;
    }
    return false;
}

/* The limit of the group in a line "number:controllers:group" of /proc/self/cgroup. */
static uint64_t limit_of_line(const char *root, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return UINT64_MAX;
    *group++ = '\0';
    controllers++;
    if (names_memory(controllers))
        return limit_of_group(root, "/memory", group, "memory.limit_in_bytes");
    if (*controllers != '\0')
        return UINT64_MAX;
    char again[PATH_MAX];
    snprintf(again, sizeof again, "%s", group);
    return si_min_u64(limit_of_group(root, "", group, "memory.max"),
                      limit_of_group(root, "/unified", again, "memory.max"));
}

static uint64_t limit_of_groups(const char *root)
{
    char path[2 * PATH_MAX], line[PATH_MAX];
    uint64_t least = UINT64_MAX;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");
    if (!file)
        return UINT64_MAX;
    while (fgets(line, sizeof line, file))
        least = si_min_u64(least, limit_of_line(root, line));
    fclose(file);
    return least;
}

static uint64_t available_memory(const char *root)
{
    char path[2 * PATH_MAX], line[256];
    unsigned long long kibibytes;
    uint64_t bytes = UINT64_MAX;
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu kB", &kibibytes) == 1)
            bytes = kibibytes << 10;
    if (file)
        fclose(file);
    return bytes;
}

uint64_t si_machine_memory(const char *root)
{
    uint64_t installed = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    return si_min_u64(installed, si_min_u64(available_memory(root), limit_of_groups(root)));
}

uint64_t si_memory_to_use(uint64_t asked)
{
    return asked > 0 ? asked : si_machine_memory("") / 2;
}
