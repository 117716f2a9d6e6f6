/*
 * The Hilbert curve as a state machine: one table look-up for each level gives the next digit of a
 * key and the state of the curve inside that octant.
 *
 * Cells are compared from the level at which they part. Keys, which only speed up sorting, hold the
 * digits of a window of levels; they are computed for 32 centroids side by side, three levels with
 * each look-up.
 */
#include "element/hilbert.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define GRID_CELLS_PER_UNIT 1024.0
#define GRID_HALF (INT64_C(1) << (SI_GRID_BITS - 1))

/* Digits of three bits that follow the digit of the octant in a key; a multiple of one look-up. */
#define DIGITS_OF_STEP 3
#define WINDOW_DIGITS (6 * DIGITS_OF_STEP)

/* Keys computed side by side: each is a chain of look-ups, and the chains do not depend on each
 * other. */
#define LANES 32

/*
 * The curve as a state machine: next[state][octant] holds the octant's place on the curve in its
 * low three bits, and above them the state inside that octant. Octant bits are x, y, z from low to
 * high. Derived from C. Hamilton's "Compact Hilbert Indices" (Dalhousie University, CS-2006-07):
 * its (entry, direction) pairs are the states, numbered as a breadth-first walk from (0, 0) meets
 * them.
 */
static const uint8_t next[SI_HILBERT_STATES][8] = {
    {0x08, 0x17, 0x19, 0x26, 0x2b, 0x2c, 0x1a, 0x25},
    {0x18, 0x33, 0x3f, 0x34, 0x01, 0x02, 0x46, 0x45},
    {0x4c, 0x27, 0x4b, 0x50, 0x05, 0x06, 0x42, 0x41},
    {0x00, 0x09, 0x53, 0x0a, 0x5f, 0x4e, 0x54, 0x4d},
    {0x16, 0x07, 0x15, 0x3c, 0x31, 0x58, 0x32, 0x3b},
    {0x3a, 0x55, 0x03, 0x04, 0x39, 0x56, 0x48, 0x37},
    {0x5a, 0x59, 0x2d, 0x2e, 0x0b, 0x20, 0x0c, 0x57},
    {0x24, 0x0d, 0x47, 0x0e, 0x23, 0x4a, 0x28, 0x49},
    {0x3e, 0x51, 0x0f, 0x10, 0x3d, 0x52, 0x5c, 0x5b},
    {0x5e, 0x5d, 0x29, 0x2a, 0x1f, 0x14, 0x38, 0x13},
    {0x12, 0x1b, 0x11, 0x40, 0x35, 0x1c, 0x36, 0x2f},
    {0x44, 0x43, 0x1d, 0x22, 0x4f, 0x30, 0x1e, 0x21},
};

/* Two coordinates at a time: for single ones compilers make branches, which are unpredictable. */
typedef double double_pair __attribute__((vector_size(16)));
typedef int64_t integer_pair __attribute__((vector_size(16)));

static inline double_pair select_by_mask(integer_pair mask, double_pair chosen, double_pair other)
{
    return (double_pair)(((integer_pair)chosen & mask) | ((integer_pair)other & ~mask));
}

/* A double of the size of `whole` holds integers only, so adding it rounds; where that rounded up,
 * the difference is negative. The integer is then in the low bits. */
static inline integer_pair grid_coordinates(float first, float second)
{
    const double_pair lowest = {-GRID_HALF, -GRID_HALF}, highest = {GRID_HALF - 1, GRID_HALF - 1};
    const double_pair whole = {0x1.8p52, 0x1.8p52};
    double_pair scaled = (double_pair){(double)first, (double)second} * GRID_CELLS_PER_UNIT;
    scaled = select_by_mask(scaled > lowest, scaled, lowest);
    scaled = select_by_mask(scaled < highest, scaled, highest);
    double_pair shifted = scaled + whole;
    integer_pair is_above = scaled - (shifted - whole) < 0.0; /* all bits: -1 */
    return (integer_pair)shifted - (integer_pair)whole + is_above + GRID_HALF;
}

si_grid_cell si_grid_cell_of(const float centroid[3])
{
    integer_pair first = grid_coordinates(centroid[0], centroid[1]);
    integer_pair last = grid_coordinates(centroid[2], 0);
    return (si_grid_cell){{(uint64_t)first[0], (uint64_t)first[1], (uint64_t)last[0]}};
}

