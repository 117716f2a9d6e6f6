/*
 * The header is one block: identity, sizes, sections and bounds, closed by a checksum. A reader
 * computes the layout from kind and count and refuses a header that says anything else.
 */
#include "format/header.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/file.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The index file is little-endian and mapped as it is: big-endian machines are not supported."
#endif

static const char magic[8] = {'S', 'P', 'A', 'T', 'I', 'D', 'X', '\n'};

/* Inner levels, floats, words, bytes and checksums. */
enum { MAX_SECTIONS = 3 + SI_MAX_WORDS + SI_MAX_BYTES, SECTION_PLACES = 16 };

static_assert((int)MAX_SECTIONS <= (int)SECTION_PLACES, "the header has room for all sections");

/* Exactly the bytes of the file. No padding: see the assertion. */
typedef struct header_page {
    char magic[8];
    uint32_t format_version;
    uint32_t header_bytes;
    uint32_t kind;
    uint32_t fan_out;
    uint32_t leaf_capacity;
    uint32_t levels;
    uint64_t element_count;
    uint64_t leaf_count;
    uint64_t file_bytes;
    float bounds[6];
    uint32_t block_bytes; /* that one checksum covers */
    uint32_t section_count;
    si_section sections[SECTION_PLACES];
    uint64_t checksums_checksum;
    uint8_t zero[SI_HEADER_BYTES - 360];
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

static uint32_t list_sections(const si_layout *layout, si_section sections[])
{
    const si_element_type *type = si_element_type_of(layout->kind);
    uint32_t count = 0;
    sections[count++] = layout->inner;
    sections[count++] = layout->floats;
    for (unsigned i = 0; i < type->word_count; i++)
        sections[count++] = layout->words[i];
    for (unsigned i = 0; i < type->byte_count; i++)
        sections[count++] = layout->bytes[i];
    sections[count++] = layout->checksums;
    return count;
}

void si_header_encode(const si_layout *layout, const si_box *bounds, uint64_t checksums_checksum,
                      void *page)
{
    header_page header = {.format_version = SI_FORMAT_VERSION,
                          .header_bytes = SI_HEADER_BYTES,
                          .kind = (uint32_t)layout->kind,
                          .fan_out = SI_FAN_OUT,
                          .leaf_capacity = SI_LEAF_CAPACITY,
                          .levels = layout->levels,
                          .element_count = layout->element_count,
                          .leaf_count = layout->leaf_count,
                          .file_bytes = layout->file_bytes,
                          .block_bytes = SI_BLOCK_BYTES,
                          .checksums_checksum = checksums_checksum};
    memcpy(header.magic, magic, sizeof magic);
    memcpy(header.bounds, bounds->lower, sizeof bounds->lower);
    memcpy(header.bounds + 3, bounds->upper, sizeof bounds->upper);
    header.section_count = list_sections(layout, header.sections);
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
                       "%s: the section table in the header does not match its %llu elements", path,
                       (unsigned long long)header->element_count);
    return SI_OK;
}

static si_result check_identity(const header_page *header, const char *path, si_error *error)
{
    if (memcmp(header->magic, magic, sizeof magic) != 0)
        return si_fail(error, SI_ERROR_FORMAT, "%s: not a spatial index file", path);
    uint64_t checksum = si_checksum(header, offsetof(header_page, checksum));
    if (checksum != header->checksum)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the header is damaged: its checksum is %016llx, expected %016llx", path,
                       (unsigned long long)checksum, (unsigned long long)header->checksum);
    if (header->format_version != SI_FORMAT_VERSION)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: format version %u, but this library reads version %u", path,
                       header->format_version, SI_FORMAT_VERSION);
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
        return si_fail(error, SI_ERROR_FORMAT, "%s: invalid element count %llu", path,
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
    content->checksum = header.checksum;
    return SI_OK;
}

si_result si_header_read(int descriptor, const char *path, si_header_content *content,
                         si_error *error)
{
    char page[SI_HEADER_BYTES];
    struct stat information;
    if (fstat(descriptor, &information) != 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot inspect the file", path);
    if (!S_ISREG(information.st_mode))
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: not a spatial index file: it is not a regular file", path);
    if (information.st_size < (off_t)sizeof page)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: not a spatial index file: it has %lld bytes, fewer than a header", path,
                       (long long)information.st_size);
    SI_TRY(si_file_read_at(descriptor, page, sizeof page, 0, path, error));
    return si_header_decode(page, (uint64_t)information.st_size, path, content, error);
}
