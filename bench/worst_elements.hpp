// Elements that are hard on a tree of boxes.
#ifndef BENCH_WORST_ELEMENTS_HPP
#define BENCH_WORST_ELEMENTS_HPP

#include "elements.hpp"

namespace bench
{

// The side of the cube from the origin in which elements are scattered.
constexpr float side_of_the_cube = 1000;

elements equal_points(std::uint64_t count); // all in the middle of the cube
elements scattered_points(std::uint64_t count);

elements equal_segments(std::uint64_t count); // all on the diagonal of a cube of 10, radius 1
// Long thin ones in all directions, each through the origin with its middle.
elements crossing_segments(std::uint64_t count);
// Tiny ones scattered in the cube, but for one thick one along its diagonal.
elements one_huge_among_tiny(std::uint64_t count);

} // namespace bench

#endif
