/* The input of a fuzz target as a file, for readers that want a path. */
#ifndef SI_FUZZ_FUZZ_FILE_H
#define SI_FUZZ_FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The path of a file with this content, which the next call replaces. */
const char *fuzz_file(const uint8_t *data, size_t size);

#endif
