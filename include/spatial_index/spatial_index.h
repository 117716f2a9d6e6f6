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
 * Coordinates are stored, and decided upon, as 32-bit floats.
 *
 * Errors: functions that can fail return an si_result. Where they take an `si_error *`, it may be
 * NULL; on failure it receives the same result and one sentence that names the file, the data set
 * or line, the value found and the value expected. On success it is untouched. The library never
 * prints and never aborts.
 *
 * Ownership: what a function hands out through `**` belongs to the caller, who gives it back to the
 * matching close, free or abort function; all of these accept NULL. After a failure there is
 * nothing to give back. Pointers passed in are only read during the call, strings included; but a
 * builder keeps the progress function and its context.
 *
 * Structs whose first member is `struct_size` must have it set to their sizeof, so that they can
 * grow; the *_INIT macros do that and set every default.
 *
 * Threads: an opened si_index, si_population_set or si_dataset is immutable: any number of threads
 * may use it at once. A builder takes appends from several threads at once; finish and abort want
 * it alone, and so does closing.
 *
 * Order: results come in index order, which depends on the indexed elements alone.
 *
 * Files: an opened index stays as it was, even if a build replaces it in its folder; but of a
 * multi-index, parts that no query had reached by then are an error for the query that does.
 * Changing or shortening the heavy file in place takes it from under all who have it open: what
 * si_open_options say of `reading` and `guard` decides whether that is an error or the end of the
 * process.
 */
#ifndef SPATIAL_INDEX_SPATIAL_INDEX_H
#define SPATIAL_INDEX_SPATIAL_INDEX_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SI_API __attribute__((visibility("default")))
#else
#define SI_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors ---- */

typedef enum si_result {
    SI_OK = 0,
    SI_ERROR_ARGUMENT = 1,    /* a value the caller passed makes no sense */
    SI_ERROR_MEMORY = 2,      /* an allocation failed */
    SI_ERROR_IO = 3,          /* the operating system refused to read, write, create or map */
    SI_ERROR_NOT_FOUND = 4,   /* no such file, population, data set, attribute or morphology */
    SI_ERROR_FORMAT = 5,      /* the content of a file breaks the rules of its format */
    SI_ERROR_UNSUPPORTED = 6, /* well-formed, but nothing this version reads */
    SI_ERROR_EXISTS = 7,    /* the target already holds something and replacing was not asked for */
    SI_ERROR_LIMIT = 8,     /* an id, a count or a size is beyond a limit */
    SI_ERROR_BUSY = 9,      /* another build writes the same target */
    SI_ERROR_CANCELLED = 10 /* the caller's progress function asked to stop */
} si_result;

#define SI_ERROR_MESSAGE_SIZE 1024

typedef struct si_error {
    si_result result;
    char message[SI_ERROR_MESSAGE_SIZE]; /* one sentence, UTF-8, always terminated */
} si_error;

/* The name of a result, such as "SI_ERROR_FORMAT". Never NULL. */
SI_API const char *si_result_name(si_result result);

/* The version of the library, such as "0.1.0". */
SI_API const char *si_version(void);

/* ---- elements and fields ---- */

typedef enum si_element_kind {
    SI_POINT = 0,   /* position, id */
    SI_SPHERE = 1,  /* centroid, radius, id */
    SI_SYNAPSE = 2, /* position, id, post_gid, pre_gid */
    SI_SEGMENT = 3  /* somas (spheres) and segments (cylinders) of cells */
} si_element_kind;

/* "point", "sphere", "synapse" or "morphology"; NULL for a value that is no element kind. */
SI_API const char *si_element_kind_name(si_element_kind kind);

typedef enum si_type {
    SI_TYPE_UINT8 = 0,
    SI_TYPE_UINT32 = 1,
    SI_TYPE_UINT64 = 2,
    SI_TYPE_INT64 = 3,
    SI_TYPE_FLOAT32 = 4,
    SI_TYPE_FLOAT64 = 5,
    SI_TYPE_STRING = 6,      /* const char *, UTF-8 */
    SI_TYPE_SEGMENT_IDS = 7, /* struct si_segment_ids */
    SI_TYPE_INT8 = 8,
    SI_TYPE_INT16 = 9,
    SI_TYPE_UINT16 = 10,
    SI_TYPE_INT32 = 11
} si_type;

typedef struct si_segment_ids {
    uint64_t gid;
    uint32_t section_id; /* 0 is the soma */
    uint32_t segment_id;
} si_segment_ids;

typedef enum si_field {
    SI_FIELD_ID = 0,         /* uint64             point, sphere, synapse */
    SI_FIELD_POST_GID = 1,   /* uint64             synapse */
    SI_FIELD_PRE_GID = 2,    /* uint64             synapse */
    SI_FIELD_POSITION = 3,   /* float32 x 3        point, synapse */
    SI_FIELD_CENTROID = 4,   /* float32 x 3        sphere; morphology: midpoint of the axis */
    SI_FIELD_RADIUS = 5,     /* float32            sphere, morphology */
    SI_FIELD_GID = 6,        /* uint64             morphology */
    SI_FIELD_SECTION_ID = 7, /* uint32             morphology */
    SI_FIELD_SEGMENT_ID = 8, /* uint32             morphology */
    SI_FIELD_IDS = 9,        /* si_segment_ids     morphology */
    SI_FIELD_ENDPOINT1 = 10, /* float32 x 3        morphology; somas: the center */
    SI_FIELD_ENDPOINT2 = 11, /* float32 x 3        morphology; somas: NaN */
    SI_FIELD_SECTION_TYPE =
        12, /* uint8             morphology: 1 soma, 2 axon, 3 basal, 4 apical dendrite */
    SI_FIELD_IS_SOMA = 13 /* uint8, 0 or 1      morphology */
} si_field;

