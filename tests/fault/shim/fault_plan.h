/* Which calls of a program are to go wrong, and how: told by environment variables.
 *
 *   FAULT_CALLS   kinds of calls that are counted, separated by commas; "disk" stands for all that
 *                 change what is on disk
 *   FAULT_AT      the number, from 1, of the counted call that goes wrong; without it none does
 *   FAULT_ONWARD  set: all calls from that one on go wrong
 *   FAULT_ACTION  "fail" (the default), "shorten" what is read or written, or "signal"
 *   FAULT_ERRNO   number of the error of calls that fail; default EIO
 *   FAULT_SIGNAL  number of the signal that the program sends itself before the call
 *   FAULT_SCOPE   "ours" (the default): calls by the program itself and by libspatial_index;
 *                 "all": by other libraries, too
 *   FAULT_RANK    of the processes of an MPI job only the one of this rank is meant
 *   FAULT_TRACE   a file that receives a line for every counted call
 */
#ifndef FAULT_PLAN_H
#define FAULT_PLAN_H

#include <stdbool.h>

typedef enum fault_call {
    CALL_ALLOCATE,
    CALL_OPEN,
    CALL_READ,
    CALL_MAP,
    CALL_LIST,
    CALL_LOCK,
    CALL_THREAD,
    CALL_CREATE, /* open, if it may create a file */
    CALL_WRITE,
    CALL_RESERVE,
    CALL_RESIZE,
    CALL_FLUSH,
    CALL_RENAME,
    CALL_MAKE_FOLDER,
    CALL_REMOVE,
    CALL_KINDS
} fault_call;

typedef enum fault_effect { EFFECT_NONE, EFFECT_FAIL, EFFECT_SHORTEN } fault_effect;

/* Counts a call made by the code at `caller`, and says what is to become of it; errno is set where
 * it is to fail. `subject` is what the trace says of it. */
fault_effect fault_plan_next(fault_call call, const void *caller, const char *subject);

/* The same for calls on an open file. */
fault_effect fault_plan_next_on(fault_call call, const void *caller, int descriptor);

#endif
