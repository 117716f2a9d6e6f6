/*
 * The top of a multi-index: a header block, the table of its parts, and the levels above their
 * lowest nodes, with a checksum for each of the three.
 */
#include "format/manifest.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arithmetic.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/header.h"
#include "format/nodes.h"

static const char magic[8] = {'S', 'P', 'A', 'T', 'I', 'D', 'M', '\n'};

/* Exactly the bytes of the header. No padding: see the assertion. */
typedef struct top_page {
    char magic[8];
    uint32_t format_version;
    uint32_t header_bytes;
    uint32_t kind;
    uint32_t fan_out;
    uint32_t leaf_capacity;
    uint32_t levels;
    uint64_t element_count;
    uint64_t part_count;
    uint64_t part_bytes;
    uint64_t file_bytes;
    float bounds[6];
    si_section table;
    si_section nodes;
    uint64_t table_checksum;
    uint64_t nodes_checksum;
    uint8_t zero[SI_HEADER_BYTES - 144];
    uint64_t checksum;
} top_page;

static_assert(sizeof(top_page) == SI_HEADER_BYTES, "the header is one block");
static_assert(offsetof(top_page, checksum) == SI_HEADER_BYTES - 8, "its checksum comes last");

char *si_part_path(const char *folder, uint64_t part)
{
    return si_format("%s/" SI_PART_PREFIX "%06llu" SI_PART_SUFFIX, folder,
                     (unsigned long long)part);
}

/* ---- layout ---- */

static uint64_t whole_blocks(uint64_t bytes)
{
    return si_divide_up(bytes, SI_BLOCK_BYTES) * SI_BLOCK_BYTES;
}

/* False where the sizes overflow. */
static bool compute_layout(si_element_kind kind, uint64_t element_count, uint64_t part_count,
                           si_top_content *content)
{
    uint64_t table_bytes;
    *content = (si_top_content){.part_count = part_count};
    if (!si_layout_compute(kind, element_count, &content->layout) || part_count > INT64_MAX / 128 ||
        !si_multiply_u64(part_count, sizeof(si_part_entry), &table_bytes))
        return false;
    const si_layout *layout = &content->layout;
    content->table = (si_section){SI_HEADER_BYTES, table_bytes};
    content->nodes.offset = SI_HEADER_BYTES + whole_blocks(table_bytes);
    if (layout->levels > 1)
        content->nodes.bytes = layout->level_offset[1] - layout->inner.offset;
    content->file_bytes = content->nodes.offset + whole_blocks(content->nodes.bytes);
    return true;
}

/* Adds up the parts. False where they are none. */
static bool sum_parts(si_element_kind kind, const si_part_entry *parts, uint64_t part_count,
                      uint64_t *element_count, uint64_t *bytes)
{
    *element_count = *bytes = 0;
    for (uint64_t i = 0; i < part_count; i++) {
        si_layout layout;
        bool is_last = i + 1 == part_count;
        if (parts[i].element_count == 0 ||
            (!is_last && parts[i].element_count % SI_PACK_UNIT != 0) ||
            !si_layout_compute(kind, parts[i].element_count, &layout) ||
            !si_add_u64(*element_count, parts[i].element_count, element_count) ||
            !si_add_u64(*bytes, layout.file_bytes, bytes))
            return false;
    }
    return true;
}

static void encode(const si_top_content *content, top_page *page)
{
    const si_layout *layout = &content->layout;
    *page = (top_page){.format_version = SI_FORMAT_VERSION,
                       .header_bytes = SI_HEADER_BYTES,
                       .kind = (uint32_t)layout->kind,
                       .fan_out = SI_FAN_OUT,
                       .leaf_capacity = SI_LEAF_CAPACITY,
                       .levels = layout->levels,
                       .element_count = layout->element_count,
                       .part_count = content->part_count,
                       .part_bytes = content->part_bytes,
                       .file_bytes = content->file_bytes,
                       .table = content->table,
                       .nodes = content->nodes,
                       .table_checksum = content->table_checksum,
                       .nodes_checksum = content->nodes_checksum};
    memcpy(page->magic, magic, sizeof magic);
    memcpy(page->bounds, content->bounds.lower, sizeof content->bounds.lower);
    memcpy(page->bounds + 3, content->bounds.upper, sizeof content->bounds.upper);
    page->checksum = si_checksum(page, offsetof(top_page, checksum));
}

/* ---- writing ---- */

static float *level_nodes(const si_top_content *content, char *nodes, unsigned level)
{
    const si_layout *layout = &content->layout;
    return (void *)(nodes + (layout->level_offset[level] - layout->inner.offset));
}

