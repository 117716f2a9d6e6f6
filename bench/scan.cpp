// The only benchmark that reaches inside the library: for its kernels.
#include "scan.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

extern "C" {
#include "geometry/shapes.h"
#include "kernels/match.h"
}

namespace bench
{

namespace
{

constexpr std::size_t bits_of_a_mask = 64;
constexpr std::size_t page_bytes = 4096;

std::uint64_t match_points(const si_query &query, const float *leaf, std::size_t capacity,
                           unsigned count)
{
    const si_points columns = {{leaf, leaf + capacity, leaf + 2 * capacity}};
    return si_match_points(si_shape_of(&query), &columns, count);
}

std::uint64_t match_cylinders(const si_query &query, const float *leaf, std::size_t capacity,
                              unsigned count)
{
    const si_cylinders columns = {
        {leaf, leaf + capacity, leaf + 2 * capacity},
        {leaf + 3 * capacity, leaf + 4 * capacity, leaf + 5 * capacity},
        leaf + 6 * capacity,
    };
    return si_match_cylinders(si_shape_of(&query), &columns, count);
}

void copy_ids(const elements &source, std::vector<std::uint64_t> &ids)
{
    const std::uint64_t *values = source.values<std::uint64_t>(SI_FIELD_ID);
    ids.assign(values, values + source.count);
}

void copy_ids(const elements &source, std::vector<si_segment_ids> &ids)
{
    const std::uint64_t *gids = source.values<std::uint64_t>(SI_FIELD_GID);
    const std::uint32_t *sections = source.values<std::uint32_t>(SI_FIELD_SECTION_ID);
    const std::uint32_t *segments = source.values<std::uint32_t>(SI_FIELD_SEGMENT_ID);
    ids.resize(source.count);
    for (std::uint64_t i = 0; i < source.count; i++)
        ids[i] = {gids[i], sections[i], segments[i]};
}

float *allocate_floats(std::size_t count)
{
    std::size_t bytes = (count * sizeof(float) + page_bytes - 1) / page_bytes * page_bytes;
    void *memory = std::aligned_alloc(page_bytes, std::max(bytes, page_bytes));
    if (!memory)
        throw std::bad_alloc();
    std::memset(memory, 0, bytes);
    return static_cast<float *>(memory);
}

template <class Id> Id *copy_found(const Id *ids, unsigned count, std::uint64_t mask, Id *target)
{
    if (mask == UINT64_MAX >> (bits_of_a_mask - count))
        return std::copy_n(ids, count, target);
    for (; mask; mask &= mask - 1)
        *target++ = ids[__builtin_ctzll(mask)];
    return target;
}

} // namespace

template <class Id>
scan<Id>::scan(const si_index *index, const elements &in_index_order)
    : capacity(describe(index).leaf_capacity)
{
    bool segments = in_index_order.kind == SI_SEGMENT;
    if (capacity == 0 || capacity > bits_of_a_mask)
        throw std::logic_error("the scan tests at most 64 elements at once");
    match = segments ? match_cylinders : match_points;
    float_count = segments ? 7 : 3;
    copy_ids(in_index_order, ids);
    std::uint64_t leaves = (ids.size() + capacity - 1) / capacity;
    floats.reset(allocate_floats(leaves * capacity * float_count));
    add_column(in_index_order, segments ? SI_FIELD_ENDPOINT1 : SI_FIELD_POSITION, 0);
    if (segments) {
        add_column(in_index_order, SI_FIELD_ENDPOINT2, 3);
        add_column(in_index_order, SI_FIELD_RADIUS, 6);
        close_somas(in_index_order);
    }
}

template <class Id> float *scan<Id>::value_at(std::uint64_t element, std::size_t place)
{
    std::uint64_t leaf = element / capacity;
    return floats.get() + (leaf * float_count + place) * capacity + element % capacity;
}

template <class Id>
void scan<Id>::add_column(const elements &source, si_field field, std::size_t place)
{
    const float *values = source.values<float>(field);
    std::size_t components = field == SI_FIELD_RADIUS ? 1 : 3;
    for (std::uint64_t i = 0; i < source.count; i++)
        for (std::size_t component = 0; component < components; component++)
            *value_at(i, place + component) = values[i * components + component];
}

// The kernels want a soma as a cylinder without length.
template <class Id> void scan<Id>::close_somas(const elements &source)
{
    const std::uint32_t *sections = source.values<std::uint32_t>(SI_FIELD_SECTION_ID);
    for (std::uint64_t i = 0; i < source.count; i++)
        for (std::size_t axis = 0; sections[i] == 0 && axis < 3; axis++)
            *value_at(i, 3 + axis) = *value_at(i, axis);
}

template <class Id>
template <class Visitor>
void scan<Id>::visit_leaves(const si_query &query, Visitor &&visitor) const
{
    const float *leaf = floats.get();
    for (std::uint64_t first = 0; first < ids.size(); first += capacity) {
        auto count = unsigned(std::min<std::uint64_t>(capacity, ids.size() - first));
        std::uint64_t mask = match(query, leaf, capacity, count);
        if (mask)
            visitor(first, count, mask);
        leaf += capacity * float_count;
    }
}

template <class Id> std::uint64_t scan<Id>::count(const si_query &query) const
{
    std::uint64_t found = 0;
    visit_leaves(query, [&](std::uint64_t, unsigned, std::uint64_t mask) {
        found += std::uint64_t(__builtin_popcountll(mask));
    });
    return found;
}

template <class Id> std::uint64_t scan<Id>::list(const si_query &query, Id *found) const
{
    Id *end = found;
    visit_leaves(query, [&](std::uint64_t first, unsigned count, std::uint64_t mask) {
        end = copy_found(ids.data() + first, count, mask, end);
    });
    return std::uint64_t(end - found);
}

template class scan<std::uint64_t>;
template class scan<si_segment_ids>;

} // namespace bench
