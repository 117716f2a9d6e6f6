/* Reproducible random numbers: xoshiro256**, seeded by splitmix64.
 *
 * Only + - * / and square roots are used, here and wherever the circuit is computed: these are
 * exactly rounded everywhere, while sin, log and the like differ between C libraries. So the same
 * seed gives the same circuit on every machine. */
#ifndef SI_SAMPLE_CIRCUIT_SAMPLE_RANDOM_H
#define SI_SAMPLE_CIRCUIT_SAMPLE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct si_sample_random {
    uint64_t state[4];
} si_sample_random;

/* What a sequence is for. Each purpose and number has a sequence of its own, so that more cells do
 * not change the morphologies. */
typedef enum si_sample_purpose {
    SI_SAMPLE_FOR_MORPHOLOGY = 1,
    SI_SAMPLE_FOR_PLACEMENT = 2,
    SI_SAMPLE_FOR_SYNAPSES = 3
} si_sample_purpose;

void si_sample_random_start(si_sample_random *random, uint64_t seed, si_sample_purpose purpose,
                            uint64_t number);

uint64_t si_sample_random_next(si_sample_random *random);
/* In [0, bound), for bound > 0. */
uint64_t si_sample_random_below(si_sample_random *random, uint64_t bound);
/* In [low, high). */
double si_sample_random_uniform(si_sample_random *random, double low, double high);
/* Nearly normal, never further than six deviations from the mean. */
double si_sample_random_normal(si_sample_random *random, double mean, double deviation);
bool si_sample_random_chance(si_sample_random *random, double probability);
/* A point on the unit circle and on the unit sphere. */
void si_sample_random_on_circle(si_sample_random *random, double point[2]);
void si_sample_random_on_sphere(si_sample_random *random, double point[3]);

#endif
