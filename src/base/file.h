/* Files and folders, with errors that name them. */
#ifndef SI_BASE_FILE_H
#define SI_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* Opens a file for reading, without waiting where it is a pipe. Returns the descriptor, or -1 with
 * errno set. */
int si_open_readonly(const char *path);

/* The whole content of a regular file, with a terminator added after it. Give `*content` to
 * si_free. */
si_result si_file_read_all(const char *path, char **content, size_t *length, si_error *error);

/* Writes all bytes at an offset. `path` is for the error only. */
si_result si_file_write_at(int descriptor, const void *data, size_t length, uint64_t offset,
                           const char *path, si_error *error);
/* Reads exactly `length` bytes at an offset; a shorter file is SI_ERROR_FORMAT. */
si_result si_file_read_at(int descriptor, void *data, size_t length, uint64_t offset,
                          const char *path, si_error *error);

/* Flushes to the device: what was written survives a power cut. */
si_result si_file_flush(int descriptor, const char *path, si_error *error);

/* What is at a path, links followed: S_IFREG, S_IFDIR and so on; 0: nothing is. SI_ERROR_IO: that
 * cannot be seen, which does not say that there is nothing. */
si_result si_path_look(const char *path, mode_t *kind, si_error *error);
bool si_path_is_file(const char *path);   /* links followed */
bool si_path_is_folder(const char *path); /* links followed */
bool si_path_exists(const char *path);    /* links not followed */

/* New strings, to be given to si_free; NULL when out of memory. */
char *si_path_join(const char *folder, const char *name); /* an absolute name replaces the folder */
char *si_path_parent(const char *path);                   /* "." for a bare name */
/* Absolute and lexically normalised: "." and ".." and repeated slashes folded, links not resolved.
 */
char *si_path_absolute(const char *path);
/* The way from a folder to a file; both paths are absolute and normalised. */
char *si_path_relative(const char *folder, const char *path);
/* The part after the last slash; points into `path`. */
const char *si_path_base_name(const char *path);

/* Creates a folder and its missing parents. SI_ERROR_NOT_FOUND: one of them has gone meanwhile. */
si_result si_folder_create(const char *path, si_error *error);

/* Makes the names in a folder survive a power cut. */
si_result si_folder_sync(const char *path, si_error *error);

#endif
