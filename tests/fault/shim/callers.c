#include "callers.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { MOST_RANGES = 16 };

static struct {
    uintptr_t begin, end;
} ranges[MOST_RANGES];
static size_t range_count;

/* The program itself has no name. */
static bool is_ours(const char *name)
{
    return name[0] == '\0' || strstr(name, "/libspatial_index.") != NULL;
}

static int note_code(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size, (void)context;
    for (unsigned i = 0; is_ours(object->dlpi_name) && i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || range_count == MOST_RANGES)
            continue;
        ranges[range_count].begin = object->dlpi_addr + part->p_vaddr;
        ranges[range_count].end = ranges[range_count].begin + part->p_memsz;
        range_count++;
    }
    return 0;
}

void callers_find(void)
{
    dl_iterate_phdr(note_code, NULL);
}

bool callers_are_ours(const void *caller)
{
    for (size_t i = 0; i < range_count; i++)
        if ((uintptr_t)caller >= ranges[i].begin && (uintptr_t)caller < ranges[i].end)
            return true;
    return false;
}
