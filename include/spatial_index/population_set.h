/* Folders that hold an index for each of several populations. */
#ifndef SI_SPATIAL_INDEX_POPULATION_SET_H
#define SI_SPATIAL_INDEX_POPULATION_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "spatial_index/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The content of an index folder: one index, or one for each population of a circuit. */
typedef struct si_population_set si_population_set;

SI_API si_result si_population_set_open(const char *path, const si_open_options *options,
                                        si_population_set **set, si_error *error);
SI_API void si_population_set_close(si_population_set *set);
SI_API size_t si_population_set_count(const si_population_set *set);
/* True if the folder was built for several populations, even if it holds only one. */
SI_API bool si_population_set_is_multi(const si_population_set *set);
/* NULL if `position` is out of range or the single index records no population. In the order of
 * the metadata. */
SI_API const char *si_population_set_name(const si_population_set *set, size_t position);
/* The set owns the index. NULL if `position` is out of range. */
SI_API const si_index *si_population_set_index(const si_population_set *set, size_t position);

#ifdef __cplusplus
}
#endif

#endif
