/* Which populations of a circuit are indexed: those asked for, or the only one that can be. */
#ifndef SI_CIRCUIT_POPULATION_CHOICE_H
#define SI_CIRCUIT_POPULATION_CHOICE_H

#include "config/circuit_config.h"

/* What the choice rests on. */
typedef struct si_population_candidate {
    const char *name;
    const char *type;
    const char *obstacle; /* why it cannot be indexed; NULL: it can */
} si_population_candidate;

si_population_candidate si_segments_candidate(const si_node_population *population);
si_population_candidate si_synapses_candidate(const si_edge_population *population);

/* `*chosen` receives the position of the only one that can be indexed; else the sentence lists all.
 * `file` is the configuration, `elements` are "segments" or "synapses": both for messages. */
si_result si_choose_only_population(const si_population_candidate *candidates, size_t count,
                                    const char *file, const char *elements, size_t *chosen,
                                    si_error *error);

/* SI_ERROR_UNSUPPORTED: the population that was asked for has an obstacle. */
si_result si_check_candidate(const si_population_candidate *candidate, const char *file,
                             const char *elements, si_error *error);

/* Names become folders: printable, no '/', neither "." nor "..", and each just once. */
si_result si_check_population_names(const char *const *names, size_t count, si_error *error);

#endif
