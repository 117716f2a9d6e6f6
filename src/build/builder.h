/* Builders with limits of the caller's choice, for tests. */
#ifndef SI_BUILD_BUILDER_H
#define SI_BUILD_BUILDER_H

#include "sort/memory_plan.h"

/* As si_builder_create; `limits` NULL: what follows from the options. */
si_result si_builder_create_within(const si_sort_limits *limits, si_element_kind kind,
                                   const char *folder, const si_build_options *options,
                                   si_builder **builder, si_error *error);

#endif
