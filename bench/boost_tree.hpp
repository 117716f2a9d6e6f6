// What today's systems keep in memory: Boost.Geometry's R-tree over values that hold an element
// each. The bounding box of a value is computed whenever the tree asks for it.
#ifndef BENCH_BOOST_TREE_HPP
#define BENCH_BOOST_TREE_HPP

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <vector>

#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <boost/iterator/function_output_iterator.hpp>

#include "elements.hpp"
#include "shapes.hpp"

namespace bench
{

using tree_point = boost::geometry::model::point<float, 3, boost::geometry::cs::cartesian>;
using tree_box = boost::geometry::model::box<tree_point>;

// A soma (sphere) or a segment (cylinder), as a variant keeps it.
struct segment_value {
    std::uint64_t ids; // gid, section, segment: 36, 14 and 14 bits
    float p1[3];
    float p2[3];
    float radius;
    std::uint8_t section_type;
    std::uint32_t is_soma;
};
static_assert(sizeof(segment_value) == 48);

struct synapse_value {
    std::uint64_t id;
    std::uint64_t post_gid;
    std::uint64_t pre_gid;
    float center[3];
    float radius; // 0
};
static_assert(sizeof(synapse_value) == 40);

inline tree_box make_box(const float lower[3], const float upper[3])
{
    return {{lower[0], lower[1], lower[2]}, {upper[0], upper[1], upper[2]}};
}

inline tree_box bound_sphere(const float center[3], float radius)
{
    float lower[3], upper[3];
    for (int axis = 0; axis < 3; axis++) {
        lower[axis] = center[axis] - radius;
        upper[axis] = center[axis] + radius;
    }
    return make_box(lower, upper);
}

// The tight box of a cylinder with flat caps, slightly widened far from the origin: the formula
// that decides what today's users find.
inline tree_box bound_cylinder(const float p1[3], const float p2[3], float radius)
{
    float largest = radius * radius, v[3], lower[3], upper[3];
    for (int axis = 0; axis < 3; axis++) {
        largest = std::max({largest, p1[axis] * p1[axis], p2[axis] * p2[axis]});
        v[axis] = p2[axis] - p1[axis];
    }
    float squared_length = v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
    float divisor = FLT_MIN + FLT_EPSILON * largest + squared_length;
    for (int axis = 0; axis < 3; axis++) {
        float reach = std::sqrt(1.0F - v[axis] * v[axis] / divisor) * radius;
        lower[axis] = std::min(p1[axis] - reach, p2[axis] - reach);
        upper[axis] = std::max(p1[axis] + reach, p2[axis] + reach);
    }
    return make_box(lower, upper);
}

struct bounding_box_of {
    using result_type = tree_box;

    tree_box operator()(const segment_value &value) const
    {
        if (value.is_soma)
            return bound_sphere(value.p1, value.radius);
        return bound_cylinder(value.p1, value.p2, value.radius);
    }

    tree_box operator()(const synapse_value &value) const
    {
        return bound_sphere(value.center, value.radius);
    }
};

template <class Value>
using boost_tree =
    boost::geometry::index::rtree<Value, boost::geometry::index::linear<16, 2>, bounding_box_of>;

template <class Value> std::vector<Value> make_values(const elements &all);

// Does the element meet the shape, as `best_effort` has it? In double precision.
bool meets(const shape &query, const segment_value &value);
bool meets(const shape &query, const synapse_value &value);

// Calls `found` with every value that meets the shape.
template <class Value, class Found>
void search(const boost_tree<Value> &tree, const shape &query, Found &&found)
{
    auto keep = [&](const Value &value) {
        if (meets(query, value))
            found(value);
    };
    tree.query(boost::geometry::index::intersects(make_box(query.lower, query.upper)),
               boost::make_function_output_iterator(keep));
}

inline si_segment_ids ids_of(const segment_value &value)
{
    return {value.ids >> 28, static_cast<std::uint32_t>(value.ids >> 14) & 16383,
            static_cast<std::uint32_t>(value.ids) & 16383};
}

inline std::uint64_t ids_of(const synapse_value &value)
{
    return value.id;
}

} // namespace bench

#endif
