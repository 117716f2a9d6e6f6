/*
 * Mapped files that shrink or cannot be read.
 *
 * The kernel tells of it by SIGBUS, which ends the process. Where an index is opened with a guard,
 * a handler of that signal is installed, once and for the life of the process: if the address is in
 * the map that the thread is reading, it jumps back to where the reading began; any other is left
 * to the handler that was there before.
 */
#ifndef SI_READ_SIGBUS_GUARD_H
#define SI_READ_SIGBUS_GUARD_H

#include "read/index.h"

si_result si_map_guard_install(si_error *error);

/* Reads the map. It may not be left to finish: what it holds must be reachable from the context. */
typedef si_result (*si_map_reader)(void *context, si_error *error);

/* Calls the function; with a guard, if the index is opened so. */
si_result si_read_guarded(const si_index *index, si_map_reader reader, void *context,
                          si_error *error);

#endif