typedef struct si_field_info {
    si_field field;
    const char *name; /* "gid", "endpoint1", ...; lives for ever */
    si_type type;
    unsigned components; /* 3 for positions, else 1 */
    size_t size;         /* bytes of one value with all its components */
} si_field_info;

/* The fields of a kind of element in their documented order. The array lives for ever. Returns its
 * length, 0 where `kind` is no element kind. */
SI_API size_t si_element_kind_fields(si_element_kind kind, const si_field_info **fields);

/* One column of values. As a result its data has room for `capacity` values (see si_index_find);
 * the values of one element lie side by side, so a position column is a row-major N x 3 array. */
typedef struct si_column {
    si_field field;
    void *data;
} si_column;

/* The same as input, for si_builder_append. */
typedef struct si_input_column {
    si_field field;
    const void *data;
} si_input_column;

/* ---- filters ---- */

/* Which elements are wanted, as far as their fields tell. May be used by any number of queries and
 * threads at once. */
typedef struct si_filter si_filter;

/* That an integer field (gid, section_type, is_soma, pre_gid, ...) has one of these values. */
typedef struct si_condition {
    si_field field;
    const uint64_t *values; /* in any order; may repeat */
    size_t count;           /* 0: no element meets the condition */
} si_condition;

/* A filter for indexes of one kind of element: elements pass that meet all conditions. Set as the
 * `filter` of queries, where it must live as long as they are used. SI_ERROR_ARGUMENT: a field that
 * is no integer, or not of this kind. */
SI_API si_result si_filter_create(si_element_kind kind, const si_condition *conditions,
                                  size_t condition_count, si_filter **filter, si_error *error);
SI_API void si_filter_free(si_filter *filter);

/* ---- queries ---- */

/* A point is a point, a sphere or soma its ball, unless its bounding box decides. */
typedef enum si_accuracy {
    /* With boxes, a segment is the capsule around its axis, and with spheres the cylinder with flat
     * caps, and its bounding box must meet that of the query too. With all other shapes the same as
     * SI_EXACT. The default. */
    SI_BEST_EFFORT = 0,
    /* Every element is its bounding box. */
    SI_BOUNDING_BOX = 1,
    /* A segment is the cylinder with flat caps, a soma its ball, and nothing else is asked: an
     * element is found if and only if its shape meets that of the query, as in real arithmetic on
     * the stored 32-bit coordinates. Decided in double precision: where shapes do not quite touch,
     * or only just, by less than 1e-13 of their size and the distance between them, either answer
     * may come. */
    SI_EXACT = 2
} si_accuracy;

typedef enum si_shape {
    SI_SHAPE_BOX = 0,
    SI_SHAPE_SPHERE = 1,
    SI_SHAPE_CAPSULE = 2,
    SI_SHAPE_CYLINDER = 3,
    SI_SHAPE_ORIENTED_BOX = 4,
    SI_SHAPE_CENTERS = 5 /* not what meets a box, but what has its center in it */
} si_shape;

/* A query: shape and accuracy. Made by the functions below, which say SI_ERROR_ARGUMENT of a NaN, a
 * negative size or an unknown accuracy. Coordinates, radii and sizes are rounded to 32-bit floats.
 * All shapes but that of si_query_centers are closed: touching counts. */
typedef struct si_query {
    si_shape shape;
    si_accuracy accuracy;
    float lower[3]; /* of the box; of any other shape, of a box around it */
    float upper[3];
    float center[3];    /* of a sphere or oriented box; capsule, cylinder: one end of the axis */
    float radius;       /* sphere, capsule, cylinder */
    float end[3];       /* capsule, cylinder: the other end of the axis */
    float half_size[3]; /* oriented box: half the lengths of its sides */
    double axes[3][3];  /* oriented box: unit vectors along its sides */
    const si_filter *filter; /* of what it finds, only what passes; NULL, as made: everything */
} si_query;

/* The box between two opposite corners, in any order. Infinite ones are legal. */
SI_API si_result si_query_box(const double corner[3], const double opposite_corner[3],
                              si_accuracy accuracy, si_query *query, si_error *error);

/* The ball around a center. */
SI_API si_result si_query_sphere(const double center[3], double radius, si_accuracy accuracy,
                                 si_query *query, si_error *error);

/* What is within a radius of the straight way between two points: a corridor along a fibre. The
 * points may be the same, but must be finite, as the radius must. */
SI_API si_result si_query_capsule(const double end[3], const double other_end[3], double radius,
                                  si_accuracy accuracy, si_query *query, si_error *error);

/* The solid cylinder with flat caps around the straight way between two points: an electrode. The
 * points must differ, and be finite, as the radius must. */
SI_API si_result si_query_cylinder(const double end[3], const double other_end[3], double radius,
                                   si_accuracy accuracy, si_query *query, si_error *error);

/* The box around a center whose first two sides have the directions `axes`, which may have any
 * lengths but must be at right angles, to 1e-6; the third side is across both. `half_size` is half
 * the length of each side. All must be finite. */
SI_API si_result si_query_oriented_box(const double center[3], const double axes[2][3],
                                       const double half_size[3], si_accuracy accuracy,
                                       si_query *query, si_error *error);

