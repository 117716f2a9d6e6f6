/* The folder that holds the top and the parts of a multi-index: what a heavy file is of a single
 * index. */
#ifndef SI_FOLDER_INDEX_FILE_H
#define SI_FOLDER_INDEX_FILE_H

#include "base/error.h"

/* Renames a heavy file, or a folder of parts. One that has the new name already has the same
 * content, and is replaced. */
si_result si_heavy_rename(const char *from, const char *to, si_error *error);

/* Removes a heavy file, or a folder of parts with what a build puts in there. What cannot be
 * removed stays. */
void si_heavy_remove(const char *path);

#endif
