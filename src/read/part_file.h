/* The file of a part of a multi-index. */
#ifndef SI_READ_PART_FILE_H
#define SI_READ_PART_FILE_H

#include "read/index.h"

/* Opens the file of a part. */
si_result si_part_open(const char *path, int *descriptor, si_error *error);
/* Reads its header, which must be that of the part that the top names. */
si_result si_part_check_header(const si_index *index, const si_part *part, int descriptor,
                               const char *path, si_header_content *header, si_error *error);

#endif
