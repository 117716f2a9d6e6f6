/*
 * SpatialIndex: what is inside this box, sphere or corridor of a brain circuit?
 *
 * The library indexes four kinds of element (points, spheres, synapses and the segments and somas
 * of morphologies), writes an index that is memory-mapped when it is opened, and answers queries on
 * it.
 *
 * Conventions of the whole interface:
 *
 * Units: micrometres, unless a comment says otherwise.
 *
 * Coordinates: 32-bit floats, in files and in decisions. Arrays of points are row-major, N x 3.
 *
 * Errors: functions that can fail return an si_result. Where they take an `si_error *`, it may be
 * NULL; on failure it receives the same result and one sentence that names the file, the data set
 * or line, the value found and the value expected. On success it is untouched. The library never
 * prints and never aborts.
 *
 * Ownership: an object returned through `**` belongs to the caller, who releases it with the
 * matching close, free or abort function; all of these accept NULL. After a failure there is
 * nothing to release. Pointers passed in, strings included, are used during the call only; a
 * builder keeps the progress function and its context. NULL where an object or a place for a result
 * is expected is SI_ERROR_ARGUMENT.
 *
 * Structs: the first member of structs that may grow is `struct_size`, their sizeof. The *_INIT
 * macros set it and every default. Structs of programs built with an older header are accepted.
 *
 * Threads: any number of threads may use an opened si_index, si_population_set or si_dataset at
 * once, and insert into an index meanwhile. Several threads may append to a builder at once. No
 * other thread may use an object while it is finished, aborted, closed or freed.
 *
 * Order: results come in index order, which depends on the indexed elements alone.
 *
 * Files: an opened index does not change when a build replaces it in its folder. A multi-index is
 * an exception: a query that reaches a part which no query had reached before fails. Do not change
 * or shorten the heavy file in place: `reading` and `guard` of si_open_options decide whether a
 * query then fails or the process ends.
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