void si_grid_cells_of(const float (*centroids)[3], size_t count, si_grid_cell *cells)
{
    const float *from = centroids[0];
    uint64_t *to = cells[0].axis;
    for (size_t i = 0; i < 3 * count; i += 2) {
        bool is_last = i + 1 == 3 * count;
        integer_pair pair = grid_coordinates(from[i], is_last ? 0 : from[i + 1]);
        to[i] = (uint64_t)pair[0];
        if (!is_last)
            to[i + 1] = (uint64_t)pair[1];
    }
}

static unsigned octant_at(const si_grid_cell *cell, unsigned level)
{
    return (unsigned)((cell->axis[0] >> level & 1) | (cell->axis[1] >> level & 1) << 1 |
                      (cell->axis[2] >> level & 1) << 2);
}

/* The level at which two different cells part. */
static unsigned parting_level(const si_grid_cell *a, const si_grid_cell *b)
{
    uint64_t differing = (a->axis[0] ^ b->axis[0]) | (a->axis[1] ^ b->axis[1]) |
                         (a->axis[2] ^ b->axis[2]);
    return 63u - (unsigned)__builtin_clzll(differing);
}

static bool is_same_cell(const si_grid_cell *a, const si_grid_cell *b)
{
    return a->axis[0] == b->axis[0] && a->axis[1] == b->axis[1] && a->axis[2] == b->axis[2];
}

/* Compares cells that are alike above `level`, where the curve is in `state`. */
static int compare_at(const si_grid_cell *a, const si_grid_cell *b, unsigned level, unsigned state)
{
    int place_a = next[state][octant_at(a, level)] & 7;
    int place_b = next[state][octant_at(b, level)] & 7;
    return place_a - place_b;
}

int si_hilbert_compare(const si_grid_cell *a, const si_grid_cell *b)
{
    if (is_same_cell(a, b))
        return 0;
    unsigned last = parting_level(a, b);
    unsigned state = 0;
    for (unsigned level = SI_GRID_BITS - 1; level > last; level--)
        state = next[state][octant_at(a, level)] >> 3;
    return compare_at(a, b, last, state);
}

void si_hilbert_walk_start(si_hilbert_walk *walk, const si_grid_cell *cell)
{
    walk->cell = *cell;
    walk->known = SI_GRID_BITS - 1;
    walk->states[walk->known] = 0;
}

static inline int walk_to_cell(si_hilbert_walk *walk, const si_grid_cell *cell)
{
    if (is_same_cell(&walk->cell, cell))
        return 0;
    unsigned last = parting_level(&walk->cell, cell);
    for (; walk->known > last; walk->known--) {
        unsigned octant = octant_at(&walk->cell, walk->known);
        walk->states[walk->known - 1] = next[walk->states[walk->known]][octant] >> 3;
    }
    int order = compare_at(&walk->cell, cell, last, walk->states[last]);
    walk->cell = *cell;
    walk->known = last;
    return order;
}

size_t si_hilbert_walk_along(si_hilbert_walk *walk, const si_grid_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (walk_to_cell(walk, &cells[i]) >= 0)
            return i;
    return count;
}

/* The digits of three steps in the low nine bits, and above them the state they lead to. */
static unsigned look_up_three_levels(unsigned state, const si_grid_cell *cell)
{
    unsigned digits = 0;
    for (unsigned level = 3; level-- > 0;) {
        unsigned entry = next[state][octant_at(cell, level)];
        digits = digits << 3 | (entry & 7);
        state = entry >> 3;
    }
    return state << 9 | digits;
}

static void fill_three_level_table(si_hilbert_window *window)
{
    for (unsigned state = 0; state < SI_HILBERT_STATES; state++)
        for (unsigned octants = 0; octants < 512; octants++) {
            const si_grid_cell cell = {{octants & 7, octants >> 3 & 7, octants >> 6}};
            window->three_levels[state][octants] = (uint16_t)look_up_three_levels(state, &cell);
        }
}

