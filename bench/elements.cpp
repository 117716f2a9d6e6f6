#include "elements.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "measure.hpp"

namespace bench
{

index_handle open_index(const std::string &path)
{
    si_error error;
    si_index *index = nullptr;
    check(si_index_open(path.c_str(), nullptr, &index, &error), error);
    return index_handle(index);
}

si_index_info describe(const si_index *index)
{
    si_index_info info{};
    info.struct_size = sizeof info;
    if (si_index_get_info(index, &info) != SI_OK)
        throw std::logic_error("the library and this benchmark differ in si_index_info");
    return info;
}

const column &elements::find(si_field field) const
{
    for (const column &candidate : columns)
        if (candidate.field == field)
            return candidate;
    throw std::logic_error("these elements have no such field");
}

std::vector<si_input_column> elements::rows_from(std::uint64_t first) const
{
    std::vector<si_input_column> rows;
    for (const column &source : columns)
        rows.push_back({source.field, source.data.data() + first * source.size});
    return rows;
}

namespace
{

std::vector<si_field> input_fields(si_element_kind kind)
{
    if (kind == SI_SEGMENT)
        return {SI_FIELD_ENDPOINT1,  SI_FIELD_ENDPOINT2,  SI_FIELD_RADIUS,      SI_FIELD_GID,
                SI_FIELD_SECTION_ID, SI_FIELD_SEGMENT_ID, SI_FIELD_SECTION_TYPE};
    if (kind == SI_SYNAPSE)
        return {SI_FIELD_POSITION, SI_FIELD_ID, SI_FIELD_POST_GID, SI_FIELD_PRE_GID};
    if (kind == SI_POINT)
        return {SI_FIELD_POSITION, SI_FIELD_ID};
    throw std::runtime_error("spheres are not measured");
}

std::size_t size_of_field(si_element_kind kind, si_field field)
{
    const si_field_info *fields;
    std::size_t count = si_element_kind_fields(kind, &fields);
    return std::find_if(fields, fields + count,
                        [&](const si_field_info &info) { return info.field == field; })
        ->size;
}

si_query everything()
{
    const double infinity = std::numeric_limits<double>::infinity();
    const double lower[3] = {-infinity, -infinity, -infinity};
    const double upper[3] = {infinity, infinity, infinity};
    si_error error;
    si_query query;
    check(si_query_box(lower, upper, SI_BOUNDING_BOX, &query, &error), error);
    return query;
}

struct ranked_row {
    std::uint64_t rank;
    std::uint64_t row;
};

std::uint64_t rank_of(const elements &all, std::uint64_t row)
{
    if (all.kind != SI_SEGMENT)
        return all.values<std::uint64_t>(SI_FIELD_ID)[row];
    return all.values<std::uint64_t>(SI_FIELD_GID)[row] << 28 |
           std::uint64_t{all.values<std::uint32_t>(SI_FIELD_SECTION_ID)[row]} << 14 |
           all.values<std::uint32_t>(SI_FIELD_SEGMENT_ID)[row];
}

std::vector<ranked_row> rows_by_id(const elements &all)
{
    std::vector<ranked_row> rows(all.count);
    for (std::uint64_t row = 0; row < all.count; row++)
        rows[row] = {rank_of(all, row), row};
    std::sort(rows.begin(), rows.end(),
              [](const ranked_row &a, const ranked_row &b) { return a.rank < b.rank; });
    return rows;
}

void reorder(column &target, const std::vector<ranked_row> &rows)
{
    std::vector<char> ordered(target.data.size());
    for (std::size_t i = 0; i < rows.size(); i++)
        std::memcpy(&ordered[i * target.size], &target.data[rows[i].row * target.size],
                    target.size);
    target.data.swap(ordered);
}

} // namespace

elements read_in_index_order(const si_index *index)
{
    si_index_info info = describe(index);
    elements all;
    all.kind = info.kind;
    all.count = info.element_count;
    std::vector<si_column> results;
    for (si_field field : input_fields(info.kind)) {
        std::size_t size = size_of_field(info.kind, field);
        all.columns.push_back({field, size, std::vector<char>(all.count * size)});
        results.push_back({field, all.columns.back().data.data()});
    }
    si_error error;
    si_query query = everything();
    std::uint64_t count;
    check(si_index_find(index, &query, results.data(), results.size(), all.count, &count, &error),
          error);
    return all;
}

elements read_elements(const si_index *index)
{
    elements all = read_in_index_order(index);
    std::vector<ranked_row> rows = rows_by_id(all);
    for (column &each : all.columns)
        reorder(each, rows);
    return all;
}

} // namespace bench