static void fill_levels(si_top_content *content, const si_box *lowest, char *nodes)
{
    const si_layout *layout = &content->layout;
    content->bounds = si_box_nothing();
    for (uint64_t i = 0; i < (layout->levels > 0 ? layout->node_count[1] : 0); i++)
        si_box_unite(&content->bounds, &lowest[i]);
    for (unsigned level = 2; level <= layout->levels; level++) {
        float *at = level_nodes(content, nodes, level);
        si_nodes_clear(at, layout->node_count[level]);
        for (uint64_t i = 0; i < layout->node_count[level - 1]; i++) {
            si_box box = level == 2 ? lowest[i]
                                    : si_nodes_box(level_nodes(content, nodes, level - 1) +
                                                   i * SI_NODE_FLOATS);
            si_nodes_put(at, i, &box);
        }
    }
}

static si_result write_all(int descriptor, const char *path, si_top_content *content,
                           const void *table, const char *nodes, uint64_t *checksum,
                           si_error *error)
{
    top_page page;
    content->table_checksum = si_checksum(table, content->table.bytes);
    content->nodes_checksum = si_checksum(nodes, content->nodes.bytes);
    encode(content, &page);
    *checksum = page.checksum;
    static const char zeros[SI_BLOCK_BYTES];
    SI_TRY(si_file_write_at(descriptor, &page, sizeof page, 0, path, error));
    SI_TRY(si_file_write_at(descriptor, table, content->table.bytes, content->table.offset, path,
                            error));
    uint64_t end = content->table.offset + content->table.bytes;
    SI_TRY(si_file_write_at(descriptor, zeros, content->nodes.offset - end, end, path, error));
    SI_TRY(si_file_write_at(descriptor, nodes, content->nodes.bytes, content->nodes.offset, path,
                            error));
    end = content->nodes.offset + content->nodes.bytes;
    return si_file_write_at(descriptor, zeros, content->file_bytes - end, end, path, error);
}

si_result si_top_write(int descriptor, const char *path, si_element_kind kind,
                       const si_part_entry *parts, uint64_t part_count, const si_box *lowest,
                       uint64_t *checksum, si_error *error)
{
    si_top_content content;
    uint64_t element_count, part_bytes;
    if (!sum_parts(kind, parts, part_count, &element_count, &part_bytes) ||
        !compute_layout(kind, element_count, part_count, &content))
        return si_fail(error, SI_ERROR_LIMIT, "%s: invalid part count %llu", path,
                       (unsigned long long)part_count);
    content.part_bytes = part_bytes;
    char *nodes = si_allocate(content.nodes.bytes, 1);
    if (!nodes)
        return si_fail_memory(error);
    fill_levels(&content, lowest, nodes);
    si_result result = write_all(descriptor, path, &content, parts, nodes, checksum, error);
    si_free(nodes);
    return result;
}

/* ---- reading ---- */

static si_result check_identity(const top_page *page, const char *path, si_error *error)
{
    if (memcmp(page->magic, magic, sizeof magic) != 0)
        return si_fail(error, SI_ERROR_FORMAT, "%s: not the top of a multi-index", path);
    uint64_t checksum = si_checksum(page, offsetof(top_page, checksum));
    if (checksum != page->checksum)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the header is damaged: its checksum is %016llx, expected %016llx", path,
                       (unsigned long long)checksum, (unsigned long long)page->checksum);
    if (page->format_version != SI_FORMAT_VERSION)
        return si_fail(error, SI_ERROR_UNSUPPORTED,
                       "%s: format version %u, but this library reads version %u", path,
                       page->format_version, SI_FORMAT_VERSION);
    if (!si_element_kind_is_valid(page->kind))
        return si_fail(error, SI_ERROR_UNSUPPORTED, "%s: unknown element kind %u", path,
                       page->kind);
    return SI_OK;
}

