#include "found.h"

/* What holds results until they are copied into arrays of their exact size: one for each thread
 * that searches, used again and again. */
#define MOST_IDLE 16

static si_batch *idle[MOST_IDLE];
static size_t idle_count;

si_batch *core_take_matches(void)
{
    si_batch *matches = NULL;
    si_error error;
    if (idle_count > 0)
        return idle[--idle_count];
    if (si_batch_create(&matches, &error) == SI_OK)
        return matches;
    core_raise(&error);
    return NULL;
}

void core_give_back(si_batch *matches)
{
    if (idle_count < MOST_IDLE)
        idle[idle_count++] = matches;
    else
        si_batch_free(matches);
}

/* Sooner copied than other threads would have got the GIL. */
#define FEW_RESULTS 1024

bool core_search(const core_index *self, const si_query *queries, uint64_t query_count,
                 unsigned threads, si_batch *matches)
{
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_batch_find(self->index, queries, query_count, threads, matches, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK)
        core_raise(&error);
    return result == SI_OK;
}

bool core_new_arrays(core_plan *plan, uint64_t count, PyObject **arrays)
{
    for (size_t i = 0; i < plan->column_count; i++) {
        arrays[i] = core_new_array(plan->column_fields[i], (npy_intp)count);
        if (!arrays[i])
            return false;
        plan->columns[i].data = PyArray_DATA((PyArrayObject *)arrays[i]);
    }
    return true;
}

bool core_copy(const core_plan *plan, const si_batch *matches, uint64_t count, unsigned threads)
{
    si_error error;
    si_result result;
    PyThreadState *state = count > FEW_RESULTS ? PyEval_SaveThread() : NULL;
    result = si_batch_copy(matches, plan->columns, plan->column_count, threads, &error);
    if (state)
        PyEval_RestoreThread(state);
    if (result != SI_OK)
        core_raise(&error);
    return result == SI_OK;
}