/* The first two axes of a cell or other thing that is turned by a quaternion (w, x, y, z), as in
 * SONATA's orientation_w ..., for si_query_oriented_box. It may have any length but 0. */
SI_API si_result si_quaternion_axes(const double quaternion[4], double axes[2][3], si_error *error);

/* The elements of which the center is in a box without its upper sides: lower <= center < upper in
 * every coordinate. So tiles of which each begins where the one before ends, the outer ones
 * infinite perhaps, have every element once. The center is what SI_FIELD_CENTROID or
 * SI_FIELD_POSITION has, to the bit; there is no accuracy to choose. */
SI_API si_result si_query_centers(const double corner[3], const double opposite_corner[3],
                                  si_query *query, si_error *error);

/* ---- opened indexes ---- */

typedef struct si_index si_index;

/* How the heavy file is read, or all files of a multi-index. Answers do not depend on it. */
typedef enum si_reading {
    /* Explicitly where the file lies on a network file system or one in user space, else mapped.
     * The environment variable SPATIAL_INDEX_READING may say "mapped" or "explicit" instead. */
    SI_READING_AUTO = 0,
    /* Mapped: all processes of a machine share one copy in memory. */
    SI_READING_MAPPED = 1,
    /* By explicit reads into a cache of bounded size, which all threads share. What a query needs
     * of a level of the tree is read at the same time, so that it waits no more often than there
     * are levels, and twice for what it finds, unless it reads more than some 32 MB; of each part
     * of a multi-index it reads the header besides, the first time. A file that shrinks or cannot
     * be read is SI_ERROR_IO for the query that wants it. */
    SI_READING_EXPLICIT = 2
} si_reading;

typedef struct si_open_options {
    size_t struct_size;
    /* Where the SONATA file that was indexed lies now; NULL: where the index says. */
    const char *dataset_path;
    const char *types_path; /* the same for the CSV of its types */
    /* 1: all of the heavy file is read first, and damage is SI_ERROR_FORMAT; see si_verify.
     */
    int verify;
    si_reading reading;
    /* Explicit reading: the most memory that blocks of the file, or of all files of a multi-index,
     * may take when no query runs; each that runs may hold as much again at most. 0: 1 GiB, or a
     * quarter of the memory that the machine or the process's cgroups have, whichever is less; at
     * least 1 MiB. */
    uint64_t max_cache_bytes;
    /* Mapped: 1: a file that shrinks or cannot be read is SI_ERROR_IO instead of the end of the
     * process. To that end a handler of SIGBUS is installed, for the life of the process; it leaves
     * every other SIGBUS to the handler that was there before, and does not work if another handler
     * is installed later that does not do the same. The signal must not be blocked. */
    int guard;
} si_open_options;

#define SI_OPEN_OPTIONS_INIT                                                                       \
    {                                                                                              \
        .struct_size = sizeof(si_open_options)                                                     \
    }

/* Opens the index in a folder (or named by the path of its meta_data.json). The heavy file is not
 * read before it is asked: beyond its header its content is not checked, unless `verify` is set.
 * Damage that goes unnoticed may lead to wrong answers, but to no more. `options` may be NULL. A
 * folder of several populations is SI_ERROR_UNSUPPORTED here: see si_population_set_open. */
SI_API si_result si_index_open(const char *path, const si_open_options *options, si_index **index,
                               si_error *error);

SI_API void si_index_close(si_index *index);

/* Writes an index, such as one built without a folder, into a new folder, as a single file.
 * `replace` as in si_build_options. */
SI_API si_result si_index_write(const si_index *index, const char *folder, int replace,
                                si_error *error);

typedef struct si_index_info {
    size_t struct_size;
    si_element_kind kind;
    uint64_t element_count;
    float bounds_min[3]; /* union of the elements' bounding boxes; of an empty index +FLT_MAX ... */
    float bounds_max[3]; /* ... and -FLT_MAX */
    uint32_t format_version;
    uint32_t levels; /* of inner nodes; 0: no elements */
    uint32_t fan_out;
    uint32_t leaf_capacity; /* elements in a leaf */
    uint32_t block_bytes;   /* bytes of the heavy file that one checksum covers */
    uint64_t file_bytes;    /* of the heavy file, or of all files of a multi-index */
    const char *path; /* folder; NULL: built without one. The strings live as long as the index. */
    const char *heavy_data_path; /* of a multi-index a folder; NULL: built without a folder */
    const char *population;      /* NULL: none was recorded */
    const char *dataset_path;    /* SONATA file of the elements' attributes; NULL: none */
    const char *types_path;      /* CSV of the attributes that types share; NULL: none */
    uint64_t part_count;         /* of a multi-index; 0: a single file */
} si_index_info;

#define SI_INDEX_INFO_INIT                                                                         \
    {                                                                                              \
        .struct_size = sizeof(si_index_info)                                                       \
    }

/* Fails only on a wrong struct_size. */
SI_API si_result si_index_get_info(const si_index *index, si_index_info *info);

/* What has been asked of an index since it was opened, and what that took. Of a mapped one, what is
 * read is the kernel's affair: only pages are known. */
