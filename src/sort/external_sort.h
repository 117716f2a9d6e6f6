/* Sorting more records than fit in memory: as runs in a spill file, which are merged. */
#ifndef SI_SORT_EXTERNAL_SORT_H
#define SI_SORT_EXTERNAL_SORT_H

#include "sort/merge.h"

typedef struct si_external_sort {
    const si_element_type *type;
    const si_build_limits *limits;
    si_spill_file file;
    si_run *runs;
    size_t run_count;
    size_t run_capacity;
    si_sort_space space;
    bool is_unsorted; /* what is added is written as it is, and never merged */
} si_external_sort;

/* `type` and `limits` stay. */
si_result si_external_sort_open(si_external_sort *sort, const si_element_type *type,
                                const si_build_limits *limits, const char *temp_folder,
                                si_error *error);
void si_external_sort_close(si_external_sort *sort);

/* Sorts `count` records, no more than limits->run_chunks chunks have, and writes them as a run. */
si_result si_external_sort_add(si_external_sort *sort, const si_record_pieces *records,
                               uint64_t count, float largest, const si_build_watch *watch,
                               si_error *error);

/* Gives back the memory that adding takes. */
void si_external_sort_end_adding(si_external_sort *sort);

/* Hands all records to the sink, in index order. */
si_result si_external_sort_merge(si_external_sort *sort, float largest, const si_build_watch *watch,
                                 const si_merge_sink *sink, si_error *error);

#endif
