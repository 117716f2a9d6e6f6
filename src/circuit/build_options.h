/* What the builds of circuits share: their options, ids and reports. */
#ifndef SI_CIRCUIT_BUILD_OPTIONS_H
#define SI_CIRCUIT_BUILD_OPTIONS_H

#include "base/error.h"

/* A struct of the interface that says its size must say this one's. `name` is for the sentence. */

/* The caller's options, or the defaults where there are none. */
si_result si_build_options_copy(const si_build_options *options, si_build_options *copy,
                                si_error *error);

/* Lets `*recorded`, a path of the options, be the absolute one of `file` unless the caller has
 * named one, or there is no file. It then lives as long as `*owned`, which is for si_free. */
si_result si_build_options_record(const char *file, const char **recorded, char **owned,
                                  si_error *error);

/* SI_ERROR_ARGUMENT: `report` is given, and not of the size that it should say. */
si_result si_build_report_check(const si_build_report *report, si_error *error);

/* Adds the figures of a population, and takes over its bad cells; these stay in order of gid. */
si_result si_build_report_add(si_build_report *sum, si_build_report *part, si_error *error);

#endif