typedef struct si_index_stats {
    size_t struct_size;
    si_reading reading;       /* how it is read: mapped or explicitly */
    uint64_t queries;         /* walks through the tree */
    uint64_t blocks_touched;  /* of si_index_info.block_bytes each, counted at each use */
    uint64_t blocks_cached;   /* those of them that were in the cache, ... */
    uint64_t blocks_read;     /* ... and that were read */
    uint64_t blocks_evicted;  /* gave way to others */
    uint64_t reads;           /* calls that read them */
    uint64_t rounds;          /* of reads that were under way together */
    uint64_t cache_bytes;     /* of blocks in the cache now, */
    uint64_t max_cache_bytes; /* and the most of them when no query runs */
    uint64_t part_count;      /* of a multi-index */
    uint64_t parts_touched;   /* of them: a query has reached them */
    /* Of a mapped index: pages of its files that the kernel has put into this process's memory. It
     * puts neighbours in together, and takes some out where memory is short. */
    uint64_t pages_touched;
    uint64_t page_bytes;
} si_index_stats;

#define SI_INDEX_STATS_INIT                                                                        \
    {                                                                                              \
        .struct_size = sizeof(si_index_stats)                                                      \
    }

/* Fails only on a wrong struct_size. Counting the pages of a mapped index takes some milliseconds
 * for each 10 GB of it.
 *
 * Where the environment variable SI_REPORT_USAGE_STATS is set, to anything but "", "0", "Off",
 * "off" or "OFF", the same is written when an index is closed that was opened from a folder: to a
 * new file si_cache_stats_<time in UTC>.json in the current folder. */
SI_API si_result si_index_get_stats(const si_index *index, si_index_stats *stats);

/* Writes the columns of the elements that the query finds, in index order. Each column has room for
 * `capacity` values; the first `capacity` results are written, and `*count` receives how many there
 * are in all, so a call with capacity 0 asks for the size. `columns` may be NULL where
 * `column_count` is 0. SI_ERROR_ARGUMENT: a field that this kind of element does not have. */
SI_API si_result si_index_find(const si_index *index, const si_query *query,
                               const si_column *columns, size_t column_count, uint64_t capacity,
                               uint64_t *count, si_error *error);

/* A batch of results: `columns` holds the fields asked for, in the order asked, `count` values
 * each. It is valid during the call. Return 0 to go on, anything else to stop. */
typedef int (*si_results_fn)(void *context, const si_column *columns, size_t column_count,
                             uint64_t count);

/* Hands the results of a query to `visitor` in batches, in index order. Stopping is not an error.
 */
SI_API si_result si_index_visit(const si_index *index, const si_query *query,
                                const si_field *fields, size_t field_count, si_results_fn visitor,
                                void *context, si_error *error);

/* The number of elements that the query finds. */
SI_API si_result si_index_count(const si_index *index, const si_query *query, uint64_t *count,
                                si_error *error);

/* 1 if the query finds nothing, else 0. Stops at the first element found. */
SI_API si_result si_index_empty(const si_index *index, const si_query *query, int *empty,
                                si_error *error);

typedef struct si_group_counts {
    uint64_t group_count;
    uint64_t *keys;     /* `field_count` of each group, one group after another, ascending */
    uint64_t *counts;   /* of each group, none is 0 */
    size_t field_count; /* that were grouped by */
} si_group_counts;

/* Counts the results of a query by an integer field of the element (gid, section_id, post_gid,
 * ...). Free with si_group_counts_free. SI_ERROR_ARGUMENT: a field that is no integer, or not of
 * this kind. */
SI_API si_result si_index_count_groups(const si_index *index, const si_query *query, si_field field,
                                       si_group_counts *groups, si_error *error);

/* The same by several fields at once: a group for each combination of their values that is found.
 */
SI_API si_result si_index_count_groups_by(const si_index *index, const si_query *query,
                                          const si_field *fields, size_t field_count,
                                          si_group_counts *groups, si_error *error);

SI_API void si_group_counts_free(si_group_counts *groups);

/* ---- nearest elements ---- */

/* Asks for the elements nearest to a point. Made by si_query_nearest. */
typedef struct si_nearest_query {
    si_accuracy accuracy;
    float point[3];
    uint64_t k;              /* so many, if there are */
    double max_distance;     /* none that is farther; infinite: however far */
    const si_filter *filter; /* the nearest of those that pass; NULL, as made: of all */
} si_nearest_query;

/* The point is rounded to 32-bit floats, the distance is not. SI_ERROR_ARGUMENT: a point that is
 * not finite, a NaN or negative distance, or an unknown accuracy. */
SI_API si_result si_query_nearest(const double point[3], uint64_t k, double max_distance,
                                  si_accuracy accuracy, si_nearest_query *nearest, si_error *error);

/* Writes the columns of the elements found, the nearest first, those of equal distance in index
 * order, and their distances, which may be NULL; each has room for `k` values. `*count` receives
 * how many there are.
 *
 * A distance is that from the point to the surface of the element, 0 inside, in double precision.
 * With SI_BEST_EFFORT a segment is the capsule around its axis, with SI_EXACT the cylinder with
 * flat caps; with SI_BOUNDING_BOX every element is its bounding box. */
SI_API si_result si_index_find_nearest(const si_index *index, const si_nearest_query *nearest,
                                       const si_column *columns, size_t column_count,
                                       double *distances, uint64_t *count, si_error *error);

/* ---- many queries at once ---- */

/* What queries have found, before any of it is copied: so it is known how much there is. One object
 * may serve many times, for one thread at a time. */
typedef struct si_batch si_batch;

SI_API si_result si_batch_create(si_batch **matches, si_error *error);
SI_API void si_batch_free(si_batch *matches);

