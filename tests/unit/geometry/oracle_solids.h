/* What is true of queries that are capsules, cylinders, oriented boxes or tiles. */
#ifndef SI_TESTS_GEOMETRY_ORACLE_SOLIDS_H
#define SI_TESTS_GEOMETRY_ORACLE_SOLIDS_H

#include "oracle.h"

verdict oracle_of_solid(const si_query_shape *query, const element *e, const si_box *bounds);
verdict oracle_of_tile(const si_query_shape *query, const element *e);

#endif
