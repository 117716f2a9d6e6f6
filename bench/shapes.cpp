#include "shapes.hpp"

#include <array>
#include <fstream>
#include <random>
#include <sstream>

#include "measure.hpp"

namespace bench
{

std::string shape_set::name() const
{
    return (is_box ? "box " : "sphere ") + std::to_string(results);
}

shape make_shape(bool is_box, const float center[3], float extent)
{
    shape made{};
    made.is_box = is_box;
    made.extent = extent;
    double lower[3], upper[3], exact_center[3];
    for (int axis = 0; axis < 3; axis++) {
        made.center[axis] = center[axis];
        made.lower[axis] = center[axis] - extent;
        made.upper[axis] = center[axis] + extent;
        lower[axis] = double(made.lower[axis]);
        upper[axis] = double(made.upper[axis]);
        exact_center[axis] = double(center[axis]);
    }
    si_error error;
    if (is_box)
        check(si_query_box(lower, upper, SI_BEST_EFFORT, &made.query, &error), error);
    else
        check(si_query_sphere(exact_center, double(extent), SI_BEST_EFFORT, &made.query, &error),
              error);
    return made;
}

std::vector<shape_set> read_shapes(const std::string &path)
{
    std::ifstream file(path);
    std::vector<shape_set> sets;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string kind;
        std::uint64_t results;
        float center[3], extent;
        words >> kind >> results >> center[0] >> center[1] >> center[2] >> extent;
        if (!words || (kind != "box" && kind != "sphere"))
            throw std::runtime_error(path + ": this is no shape: " + line);
        bool is_box = kind == "box";
        if (sets.empty() || sets.back().is_box != is_box || sets.back().results != results)
            sets.push_back({is_box, results, {}});
        sets.back().shapes.push_back(make_shape(is_box, center, extent));
    }
    if (sets.empty())
        throw std::runtime_error(path + ": holds no shapes");
    return sets;
}

namespace
{

using center = std::array<float, 3>;

std::vector<center> random_centers(const elements &all, std::size_t count, std::mt19937_64 &random)
{
    si_field field = all.kind == SI_SEGMENT ? SI_FIELD_ENDPOINT1 : SI_FIELD_POSITION;
    const float *positions = all.values<float>(field);
    std::vector<center> centers(count);
    for (center &each : centers) {
        const float *position = positions + 3 * (random() % all.count);
        each = {position[0], position[1], position[2]};
    }
    return centers;
}

shape_set make_set(bool is_box, std::uint64_t results, const std::vector<center> &centers,
                   float extent)
{
    shape_set set{is_box, results, {}};
    for (const center &each : centers)
        set.shapes.push_back(make_shape(is_box, each.data(), extent));
    return set;
}

std::uint64_t total_found(const si_index *index, const shape_set &set)
{
    std::uint64_t total = 0;
    for (const shape &each : set.shapes) {
        si_error error;
        std::uint64_t count;
        check(si_index_count(index, &each.query, &count, &error), error);
        total += count;
    }
    return total;
}

shape_set find_size(const si_index *index, bool is_box, std::uint64_t results,
                    const std::vector<center> &centers)
{
    float too_small = 0, large_enough = 1e5F;
    while (large_enough - too_small > 1e-3F * large_enough) {
        float middle = (too_small + large_enough) / 2;
        shape_set set = make_set(is_box, results, centers, middle);
        (total_found(index, set) < results * centers.size() ? too_small : large_enough) = middle;
    }
    return make_set(is_box, results, centers, large_enough);
}

bool holds_enough(const si_index *index, std::uint64_t results)
{
    return results * 10 <= describe(index).element_count;
}

std::vector<center> centers_of(const shape_set &set, std::size_t count)
{
    std::vector<center> centers;
    for (std::size_t i = 0; i < count && i < set.shapes.size(); i++) {
        const float *each = set.shapes[i].center;
        centers.push_back({each[0], each[1], each[2]});
    }
    return centers;
}

// What is in files ends with 100,000 results.
void add_larger_sets(const si_index *index, std::vector<shape_set> &sets)
{
    constexpr size_class large = {1000000, 10};
    std::size_t given = sets.size();
    for (std::size_t i = 0; holds_enough(index, large.results) && i < given; i++)
        if (sets[i].results * 10 == large.results)
            sets.push_back(
                find_size(index, sets[i].is_box, large.results, centers_of(sets[i], large.shapes)));
}

} // namespace

std::vector<shape_set> make_shapes(const si_index *index, const elements &all,
                                   const std::vector<size_class> &classes)
{
    std::mt19937_64 random(1);
    std::vector<shape_set> sets;
    for (size_class wanted : classes) {
        if (!holds_enough(index, wanted.results))
            continue;
        std::vector<center> centers = random_centers(all, wanted.shapes, random);
        sets.push_back(find_size(index, true, wanted.results, centers));
        sets.push_back(find_size(index, false, wanted.results, centers));
    }
    return sets;
}

std::vector<shape_set> find_shapes(const si_index *index, const elements &all, const char *path)
{
    std::vector<shape_set> sets = path ? read_shapes(path)
                                       : make_shapes(index, all,
                                                     {{10, 2000}, {1000, 400}, {100000, 30}});
    add_larger_sets(index, sets);
    return sets;
}

} // namespace bench
