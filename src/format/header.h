/* The header page of the heavy file, as docs/format.md specifies it, and its checksums. */
#ifndef SI_FORMAT_HEADER_H
#define SI_FORMAT_HEADER_H

#include <stdint.h>

#include "format/layout.h"

/* Files of every version from 1 on stay readable. */
#define SI_FORMAT_VERSION 1u

uint64_t si_checksum(const void *data, size_t length);

/* Fills a header page of SI_HEADER_BYTES bytes. */
void si_header_encode(const si_layout *layout, const si_box *bounds, uint64_t checksums_checksum,
                      void *page);

/* The checksum that a header page holds of itself, which covers the whole file. */
uint64_t si_header_checksum(const void *page);

typedef struct si_header_content {
    si_layout layout;
    si_box bounds;
    uint64_t checksums_checksum;
    uint64_t checksum; /* of the header, and so of the whole file */
} si_header_content;

/* Checks everything in a header page of a file of `file_bytes` bytes. `path` is for messages. */
si_result si_header_decode(const void *page, uint64_t file_bytes, const char *path,
                           si_header_content *content, si_error *error);

/* Reads and checks the header of an open file. */
si_result si_header_read(int descriptor, const char *path, si_header_content *content,
                         si_error *error);

#endif
