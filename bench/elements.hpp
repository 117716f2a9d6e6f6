// The elements of an index as columns: what the contenders build from.
#ifndef BENCH_ELEMENTS_HPP
#define BENCH_ELEMENTS_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <spatial_index/spatial_index.h>

namespace bench
{

struct index_closer {
    void operator()(si_index *index) const
    {
        si_index_close(index);
    }
};
using index_handle = std::unique_ptr<si_index, index_closer>;

index_handle open_index(const std::string &path);
si_index_info describe(const si_index *index);

struct column {
    si_field field;
    std::size_t size; // of one value
    std::vector<char> data;
};

class elements
{
  public:
    si_element_kind kind = SI_POINT;
    std::uint64_t count = 0;
    std::vector<column> columns; // those that si_builder_append wants

    // `Value` must be the type of the components of the field.
    template <class Value> const Value *values(si_field field) const
    {
        return reinterpret_cast<const Value *>(find(field).data.data());
    }

    // The rows from `first` on, as input for si_builder_append.
    std::vector<si_input_column> rows_from(std::uint64_t first) const;

  private:
    const column &find(si_field field) const;
};

// In the order of the ids, which is the order in which a circuit gives them.
elements read_elements(const si_index *index);
elements read_in_index_order(const si_index *index);

} // namespace bench

#endif
