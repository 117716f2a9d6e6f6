#include "circuit/node_types.h"
#include "fuzz_file.h"

static void ask(const si_node_types *types, const char *attribute)
{
    size_t column = si_node_types_column(types, attribute);
    size_t row = si_node_types_row(types, 1);
    double value;
    bool given;
    si_error error;
    if (column == SIZE_MAX || row == SIZE_MAX)
        return;
    si_node_types_text(types, row, column);
    si_node_types_number(types, row, column, &value, &given, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    si_node_types *types = NULL;
    si_error error;
    if (si_node_types_parse((const char *)data, size, "fuzz", &types, &error) == SI_OK) {
        ask(types, "morphology");
        ask(types, "rotation_angle_xaxis");
    }
    si_node_types_close(types);
    return 0;
}
