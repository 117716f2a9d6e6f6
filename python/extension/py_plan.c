/* From the names of fields to columns of the library, and from arrays of these columns to the
 * dict, array or list that a query returns. */
#include "py_plan.h"

#include "py_attributes.h"

bool core_import_results(core_state *state)
{
    PyObject *module = PyImport_ImportModule("spatial_index.results");
    state->results_class = module ? PyObject_GetAttrString(module, "Results") : NULL;
    Py_XDECREF(module);
    return state->results_class != NULL;
}

/* ---- columns and outputs ---- */

static size_t add_column(core_plan *plan, si_field column, const core_field *field)
{
    size_t place = 0;
    while (place < plan->column_count && plan->columns[place].field != column)
        place++;
    if (place == plan->column_count) {
        plan->columns[place] = (si_column){column, NULL};
        plan->column_fields[place] = field;
        plan->column_count++;
    }
    return place;
}

static size_t add_field_columns(core_plan *plan, const core_field *field)
{
    size_t place = add_column(plan, field->column, field);
    if (field->second_column >= 0)
        add_column(plan, (si_field)field->second_column, field);
    return place;
}

static void add_output(core_plan *plan, const core_field *field)
{
    plan->outputs[plan->output_count++] = (core_output){
        core_field_name(plan->self->state, plan->self->kind, field), field,
        add_field_columns(plan, field)};
}

/* The ids by which attributes are looked up are the first field of every kind. */
static bool add_attribute(core_plan *plan, PyObject *name)
{
    const core_kind *kind = core_kind_of(plan->self->kind);
    if (!core_check_attribute(plan->self, name))
        return false;
    plan->outputs[plan->output_count++] = (core_output){name, NULL,
                                                        add_field_columns(plan, &kind->fields[0])};
    return true;
}

static bool add_name(core_plan *plan, PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "fields are strings, not %R", name);
        return false;
    }
    const core_field *field = core_find_field(plan->self->state, plan->self->kind, name);
    if (field)
        add_output(plan, field);
    return field || add_attribute(plan, name);
}

static void add_builtin(core_plan *plan)
{
    const core_kind *kind = core_kind_of(plan->self->kind);
    for (size_t i = 0; i < kind->builtin_count; i++)
        add_output(plan, &kind->fields[i]);
}

/* ---- what `fields` may be ---- */

