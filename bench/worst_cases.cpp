// Where a tree gains nothing: how much slower is it than looking at every element?
#include <cstdlib>
#include <limits>
#include <random>

#include "contenders.hpp"
#include "indexing.hpp"
#include "measure.hpp"
#include "shapes.hpp"
#include "worst_elements.hpp"

namespace
{

using bench::shape;

// A scan takes as long for any shape that finds nothing: of many, it is asked these.
constexpr std::size_t shapes_of_a_scan = 10;
constexpr std::size_t repetitions = 4;
constexpr float middle = bench::side_of_the_cube / 2;

struct worst_case {
    std::string name;
    std::vector<shape> shapes;
};

// A cube and the ball inside it, asked again and again.
void add_cube_and_ball(std::vector<worst_case> &cases, const std::string &place,
                       const float (&center)[3], float extent)
{
    for (bool is_box : {true, false})
        cases.push_back(
            {(is_box ? "box " : "sphere ") + place,
             std::vector<shape>(repetitions, bench::make_shape(is_box, center, extent))});
}

void add_everything(std::vector<worst_case> &cases)
{
    const float center[3] = {middle, middle, middle};
    add_cube_and_ball(cases, "without bounds", center, std::numeric_limits<float>::infinity());
    add_cube_and_ball(cases, "around everything", center, 2 * bench::side_of_the_cube);
    add_cube_and_ball(cases, "of nearly everything", center, middle * 0.99F);
}

shape random_box(std::mt19937_64 &random, float lower, float upper)
{
    std::uniform_real_distribution<float> coordinate(lower, upper);
    const float center[3] = {coordinate(random), coordinate(random), coordinate(random)};
    return bench::make_shape(true, center, 2);
}

bool is_empty(const si_index *index, const shape &asked)
{
    si_error error;
    bool empty;
    bench::check(si_index_empty(index, &asked.query, &empty, &error), error);
    return empty == 1;
}

std::vector<shape> empty_boxes(const si_index *index, std::size_t count, float lower, float upper)
{
    std::mt19937_64 random(2);
    std::vector<shape> boxes;
    while (boxes.size() < count) {
        shape box = random_box(random, lower, upper);
        if (is_empty(index, box))
            boxes.push_back(box);
    }
    return boxes;
}

void add_empty_boxes(std::vector<worst_case> &cases, const si_index *index, std::size_t count)
{
    constexpr float side = bench::side_of_the_cube;
    cases.push_back({"empty boxes inside", empty_boxes(index, count, 0, side)});
    cases.push_back({"empty boxes outside", empty_boxes(index, count, 2 * side, 3 * side)});
}

void add_usual_shapes(std::vector<worst_case> &cases, const si_index *index,
                      const bench::elements &all)
{
    for (const bench::shape_set &set :
         bench::make_shapes(index, all, {{10, 100}, {1000, 100}, {100000, 10}}))
        cases.push_back({set.name(), set.shapes});
}

template <class Contender>
void time_both_measures(const std::string &asked, Contender &contender,
                        std::span<const shape> shapes)
{
    bench::time_shapes("worst count", asked, contender.name, shapes,
                       [&](const shape &each) { return contender.count(each); });
    bench::time_shapes("worst ids", asked, contender.name, shapes,
                       [&](const shape &each) { return contender.list(each); });
}

template <class Id> class comparison
{
  public:
    comparison(const std::string &elements_name, const bench::elements &all, unsigned wanted_rounds)
        : subject(elements_name), rounds(wanted_rounds),
          index(bench::build_index(all, 2, nullptr)), library{index.get(), {}},
          scan(index.get(), bench::read_in_index_order(index.get()))
    {
    }

    const si_index *searched() const
    {
        return index.get();
    }

    void run(const std::vector<worst_case> &cases)
    {
        for (const worst_case &each : cases)
            run(each);
    }

  private:
    std::string subject;
    unsigned rounds;
    bench::index_handle index;
    bench::library_contender<Id> library;
    bench::scan_contender<Id> scan;

    void run(const worst_case &asked)
    {
        std::string name = subject + ": " + asked.name;
        std::span<const shape> all = asked.shapes;
        std::span<const shape> few = all.first(std::min(all.size(), shapes_of_a_scan));
        compare_answers(library, scan, few);
        for (unsigned round = 0; round < rounds; round++) {
            time_both_measures(name, library, all);
            time_both_measures(name, scan, few);
        }
    }
};

void run_equal_points(std::uint64_t count, unsigned rounds)
{
    comparison<std::uint64_t> compared("equal points", bench::equal_points(count), rounds);
    std::vector<worst_case> cases;
    add_cube_and_ball(cases, "around", {middle, middle, middle}, 10);
    add_cube_and_ball(cases, "touching", {middle + 10, middle, middle}, 10);
    add_cube_and_ball(cases, "beside", {middle + 11, middle, middle}, 10);
    compared.run(cases);
}

void run_scattered_points(std::uint64_t count, unsigned rounds)
{
    bench::elements points = bench::scattered_points(count);
    comparison<std::uint64_t> compared("scattered points", points, rounds);
    std::vector<worst_case> cases;
    add_everything(cases);
    add_empty_boxes(cases, compared.searched(), count);
    compared.run(cases);
}

void run_equal_segments(std::uint64_t count, unsigned rounds)
{
    comparison<si_segment_ids> compared("equal segments", bench::equal_segments(count), rounds);
    std::vector<worst_case> cases;
    add_cube_and_ball(cases, "around", {5, 5, 5}, 20);
    add_cube_and_ball(cases, "on the axis", {5, 5, 5}, 0.5F);
    add_cube_and_ball(cases, "touching the side", {5.75F, 4.25F, 5}, 0.5F);
    add_cube_and_ball(cases, "in a corner of the box", {9, 1, 5}, 0.5F);
    compared.run(cases);
}

void run_crossing_segments(std::uint64_t count, unsigned rounds)
{
    comparison<si_segment_ids> compared("crossing segments", bench::crossing_segments(count),
                                        rounds);
    std::vector<worst_case> cases;
    add_cube_and_ball(cases, "around", {0, 0, 0}, 1000);
    add_cube_and_ball(cases, "at the crossing", {0, 0, 0}, 1);
    add_cube_and_ball(cases, "near the crossing", {20, 20, 20}, 1);
    add_cube_and_ball(cases, "far from the crossing", {200, 200, 200}, 1);
    compared.run(cases);
}

void run_one_huge_among_tiny(std::uint64_t count, unsigned rounds)
{
    bench::elements segments = bench::one_huge_among_tiny(count);
    comparison<si_segment_ids> compared("one huge among tiny", segments, rounds);
    std::vector<worst_case> cases;
    add_usual_shapes(cases, compared.searched(), segments);
    add_everything(cases);
    add_empty_boxes(cases, compared.searched(), count);
    compared.run(cases);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s ELEMENTS ROUNDS\n", argv[0]);
        return 2;
    }
    return bench::run_program(argv[0], [&] {
        std::uint64_t count = std::strtoull(argv[1], nullptr, 10);
        auto rounds = unsigned(std::strtoul(argv[2], nullptr, 10));
        for (auto run : {run_equal_points, run_scattered_points, run_equal_segments,
                         run_crossing_segments, run_one_huge_among_tiny})
            run(count, rounds);
    });
}
