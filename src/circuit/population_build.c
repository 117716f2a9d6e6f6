/* The frame of a build of one population: options, memory, progress and the builder. */
#include "circuit/population_build.h"

#include <assert.h>

#include "base/memory.h"
#include "build/builder.h"

si_result si_population_build_start(si_population_build *build, const si_build_options *options,
                                    const si_build_report *report, si_error *error)
{
    *build = (si_population_build){0};
    SI_TRY(si_build_report_check(report, error));
    SI_TRY(si_build_options_copy(options, &build->options, error));
    SI_TRY(si_memory_plan_circuit(&build->plan, build->options.max_memory_bytes,
                                  build->options.threads, error));
    build->options.threads = build->plan.threads;
    si_build_progress_start(&build->progress, &build->options);
    return SI_OK;
}

si_result si_population_build_create_builder(si_population_build *build, si_element_kind kind,
                                             const char *folder, const char *population,
                                             const char *file, const char *types_file,
                                             const si_identity *identity, si_error *error)
{
    si_build_options *options = &build->options;
    assert(!build->builder && build->plan.builder_bytes > 0);
    if (!options->population)
        options->population = population;
    SI_TRY(si_build_options_record(file, &options->dataset_path, &build->dataset_path, error));
    SI_TRY(si_build_options_record(types_file, &options->types_path, &build->types_path, error));
    options->max_memory_bytes = build->plan.builder_bytes;
    SI_TRY(si_builder_create(kind, folder, options, &build->builder, error));
    si_builder_set_identity(build->builder, identity);
    return SI_OK;
}

si_result si_population_build_finish(si_population_build *build, si_index **index,
                                     si_build_report *report, si_error *error)
{
    si_builder *builder = build->builder;
    build->builder = NULL; /* si_builder_finish frees it, also when it fails */
    return si_builder_finish(builder, index, report, error);
}

void si_population_build_end(si_population_build *build)
{
    si_builder_abort(build->builder);
    si_free(build->dataset_path);
    si_free(build->types_path);
    si_build_progress_stop(&build->progress);
}
