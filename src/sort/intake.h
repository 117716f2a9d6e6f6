/*
 * The elements of a build on their way in: kept as records while they fit in memory, else written
 * to a temporary file in sorted runs. The thread that has filled a run's worth of memory sorts it,
 * with others to help; appending goes on meanwhile, as long as there is room.
 */
#ifndef SI_SORT_INTAKE_H
#define SI_SORT_INTAKE_H

#include "element/batch.h"
#include "sort/external_sort.h"
#include "sort/memory_plan.h"
#include "sort/record_store.h"

typedef struct si_intake {
    const si_element_type *type;
    si_build_limits limits;
    char *temp_folder;
    si_record_store store; /* its lock is also that of all below */
    float largest;         /* coordinate, in size */
    bool is_external;      /* the elements do not fit in memory */
    bool is_spilling;
    bool is_unsorted;      /* runs are not sorted: they are only to be read again by a cursor */
    si_external_sort sort; /* of the thread that spills */
    si_result failure;     /* what is in is not all that was added: there will be no index */
    si_error failure_error;
    /* Asked before a run is written. */
    si_result (*check_space)(void *context, uint64_t element_count, uint64_t run_bytes,
                             si_error *error);
    void *check_context;
} si_intake;

/* Release it with si_intake_free, also after a failure. Zero-initialised, it may be freed too. */
si_result si_intake_create(si_intake *intake, const si_element_type *type,
                           const si_build_limits *limits, const char *temp_folder, si_error *error);
void si_intake_free(si_intake *intake);

/* Gives back all that elements take; no more are added. */
void si_intake_empty(si_intake *intake);

/* From any thread. */
uint64_t si_intake_count(si_intake *intake);
si_result si_intake_add(si_intake *intake, const si_column_batch *batch, si_error *error);

/* Records that lie side by side; no coordinate is larger than `largest`. */
si_result si_intake_add_records(si_intake *intake, const char *records, uint64_t count,
                                float largest, si_error *error);

/* After the last element, where all fit in memory: hands them over, for good or to be freed. */
si_result si_intake_take_all(si_intake *intake, si_taken_chunks *taken, si_error *error);
void si_intake_give_back(si_intake *intake, si_taken_chunks *taken);

/* Takes over the memory of a chunk that was taken out of another intake with the same limits. */
void si_intake_adopt(si_intake *intake, char *chunk);

/* After the last element, where they did not fit in memory: writes what is left. */
si_result si_intake_spill_rest(si_intake *intake, const si_build_watch *watch, si_error *error);

#endif
