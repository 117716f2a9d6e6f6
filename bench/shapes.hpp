// Boxes and balls to ask for.
#ifndef BENCH_SHAPES_HPP
#define BENCH_SHAPES_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <spatial_index/spatial_index.h>

#include "elements.hpp"

namespace bench
{

struct shape {
    bool is_box;
    float center[3];
    float extent; // half the side of the box, which is a cube; the radius of the ball
    float lower[3];
    float upper[3];
    si_query query;
};

// Shapes of one kind and size. They find `results` elements each, on the mean.
struct shape_set {
    bool is_box;
    std::uint64_t results;
    std::vector<shape> shapes;

    std::string name() const; // such as "box 1000"
};

shape make_shape(bool is_box, const float center[3], float extent);

// Lines of: box or sphere, mean number of results, center, extent.
std::vector<shape_set> read_shapes(const std::string &path);

// Of a box and a ball for each number of results: around elements taken at random, sized by what
// the index finds. Numbers that are more than a tenth of the elements are left out.
struct size_class {
    std::uint64_t results;
    std::size_t shapes;
};
std::vector<shape_set> make_shapes(const si_index *index, const elements &all,
                                   const std::vector<size_class> &classes);

// Those of the file, or made ones where `path` is NULL, and larger ones around some of their
// centers.
std::vector<shape_set> find_shapes(const si_index *index, const elements &all, const char *path);

} // namespace bench

#endif
