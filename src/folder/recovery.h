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
#include "format/file_names.h"

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