/* Finds what each of the queries finds, on so many threads (0: one for each processor, or 32 where
 * the index is read explicitly, since these wait for the storage). Neighbouring queries are run one
 * after another, but that does not show: results are in the order of the queries, those of a query
 * in index order. What `matches` held before is gone; the index must stay open while it is used. */
SI_API si_result si_batch_find(const si_index *index, const si_query *queries, uint64_t query_count,
                               unsigned threads, si_batch *matches, si_error *error);

/* Where among all results those of each query begin: query_count + 1 numbers, the last one being
 * the number of all results. They live until `matches` is used again. */
SI_API const uint64_t *si_batch_offsets(const si_batch *matches);

/* Writes columns of all results; each has room for all of them. */
SI_API si_result si_batch_copy(const si_batch *matches, const si_column *columns,
                               size_t column_count, unsigned threads, si_error *error);

/* The number of elements that each of the queries finds. */
SI_API si_result si_batch_count(const si_index *index, const si_query *queries,
                                uint64_t query_count, unsigned threads, uint64_t *counts,
                                si_error *error);

/* Writes the order of points along a space-filling curve: `order` receives the numbers of the
 * `count` points, neighbours close together. Points that are not finite come anywhere. */
SI_API si_result si_space_filling_order(const float (*points)[3], uint64_t count, uint64_t *order,
                                        si_error *error);

/* Compares two indexes element by element. `*same` receives 1 or 0; `difference`, which may be
 * NULL, a text of at most `difference_size` bytes with the terminator that says what differs. */
SI_API si_result si_index_compare(const si_index *left, const si_index *right, int *same,
                                  char *difference, size_t difference_size, si_error *error);

/* ---- density grids ---- */

/* A regular grid of voxels over a box, and what is added up in them. Set struct_size by
 * SI_GRID_INIT, and at least `lower`, `upper` and `shape`.
 *
 * Along an axis of n voxels, face i lies at lower + i * ((upper - lower) / n) in double precision,
 * face n at `upper` itself. Voxels are half-open: one holds what lies on its lower faces but not
 * what lies on its upper faces, so that whatever lies in the box is in exactly one of them, and
 * grids side by side that share a corner divide everything between them.
 *
 * Voxel (x, y, z) has the number (x * shape[1] + y) * shape[2] + z: all arrays of voxels have this
 * order, that of a row-major array of three dimensions. */
typedef struct si_grid {
    size_t struct_size;
    double lower[3]; /* corners, in micrometres, up to 1e38; each of `lower` is below that of ... */
    double upper[3]; /* ... `upper`. Not rounded to 32-bit floats, as those of queries are. */
    uint64_t shape[3]; /* voxels along x, y and z, at least 1 each */
    /* What counting counts. 0: each element once, in the voxel that holds its center: the position,
     * or the midpoint of the axis, as the field `centroid` gives it. 1: each element in every voxel
     * that it touches: in those of which si_query_box, with `accuracy`, finds it. */
    int counts_touching;
    si_accuracy accuracy;
    const si_filter *filter; /* only elements that pass; NULL: all */
    unsigned threads;        /* 0: as many as there are processors */
} si_grid;

#define SI_GRID_INIT                                                                               \
    {                                                                                              \
        .struct_size = sizeof(si_grid)                                                             \
    }

/* Counts the elements in each voxel, in one pass over what the grid touches. `counts` has room for
 * all voxels. SI_ERROR_ARGUMENT: a grid that is none, or whose voxels are too small for double
 * precision at its corners; SI_ERROR_LIMIT: more voxels than any array can have. After an error
 * `counts` may hold anything. */
SI_API si_result si_index_grid_counts(const si_index *index, const si_grid *grid, uint64_t *counts,
                                      si_error *error);

/* Adds up the lengths of the axes of segments, cut at the faces of the voxels. Somas have none. In
 * double precision: the error of a piece is below 1e-15 of the length of its segment, plus 1e-13 of
 * the diagonal of a voxel. Sums are exact, so they do not depend on the order, on threads, or on
 * how elements lie in the index. 16 bytes of memory are taken for each voxel besides `lengths`.
 * SI_ERROR_ARGUMENT: also where elements are no morphology. */
SI_API si_result si_index_grid_lengths(const si_index *index, const si_grid *grid, double *lengths,
                                       si_error *error);

/* To which region each voxel belongs, such as those of an annotated atlas. */
typedef struct si_regions {
    si_type type;    /* an integer type */
    const void *ids; /* of all voxels */
} si_regions;

typedef struct si_group_lengths {
    uint64_t group_count;
    uint64_t *keys; /* ascending */
    double *lengths;
} si_group_lengths;

/* The same, added up by region. Regions in which there is nothing are left out. Ids of signed types
 * are extended to 64 bits, so that (int64_t)keys[i] is the id, and ascend as signed numbers. Where
 * elements are counted by touching, those that touch several voxels of a region count so many
 * times. Free with si_group_counts_free and si_group_lengths_free. */
SI_API si_result si_index_region_counts(const si_index *index, const si_grid *grid,
                                        const si_regions *regions, si_group_counts *counts,
                                        si_error *error);
SI_API si_result si_index_region_lengths(const si_index *index, const si_grid *grid,
                                         const si_regions *regions, si_group_lengths *lengths,
                                         si_error *error);

SI_API void si_group_lengths_free(si_group_lengths *lengths);

/* ---- several populations ---- */

/* What lies in a folder: one index, or one for each population of a circuit. */
typedef struct si_population_set si_population_set;

