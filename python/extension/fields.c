#include "fields.h"

#include "pool.h"

#define UINT64(name, column)                                                                       \
    {                                                                                              \
        name, column, -1, NPY_UINT64, 1, sizeof(uint64_t), NULL                                    \
    }
#define UINT32(name, column)                                                                       \
    {                                                                                              \
        name, column, -1, NPY_UINT32, 1, sizeof(uint32_t), NULL                                    \
    }
#define FLOAT32(name, column)                                                                      \
    {                                                                                              \
        name, column, -1, NPY_FLOAT32, 1, sizeof(float), NULL                                      \
    }
#define VECTOR(name, column)                                                                       \
    {                                                                                              \
        name, column, -1, NPY_FLOAT32, 3, 3 * sizeof(float), NULL                                  \
    }

static core_field point_fields[] = {UINT64("id", SI_FIELD_ID),
                                    VECTOR("position", SI_FIELD_POSITION)};

static core_field sphere_fields[] = {UINT64("id", SI_FIELD_ID),
                                     VECTOR("centroid", SI_FIELD_CENTROID),
                                     FLOAT32("radius", SI_FIELD_RADIUS)};

static core_field synapse_fields[] = {
    UINT64("id", SI_FIELD_ID), UINT64("pre_gid", SI_FIELD_PRE_GID),
    UINT64("post_gid", SI_FIELD_POST_GID), VECTOR("position", SI_FIELD_POSITION)};

/* The last two are not among the builtin ones: `endpoints` is both. */
static core_field morphology_fields[] = {
    UINT64("gid", SI_FIELD_GID),
    UINT32("section_id", SI_FIELD_SECTION_ID),
    UINT32("segment_id", SI_FIELD_SEGMENT_ID),
    {"ids", SI_FIELD_IDS, -1, NPY_VOID, 1, sizeof(si_segment_ids), NULL},
    VECTOR("centroid", SI_FIELD_CENTROID),
    {"endpoints", SI_FIELD_ENDPOINT1, SI_FIELD_ENDPOINT2, NPY_FLOAT32, 3, 3 * sizeof(float), NULL},
    FLOAT32("radius", SI_FIELD_RADIUS),
    {"section_type", SI_FIELD_SECTION_TYPE, -1, NPY_UINT8, 1, 1, NULL},
    {"is_soma", SI_FIELD_IS_SOMA, -1, NPY_BOOL, 1, 1, NULL},
    VECTOR("endpoint1", SI_FIELD_ENDPOINT1),
    VECTOR("endpoint2", SI_FIELD_ENDPOINT2)};

static const core_kind kinds[] = {
    [SI_POINT] = {"point", 2, 2, point_fields, SI_FIELD_ID, false},
    [SI_SPHERE] = {"sphere", 3, 3, sphere_fields, SI_FIELD_ID, false},
    [SI_SYNAPSE] = {"synapse", 4, 4, synapse_fields, SI_FIELD_ID, true},
    [SI_SEGMENT] = {"morphology", 9, 11, morphology_fields, SI_FIELD_GID, true},
};

static PyArray_Descr *segment_ids;

static bool intern_names(const core_kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        kind->fields[i].interned = PyUnicode_InternFromString(kind->fields[i].name);
        if (!kind->fields[i].interned)
            return false;
    }
    return true;
}

bool core_prepare_fields(void)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!intern_names(&kinds[i]))
            return false;
    PyObject *list = Py_BuildValue("[(ss)(ss)(ss)]", "gid", "<u8", "section_id", "<u4",
                                   "segment_id", "<u4");
    bool done = list && PyArray_DescrConverter(list, &segment_ids) == NPY_SUCCEED;
    Py_XDECREF(list);
    return done;
}

const core_kind *core_kind_of(si_element_kind kind)
{
    return &kinds[kind];
}

const core_field *core_find_field(const core_kind *kind, PyObject *name)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].interned == name)
            return &kind->fields[i];
    for (size_t i = 0; i < kind->field_count; i++)
        if (PyUnicode_Compare(kind->fields[i].interned, name) == 0)
            return &kind->fields[i];
    return NULL;
}

PyObject *core_new_array(const core_field *field, npy_intp count)
{
    npy_intp shape[2] = {count, 3};
    PyArray_Descr *type;
    if (field->type == NPY_VOID)
        type = (PyArray_Descr *)Py_NewRef((PyObject *)segment_ids);
    else
        type = PyArray_DescrFromType(field->type);
    return core_new_pooled_array(type, field->components == 3 ? 2 : 1, shape,
                                 (size_t)count * field->size);
}
