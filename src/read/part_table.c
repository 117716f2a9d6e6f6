/* The node that stands for nodes of parts that are not mapped. */
#include "read/part_table.h"

#include <float.h>

#define EIGHT(value) value, value, value, value, value, value, value, value
#define SIDES(value) EIGHT(value), EIGHT(value), EIGHT(value), EIGHT(value)

const float si_childless_node[SI_NODE_FLOATS] = {
    SIDES(FLT_MAX),  SIDES(FLT_MAX),  SIDES(FLT_MAX),
    SIDES(-FLT_MAX), SIDES(-FLT_MAX), SIDES(-FLT_MAX),
};
