// Density grids, and the same by loops of queries, one for each voxel, row by row on one thread.
// Over the bounds of the index, and over a box in their middle. Usage: bench-grid INDEX
// VOXELS_OF_AXIS ROUNDS
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "measure.hpp"

namespace
{

struct contest {
    const si_index *index;
    si_grid grid;
    std::vector<std::uint64_t> counts;
    std::string subject;
};

si_index_info information(const si_index *index)
{
    si_index_info info{};
    info.struct_size = sizeof info;
    si_index_get_info(index, &info);
    return info;
}

contest make_contest(const si_index *index, std::uint64_t size, double part, const char *subject)
{
    contest made{index, {}, std::vector<std::uint64_t>(size * size * size), subject};
    si_index_info info = information(index);
    made.grid.struct_size = sizeof made.grid;
    for (int axis = 0; axis < 3; axis++) {
        double lower = info.bounds_min[axis], upper = info.bounds_max[axis];
        made.grid.lower[axis] = (lower + upper - part * (upper - lower)) / 2;
        made.grid.upper[axis] = (lower + upper + part * (upper - lower)) / 2;
        made.grid.shape[axis] = size;
    }
    return made;
}

struct box {
    double lower[3];
    double upper[3];
};

// Visits the voxels in their order.
template <class Visitor> void loop(const contest &contest, Visitor &&visitor)
{
    const si_grid &grid = contest.grid;
    const std::uint64_t *shape = grid.shape, voxels = shape[0] * shape[1] * shape[2];
    for (std::uint64_t number = 0; number < voxels; number++) {
        const std::uint64_t voxel[3] = {number / shape[2] / shape[1], number / shape[2] % shape[1],
                                        number % shape[2]};
        box box;
        for (int axis = 0; axis < 3; axis++) {
            double step = (grid.upper[axis] - grid.lower[axis]) / double(shape[axis]);
            box.lower[axis] = grid.lower[axis] + double(voxel[axis]) * step;
            box.upper[axis] = box.lower[axis] + step;
        }
        visitor(number, box);
    }
}

std::uint64_t count(const contest &contest, const si_query &query)
{
    si_error error;
    std::uint64_t found;
    bench::check(si_index_count(contest.index, &query, &found, &error), error);
    return found;
}

void loop_of_counts(contest &contest)
{
    loop(contest, [&](std::uint64_t voxel, const box &box) {
        si_query query;
        si_error error;
        bench::check(si_query_box(box.lower, box.upper, SI_BEST_EFFORT, &query, &error), error);
        contest.counts[voxel] = count(contest, query);
    });
}

void loop_of_centers(contest &contest)
{
    loop(contest, [&](std::uint64_t voxel, const box &box) {
        si_query query;
        si_error error;
        bench::check(si_query_box(box.lower, box.upper, SI_CENTER, &query, &error), error);
        contest.counts[voxel] = count(contest, query);
    });
}

// ---- lengths ----

// Of somas the second end is NaN.
double length_in(const box &box, const float *from, const float *to)
{
    if (std::isnan(to[0]))
        return 0;
    double first = 0, end = 1, square = 0;
    for (int axis = 0; axis < 3; axis++) {
        double start = double(from[axis]), direction = double(to[axis]) - start;
        square += direction * direction;
        if (direction == 0) {
            if (start < box.lower[axis] || start >= box.upper[axis])
                return 0;
            continue;
        }
        double lower = (box.lower[axis] - start) / direction;
        double upper = (box.upper[axis] - start) / direction;
        first = std::max(first, std::min(lower, upper));
        end = std::min(end, std::max(lower, upper));
    }
    return first < end ? (end - first) * std::sqrt(square) : 0;
}

struct clipping {
    const box *voxel;
    double sum;
};

int add_lengths(void *context, const si_column *columns, size_t, std::uint64_t count)
{
    auto clipping = static_cast<struct clipping *>(context);
    auto first = static_cast<const float *>(columns[0].data);
    auto second = static_cast<const float *>(columns[1].data);
    for (std::uint64_t i = 0; i < count; i++)
        clipping->sum += length_in(*clipping->voxel, first + 3 * i, second + 3 * i);
    return 0;
}

void loop_of_lengths(contest &contest, std::vector<double> &lengths)
{
    const si_field fields[] = {SI_FIELD_ENDPOINT1, SI_FIELD_ENDPOINT2};
    loop(contest, [&](std::uint64_t voxel, const box &box) {
        si_query query;
        si_error error;
        clipping clipping{&box, 0};
        bench::check(si_query_box(box.lower, box.upper, SI_BEST_EFFORT, &query, &error), error);
        bench::check(
            si_index_visit(contest.index, &query, fields, 2, add_lengths, &clipping, &error),
            error);
        lengths[voxel] = clipping.sum;
    });
}

// ---- grids ----

template <class Work>
void measure(const contest &contest, const char *contender, unsigned threads, Work &&work)
{
    double before = bench::processor_seconds(), seconds = bench::seconds_of(work);
    bench::print_result("grid", contest.subject, contender, threads, "s", seconds);
    bench::print_result("grid processor", contest.subject, contender, threads, "s",
                        bench::processor_seconds() - before);
}

template <class Number> double total(const std::vector<Number> &values)
{
    double sum = 0;
    for (Number value : values)
        sum += double(value);
    return sum;
}

// The faces of queries are rounded to 32-bit floats.
void expect_nearly(double found, double expected)
{
    if (std::abs(found - expected) > 1e-4 * expected)
        throw std::runtime_error("the grid adds up to something else than the loop");
}

void run_grid(contest &contest, const char *contender, unsigned threads, int touching)
{
    contest.grid.threads = threads;
    contest.grid.counts_touching = touching;
    measure(contest, contender, threads, [&] {
        si_error error;
        bench::check(
            si_index_grid_counts(contest.index, &contest.grid, contest.counts.data(), &error),
            error);
    });
}

// What both count is the same here.
void run_touching(contest &contest)
{
    measure(contest, "loop of counts", 1, [&] { loop_of_counts(contest); });
    std::vector<std::uint64_t> expected = contest.counts;
    for (unsigned threads : {1u, 0u}) {
        run_grid(contest, "touching", threads, 1);
        if (contest.counts != expected)
            throw std::runtime_error("the grid and the loop count differently");
    }
}

void run_elements(contest &contest)
{
    measure(contest, "loop of centers", 1, [&] { loop_of_centers(contest); });
    double expected = total(contest.counts);
    for (unsigned threads : {1u, 0u})
        run_grid(contest, "elements", threads, 0);
    expect_nearly(total(contest.counts), expected);
    bench::print_result("grid", contest.subject, "elements in it", 0, "elements",
                        total(contest.counts));
}

void run_lengths(contest &contest)
{
    std::vector<double> lengths(contest.counts.size());
    measure(contest, "loop of lengths", 1, [&] { loop_of_lengths(contest, lengths); });
    double expected = total(lengths);
    for (unsigned threads : {1u, 0u}) {
        contest.grid.threads = threads;
        measure(contest, "lengths", threads, [&] {
            si_error error;
            bench::check(
                si_index_grid_lengths(contest.index, &contest.grid, lengths.data(), &error), error);
        });
    }
    expect_nearly(total(lengths), expected);
}

// Of cubes of ten voxels a side.
void run_regions(contest &contest)
{
    std::vector<std::uint16_t> ids(contest.counts.size());
    const std::uint64_t *shape = contest.grid.shape;
    for (std::uint64_t i = 0; i < ids.size(); i++)
        ids[i] = std::uint16_t(i / shape[2] / shape[1] / 10 * 1600 +
                               i / shape[2] % shape[1] / 10 * 40 + i % shape[2] / 10);
    contest.grid.counts_touching = 0;
    for (unsigned threads : {1u, 0u}) {
        contest.grid.threads = threads;
        measure(contest, "elements by region", threads, [&] {
            const si_regions regions{SI_TYPE_UINT16, ids.data()};
            si_group_counts groups;
            si_error error;
            bench::check(
                si_index_region_counts(contest.index, &contest.grid, &regions, &groups, &error),
                error);
            si_group_counts_free(&groups);
        });
    }
}

void run_round(contest &contest)
{
    run_touching(contest);
    run_elements(contest);
    run_regions(contest);
    if (information(contest.index).kind == SI_SEGMENT)
        run_lengths(contest);
}

void run(const char *folder, std::uint64_t size, int rounds)
{
    si_index *index;
    si_error error;
    bench::check(si_index_open(folder, nullptr, &index, &error), error);
    contest contests[] = {make_contest(index, size, 1, "bounds"),
                          make_contest(index, size, 0.2, "middle fifth")};
    for (int round = 0; round < rounds; round++)
        for (contest &contest : contests)
            run_round(contest);
    si_index_close(index);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4) {
        std::fprintf(stderr, "Usage: bench-grid INDEX VOXELS_OF_AXIS ROUNDS\n");
        return 2;
    }
    return bench::run_program("bench-grid", [&] {
        run(argv[1], std::strtoull(argv[2], nullptr, 10), std::atoi(argv[3]));
    });
}
