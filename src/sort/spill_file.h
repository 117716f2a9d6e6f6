/*
 * A temporary file for what does not fit in memory. It has no name, so nothing of it stays whatever
 * happens.
 *
 * Where the system can, data goes between memory and disk without the page cache: everything is
 * written and read once, in large pieces, and would only take the place of what others use.
 */
#ifndef SI_SORT_SPILL_FILE_H
#define SI_SORT_SPILL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Offsets, lengths and addresses are multiples of this: memory is that of si_allocate_large. */
#define SI_SPILL_ALIGNMENT 4096u

typedef struct si_spill_file {
    int descriptor; /* -1: not open */
    char *folder;
    uint64_t end; /* of what has been given out */
} si_spill_file;

si_result si_spill_file_open(const char *folder, si_spill_file *file, si_error *error);
void si_spill_file_close(si_spill_file *file);

/* Gives out the next bytes of the file, and returns where they begin. */
uint64_t si_spill_file_give_out(si_spill_file *file, uint64_t bytes);

/* Any thread, at places of their own. */
si_result si_spill_file_write(const si_spill_file *file, const void *data, size_t length,
                              uint64_t offset, si_error *error);
si_result si_spill_file_read(const si_spill_file *file, void *data, size_t length, uint64_t offset,
                             si_error *error);

/* Says that these bytes will not be read again; the disk has them back where the file system can
 * give them. */
void si_spill_file_forget(const si_spill_file *file, uint64_t offset, uint64_t length);

#endif
