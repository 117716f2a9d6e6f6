// Orders that the elements of an index could have: along the curve, or refined in chunks of it.
#ifndef BENCH_LAYOUT_ORDER_HPP
#define BENCH_LAYOUT_ORDER_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <spatial_index/spatial_index.h>

namespace bench
{

struct box {
    float lower[3];
    float upper[3];

    static box nothing();
    void unite(const box &other);
    double surface() const;
};

// What a tree is made of, in the order of the Hilbert curve.
struct geometry {
    std::uint64_t count = 0;
    unsigned word_count = 1; // 64-bit words and bytes that an element has besides
    unsigned byte_count = 0;
    std::vector<std::vector<float>> columns; // x y z, or both end points and the radius
    std::vector<box> boxes;

    float centroid(std::uint64_t element, int axis) const;
    unsigned element_bytes() const;
};

geometry read_geometry(const si_index *index);

enum class split_rule {
    none,             // the Hilbert order
    longest_centroid, // halves, along the longest axis of the box of the centroids
    longest_box,      // halves, along the longest axis of the box of the elements
    smallest_surface, // halves, along the axis that leaves the least surface
    greedy            // the axis and the cut that leave the least surface, weighted by elements
};

struct refinement {
    split_rule rule;
    std::uint64_t chunk_leaves; // a power of two; 0: all elements are one chunk

    std::string name(unsigned leaf_capacity) const;
};

// Positions in the Hilbert order, in the refined one.
std::vector<std::uint32_t> refined_order(const geometry &all, const refinement &wanted,
                                         unsigned leaf_capacity, unsigned fan_out);

} // namespace bench

#endif
