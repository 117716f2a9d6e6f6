/*
 * What builds that died, or were replaced, leave in an index folder.
 *
 * Builds work with names that are known here, and what meta_data.json names is never touched: so
 * all that a build left can be told from the index, whenever it ended. The folder has to be locked.
 * Nothing here fails: what cannot be removed now stays for the next build.
 */
#ifndef SI_FOLDER_RECOVERY_H
#define SI_FOLDER_RECOVERY_H

#include <stdbool.h>

#include "base/error.h"

/* Names of files that a build works with begin so. */
#define SI_TEMPORARY_PREFIX ".spatial-index-"

#define SI_HEAVY_PREFIX "index-"
#define SI_HEAVY_SUFFIX ".si"
/* Of the folder of the parts of a multi-index. */
#define SI_PARTS_SUFFIX ".parts"

/* In this folder the indexes of several populations are built, each in a folder of its name. */
#define SI_STAGING_NAME SI_TEMPORARY_PREFIX "populations"

/* The metadata that are being replaced, if they list populations: names their indexes even if the
 * build dies before it has removed these. */
#define SI_REPLACED_NAME SI_TEMPORARY_PREFIX "replaced.json"

/* Whether what has this name in a folder is a build's own, or the folder of a population that a
 * dead build has begun. */
bool si_is_leftover(const char *folder, const char *name);

/* Removes all that builds left in the folder, and finishes what one did not come to after it was
 * published. */
void si_leftovers_remove(const char *folder);

/* After a build that was not published: removes what says what it was about to do. Unlike the above
 * this wants no memory, which may be what the build has failed for. */
void si_unpublished_remove(const char *folder);

#endif
