/* Files of NumPy that hold one array of three dimensions. */
#ifndef CLI_GRID_NPY_H
#define CLI_GRID_NPY_H

#include <stdint.h>

#include "spatial_index/spatial_index.h"

typedef struct cli_volume {
    uint64_t shape[3];
    si_type type;
    void *values; /* row by row; for free() */
} cli_volume;

/* Integers of any size, byte order and memory order. Ends the command where a file is no such. */
void cli_npy_read(cli_volume *volume, const char *path);

/* Numbers of 8 bytes: unsigned integers (u), or floats (f). */
void cli_npy_write(const char *path, char letter, const uint64_t shape[3], const void *values);

#endif