SI_API si_result si_population_set_open(const char *path, const si_open_options *options,
                                        si_population_set **set, si_error *error);
SI_API void si_population_set_close(si_population_set *set);
SI_API size_t si_population_set_count(const si_population_set *set);
/* 1 if the folder is that of several populations, even if it holds just one. */
SI_API int si_population_set_is_multi(const si_population_set *set);
/* NULL where `position` is out of range, or the single index records no population. In the order of
 * the metadata. */
SI_API const char *si_population_set_name(const si_population_set *set, size_t position);
/* The set owns the index. NULL where `position` is out of range. */
SI_API const si_index *si_population_set_index(const si_population_set *set, size_t position);

/* ---- progress ---- */

/* Called now and then from one thread at a time. `total` is 0 while it is unknown. Return 0 to go
 * on, anything else to cancel what is done, which then cleans up and fails with
 * SI_ERROR_CANCELLED. */
typedef int (*si_progress_fn)(void *context, const char *phase, uint64_t done, uint64_t total);

/* ---- verification ---- */

/* Receives one sentence about a damage. */
typedef void (*si_damage_fn)(void *context, const char *sentence);

typedef struct si_verify_options {
    size_t struct_size;
    unsigned threads;        /* 0: as many as there are processors */
    uint64_t most_sentences; /* further damage is counted, but not told; 0: no bound */
    si_damage_fn visitor;    /* NULL: none */
    void *visitor_context;
    si_progress_fn progress; /* NULL: none. In bytes. */
    void *progress_context;
} si_verify_options;

#define SI_VERIFY_OPTIONS_INIT                                                                     \
    {                                                                                              \
        .struct_size = sizeof(si_verify_options), .most_sentences = 100                            \
    }

/* Reads all of the index in a folder, or of the indexes of its populations, and looks for any byte
 * that is not as it was written: all checksums; unused bytes, which are 0; coordinates and radii
 * that are finite, and radii not negative; the order of the elements; in each node the boxes of
 * what is below. At the end the visitor is told of the damage, in the order of the files. Finding
 * some is no failure: `*damage_count` receives how much there is, which does not depend on the
 * threads. `options` may be NULL. */
SI_API si_result si_verify(const char *path, const si_verify_options *options,
                           uint64_t *damage_count, si_error *error);

/* ---- attributes of the data set ---- */

/* The population of a SONATA file that an index was made of, and the CSV of its types. */
typedef struct si_dataset si_dataset;

/* SI_ERROR_NOT_FOUND: the index records no data set, or it is not where it was (see
 * si_open_options). A CSV that cannot be read is no failure here: its attributes are not there
 * then, and asking for an attribute that is not there says why. */
SI_API si_result si_dataset_open(const si_index *index, si_dataset **dataset, si_error *error);
SI_API void si_dataset_close(si_dataset *dataset);

/* Names of the attributes, in alphabetical order. NULL where `position` is out of range. */
SI_API size_t si_dataset_attribute_count(const si_dataset *dataset);
SI_API const char *si_dataset_attribute_name(const si_dataset *dataset, size_t position);

/* Values of an attribute. `data` is an array of `count` values of `type`: numbers as stored in the
 * file, enumerations and text as const char *.
 *
 * What the SONATA file does not have for an element is what the CSV has for its type. A column of
 * integers is int64; one of numbers, or of numbers and NULL, which is then NaN, is float64; any
 * other is text, in which NULL is the empty string. */
typedef struct si_values {
    si_type type;
    uint64_t count;
    void *data;
    void *strings; /* internal: storage of the text */
} si_values;

/* Reads an attribute for `count` ids (edge ids for synapses, node ids for morphologies), in that
 * order; ids may repeat. Only the rows asked for are read, in ascending order. Free with
 * si_values_free. */
SI_API si_result si_dataset_read(const si_dataset *dataset, const char *attribute,
                                 const uint64_t *ids, uint64_t count, si_values *values,
                                 si_error *error);
SI_API void si_values_free(si_values *values);

/* ---- building ---- */

/* Processes that build an index together, such as those of an MPI job. */
typedef struct si_cluster si_cluster;

typedef struct si_build_options {
    size_t struct_size;
    unsigned threads; /* 0: as many as there are processors; fewer work where memory is little */
    int replace;      /* 1: an existing index in the folder is replaced; 0: it is an error */
    uint64_t max_file_bytes; /* the most the heavy file may take; 0: no bound */
    /* The most anonymous memory that the build may take; what does not fit is sorted on the disk.
     * The index does not depend on it. 0: half of what the machine has available, or of what the
     * limits of the process's cgroups leave it, whichever is less. */
    uint64_t max_memory_bytes;
    const char *temp_folder; /* for what does not fit; NULL: the folder of the index */
    /* The number of elements, where it is known: too little space, or a max_file_bytes that is too
     * small, is then found at once. 0: unknown. */
    uint64_t expected_count;
    const char *population; /* recorded in the metadata; NULL: none */
    /* Recorded in the metadata, where a relative one counts from the index folder. NULL: none. */
    const char *dataset_path;
    const char *types_path; /* the same for the CSV of the data set's types */
    /* 1: a multi-index: the elements in the same order, but in several files, parts, which are
     * opened when a query first reaches them. It needs a folder; max_file_bytes is not used. */
    int multi_index;
    /* The processes that all build this multi-index together, each from what it appends; the same
     * calls are made in all of them, and the memory is that of each. NULL: this one alone. */
    si_cluster *cluster;
    si_progress_fn progress; /* NULL: none */
    void *progress_context;
} si_build_options;

