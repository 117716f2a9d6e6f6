#include "fuzz_file.h"
#include "sonata/types_file.h"

static void ask(const si_types_file *types, const char *attribute)
{
    size_t column = si_types_file_column(types, attribute);
    size_t row = si_types_file_row(types, 1);
    double value;
    bool given;
    si_error error;
    if (column == SIZE_MAX || row == SIZE_MAX)
        return;
    si_types_file_text(types, row, column);
    if (si_types_file_type(types, column) == SI_TYPE_INT64)
        si_types_file_integer(types, row, column);
    si_types_file_number(types, row, column, &value, &given, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    si_types_file *types = NULL;
    si_error error;
    if (si_types_file_parse((const char *)data, size, "fuzz", "node_type_id", &types, &error) ==
        SI_OK) {
        ask(types, "morphology");
        ask(types, "rotation_angle_xaxis");
    }
    si_types_file_close(types);
    return 0;
}
