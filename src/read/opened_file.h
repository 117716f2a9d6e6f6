/* Bytes of an open file, by calls. */
#ifndef SI_READ_OPENED_FILE_H
#define SI_READ_OPENED_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct si_opened_file {
    int descriptor;
    const char *path; /* for errors */
    uint64_t bytes;   /* when it was opened */
} si_opened_file;

/* SI_ERROR_IO where they cannot be read, or the file has fewer. */
si_result si_opened_file_read(const si_opened_file *file, uint64_t offset, size_t length,
                              void *bytes, si_error *error);

#endif
