/* The generators xoshiro256** and splitmix64, and the distributions made of them. */
#include "sample_circuit/sample_random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void si_sample_random_start(si_sample_random *random, uint64_t seed, si_sample_purpose purpose,
                            uint64_t number)
{
    uint64_t state = seed;
    state = splitmix(&state) + (uint64_t)purpose;
    state = splitmix(&state) + number;
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix(&state);
}

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

uint64_t si_sample_random_next(si_sample_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t si_sample_random_below(si_sample_random *random, uint64_t bound)
{
    /* Numbers below the remainder of 2^64 would favour small results. */
    uint64_t unfair = (UINT64_MAX - bound + 1) % bound;
    uint64_t number;
    do
        number = si_sample_random_next(random);
    while (number < unfair);
    return number % bound;
}

double si_sample_random_uniform(si_sample_random *random, double low, double high)
{
    double fraction = (double)(si_sample_random_next(random) >> 11) * 0x1p-53;
    return low + (high - low) * fraction;
}

double si_sample_random_normal(si_sample_random *random, double mean, double deviation)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += si_sample_random_uniform(random, -0.5, 0.5);
    return mean + deviation * sum;
}

bool si_sample_random_chance(si_sample_random *random, double probability)
{
    return si_sample_random_uniform(random, 0, 1) < probability;
}

/* The direction of a point inside the ball, but not so near to the center that it is ill-defined.
 */
static void on_unit_ball(si_sample_random *random, double *point, int dimensions)
{
    double square;
    do {
        square = 0;
        for (int i = 0; i < dimensions; i++) {
            point[i] = si_sample_random_uniform(random, -1, 1);
            square += point[i] * point[i];
        }
    } while (square > 1 || square < 1e-4);
    double length = sqrt(square);
    for (int i = 0; i < dimensions; i++)
        point[i] /= length;
}

void si_sample_random_on_circle(si_sample_random *random, double point[2])
{
    on_unit_ball(random, point, 2);
}

void si_sample_random_on_sphere(si_sample_random *random, double point[3])
{
    on_unit_ball(random, point, 3);
}
