/* Writes the heavy file from sorted records. */
#ifndef SI_INDEX_PACK_H
#define SI_INDEX_PACK_H

#include "base/error.h"
#include "index/build_watch.h"
#include "index/layout.h"
#include "index/record_store.h"
#include "index/sort.h"

typedef struct si_pack_source {
    const si_record_store *store;
    const si_sort_entry *entries; /* in index order */
} si_pack_source;

/* Writes all of the file but the flush. `*checksum` receives what tells this content from any
 * other. `path` is for messages. */
si_result si_pack(const si_layout *layout, const si_pack_source *source, int descriptor,
                  const char *path, unsigned threads, const si_build_watch *watch,
                  uint64_t *checksum, si_error *error);

#endif
