/* What has been found, from its leaves to the columns that were asked for. */
#ifndef SI_QUERY_GATHER_H
#define SI_QUERY_GATHER_H

#include "query/extract.h"

si_result si_copy_finds(const si_find *finds, size_t count, si_extractor *extractor,
                        si_error *error);

#endif