/* A tuple, which nobody changes while other threads run. */
static bool add_list(core_plan *plan, PyObject *fields)
{
    plan->names = PySequence_Tuple(fields);
    if (!plan->names)
        return false;
    Py_ssize_t count = PyTuple_Size(plan->names);
    if (count == 0)
        return core_raise_argument_error(plan->self->state, "Invalid fields: no field is given.");
    if (count > CORE_INLINE_OUTPUTS) {
        plan->outputs = calloc((size_t)count, sizeof *plan->outputs);
        if (!plan->outputs) {
            plan->outputs = plan->inline_outputs;
            return PyErr_NoMemory();
        }
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (!add_name(plan, PyTuple_GetItem(plan->names, i)))
            return false;
    return true;
}

static bool add_string(core_plan *plan, PyObject *name)
{
    if (PyUnicode_GetLength(name) == 0)
        return core_raise_argument_error(plan->self->state, "Invalid fields: the name is empty.");
    plan->is_raw = core_is_string(name, "raw_elements");
    plan->is_single = !plan->is_raw;
    if (plan->is_single)
        return add_name(plan, name);
    add_builtin(plan);
    return true;
}

static bool add_fields(core_plan *plan, PyObject *fields)
{
    if (fields && PyUnicode_Check(fields))
        return add_string(plan, fields);
    if (fields && PyBytes_Check(fields)) {
        PyErr_SetString(PyExc_NotImplementedError, "fields are strings, not bytes");
        return false;
    }
    if (fields && fields != Py_None)
        return add_list(plan, fields);
    add_builtin(plan);
    return true;
}

bool core_plan_open(core_plan *plan, core_index *self, PyObject *object, PyObject *fields)
{
    plan->self = self;
    plan->object = object;
    plan->names = NULL;
    plan->is_single = plan->is_raw = false;
    plan->outputs = plan->inline_outputs;
    plan->output_count = plan->column_count = 0;
    bool done = add_fields(plan, fields);
    if (!done)
        core_plan_close(plan);
    return done;
}

void core_plan_close(core_plan *plan)
{
    if (plan->outputs != plan->inline_outputs)
        free(plan->outputs);
    Py_XDECREF(plan->names);
}

/* ---- the result ---- */

static size_t second_column(const core_plan *plan, const core_field *field)
{
    size_t place = 0;
    while (plan->columns[place].field != (si_field)field->second_column)
        place++;
    return place;
}

static PyObject *output_value(const core_plan *plan, const core_output *output,
                              PyObject *const *arrays)
{
    PyObject *first = arrays[output->column];
    if (!output->field)
        return core_read_attribute(plan->self, output->name, first);
    if (output->field->second_column < 0)
        return Py_NewRef(first);
    return PyTuple_Pack(2, first, arrays[second_column(plan, output->field)]);
}

static PyObject *dict_of(const core_plan *plan, PyObject *const *arrays)
{
    PyObject *dict = PyObject_CallNoArgs(plan->self->state->results_class);
    for (size_t i = 0; dict && i < plan->output_count; i++) {
        PyObject *value = output_value(plan, &plan->outputs[i], arrays);
        if (!value || PyDict_SetItem(dict, plan->outputs[i].name, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(value);
    }
    return dict;
}

PyObject *core_plan_result(const core_plan *plan, PyObject *const *arrays)
{
    if (plan->is_single)
        return output_value(plan, &plan->outputs[0], arrays);
    PyObject *dict = dict_of(plan, arrays);
    if (!dict || !plan->is_raw)
        return dict;
    PyObject *elements = PyObject_CallMethod(plan->object, "_raw_elements", "O", dict);
    Py_DECREF(dict);
    return elements;
}

/* ---- from queries to arrays ---- */

si_batch *core_take_batch(core_state *state)
{
    si_batch *batch = NULL;
    si_error error;
    if (state->idle_batch_count > 0)
        return state->idle_batches[--state->idle_batch_count];
    if (si_batch_create(&batch, &error) == SI_OK)
        return batch;
    core_raise(state, &error);
    return NULL;
}

void core_give_back_batch(core_state *state, si_batch *batch)
{
    if (state->idle_batch_count < CORE_MOST_IDLE)
        state->idle_batches[state->idle_batch_count++] = batch;
    else
        si_batch_free(batch);
}

/* Sooner copied than other threads would have got the GIL. */
#define FEW_RESULTS 1024

bool core_search(const core_index *self, const si_query *queries, uint64_t query_count,
                 unsigned threads, si_batch *batch)
{
    si_error error;
    si_result result;
    Py_BEGIN_ALLOW_THREADS;
    result = si_batch_find(self->index, queries, query_count, threads, batch, &error);
    Py_END_ALLOW_THREADS;
    if (result != SI_OK)
        core_raise(self->state, &error);
    return result == SI_OK;
}

bool core_new_arrays(core_plan *plan, uint64_t count, PyObject **arrays)
{
    for (size_t i = 0; i < plan->column_count; i++) {
        arrays[i] = core_new_array(plan->self->state, plan->column_fields[i]->type, count,
                                   &plan->columns[i].data);
        if (!arrays[i])
            return false;
    }
    return true;
}

bool core_copy(const core_plan *plan, const si_batch *batch, uint64_t count, unsigned threads)
{
    si_error error;
    si_result result;
    PyThreadState *state = count > FEW_RESULTS ? PyEval_SaveThread() : NULL;
    result = si_batch_copy(batch, plan->columns, plan->column_count, threads, &error);
    if (state)
        PyEval_RestoreThread(state);
    if (result != SI_OK)
        core_raise(plan->self->state, &error);
    return result == SI_OK;
}
