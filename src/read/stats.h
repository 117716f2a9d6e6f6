/* The report of what queries read from an index. */
#ifndef SI_READ_STATS_H
#define SI_READ_STATS_H

#include "spatial_index/spatial_index.h"

/* Writes the report of an index that is being closed, if the environment asks for one. There is
 * nobody to tell where that fails. */
void si_report_usage(const si_index *index);

#endif
