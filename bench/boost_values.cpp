#include <cstring>

#include "boost_tree.hpp"

namespace bench
{

template <> std::vector<segment_value> make_values(const elements &all)
{
    const float *p1 = all.values<float>(SI_FIELD_ENDPOINT1);
    const float *p2 = all.values<float>(SI_FIELD_ENDPOINT2);
    const float *radius = all.values<float>(SI_FIELD_RADIUS);
    const std::uint64_t *gid = all.values<std::uint64_t>(SI_FIELD_GID);
    const std::uint32_t *section = all.values<std::uint32_t>(SI_FIELD_SECTION_ID);
    const std::uint32_t *segment = all.values<std::uint32_t>(SI_FIELD_SEGMENT_ID);
    const std::uint8_t *type = all.values<std::uint8_t>(SI_FIELD_SECTION_TYPE);
    std::vector<segment_value> values(all.count);
    for (std::uint64_t i = 0; i < all.count; i++) {
        segment_value &value = values[i];
        value.ids = gid[i] << 28 | std::uint64_t{section[i]} << 14 | segment[i];
        std::memcpy(value.p1, p1 + 3 * i, sizeof value.p1);
        std::memcpy(value.p2, p2 + 3 * i, sizeof value.p2);
        value.radius = radius[i];
        value.section_type = type[i];
        value.is_soma = section[i] == 0;
    }
    return values;
}

template <> std::vector<synapse_value> make_values(const elements &all)
{
    const float *position = all.values<float>(SI_FIELD_POSITION);
    const std::uint64_t *id = all.values<std::uint64_t>(SI_FIELD_ID);
    const std::uint64_t *post_gid = all.values<std::uint64_t>(SI_FIELD_POST_GID);
    const std::uint64_t *pre_gid = all.values<std::uint64_t>(SI_FIELD_PRE_GID);
    std::vector<synapse_value> values(all.count);
    for (std::uint64_t i = 0; i < all.count; i++) {
        const float *center = position + 3 * i;
        values[i] = {id[i], post_gid[i], pre_gid[i], {center[0], center[1], center[2]}, 0};
    }
    return values;
}

} // namespace bench