static void fill_octant_table(si_hilbert_window *window)
{
    for (unsigned octant = 0; octant < 8; octant++) {
        /* Next to the origin the upper octants have 1 and then zeros, the lower ones 0 and then
         * ones. */
        unsigned inner = ~octant & 7;
        unsigned state = next[0][octant] >> 3;
        window->octant_digit[octant] = next[0][octant] & 7;
        for (unsigned level = SI_GRID_BITS - 1; level > window->bits; level--)
            state = next[state][inner] >> 3;
        window->octant_state[octant] = (uint8_t)state;
    }
}

si_hilbert_window si_hilbert_window_for(float largest)
{
    si_hilbert_window window = {.bits = 0};
    double cells = floor((double)fabsf(largest) * GRID_CELLS_PER_UNIT) + 1;
    while (window.bits < SI_GRID_BITS - 1 && cells > (double)(UINT64_C(1) << window.bits))
        window.bits++;
    while (window.bits % DIGITS_OF_STEP != 0 && window.bits < WINDOW_DIGITS)
        window.bits++;
    unsigned digits = window.bits < WINDOW_DIGITS ? window.bits : WINDOW_DIGITS;
    window.lowest_level = window.bits - digits;
    window.key_bits = 3 + 3 * digits;
    fill_octant_table(&window);
    fill_three_level_table(&window);
    return window;
}

/* ---- keys ---- */

/* The cells of some centroids, in levels from `lowest_level` up. */
typedef struct lanes {
    uint32_t axis[3][LANES];
    uint32_t octant[LANES];
} lanes;

static inline void load_cells(const si_hilbert_window *window, const float (*centroids)[3],
                              lanes *entered)
{
    memset(entered->octant, 0, sizeof entered->octant);
    for (unsigned axis = 0; axis < 3; axis++) {
        int64_t cells[LANES];
        for (unsigned lane = 0; lane < LANES; lane += 2) {
            integer_pair pair = grid_coordinates(centroids[lane][axis], centroids[lane + 1][axis]);
            memcpy(cells + lane, &pair, sizeof pair);
        }
        for (unsigned lane = 0; lane < LANES; lane++) {
            entered->axis[axis][lane] = (uint32_t)(cells[lane] >> window->lowest_level);
            entered->octant[lane] |= (uint32_t)(cells[lane] >> (SI_GRID_BITS - 1)) << axis;
        }
    }
}

/* Three more digits for every lane. */
static inline void step_lanes(const si_hilbert_window *window, const lanes *entered, unsigned level,
                              uint32_t states[LANES], uint64_t keys[LANES])
{
    uint32_t octants[LANES];
    for (unsigned lane = 0; lane < LANES; lane++)
        octants[lane] = (entered->axis[0][lane] >> level & 7) |
                        (entered->axis[1][lane] >> level & 7) << 3 |
                        (entered->axis[2][lane] >> level & 7) << 6;
    for (unsigned lane = 0; lane < LANES; lane++) {
        uint32_t entry = window->three_levels[states[lane]][octants[lane]];
        keys[lane] = keys[lane] << 9 | (entry & 511);
        states[lane] = entry >> 9;
    }
}

static void compute_lane_keys(const si_hilbert_window *window, const float (*centroids)[3],
                              uint64_t keys[LANES])
{
    uint32_t states[LANES];
    lanes entered;
    load_cells(window, centroids, &entered);
    for (unsigned lane = 0; lane < LANES; lane++) {
        states[lane] = window->octant_state[entered.octant[lane]];
        keys[lane] = window->octant_digit[entered.octant[lane]];
    }
    for (unsigned level = window->bits - window->lowest_level; level > 0;) {
        level -= DIGITS_OF_STEP;
        step_lanes(window, &entered, level, states, keys);
    }
}

void si_hilbert_window_keys(const si_hilbert_window *window, const float (*centroids)[3],
                            size_t count, uint64_t *keys)
{
    size_t first = 0;
    for (; first + LANES <= count; first += LANES)
        compute_lane_keys(window, centroids + first, keys + first);
    if (first < count) {
        float rest[LANES][3] = {{0}};
        uint64_t rest_keys[LANES];
        memcpy(rest, centroids + first, (count - first) * sizeof *rest);
        compute_lane_keys(window, (const float(*)[3])rest, rest_keys);
        memcpy(keys + first, rest_keys, (count - first) * sizeof *keys);
    }
}