#define SI_BUILD_OPTIONS_INIT                                                                      \
    {                                                                                              \
        .struct_size = sizeof(si_build_options)                                                    \
    }

/* The size of the heavy file of an index of `element_count` elements. SI_ERROR_LIMIT: no index can
 * hold as many. */
SI_API si_result si_file_bytes(si_element_kind kind, uint64_t element_count, uint64_t *bytes,
                               si_error *error);

typedef struct si_bad_cell {
    uint64_t gid;
    char *message;
} si_bad_cell;

/* What a build did. Free with si_build_report_free. */
typedef struct si_build_report {
    size_t struct_size;
    uint64_t element_count;
    uint64_t file_bytes;               /* of the heavy files written */
    uint64_t cell_count;               /* cells indexed */
    uint64_t cells_without_soma;       /* of them: no soma element was made */
    uint64_t cells_without_morphology; /* left out: virtual cells, point neurons, morphology NULL or
                                          NONE */
    uint64_t bad_cell_count;           /* left out because of skip_bad_cells */
    si_bad_cell *bad_cells;            /* in ascending order of gid */
} si_build_report;

#define SI_BUILD_REPORT_INIT                                                                       \
    {                                                                                              \
        .struct_size = sizeof(si_build_report)                                                     \
    }

SI_API void si_build_report_free(si_build_report *report);

typedef struct si_builder si_builder;

/* Starts an index of one kind of element in `folder`, which must not exist or be empty (but see
 * `replace`); it and its parents are created. Nothing is visible there until finish. `folder` NULL:
 * the index lives in an unlinked temporary file and is gone when closed. `options` may be NULL. */
SI_API si_result si_builder_create(si_element_kind kind, const char *folder,
                                   const si_build_options *options, si_builder **builder,
                                   si_error *error);

/* Adds `count` elements. The columns must be these, in any order:
 *   point       POSITION, ID
 *   sphere      CENTROID, RADIUS, ID
 *   synapse     POSITION, ID, POST_GID, PRE_GID
 *   morphology  ENDPOINT1, ENDPOINT2, RADIUS, GID, SECTION_ID, SEGMENT_ID, SECTION_TYPE
 * ID may be left out: the elements are then numbered from 0 in the order of appending, which for
 * concurrent appends is not defined. A soma is section_id 0; its ENDPOINT2 is ignored. Some
 * thousands at a time are fastest: their columns are read twice and stay in the processor's cache.
 * SI_ERROR_ARGUMENT: a coordinate or radius that is not finite, or a negative radius, naming the
 * element; SI_ERROR_LIMIT: gid, section_id or segment_id beyond 2^36-1, 16383, 16383, or
 * max_file_bytes passed: nothing of this call is in the builder then, and it can go on. After
 * another error, such as a full disk where elements do not fit in memory, it can only be aborted.
 */
SI_API si_result si_builder_append(si_builder *builder, const si_input_column *columns,
                                   size_t column_count, uint64_t count, si_error *error);

/* Adds every element of an opened index, which is of the builder's kind of element. After an error
 * some of them may be in the builder. */
SI_API si_result si_builder_append_index(si_builder *builder, const si_index *index,
                                         si_error *error);

/* Sorts, packs, writes and publishes the index, and frees the builder, also on failure. `index` may
 * be NULL; else it receives the index, opened. `report` may be NULL; what it held
 * before is not freed. */
SI_API si_result si_builder_finish(si_builder *builder, si_index **index, si_build_report *report,
                                   si_error *error);

/* Gives up: frees the builder and leaves no trace. */
SI_API void si_builder_abort(si_builder *builder);

/* ---- growing ---- */

/* An index of points or spheres, and elements inserted after it was built. Any number of threads
 * may use it at once; an insertion waits until queries are done, and they until it is. */
typedef struct si_growing_index si_growing_index;

/* `base`, which may be empty, must stay open. SI_ERROR_UNSUPPORTED: another kind of element. */
SI_API si_result si_growing_index_create(const si_index *base, si_growing_index **growing,
                                         si_error *error);
SI_API void si_growing_index_free(si_growing_index *growing);

/* The columns are those of si_builder_append; where ID is left out, the elements are numbered on
 * from the number of elements. After an error nothing of this call is in the index. */
SI_API si_result si_growing_index_insert(si_growing_index *growing, const si_input_column *columns,
                                         size_t column_count, uint64_t count, si_error *error);

/* As the functions on an si_index. Inserted elements come after those of `base`, in the order of
 * their insertion. The information is that of `base` but for element_count and bounds. */
SI_API si_result si_growing_index_get_info(si_growing_index *growing, si_index_info *info);
SI_API si_result si_growing_index_query(si_growing_index *growing, const si_query *query,
                                        const si_column *columns, size_t column_count,
                                        uint64_t capacity, uint64_t *count, si_error *error);
SI_API si_result si_growing_index_count(si_growing_index *growing, const si_query *query,
                                        uint64_t *count, si_error *error);
SI_API si_result si_growing_index_empty(si_growing_index *growing, const si_query *query,
                                        int *empty, si_error *error);
SI_API si_result si_growing_index_count_groups_by(si_growing_index *growing, const si_query *query,
                                                  const si_field *fields, size_t field_count,
                                                  si_group_counts *groups, si_error *error);
