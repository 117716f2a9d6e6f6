/*
 * SpatialIndex: a spatial index for brain circuits.
 *
 * The library indexes four kinds of elements: points, spheres, synapses, and the somas and segments
 * of morphologies. It writes an index that is memory-mapped when it is opened, and runs queries on
 * it.
 *
 * Conventions of the whole interface:
 *
 * Units: lengths are in micrometers unless a comment states otherwise.
 *
 * Coordinates: 32-bit floats, stored and compared. Arrays of points are row-major, N x 3.
 *
 * Errors: functions that can fail return an si_result. An `si_error *` argument may be NULL; on
 * failure it receives the same result and a message of one sentence, which names the file, the
 * dataset or line, the value found and the value expected. On success it is not changed. The
 * library never prints and never aborts.
 *
 * Ownership: objects returned through `**` belong to the caller, who passes them to the matching
 * close, free or abort function; all of these accept NULL. After a failure there is nothing to
 * free. Pointers passed as arguments, including strings, are only used during the call, except that
 * a builder keeps the progress function and its context. NULL for an object or a result is
 * SI_ERROR_ARGUMENT.
 *
 * Structs: the first member of structs that may grow is `struct_size`, their sizeof. The *_INIT
 * macros set it and all defaults. Structs of programs compiled with an older header are accepted.
 *
 * Threads: any number of threads may use an opened si_index, si_population_set or si_dataset at the
 * same time, and insert into an index. Several threads may append to a builder at the same time. No
 * other thread may use an object while it is finished, aborted, closed or freed.
 *
 * Order: results are in index order, which depends only on the indexed elements.
 *
 * Files: an opened index does not change when a build replaces it in its folder. One exception: a
 * query that reaches a part of a replaced multi-index which no query had reached before fails. Do
 * not change or truncate the heavy file in place: `reading` and `guard` of si_open_options decide
 * whether a query then fails or the process ends.
 */
#ifndef SI_SPATIAL_INDEX_SPATIAL_INDEX_H
#define SI_SPATIAL_INDEX_SPATIAL_INDEX_H

#include "spatial_index/batch.h"
#include "spatial_index/build.h"
#include "spatial_index/dataset.h"
#include "spatial_index/element.h"
#include "spatial_index/error.h"
#include "spatial_index/filter.h"
#include "spatial_index/grid.h"
#include "spatial_index/index.h"
#include "spatial_index/nearest.h"
#include "spatial_index/population_set.h"
#include "spatial_index/progress.h"
#include "spatial_index/query.h"
#include "spatial_index/sonata.h"
#include "spatial_index/verify.h"
#include "spatial_index/version.h"

#endif
