// The walk through a bench::tree, and its tests, by vectors of 8 or 16 floats. A simple one: what
// is found are elements whose end points' box, grown by the radius, meets the query.
#ifndef BENCH_LAYOUT_WALK_HPP
#define BENCH_LAYOUT_WALK_HPP

#include <cstdint>

#ifdef __AVX512VL__
#include <immintrin.h>
#endif

#include "layout_tree.hpp"

namespace bench
{

template <unsigned Width> struct vector_of {
    typedef float type __attribute__((vector_size(4 * Width)));
};
template <unsigned Width> using lanes = typename vector_of<Width>::type;

template <unsigned Width> inline lanes<Width> load(const void *floats)
{
    return *static_cast<const lanes<Width> *>(floats);
}

template <unsigned Width> inline unsigned at_most(lanes<Width> a, lanes<Width> b)
{
#ifdef __AVX512VL__
    if constexpr (Width == 16)
        return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LE_OQ);
    else
        return _mm256_cmp_ps_mask((__m256)a, (__m256)b, _CMP_LE_OQ);
#else
    unsigned mask = 0;
    for (unsigned i = 0; i < Width; i++)
        mask |= unsigned{a[i] <= b[i]} << i;
    return mask;
#endif
}

// Puts the words whose bits are set side by side; `target` has room for 16.
inline std::uint64_t compress(const std::uint64_t *words, unsigned mask, std::uint64_t *target)
{
#ifdef __AVX512VL__
    auto low = __mmask8(mask), high = __mmask8(mask >> 8);
    auto low_count = unsigned(__builtin_popcount(low));
    _mm512_storeu_si512(target, _mm512_maskz_compress_epi64(low, _mm512_loadu_si512(words)));
    _mm512_mask_storeu_epi64(target + low_count, __mmask8((1U << __builtin_popcount(high)) - 1),
                             _mm512_maskz_compress_epi64(high, _mm512_loadu_si512(words + 8)));
    return low_count + unsigned(__builtin_popcount(high));
#else
    std::uint64_t count = 0;
    for (; mask; mask &= mask - 1)
        target[count++] = words[__builtin_ctz(mask)];
    return count;
#endif
}

template <unsigned Width> struct box_lanes {
    lanes<Width> lower[3], upper[3];
};

template <unsigned Width> inline lanes<Width> larger(lanes<Width> a, lanes<Width> b)
{
    return a > b ? a : b;
}

struct matches {
    std::uint32_t met, inside;
};

struct box_test {
    const shape &query;

    template <unsigned Width> matches operator()(const box_lanes<Width> &boxes) const
    {
        unsigned met = ~0U, inside = ~0U;
        for (int axis = 0; axis < 3; axis++) {
            lanes<Width> lower = lanes<Width>{} + query.lower[axis];
            lanes<Width> upper = lanes<Width>{} + query.upper[axis];
            met &= at_most<Width>(boxes.lower[axis], upper) &
                   at_most<Width>(lower, boxes.upper[axis]);
            inside &= at_most<Width>(lower, boxes.lower[axis]) &
                      at_most<Width>(boxes.upper[axis], upper);
        }
        return {met, met & inside};
    }
};

struct ball_test {
    const shape &query;

    template <unsigned Width> matches operator()(const box_lanes<Width> &boxes) const
    {
        lanes<Width> nearest{}, farthest{}, zero{};
        for (int axis = 0; axis < 3; axis++) {
            lanes<Width> center = zero + query.center[axis];
            lanes<Width> below = center - boxes.lower[axis], above = boxes.upper[axis] - center;
            lanes<Width> gap = larger<Width>(larger<Width>(-below, -above), zero);
            lanes<Width> reach = larger<Width>(below, above);
            nearest += gap * gap;
            farthest += reach * reach;
        }
        lanes<Width> square = zero + query.extent * query.extent;
        unsigned met = at_most<Width>(nearest, square);
        return {met, met & at_most<Width>(farthest, square)};
    }
};

