/*
 * What the builds of segments and synapses have in common, from the caller's options to the
 * published index: start, create a builder once the file is opened, append to it, finish, end.
 */
#ifndef SI_CIRCUIT_POPULATION_BUILD_H
#define SI_CIRCUIT_POPULATION_BUILD_H

#include "circuit/build_options.h"
#include "circuit/build_progress.h"
#include "format/provenance.h"
#include "sort/memory_plan.h"

typedef struct si_population_build {
    si_build_options options; /* the caller's, completed with what the build finds out */
    si_memory_plan plan;
    si_build_progress progress;
    si_builder *builder;
    char *dataset_path; /* what the options point to where the caller has given no paths */
    char *types_path;
} si_population_build;

/* Checks the caller's options and report, and finds out how much memory and how many threads there
 * are. After success si_population_build_end must be called. */
si_result si_population_build_start(si_population_build *build, const si_build_options *options,
                                    const si_build_report *report, si_error *error);

/* Creates the builder, which records the population with what identifies it, and its files. It
 * gets the memory that the plan, split by then, leaves it. */
si_result si_population_build_create_builder(si_population_build *build, si_element_kind kind,
                                             const char *folder, const char *population,
                                             const char *file, const char *types_file,
                                             const si_identity *identity, si_error *error);

/* Finishes the builder; `index` may be NULL. */
si_result si_population_build_finish(si_population_build *build, si_index **index,
                                     si_build_report *report, si_error *error);

/* Abandons a builder that is not finished, and frees what the build holds. */
void si_population_build_end(si_population_build *build);

#endif
