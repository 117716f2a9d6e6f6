/* Finds that are kept until the caller knows how many there are, and gathered then. */
#ifndef SI_QUERY_FIND_LIST_H
#define SI_QUERY_FIND_LIST_H

#include "query/gather.h"

/* Gathers a list of finds, whose leaves the index fetches. */
si_result si_gather_finds(si_gather *gather, const si_find *finds, size_t count, si_error *error);

#endif
