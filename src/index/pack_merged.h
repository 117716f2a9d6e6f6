/* Packing records that did not fit in memory. */
#ifndef SI_INDEX_PACK_MERGED_H
#define SI_INDEX_PACK_MERGED_H

#include "index/external_sort.h"
#include "index/layout.h"

/* Writes all of the file but the flush. `*checksum` receives what tells this content from any
 * other. `path` is for messages. */
si_result si_pack_merged(const si_layout *layout, si_external_sort *sort, float largest,
                         int descriptor, const char *path, const si_build_watch *watch,
                         uint64_t *checksum, si_error *error);

#endif
