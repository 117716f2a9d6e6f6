/* Counting the pages of a map that this process has touched, from /proc/self/pagemap. */
#include "read/resident_pages.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/arithmetic.h"

/* /proc/self/pagemap has a number for each page of the address space. */
#define IS_PRESENT (UINT64_C(1) << 63)

enum { PAGES_AT_ONCE = 4096 };

static uint64_t page_bytes(void)
{
    return (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t count_present(const uint64_t *pages, uint64_t count)
{
    uint64_t present = 0;
    for (uint64_t i = 0; i < count; i++)
        present += (pages[i] & IS_PRESENT) != 0;
    return present;
}

static uint64_t count_range(int pagemap, const void *start, uint64_t bytes)
{
    uint64_t pages[PAGES_AT_ONCE], present = 0;
    uint64_t page = (uint64_t)(uintptr_t)start / page_bytes();
    uint64_t end = page + si_divide_up(bytes, page_bytes());
    while (page < end) {
        size_t wanted = si_min_u64(end - page, PAGES_AT_ONCE) * sizeof *pages;
        ssize_t read_bytes = pread(pagemap, pages, wanted, (off_t)(page * sizeof *pages));
        if (read_bytes < (ssize_t)sizeof *pages)
            break;
        present += count_present(pages, (uint64_t)read_bytes / sizeof *pages);
        page += (uint64_t)read_bytes / sizeof *pages;
    }
    return present;
}

static uint64_t count_part(int pagemap, const si_index *index, const si_part *part)
{
    const si_layout *layout = &index->layout;
    uint64_t leaf_bytes = si_leaf_float_bytes(index->type);
    uint64_t leaves = si_divide_up(part->element_count, SI_LEAF_CAPACITY);
    uint64_t count = count_range(pagemap, index->map + part->head_offset, part->head_bytes);
    count += count_range(
        pagemap, index->map + layout->floats.offset + part->first / SI_LEAF_CAPACITY * leaf_bytes,
        leaves * leaf_bytes);
    for (unsigned i = 0; i < index->type->word_count; i++)
        count += count_range(pagemap, si_index_words(index, i) + part->first,
                             part->element_count * sizeof(uint64_t));
    for (unsigned i = 0; i < index->type->byte_count; i++)
        count += count_range(pagemap, si_index_bytes(index, i) + part->first, part->element_count);
    return count;
}

static uint64_t count(const si_index *index, const si_part *part)
{
    if (index->cache)
        return 0;
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap < 0)
        return 0;
    uint64_t pages = part ? count_part(pagemap, index, part)
                          : count_range(pagemap, index->map, index->map_bytes);
    close(pagemap);
    return pages;
}

uint64_t si_touched_pages(const si_index *index)
{
    return count(index, NULL);
}

uint64_t si_touched_pages_of_part(const si_index *index, uint64_t part)
{
    return count(index, &index->parts->parts[part]);
}
