#include "worst_elements.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <random>

namespace bench
{

namespace
{

using vector3 = std::array<float, 3>;

struct segment {
    vector3 p1, p2;
    float radius;
};

template <class Value, class Function>
void add_column(elements &to, si_field field, Function &&value_of)
{
    column made{field, sizeof(Value), std::vector<char>(to.count * sizeof(Value))};
    for (std::uint64_t i = 0; i < to.count; i++) {
        Value value = value_of(i);
        std::memcpy(&made.data[i * sizeof value], &value, sizeof value);
    }
    to.columns.push_back(std::move(made));
}

elements with_points(const std::vector<vector3> &positions)
{
    elements all;
    all.kind = SI_POINT;
    all.count = positions.size();
    add_column<vector3>(all, SI_FIELD_POSITION, [&](std::uint64_t i) { return positions[i]; });
    add_column<std::uint64_t>(all, SI_FIELD_ID, [](std::uint64_t i) { return i; });
    return all;
}

// Dendrites of one section in cells of 1,024 segments.
elements with_segments(const std::vector<segment> &segments)
{
    elements all;
    all.kind = SI_SEGMENT;
    all.count = segments.size();
    add_column<vector3>(all, SI_FIELD_ENDPOINT1, [&](std::uint64_t i) { return segments[i].p1; });
    add_column<vector3>(all, SI_FIELD_ENDPOINT2, [&](std::uint64_t i) { return segments[i].p2; });
    add_column<float>(all, SI_FIELD_RADIUS, [&](std::uint64_t i) { return segments[i].radius; });
    add_column<std::uint64_t>(all, SI_FIELD_GID, [](std::uint64_t i) { return i / 1024; });
    add_column<std::uint32_t>(all, SI_FIELD_SECTION_ID, [](std::uint64_t) { return 1; });
    add_column<std::uint32_t>(all, SI_FIELD_SEGMENT_ID, [](std::uint64_t i) { return i % 1024; });
    add_column<std::uint8_t>(all, SI_FIELD_SECTION_TYPE, [](std::uint64_t) { return 3; });
    return all;
}

vector3 place_in_cube(std::mt19937_64 &random)
{
    std::uniform_real_distribution<float> coordinate(0, side_of_the_cube);
    return {coordinate(random), coordinate(random), coordinate(random)};
}

vector3 direction(std::mt19937_64 &random, float length)
{
    std::normal_distribution<float> coordinate;
    vector3 v = {coordinate(random), coordinate(random), coordinate(random)};
    float scale = length / std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    return {v[0] * scale, v[1] * scale, v[2] * scale};
}

} // namespace

elements equal_points(std::uint64_t count)
{
    constexpr float middle = side_of_the_cube / 2;
    return with_points(std::vector<vector3>(count, {middle, middle, middle}));
}

elements scattered_points(std::uint64_t count)
{
    std::mt19937_64 random(1);
    std::vector<vector3> positions(count);
    for (vector3 &each : positions)
        each = place_in_cube(random);
    return with_points(positions);
}

elements equal_segments(std::uint64_t count)
{
    return with_segments(std::vector<segment>(count, {{0, 0, 0}, {10, 10, 10}, 1}));
}

elements crossing_segments(std::uint64_t count)
{
    std::mt19937_64 random(1);
    std::vector<segment> segments(count);
    for (segment &each : segments) {
        vector3 v = direction(random, 500);
        each = {{-v[0], -v[1], -v[2]}, v, 0.5F};
    }
    return with_segments(segments);
}

elements one_huge_among_tiny(std::uint64_t count)
{
    std::mt19937_64 random(1);
    std::vector<segment> segments(count);
    for (segment &each : segments) {
        vector3 p = place_in_cube(random), v = direction(random, 2);
        each = {p, {p[0] + v[0], p[1] + v[1], p[2] + v[2]}, 0.1F};
    }
    constexpr float side = side_of_the_cube;
    segments[count / 2] = {{0, 0, 0}, {side, side, side}, side / 10};
    return with_segments(segments);
}

} // namespace bench
