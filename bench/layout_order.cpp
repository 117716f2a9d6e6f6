#include "layout_order.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "elements.hpp"
#include "measure.hpp"

namespace bench
{

box box::nothing()
{
    return {{FLT_MAX, FLT_MAX, FLT_MAX}, {-FLT_MAX, -FLT_MAX, -FLT_MAX}};
}

void box::unite(const box &other)
{
    for (int axis = 0; axis < 3; axis++) {
        lower[axis] = std::min(lower[axis], other.lower[axis]);
        upper[axis] = std::max(upper[axis], other.upper[axis]);
    }
}

double box::surface() const
{
    double x = double(upper[0]) - double(lower[0]), y = double(upper[1]) - double(lower[1]),
           z = double(upper[2]) - double(lower[2]);
    return x * y + y * z + z * x;
}

float geometry::centroid(std::uint64_t element, int axis) const
{
    auto a = std::size_t(axis);
    if (columns.size() == 3)
        return columns[a][element];
    return 0.5F * columns[a][element] + 0.5F * columns[3 + a][element];
}

unsigned geometry::element_bytes() const
{
    return unsigned(4 * columns.size()) + 8 * word_count + byte_count;
}

// ---- reading ----

namespace
{

void add_columns(geometry &all, const std::vector<float> &rows, std::size_t components)
{
    for (std::size_t i = 0; i < components; i++) {
        std::vector<float> values(all.count);
        for (std::uint64_t row = 0; row < all.count; row++)
            values[row] = rows[components * row + i];
        all.columns.push_back(std::move(values));
    }
}

void read_field(const si_index *index, geometry &all, si_field field, std::size_t components)
{
    const double far[3] = {std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::infinity()};
    const double near[3] = {-far[0], -far[1], -far[2]};
    std::vector<float> rows(all.count * components);
    si_column result = {field, rows.data()};
    si_error error;
    si_query everything;
    std::uint64_t found;
    check(si_query_box(near, far, SI_BOUNDING_BOX, &everything, &error), error);
    check(si_index_find(index, &everything, &result, 1, all.count, &found, &error), error);
    add_columns(all, rows, components);
}

void replace_soma_ends(geometry &all)
{
    for (std::size_t axis = 0; axis < 3; axis++)
        for (std::uint64_t i = 0; i < all.count; i++)
            if (std::isnan(all.columns[3 + axis][i]))
                all.columns[3 + axis][i] = all.columns[axis][i];
}

box box_of_point(const geometry &all, std::uint64_t i)
{
    box bounds;
    for (std::size_t axis = 0; axis < 3; axis++)
        bounds.lower[axis] = bounds.upper[axis] = all.columns[axis][i];
    return bounds;
}

// As docs/format.md has it, but for the guard against overflow.
box box_of_segment(const geometry &all, std::uint64_t i)
{
    float radius = all.columns[6][i], largest = radius * radius, length = 0;
    for (std::size_t axis = 0; axis < 3; axis++) {
        float p1 = all.columns[axis][i], p2 = all.columns[3 + axis][i];
        largest = std::max({largest, p1 * p1, p2 * p2});
        length += (p2 - p1) * (p2 - p1);
    }
    float divisor = FLT_MIN + FLT_EPSILON * largest + length;
    box bounds;
    for (std::size_t axis = 0; axis < 3; axis++) {
        float p1 = all.columns[axis][i], p2 = all.columns[3 + axis][i];
        float reach = std::sqrt(1 - (p2 - p1) * (p2 - p1) / divisor) * radius;
        bounds.lower[axis] = std::min(p1, p2) - reach;
        bounds.upper[axis] = std::max(p1, p2) + reach;
    }
    return bounds;
}

} // namespace

geometry read_geometry(const si_index *index)
{
    si_index_info info = describe(index);
    geometry all;
    all.count = info.element_count;
    if (info.kind == SI_SEGMENT) {
        read_field(index, all, SI_FIELD_ENDPOINT1, 3);
        read_field(index, all, SI_FIELD_ENDPOINT2, 3);
        read_field(index, all, SI_FIELD_RADIUS, 1);
        replace_soma_ends(all);
        all.byte_count = 1;
    } else if (info.kind == SI_SYNAPSE) {
        read_field(index, all, SI_FIELD_POSITION, 3);
        all.word_count = 3;
    } else {
        throw std::runtime_error("only segments and synapses are measured");
    }
    all.boxes.resize(all.count);
    for (std::uint64_t i = 0; i < all.count; i++)
        all.boxes[i] = info.kind == SI_SEGMENT ? box_of_segment(all, i) : box_of_point(all, i);
    return all;
}

// ---- refining ----

namespace
{

struct item {
    float centroid[3];
    std::uint32_t rank; // in the Hilbert order
};

using iterator = std::vector<item>::iterator;

struct along {
    int axis;
    bool operator()(const item &a, const item &b) const
    {
        return a.centroid[axis] != b.centroid[axis] ? a.centroid[axis] < b.centroid[axis]
                                                    : a.rank < b.rank;
    }
};

int longest_axis(const box &bounds)
{
    float x = bounds.upper[0] - bounds.lower[0], y = bounds.upper[1] - bounds.lower[1],
          z = bounds.upper[2] - bounds.lower[2];
    return x >= y && x >= z ? 0 : y >= z ? 1 : 2;
}

// Where a run of elements is cut, counted from its start.
struct cut {
    int axis;
    std::uint64_t position;
};

class splitter
{
  public:
    splitter(const geometry &of, split_rule by, unsigned leaf, unsigned children)
        : all(of), rule(by), leaf_capacity(leaf), fan_out(children)
    {
    }

