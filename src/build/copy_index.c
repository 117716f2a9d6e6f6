/* Elements of one index go into the builder of another. */
#include <math.h>

#include "build/builder.h"
#include "element/element_kind.h"
#include "read/index.h"

#define MOST_INPUTS 8

typedef struct element_copy {
    si_builder *builder;
    si_result result;
    si_error *error;
} element_copy;

static int append_batch(void *context, const si_column *columns, size_t column_count,
                        uint64_t count)
{
    element_copy *copy = context;
    si_input_column inputs[MOST_INPUTS];
    for (size_t i = 0; i < column_count; i++)
        inputs[i] = (si_input_column){columns[i].field, columns[i].data};
    copy->result = si_builder_append(copy->builder, inputs, column_count, count, copy->error);
    return copy->result != SI_OK;
}

si_result si_builder_append_index(si_builder *builder, const si_index *index, si_error *error)
{
    SI_TRY(si_require(builder, "builder", error));
    SI_TRY(si_require(index, "index", error));
    static const double lowest[3] = {-INFINITY, -INFINITY, -INFINITY};
    static const double highest[3] = {INFINITY, INFINITY, INFINITY};
    si_index_info info = SI_INDEX_INFO_INIT;
    si_field fields[MOST_INPUTS];
    si_query everything;
    element_copy copy = {builder, SI_OK, error};
    si_index_get_info(index, &info);
    const si_element_type *type = si_element_type_of(info.kind);
    for (size_t i = 0; i < type->input_count; i++)
        fields[i] = type->inputs[i].field;
    SI_TRY(si_query_box(lowest, highest, SI_BOUNDING_BOX, &everything, error));
    SI_TRY(
        si_index_visit(index, &everything, fields, type->input_count, append_batch, &copy, error));
    if (copy.result == SI_OK)
        si_builder_adopt_identity(builder, &index->provenance);
    return copy.result;
}