template <class Test, unsigned FanOut> class walker
{
  public:
    walker(const tree &in, const shape &query) : searched(in), test{query}
    {
    }

    template <class Visitor> void visit(unsigned level, std::uint64_t node, Visitor &visitor) const
    {
        visitor.node(level, node);
        matches found = match_children(level, node);
        for (; found.met; found.met &= found.met - 1) {
            auto bit = unsigned(__builtin_ctz(found.met));
            std::uint64_t child = node * FanOut + bit;
            if (found.inside >> bit & 1)
                take_subtree(level, child, visitor);
            else if (level == 0)
                test_leaf(child, visitor);
            else
                visit(level - 1, child, visitor);
        }
    }

  private:
    const tree &searched;
    Test test;

    matches match_children(unsigned level, std::uint64_t node) const
    {
        constexpr unsigned width = FanOut < 16 ? FanOut : 16;
        const auto *floats = reinterpret_cast<const float *>(searched.levels[level].get()) +
                             node * 6 * FanOut;
        matches found{0, 0};
        for (unsigned first = 0; first < FanOut; first += width) {
            box_lanes<width> boxes;
            for (unsigned axis = 0; axis < 3; axis++) {
                boxes.lower[axis] = load<width>(floats + axis * FanOut + first);
                boxes.upper[axis] = load<width>(floats + (3 + axis) * FanOut + first);
            }
            matches part = test.template operator()<width>(boxes);
            constexpr std::uint32_t all = (1U << (width - 1) << 1) - 1;
            found.met |= (part.met & all) << first;
            found.inside |= (part.inside & all) << first;
        }
        return found;
    }

    template <class Visitor>
    void take_subtree(unsigned level, std::uint64_t child, Visitor &visitor) const
    {
        std::uint64_t leaves = 1;
        for (; level > 0; level--)
            leaves *= FanOut;
        std::uint64_t end = (child + 1) * leaves;
        visitor.leaves(child * leaves, end < searched.leaf_count ? end : searched.leaf_count);
    }

    template <class Visitor> void test_leaf(std::uint64_t leaf, Visitor &visitor) const
    {
        const char *floats = searched.data.get() + searched.placed.floats_of(leaf);
        std::uint64_t size = searched.leaf_size(leaf);
        std::uint16_t masks[8];
        for (unsigned first = 0; first < searched.leaf_capacity; first += 16) {
            unsigned valid = first + 16 <= size ? 0xFFFFU
                             : first < size     ? (1U << (size - first)) - 1
                                                : 0;
            box_lanes<16> boxes = load_elements(floats + 4 * std::size_t{first});
            masks[first / 16] = std::uint16_t(test.template operator()<16>(boxes).met & valid);
        }
        visitor.leaf(leaf, masks);
    }

    box_lanes<16> load_elements(const char *floats) const
    {
        std::uint64_t stride = searched.placed.floats_column;
        box_lanes<16> boxes;
        for (unsigned axis = 0; axis < 3; axis++) {
            boxes.lower[axis] = boxes.upper[axis] = load<16>(floats + axis * stride);
            if (searched.float_count == 3)
                continue;
            lanes<16> end = load<16>(floats + (3 + axis) * stride);
            lanes<16> radius = load<16>(floats + 6 * stride);
            boxes.lower[axis] = -larger<16>(-boxes.lower[axis], -end) - radius;
            boxes.upper[axis] = larger<16>(boxes.upper[axis], end) + radius;
        }
        return boxes;
    }
};

template <class Test, class Visitor>
void walk_with(const tree &searched, const shape &query, Visitor &visitor)
{
    auto root = unsigned(searched.levels.size() - 1);
    if (searched.fan_out == 8)
        walker<Test, 8>(searched, query).visit(root, 0, visitor);
    else if (searched.fan_out == 16)
        walker<Test, 16>(searched, query).visit(root, 0, visitor);
    else
        walker<Test, 32>(searched, query).visit(root, 0, visitor);
}

template <class Visitor> void walk_tree(const tree &searched, const shape &query, Visitor &visitor)
{
    if (query.is_box)
        walk_with<box_test>(searched, query, visitor);
    else
        walk_with<ball_test>(searched, query, visitor);
}

} // namespace bench

#endif
