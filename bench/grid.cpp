// A density grid, and the same by a loop of count queries, one for each voxel, row by row on one
// thread. Over the bounds of the index, and over a box in their middle. Usage: bench-grid INDEX
// VOXELS_OF_AXIS ROUNDS
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

std::uint64_t count_voxel(const contest &contest, const std::uint64_t (&voxel)[3])
{
    double lower[3], upper[3];
    si_query query;
    si_error error;
    std::uint64_t count;
    for (int axis = 0; axis < 3; axis++) {
        double step = (contest.grid.upper[axis] - contest.grid.lower[axis]) /
                      double(contest.grid.shape[axis]);
        lower[axis] = contest.grid.lower[axis] + double(voxel[axis]) * step;
        upper[axis] = lower[axis] + step;
    }
    bench::check(si_box_query(lower, upper, SI_BEST_EFFORT, &query, &error), error);
    bench::check(si_index_count(contest.index, &query, &count, &error), error);
    return count;
}

void loop(contest &contest)
{
    const std::uint64_t *shape = contest.grid.shape;
    auto count = contest.counts.begin();
    for (std::uint64_t x = 0; x < shape[0]; x++)
        for (std::uint64_t y = 0; y < shape[1]; y++)
            for (std::uint64_t z = 0; z < shape[2]; z++)
                *count++ = count_voxel(contest, {x, y, z});
}

template <class Work>
void measure(const contest &contest, const char *contender, unsigned threads, Work &&work)
{
    double before = bench::processor_seconds(), seconds = bench::seconds_of(work);
    bench::print_result("grid", contest.subject, contender, threads, "s", seconds);
    bench::print_result("grid processor", contest.subject, contender, threads, "s",
                        bench::processor_seconds() - before);
}

std::uint64_t total(const contest &contest)
{
    std::uint64_t sum = 0;
    for (std::uint64_t count : contest.counts)
        sum += count;
    return sum;
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

void run_lengths(contest &contest, std::vector<double> &lengths)
{
    if (information(contest.index).kind != SI_MORPHOLOGY)
        return;
    contest.grid.threads = 0;
    measure(contest, "lengths", 0, [&] {
        si_error error;
        bench::check(si_index_grid_lengths(contest.index, &contest.grid, lengths.data(), &error),
                     error);
    });
}

// What both count is the same where elements count in every voxel that they touch.
void run_round(contest &contest)
{
    std::vector<double> lengths(contest.counts.size());
    measure(contest, "loop of counts", 1, [&] { loop(contest); });
    std::vector<std::uint64_t> expected = contest.counts;
    run_grid(contest, "touching", 0, 1);
    if (contest.counts != expected)
        throw std::runtime_error("the grid and the loop count differently");
    run_grid(contest, "elements", 1, 0);
    run_grid(contest, "elements", 0, 0);
    run_lengths(contest, lengths);
    bench::print_result("grid", contest.subject, "elements in it", 0, "elements",
                        double(total(contest)));
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