    // Elements of a leaf end in Hilbert order, so that the result does not depend on how the
    // library selects.
    void split(iterator first, iterator last)
    {
        auto size = std::uint64_t(last - first);
        if (size <= leaf_capacity) {
            std::sort(first, last, [](const item &a, const item &b) { return a.rank < b.rank; });
            return;
        }
        cut best = choose(first, last, size);
        iterator middle = first + std::ptrdiff_t(best.position);
        std::nth_element(first, middle, last, along{best.axis});
        if (2 * best.position == size && mean_rank(first, middle) > mean_rank(middle, last))
            std::swap_ranges(first, middle, middle);
        split(first, middle);
        split(middle, last);
    }

  private:
    const geometry &all;
    split_rule rule;
    std::uint64_t leaf_capacity;
    std::uint64_t fan_out;
    std::vector<item> sorted;

    cut choose(iterator first, iterator last, std::uint64_t size)
    {
        if (rule == split_rule::greedy)
            return least_weighted_surface(first, last, size);
        std::uint64_t half = half_of(size);
        if (rule == split_rule::smallest_surface)
            return {least_surface(first, last, half), half};
        return {longest_axis(rule == split_rule::longest_box ? bounds(first, last)
                                                             : centroid_bounds(first, last)),
                half};
    }

    // The half that comes first along the curve stays first: neighbors stay on the same pages.
    static double mean_rank(iterator first, iterator last)
    {
        std::uint64_t sum = 0;
        for (iterator each = first; each != last; ++each)
            sum += each->rank;
        return double(sum) / double(last - first);
    }

    // Half the leaves; of a number of leaves that is no power of two, the greatest one below it,
    // so that halves are whole nodes.
    std::uint64_t half_of(std::uint64_t size) const
    {
        std::uint64_t left = leaf_capacity;
        while (2 * left < size)
            left *= 2;
        return left;
    }

    box bounds(iterator first, iterator last) const
    {
        box united = box::nothing();
        for (; first != last; ++first)
            united.unite(all.boxes[first->rank]);
        return united;
    }

    static box centroid_bounds(iterator first, iterator last)
    {
        box united = box::nothing();
        for (; first != last; ++first)
            for (int axis = 0; axis < 3; axis++) {
                united.lower[axis] = std::min(united.lower[axis], first->centroid[axis]);
                united.upper[axis] = std::max(united.upper[axis], first->centroid[axis]);
            }
        return united;
    }

    int least_surface(iterator first, iterator last, std::uint64_t half) const
    {
        double least = std::numeric_limits<double>::infinity();
        int best = 0;
        for (int axis = 0; axis < 3; axis++) {
            iterator middle = first + std::ptrdiff_t(half);
            std::nth_element(first, middle, last, along{axis});
            double surface = bounds(first, middle).surface() + bounds(middle, last).surface();
            if (surface < least)
                least = surface, best = axis;
        }
        return best;
    }

    // Cuts between whole subtrees of the level below.
    cut least_weighted_surface(iterator first, iterator last, std::uint64_t size)
    {
        std::uint64_t unit = leaf_capacity;
        while (unit * fan_out < size)
            unit *= fan_out;
        double least = std::numeric_limits<double>::infinity();
        cut best = {0, unit};
        for (int axis = 0; axis < 3; axis++) {
            std::sort(first, last, along{axis});
            std::vector<box> units;
            for (std::uint64_t start = 0; start < size; start += unit)
                units.push_back(bounds(first + std::ptrdiff_t(start),
                                       first + std::ptrdiff_t(std::min(start + unit, size))));
            std::vector<box> right = units;
            for (std::size_t i = right.size() - 1; i > 0; i--)
                right[i - 1].unite(right[i]);
            box left = box::nothing();
            for (std::size_t i = 1; i < units.size(); i++) {
                left.unite(units[i - 1]);
                double surface = left.surface() * double(i * unit) +
                                 right[i].surface() * double(size - i * unit);
                if (surface < least)
                    least = surface, best = {axis, i * unit};
            }
        }
        return best;
    }
};

} // namespace

std::string refinement::name(unsigned leaf_capacity) const
{
    static const char *const names[] = {"Hilbert", "longest centroid", "longest box",
                                        "smallest surface", "greedy"};
    std::string text = names[std::size_t(rule)];
    if (rule == split_rule::none)
        return text;
    return text + (chunk_leaves ? ", " + std::to_string(chunk_leaves * leaf_capacity) : ", all");
}

std::vector<std::uint32_t> refined_order(const geometry &all, const refinement &wanted,
                                         unsigned leaf_capacity, unsigned fan_out)
{
    std::vector<std::uint32_t> order(all.count);
    std::iota(order.begin(), order.end(), 0U);
    if (wanted.rule == split_rule::none)
        return order;
    splitter chunk_splitter(all, wanted.rule, leaf_capacity, fan_out);
    std::uint64_t chunk = wanted.chunk_leaves ? wanted.chunk_leaves * leaf_capacity : all.count;
    std::vector<item> items;
    for (std::uint64_t start = 0; start < all.count; start += chunk) {
        items.resize(std::min(chunk, all.count - start));
        for (std::size_t i = 0; i < items.size(); i++) {
            items[i].rank = std::uint32_t(start + i);
            for (int axis = 0; axis < 3; axis++)
                items[i].centroid[axis] = all.centroid(start + i, axis);
        }
        chunk_splitter.split(items.begin(), items.end());
        for (std::size_t i = 0; i < items.size(); i++)
            order[start + i] = items[i].rank;
    }
    return order;
}

} // namespace bench
