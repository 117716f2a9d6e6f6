/* Prints a value of any type of the library. */
#include "query/values.h"

void cli_table_put_value(cli_table *table, si_type type, unsigned components, const void *data,
                         uint64_t position)
{
    switch (type) {
    case SI_TYPE_UINT8:
        cli_table_put_unsigned(table, ((const uint8_t *)data)[position]);
        break;
    case SI_TYPE_UINT16:
        cli_table_put_unsigned(table, ((const uint16_t *)data)[position]);
        break;
    case SI_TYPE_UINT32:
        cli_table_put_unsigned(table, ((const uint32_t *)data)[position]);
        break;
    case SI_TYPE_UINT64:
        cli_table_put_unsigned(table, ((const uint64_t *)data)[position]);
        break;
    case SI_TYPE_INT8:
        cli_table_put_signed(table, ((const int8_t *)data)[position]);
        break;
    case SI_TYPE_INT16:
        cli_table_put_signed(table, ((const int16_t *)data)[position]);
        break;
    case SI_TYPE_INT32:
        cli_table_put_signed(table, ((const int32_t *)data)[position]);
        break;
    case SI_TYPE_INT64:
        cli_table_put_signed(table, ((const int64_t *)data)[position]);
        break;
    case SI_TYPE_FLOAT32:
        for (unsigned i = 0; i < components; i++)
            cli_table_put_float(table, ((const float *)data)[position * components + i]);
        break;
    case SI_TYPE_FLOAT64:
        cli_table_put_double(table, ((const double *)data)[position]);
        break;
    case SI_TYPE_STRING:
        cli_table_put_string(table, ((const char *const *)data)[position]);
        break;
    case SI_TYPE_SEGMENT_IDS: /* cli_fields has its parts instead */
        break;
    }
}
