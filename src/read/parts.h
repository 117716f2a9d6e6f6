/*
 * The parts of an opened multi-index. A part is mapped when a query first needs it, each column to
 * where it would lie if all parts were one file, so code that reads leaves is the same for both. Of
 * the inner levels, those in the top are mapped when the index is opened, and the lowest one with
 * each part. When the index is read explicitly, everything lies at the same addresses (see
 * parts_layout.h) and is read like the blocks of one file.
 */
#ifndef SI_READ_PARTS_H
#define SI_READ_PARTS_H

#include "read/index.h"

/* Opens the multi-index in a folder and fills in what follows from it: map, layout, bounds, type
 * and parts, which si_parts_close gives back, after a failure too. */
si_result si_parts_open(const char *folder, const si_open_options *options, si_index *index,
                        si_error *error);
void si_parts_close(si_index *index);

/* Maps a part, unless it is, or what it holds will be read explicitly. */
si_result si_part_map(const si_index *index, uint64_t part, si_error *error);
si_result si_part_map_all(const si_index *index, si_error *error);

#endif