/* What a writer of this version would have written must be what is there. */
static si_result decode(const top_page *page, uint64_t file_bytes, const char *path,
                        si_top_content *content, si_error *error)
{
    top_page expected;
    SI_TRY(check_identity(page, path, error));
    if (!compute_layout((si_element_kind)page->kind, page->element_count, page->part_count,
                        content))
        return si_fail(error, SI_ERROR_FORMAT, "%s: invalid element count %llu for %llu parts",
                       path, (unsigned long long)page->element_count,
                       (unsigned long long)page->part_count);
    memcpy(content->bounds.lower, page->bounds, sizeof content->bounds.lower);
    memcpy(content->bounds.upper, page->bounds + 3, sizeof content->bounds.upper);
    content->part_bytes = page->part_bytes;
    content->table_checksum = page->table_checksum;
    content->nodes_checksum = page->nodes_checksum;
    content->checksum = page->checksum;
    encode(content, &expected);
    if (memcmp(&expected, page, sizeof expected) != 0)
        return si_fail(
            error, SI_ERROR_FORMAT,
            "%s: the sections in the header do not match its %llu elements in %llu parts", path,
            (unsigned long long)page->element_count, (unsigned long long)page->part_count);
    if (file_bytes != content->file_bytes)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the file has %llu bytes, but its %llu parts take %llu", path,
                       (unsigned long long)file_bytes, (unsigned long long)page->part_count,
                       (unsigned long long)content->file_bytes);
    return SI_OK;
}

static si_result check_table(const si_top_content *content, const si_part_entry *parts,
                             const char *path, si_error *error)
{
    uint64_t element_count, part_bytes;
    if (si_checksum(parts, content->table.bytes) != content->table_checksum)
        return si_fail(error, SI_ERROR_FORMAT, "%s: the table of parts is damaged", path);
    if (!sum_parts(content->layout.kind, parts, content->part_count, &element_count, &part_bytes) ||
        element_count != content->layout.element_count || part_bytes != content->part_bytes)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the table of parts does not match the %llu elements of the header",
                       path, (unsigned long long)content->layout.element_count);
    return SI_OK;
}

si_result si_top_read(int descriptor, const char *path, si_top_content *content,
                      si_part_entry **parts, si_error *error)
{
    top_page page;
    struct stat information;
    if (fstat(descriptor, &information) != 0)
        return si_fail_errno(error, SI_ERROR_IO, errno, "%s: cannot inspect the file", path);
    if (!S_ISREG(information.st_mode) || information.st_size < (off_t)sizeof page)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: not the top of a multi-index: it has %lld bytes, fewer than a header",
                       path, (long long)information.st_size);
    SI_TRY(si_file_read_at(descriptor, &page, sizeof page, 0, path, error));
    SI_TRY(decode(&page, (uint64_t)information.st_size, path, content, error));
    *parts = si_allocate(content->part_count, sizeof **parts);
    if (!*parts)
        return si_fail_memory(error);
    si_result result = si_file_read_at(descriptor, *parts, content->table.bytes,
                                       content->table.offset, path, error);
    if (result == SI_OK)
        result = check_table(content, *parts, path, error);
    if (result != SI_OK)
        si_free(*parts);
    return result;
}

static bool is_zero(const char *bytes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* What is behind the table, up to the end of the file. */
static si_result check_bytes(const si_top_content *content, const char *path, const char *bytes,
                             uint64_t rest, uint64_t gap, si_error *error)
{
    if (is_zero(bytes, gap) &&
        si_checksum(bytes + gap, content->nodes.bytes) == content->nodes_checksum &&
        is_zero(bytes + gap + content->nodes.bytes, rest - gap - content->nodes.bytes))
        return SI_OK;
    return si_fail(error, SI_ERROR_FORMAT, "%s: the inner levels are damaged", path);
}

static si_result check_boxes(const si_top_content *content, const char *path, const char *nodes,
                             const si_box *lowest, si_error *error)
{
    si_top_content expected = *content;
    char *filled = si_allocate(content->nodes.bytes, 1);
    if (!filled)
        return si_fail_memory(error);
    fill_levels(&expected, lowest, filled);
    bool is_same = memcmp(filled, nodes, content->nodes.bytes) == 0 &&
                   memcmp(&expected.bounds, &content->bounds, sizeof content->bounds) == 0;
    si_free(filled);
    return is_same ? SI_OK
                   : si_fail(error, SI_ERROR_FORMAT, "%s: the inner levels do not match the parts",
                             path);
}

si_result si_top_check_nodes(int descriptor, const char *path, const si_top_content *content,
                             const si_box *lowest, si_error *error)
{
    uint64_t first = content->table.offset + content->table.bytes;
    uint64_t rest = content->file_bytes - first, gap = content->nodes.offset - first;
    char *bytes = si_allocate(rest, 1);
    if (!bytes)
        return si_fail_memory(error);
    si_result result = si_file_read_at(descriptor, bytes, rest, first, path, error);
    if (result == SI_OK)
        result = check_bytes(content, path, bytes, rest, gap, error);
    if (result == SI_OK && lowest)
        result = check_boxes(content, path, bytes + gap, lowest, error);
    si_free(bytes);
    return result;
}
