/* What has been found, from its leaves to the columns that were asked for. */
#ifndef SI_INDEX_COPY_FINDS_H
#define SI_INDEX_COPY_FINDS_H

#include "index/extract.h"

si_result si_copy_finds(const si_find *finds, size_t count, si_extractor *extractor,
                        si_error *error);

#endif
