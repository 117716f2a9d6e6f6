/* Packing records that did not fit in memory. */
#ifndef SI_BUILD_PACK_MERGED_H
#define SI_BUILD_PACK_MERGED_H

#include "format/layout.h"
#include "sort/external_sort.h"

/* Writes all of the file but the flush. `*checksum` receives what tells this content from any
 * other. `path` is for messages. */
si_result si_pack_merged(const si_layout *layout, si_external_sort *sort, float largest,
                         int descriptor, const char *path, const si_build_watch *watch,
                         uint64_t *checksum, si_error *error);

#endif
