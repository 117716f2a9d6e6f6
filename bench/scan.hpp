// A linear scan: every leaf of an index, from its first to its last, by the kernels that the index
// itself tests its leaves with. What the tree saves is the difference to this.
#ifndef BENCH_SCAN_HPP
#define BENCH_SCAN_HPP

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include <spatial_index/spatial_index.h>

#include "elements.hpp"

namespace bench
{

// `Id` is si_segment_ids for segments and std::uint64_t for any other kind.
template <class Id> class scan
{
  public:
    // The elements are those of `index` and in its order: they are put into leaves as large as its.
    scan(const si_index *index, const elements &in_index_order);

    std::uint64_t count(const si_query &query) const;
    // `found` must have room for all elements.
    std::uint64_t list(const si_query &query, Id *found) const;

    std::uint64_t size() const
    {
        return ids.size();
    }

  private:
    struct freer {
        void operator()(float *memory) const
        {
            std::free(memory);
        }
    };
    using match_function = std::uint64_t (*)(const si_query &query, const float *leaf,
                                             std::size_t capacity, unsigned count);

    void add_column(const elements &source, si_field field, std::size_t place);
    void close_somas(const elements &source);
    float *value_at(std::uint64_t element, std::size_t place);
    template <class Visitor> void visit_leaves(const si_query &query, Visitor &&visitor) const;

    match_function match;
    std::size_t capacity;
    std::size_t float_count;
    std::unique_ptr<float, freer> floats; // leaf after leaf, each with its columns side by side
    std::vector<Id> ids;
};

} // namespace bench

#endif
