#include "index/format.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The index file is little-endian and mapped as it is: big-endian machines are not supported."
#endif

static const char magic[8] = {'S', 'P', 'A', 'T', 'I', 'D', 'X', '\n'};

enum section_number { SECTION_INNER, SECTION_LEAVES, SECTION_CHECKSUMS, SECTION_COUNT };

typedef struct header_section {
    uint64_t offset;
    uint64_t length;
    uint64_t unit; /* bytes that one checksum covers */
} header_section;

/* Exactly the bytes of the file. No padding: see the assertion. */
typedef struct header_page {
    char magic[8];
    uint32_t format_version;
    uint32_t header_bytes;
    uint32_t kind;
    uint32_t fan_out;
    uint32_t leaf_capacity;
    uint32_t page_capacity;
    uint32_t page_bytes;
    uint32_t levels;
    uint64_t element_count;
    uint64_t leaf_count;
    uint64_t page_count;
    uint64_t file_bytes;
    float bounds[6];
    uint32_t section_count;
    uint32_t reserved;
    header_section sections[SECTION_COUNT];
    uint64_t checksums_checksum;
    uint8_t zero[SI_HEADER_BYTES - 192];
    uint64_t checksum;
} header_page;

static_assert(sizeof(header_page) == SI_HEADER_BYTES, "the header is one block");
static_assert(offsetof(header_page, checksum) == SI_HEADER_BYTES - 8, "its checksum comes last");

uint64_t si_checksum(const void *data, size_t length)
{
    return XXH3_64bits(data, length);
}

uint64_t si_header_checksum(const void *page)
{
    uint64_t checksum;
    memcpy(&checksum, (const char *)page + offsetof(header_page, checksum), sizeof checksum);
    return checksum;
}

static void fill_sections(const si_layout *layout, uint32_t page_bytes, header_section sections[])
{
    sections[SECTION_INNER] = (header_section){layout->inner_offset, layout->inner_bytes,
                                               SI_BLOCK_BYTES};
    sections[SECTION_LEAVES] = (header_section){layout->leaves_offset, layout->leaves_bytes,
                                                page_bytes};
    sections[SECTION_CHECKSUMS] = (header_section){layout->checksums_offset,
                                                   layout->checksums_bytes, 0};
}

void si_header_encode(const si_layout *layout, const si_box *bounds, uint64_t checksums_checksum,
                      void *page)
{
    const si_element_type *type = si_element_type_of(layout->kind);
    header_page header = {.format_version = SI_FORMAT_VERSION,
                          .header_bytes = SI_HEADER_BYTES,
                          .kind = layout->kind,
                          .fan_out = SI_FAN_OUT,
                          .leaf_capacity = SI_LEAF_CAPACITY,
                          .page_capacity = type->page_capacity,
                          .page_bytes = type->page_bytes,
                          .levels = layout->levels,
                          .element_count = layout->element_count,
                          .leaf_count = layout->leaf_count,
                          .page_count = layout->page_count,
                          .file_bytes = layout->file_bytes,
                          .section_count = SECTION_COUNT,
                          .checksums_checksum = checksums_checksum};
    memcpy(header.magic, magic, sizeof magic);
    memcpy(header.bounds, bounds->lower, sizeof bounds->lower);
    memcpy(header.bounds + 3, bounds->upper, sizeof bounds->upper);
    fill_sections(layout, type->page_bytes, header.sections);
    header.checksum = si_checksum(&header, offsetof(header_page, checksum));
    memcpy(page, &header, sizeof header);
}

/* What a writer of this version would have written for the same elements must be what is there. */
static si_result check_layout(const header_page *header, const si_layout *layout, const char *path,
                              si_error *error)
{
    header_page expected;
    si_box bounds;
    memcpy(bounds.lower, header->bounds, sizeof bounds.lower);
    memcpy(bounds.upper, header->bounds + 3, sizeof bounds.upper);
    si_header_encode(layout, &bounds, header->checksums_checksum, &expected);
    if (memcmp(&expected, header, sizeof expected) != 0)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the header's section table does not fit its %llu elements", path,
                       (unsigned long long)header->element_count);
    return SI_OK;
}

static si_result check_identity(const header_page *header, const char *path, si_error *error)
{
    if (memcmp(header->magic, magic, sizeof magic) != 0)
        return si_fail(error, SI_ERROR_FORMAT, "%s: not a spatial index file", path);
    if (header->format_version != SI_FORMAT_VERSION)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: format version %u, but this library reads version %u", path,
                       header->format_version, SI_FORMAT_VERSION);
    uint64_t checksum = si_checksum(header, offsetof(header_page, checksum));
    if (checksum != header->checksum)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the header is damaged: its checksum is %016llx, expected %016llx", path,
                       (unsigned long long)checksum, (unsigned long long)header->checksum);
    if (!si_element_kind_is_valid(header->kind))
        return si_fail(error, SI_ERROR_UNSUPPORTED, "%s: unknown element kind %u", path,
                       header->kind);
    return SI_OK;
}

si_result si_header_decode(const void *page, uint64_t file_bytes, const char *path,
                           si_header_content *content, si_error *error)
{
    header_page header;
    memcpy(&header, page, sizeof header);
    SI_TRY(check_identity(&header, path, error));
    if (!si_layout_compute((si_element_kind)header.kind, header.element_count, &content->layout))
        return si_fail(error, SI_ERROR_FORMAT, "%s: %llu elements cannot be", path,
                       (unsigned long long)header.element_count);
    SI_TRY(check_layout(&header, &content->layout, path, error));
    if (file_bytes != content->layout.file_bytes)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the file has %llu bytes, but its %llu elements take %llu", path,
                       (unsigned long long)file_bytes, (unsigned long long)header.element_count,
                       (unsigned long long)content->layout.file_bytes);
    memcpy(content->bounds.lower, header.bounds, sizeof content->bounds.lower);
    memcpy(content->bounds.upper, header.bounds + 3, sizeof content->bounds.upper);
    content->checksums_checksum = header.checksums_checksum;
    return SI_OK;
}
