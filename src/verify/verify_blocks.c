/* Checksums of blocks, the bytes behind the content of their sections, and the checksum of the
 * checksums. */
#include "verify/verify_blocks.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/file.h"

typedef unsigned long long number;

/* The place of the first byte that is not 0; `length` if there is none. */
static uint64_t first_nonzero(const char *bytes, uint64_t length)
{
    if (length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0))
        return length;
    uint64_t i = 0;
    while (bytes[i] == 0)
        i++;
    return i;
}

static void check_unused(const si_verified_file *file, const char *content, const char *bytes,
                         uint64_t length, uint64_t offset, si_damage_log *log)
{
    uint64_t used = first_nonzero(bytes, length);
    if (used < length)
        si_damage_add(log, "%s: byte %llu, behind %s, is %u, expected 0", file->path,
                      (number)(offset + used), content, (unsigned)(unsigned char)bytes[used]);
}

static bool is_block_damaged(const char *buffer, const uint64_t *recorded, uint64_t block)
{
    return si_checksum(buffer + block * SI_BLOCK_BYTES, SI_BLOCK_BYTES) != recorded[block];
}

/* Adjacent damaged blocks are reported together. */
static void check_blocks(const si_verified_file *file, const si_verified_blocks *range,
                         const char *buffer, const uint64_t *recorded, si_damage_log *log)
{
    for (uint64_t block = 0, end; block < range->blocks; block = end + 1) {
        for (end = block; end < range->blocks && is_block_damaged(buffer, recorded, end);)
            end++;
        if (end > block)
            si_damage_add(log, "%s: bytes %llu to %llu, of %s, do not match %s", file->path,
                          (number)(range->offset + block * SI_BLOCK_BYTES),
                          (number)(range->offset + end * SI_BLOCK_BYTES - 1), range->content,
                          end - block == 1 ? "their checksum" : "their checksums");
    }
}

si_result si_blocks_verify(const si_verified_file *file, const si_verified_blocks *range,
                           void *buffer, si_damage_log *log, si_error *error)
{
    uint64_t recorded[SI_BLOCKS_AT_ONCE];
    uint64_t length = range->blocks * SI_BLOCK_BYTES;
    if (range->blocks == 0)
        return SI_OK;
    SI_TRY(si_file_read_at(file->descriptor, buffer, length, range->offset, file->path, error));
    SI_TRY(si_file_read_at(file->descriptor, recorded, range->blocks * sizeof *recorded,
                           si_layout_checksum_offset(&file->header->layout, range->offset),
                           file->path, error));
    check_blocks(file, range, buffer, recorded, log);
    check_unused(file, range->content, (const char *)buffer + range->bytes, length - range->bytes,
                 range->offset + range->bytes, log);
    return SI_OK;
}

/* ---- the checksums ---- */

/* Computes the checksum of the checksums, chained over their blocks as the writer does. */
static si_result chain_checksums(const si_verified_file *file, uint64_t *checksum, char *last_block,
                                 si_error *error)
{
    const si_section *section = &file->header->layout.checksums;
    char chained[sizeof *checksum + SI_BLOCK_BYTES] = {0};
    for (uint64_t done = 0; done < section->bytes; done += SI_BLOCK_BYTES) {
        uint64_t length = si_min_u64(SI_BLOCK_BYTES, section->bytes - done);
        memcpy(chained, checksum, sizeof *checksum);
        SI_TRY(si_file_read_at(file->descriptor, chained + sizeof *checksum, SI_BLOCK_BYTES,
                               section->offset + done, file->path, error));
        *checksum = si_checksum(chained, sizeof *checksum + length);
    }
    memcpy(last_block, chained + sizeof *checksum, SI_BLOCK_BYTES);
    return SI_OK;
}

si_result si_checksums_verify(const si_verified_file *file, si_damage_log *log, si_error *error)
{
    const si_section *section = &file->header->layout.checksums;
    char last_block[SI_BLOCK_BYTES];
    uint64_t checksum = 0;
    uint64_t in_last_block = section->bytes % SI_BLOCK_BYTES;
    SI_TRY(chain_checksums(file, &checksum, last_block, error));
    if (checksum != file->header->checksums_checksum)
        si_damage_add(log,
                      "%s: the checksums, bytes %llu to %llu, are damaged: their own is %016llx, "
                      "expected %016llx",
                      file->path, (number)section->offset,
                      (number)(section->offset + section->bytes - 1), (number)checksum,
                      (number)file->header->checksums_checksum);
    if (in_last_block > 0)
        check_unused(file, "the checksums", last_block + in_last_block,
                     SI_BLOCK_BYTES - in_last_block, section->offset + section->bytes, log);
    return SI_OK;
}
