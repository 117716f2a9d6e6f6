/* Lines: their voxels, their lengths, and their pieces in several voxels. */

static void locate_lines(const si_voxel_grid *grid, const float *const first[3],
                         const float *const second[3], uint32_t *restrict numbers)
{
    const si_voxel_locator locators[3] = {grid->locators[0], grid->locators[1], grid->locators[2]};
    const int32_t counts[3] = {grid->axes[0].count, grid->axes[1].count, grid->axes[2].count};
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        bool is_outside = false, is_cut = false;
        uint32_t number = 0;
        for (int axis = 0; axis < 3; axis++) {
            const float margin = locators[axis].margin;
            voxel_place a = find_voxel_place(&locators[axis], first[axis][i], margin);
            voxel_place b = find_voxel_place(&locators[axis], second[axis][i], margin);
            bool is_near = a.is_near | b.is_near;
            bool is_beyond = ((a.voxel < 0) & (b.voxel < 0)) |
                             ((a.voxel >= counts[axis]) & (b.voxel >= counts[axis]));
            is_outside |= is_beyond & !is_near;
            is_cut |= is_near | (a.voxel != b.voxel);
            number = number * (uint32_t)counts[axis] + (uint32_t)a.voxel;
        }
        numbers[i] = encode_voxel(is_outside, is_cut, number);
    }
}

/* The product is at most 2^46. Adding 2^52 rounds it to an integer, which is then in the lowest
 * bits. In damaged files lengths can be any float. */
static inline uint64_t length_in_units(const si_voxel_unit *unit, double length)
{
    double bounded = length < unit->most ? length : unit->most;
    double shifted = bounded * unit->scale + 0x1p52;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    return bits & ((UINT64_C(1) << 52) - 1);
}

static void measure_lines(const float *const first[3], const float *const second[3],
                          const si_voxel_unit *of, uint64_t *restrict amounts)
{
    const si_voxel_unit unit = *of;
    for (unsigned i = 0; i < SI_MATCH_CAPACITY; i++) {
        double x = (double)second[0][i] - (double)first[0][i];
        double y = (double)second[1][i] - (double)first[1][i];
        double z = (double)second[2][i] - (double)first[2][i];
        amounts[i] = length_in_units(&unit, __builtin_sqrt(x * x + y * y + z * z));
    }
}

/* ---- cutting ---- */

/* Lines that end in the voxel where they begin, or in the next one along any axis. */
typedef struct short_lines {
    int32_t is_long[SI_MATCH_CAPACITY];
    double number[SI_MATCH_CAPACITY]; /* of the voxel where it begins */
    double length[SI_MATCH_CAPACITY];
    double crossings[3][SI_MATCH_CAPACITY]; /* of faces, as fractions of the length; 1: none */
    double steps[3][SI_MATCH_CAPACITY];     /* from a voxel's number to the next one's */
} short_lines;

/* The arithmetic of voxel_line.c, operation by operation. */
static void cross_faces(const si_voxel_grid *grid, int axis, const float *restrict first,
                        const float *restrict second, unsigned count, short_lines *restrict lines)
{
    const si_voxel_axis along = grid->axes[axis];
    const si_voxel_locator locator = grid->locators[axis];
    int32_t faces[SI_MATCH_CAPACITY], directions[SI_MATCH_CAPACITY], voxels[SI_MATCH_CAPACITY];
    double stride = 1;
    for (int inner = axis + 1; inner < 3; inner++)
        stride *= grid->axes[inner].count;
    for (unsigned i = 0; i < count; i++) {
        voxel_place a = find_voxel_place(&locator, first[i], locator.margin);
        voxel_place b = find_voxel_place(&locator, second[i], locator.margin);
        int32_t difference = b.voxel - a.voxel;
        bool is_near = a.is_near | b.is_near;
        bool is_beyond = (a.voxel < 0) | (b.voxel < 0) | (a.voxel >= along.count) |
                         (b.voxel >= along.count);
        bool is_far = (difference < -1) | (difference > 1);
        bool is_long = is_near | is_beyond | is_far;
        lines->is_long[i] += is_long ? 1 : 0;
        voxels[i] = a.voxel;
        directions[i] = difference;
        faces[i] = a.voxel > b.voxel ? a.voxel : b.voxel;
    }
    for (unsigned i = 0; i < count; i++) {
        double from = (double)first[i], direction = (double)second[i] - from;
        double face = along.lower + faces[i] * along.step;
        double crossing = (face - from) / direction;
        lines->crossings[axis][i] = directions[i] == 0 ? 1 : crossing;
        lines->steps[axis][i] = directions[i] * stride;
        lines->number[i] = lines->number[i] + voxels[i] * stride;
        lines->length[i] = lines->length[i] + direction * direction;
    }
}

/* Writes the pieces in order along the line; those behind the last crossing are empty. */
static void cut_at_crossings(const short_lines *lines, unsigned count, const si_voxel_unit *of,
                             si_voxel_pieces *restrict pieces)
{
    const si_voxel_unit unit = *of;
    for (unsigned i = 0; i < count; i++) {
        double a = lines->crossings[0][i], b = lines->crossings[1][i], c = lines->crossings[2][i];
        double length = __builtin_sqrt(lines->length[i]), number = lines->number[i];
        double least = a < b ? a : b, most = a < b ? b : a;
        double step_of_least = a < b ? lines->steps[0][i] : lines->steps[1][i];
        double step_of_most = a < b ? lines->steps[1][i] : lines->steps[0][i];
        double step = lines->steps[2][i];
        bool is_c_least = c<least, is_c_most = c> most;
        double middle = is_c_least ? least : is_c_most ? most : c;
        double step_of_middle = is_c_least ? step_of_least : is_c_most ? step_of_most : step;
        step_of_least = is_c_least ? step : step_of_least;
        step_of_most = is_c_most ? step : step_of_most;
        least = is_c_least ? c : least;
        most = is_c_most ? c : most;
        pieces->numbers[0][i] = number;
        pieces->numbers[1][i] = number + step_of_least;
        pieces->numbers[2][i] = number + step_of_least + step_of_middle;
        pieces->numbers[3][i] = number + step_of_least + step_of_middle + step_of_most;
        pieces->amounts[0][i] = length_in_units(&unit, least * length);
        pieces->amounts[1][i] = length_in_units(&unit, (middle - least) * length);
        pieces->amounts[2][i] = length_in_units(&unit, (most - middle) * length);
        pieces->amounts[3][i] = length_in_units(&unit, (1 - most) * length);
    }
}

static uint64_t cut_lines(const si_voxel_grid *grid, const float *const first[3],
                          const float *const second[3], unsigned count, const si_voxel_unit *unit,
                          si_voxel_pieces *pieces)
{
    short_lines lines;
    uint64_t uncut = 0;
    memset(lines.is_long, 0, sizeof lines.is_long);
    memset(lines.number, 0, sizeof lines.number);
    memset(lines.length, 0, sizeof lines.length);
    for (int axis = 0; axis < 3; axis++)
        cross_faces(grid, axis, first[axis], second[axis], count, &lines);
    cut_at_crossings(&lines, count, unit, pieces);
    for (unsigned i = 0; i < count; i++)
        uncut |= (uint64_t)(lines.is_long[i] != 0) << i;
    return uncut;
}
