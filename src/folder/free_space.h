/* Whether there is room on the disk. */
#ifndef SI_FOLDER_FREE_SPACE_H
#define SI_FOLDER_FREE_SPACE_H

#include <stdint.h>

#include "base/error.h"

/* What is to be written into a folder. */
typedef struct si_space_need {
    const char *folder; /* NULL: nothing */
    uint64_t bytes;
} si_space_need;

/* SI_ERROR_IO: there is not enough room for the index, or for the temporary file of a build. Where
 * the system does not know, there is. */
si_result si_check_space(const si_space_need *target, const si_space_need *temporary,
                         si_error *error);

#endif