SI_API si_result si_growing_index_nearest(si_growing_index *growing,
                                          const si_nearest_query *nearest, const si_column *columns,
                                          size_t column_count, double *distances, uint64_t *count,
                                          si_error *error);
SI_API si_result si_growing_index_grid_counts(si_growing_index *growing, const si_grid *grid,
                                              uint64_t *counts, si_error *error);
SI_API si_result si_growing_index_region_counts(si_growing_index *growing, const si_grid *grid,
                                                const si_regions *regions, si_group_counts *counts,
                                                si_error *error);

/* Adds every element, `base`'s and inserted ones, to a builder, to pack and write them. */
SI_API si_result si_builder_append_growing(si_builder *builder, si_growing_index *growing,
                                           si_error *error);

/* ---- building from SONATA ---- */

typedef enum si_recenter {
    SI_RECENTER_AUTO =
        0, /* node attribute `recenter`; else on where there are no orientation_* columns */
    SI_RECENTER_ON = 1,
    SI_RECENTER_OFF = 2
} si_recenter;

typedef enum si_soma_radius {
    SI_SOMA_RADIUS_CONTOUR =
        0, /* greatest distance of a soma point from their mean: 0 for single-point somas */
    SI_SOMA_RADIUS_SURFACE = 1 /* the radius that the file gives, where it gives one */
} si_soma_radius;

/* Which cells of which SONATA population become segments and somas, and how. */
typedef struct si_segments_source {
    size_t struct_size;
    const char *nodes_file;
    const char *node_types_file; /* CSV; NULL: none */
    const char *population;      /* NULL: the only one, else `default` */
    const char
        *morphologies; /* folder, or HDF5 container. May be NULL where an alternate is given. */
    const char *alternate_h5v1; /* looked into, in this order, for what `morphologies` does not
                                   have; NULL: none */
    const char *alternate_asc;
    const uint64_t *gids; /* NULL: all cells. A gid given twice is indexed twice. */
    size_t gid_count;
    int skip_bad_cells; /* 1: cells that cannot be indexed are left out and reported */
    si_recenter recenter;
    si_soma_radius soma_radius;
} si_segments_source;

#define SI_SEGMENTS_SOURCE_INIT                                                                    \
    {                                                                                              \
        .struct_size = sizeof(si_segments_source)                                                  \
    }

/* The number of nodes or edges of a population; NULL: the only one, else `default`. */
SI_API si_result si_nodes_population_size(const char *nodes_file, const char *population,
                                          uint64_t *size, si_error *error);
SI_API si_result si_edges_population_size(const char *edges_file, const char *population,
                                          uint64_t *size, si_error *error);

/* Indexes somas and segments. `folder`, `options`, `index`, `report`: as in si_builder_create and
 * si_builder_finish; where the options name no population, dataset_path or types_path, those of
 * the source are recorded. */
SI_API si_result si_build_segments(const si_segments_source *source, const char *folder,
                                   const si_build_options *options, si_index **index,
                                   si_build_report *report, si_error *error);

/* Which synapses of which SONATA population. */
typedef struct si_synapses_source {
    size_t struct_size;
    const char *edges_file;
    const char *edge_types_file; /* CSV; NULL: none */
    const char *population;      /* NULL: the only one, else `default` */
    const char *position_prefix; /* columns PREFIX_x, _y, _z; NULL: "afferent_center" */
    const uint64_t *gids; /* target nodes; NULL: all synapses. Ids without synapses are ignored. */
    size_t gid_count;
    /* Instead of gids: the edges themselves, as pairs of a first id and one past the last, in any
     * order; one that is given twice is indexed once. NULL: by `gids`. */
    const uint64_t *edge_ranges;
    size_t edge_range_count; /* pairs */
} si_synapses_source;

#define SI_SYNAPSES_SOURCE_INIT                                                                    \
    {                                                                                              \
        .struct_size = sizeof(si_synapses_source)                                                  \
    }

SI_API si_result si_build_synapses(const si_synapses_source *source, const char *folder,
                                   const si_build_options *options, si_index **index,
                                   si_build_report *report, si_error *error);

/* Populations of a circuit configuration, indexed by si_build_segments or si_build_synapses. */
typedef struct si_circuit_source {
    size_t struct_size;
    const char *config_file;
    const char *const *populations; /* NULL: the only one that can be indexed */
    size_t population_count;
    /* gids, skip_bad_cells, recenter and soma_radius are used; the files are those of the
     * configuration. */
    si_segments_source segments;
    /* gids and position_prefix are used. */
    si_synapses_source synapses;
} si_circuit_source;

#define SI_CIRCUIT_SOURCE_INIT                                                                     \
    {                                                                                              \
        .struct_size = sizeof(si_circuit_source), .segments = SI_SEGMENTS_SOURCE_INIT,             \
        .synapses = SI_SYNAPSES_SOURCE_INIT                                                        \
    }

/* One population: an index in `folder`. Several: an index in `folder`/NAME each, and a
 * meta_data.json in `folder` that lists them, written last. The report adds up. After a failure
 * nothing new is left, but populations that have replaced older ones by then stay replaced. */
SI_API si_result si_build_circuit_segments(const si_circuit_source *source, const char *folder,
                                           const si_build_options *options, si_build_report *report,
                                           si_error *error);
SI_API si_result si_build_circuit_synapses(const si_circuit_source *source, const char *folder,
                                           const si_build_options *options, si_build_report *report,
                                           si_error *error);

#ifdef __cplusplus
}
#endif

#endif
