/*
 * Errors in place of SIGBUS where a mapped file shrinks or cannot be read.
 *
 * The kernel reports such a page by SIGBUS, which ends the process. Opening an index with a guard
 * installs a handler of that signal, once and for the life of the process: if the address lies in
 * the map that the thread is reading, the handler jumps back to where the read began; otherwise it
 * calls the handler that was installed before.
 */
#ifndef SI_READ_SIGBUS_GUARD_H
#define SI_READ_SIGBUS_GUARD_H

#include "read/index.h"

si_result si_map_guard_install(si_error *error);

/* Reads the map. The function may be left by a jump, so whatever it owns must be reachable from the
 * context. */
typedef si_result (*si_map_reader)(void *context, si_error *error);

/* Calls the function, with a guard if the index was opened with one. */
si_result si_read_guarded(const si_index *index, si_map_reader reader, void *context,
                          si_error *error);

#endif
