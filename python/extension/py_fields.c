/* The table of fields by kind of element, and the search for a name in it. Names are interned: a
 * caller's nearly always are, too, so comparing pointers finds them. */
#include "py_fields.h"

#include "py_core.h"

static const core_field point_fields[] = {{"id", SI_FIELD_ID, -1, CORE_UINT64},
                                          {"position", SI_FIELD_POSITION, -1, CORE_VECTOR}};

static const core_field sphere_fields[] = {{"id", SI_FIELD_ID, -1, CORE_UINT64},
                                           {"centroid", SI_FIELD_CENTROID, -1, CORE_VECTOR},
                                           {"radius", SI_FIELD_RADIUS, -1, CORE_FLOAT32}};

static const core_field synapse_fields[] = {{"id", SI_FIELD_ID, -1, CORE_UINT64},
                                            {"pre_gid", SI_FIELD_PRE_GID, -1, CORE_UINT64},
                                            {"post_gid", SI_FIELD_POST_GID, -1, CORE_UINT64},
                                            {"position", SI_FIELD_POSITION, -1, CORE_VECTOR}};

/* The last two are not among the builtin ones: `endpoints` is both. */
static const core_field segment_fields[] = {
    {"gid", SI_FIELD_GID, -1, CORE_UINT64},
    {"section_id", SI_FIELD_SECTION_ID, -1, CORE_UINT32},
    {"segment_id", SI_FIELD_SEGMENT_ID, -1, CORE_UINT32},
    {"ids", SI_FIELD_IDS, -1, CORE_SEGMENT_IDS},
    {"centroid", SI_FIELD_CENTROID, -1, CORE_VECTOR},
    {"endpoints", SI_FIELD_ENDPOINT1, SI_FIELD_ENDPOINT2, CORE_VECTOR},
    {"radius", SI_FIELD_RADIUS, -1, CORE_FLOAT32},
    {"section_type", SI_FIELD_SECTION_TYPE, -1, CORE_UINT8},
    {"is_soma", SI_FIELD_IS_SOMA, -1, CORE_BOOL},
    {"endpoint1", SI_FIELD_ENDPOINT1, -1, CORE_VECTOR},
    {"endpoint2", SI_FIELD_ENDPOINT2, -1, CORE_VECTOR}};

static const core_kind kinds[CORE_KIND_COUNT] = {
    [SI_POINT] = {"point", 2, 2, point_fields, SI_FIELD_ID, false},
    [SI_SPHERE] = {"sphere", 3, 3, sphere_fields, SI_FIELD_ID, false},
    [SI_SYNAPSE] = {"synapse", 4, 4, synapse_fields, SI_FIELD_ID, true},
    [SI_SEGMENT] = {"segment", 9, CORE_MOST_FIELDS, segment_fields, SI_FIELD_GID, true},
};

bool core_prepare_fields(core_state *state)
{
    for (size_t kind = 0; kind < CORE_KIND_COUNT; kind++)
        for (size_t i = 0; i < kinds[kind].field_count; i++) {
            state->field_names[kind][i] = PyUnicode_InternFromString(kinds[kind].fields[i].name);
            if (!state->field_names[kind][i])
                return false;
        }
    return true;
}

const core_kind *core_kind_of(si_element_kind kind)
{
    return &kinds[kind];
}

PyObject *core_field_name(const core_state *state, si_element_kind kind, const core_field *field)
{
    return state->field_names[kind][field - kinds[kind].fields];
}

const core_field *core_find_field(const core_state *state, si_element_kind kind, PyObject *name)
{
    PyObject *const *names = state->field_names[kind];
    for (size_t i = 0; i < kinds[kind].field_count; i++)
        if (names[i] == name)
            return &kinds[kind].fields[i];
    for (size_t i = 0; i < kinds[kind].field_count; i++)
        if (PyUnicode_Compare(names[i], name) == 0)
            return &kinds[kind].fields[i];
    return NULL;
}
