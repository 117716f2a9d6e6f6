/* What of a builder is not for callers of the library. */
#ifndef SI_BUILD_BUILDER_H
#define SI_BUILD_BUILDER_H

#include "format/provenance.h"
#include "sort/memory_plan.h"

/* Which population the elements come from. */
void si_builder_set_identity(si_builder *builder, const si_identity *identity);

/* The same where elements of an index are taken over that comes from the same population. */
void si_builder_adopt_identity(si_builder *builder, const si_provenance *provenance);

/* As si_builder_create, for tests; `limits` NULL: what follows from the options. */
si_result si_builder_create_within(const si_sort_limits *limits, si_element_kind kind,
                                   const char *folder, const si_build_options *options,
                                   si_builder **builder, si_error *error);

#endif
