/*
 * The pages of a mapped index that this process has touched: those that the kernel has put into its
 * address space. It puts some in along with one that is touched, and takes some out where memory is
 * short.
 */
#ifndef SI_READ_RESIDENT_PAGES_H
#define SI_READ_RESIDENT_PAGES_H

#include "read/index.h"

/* Of the whole index. 0 where it is read explicitly, or the kernel does not tell. */
uint64_t si_touched_pages(const si_index *index);

/* Of one part of a multi-index. */
uint64_t si_touched_pages_of_part(const si_index *index, uint64_t part);

#endif
