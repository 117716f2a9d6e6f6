// A tree in memory with any leaf capacity, fan-out and arrangement of pages, and the walk through
// it: one and the same code for all of them, so that only the layout makes a difference.
#ifndef BENCH_LAYOUT_TREE_HPP
#define BENCH_LAYOUT_TREE_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "layout_order.hpp"
#include "shapes.hpp"

namespace bench
{

constexpr std::uint64_t block_bytes = 4096;

enum class arrangement {
    page_columns, // columns of all elements of a page one after another
    leaf_columns, // leaf after leaf, each with its columns side by side
    leaf_floats,  // pages in which only the floats are kept leaf by leaf, words as columns of the
                  // page
    sections      // the floats, leaf by leaf, in one section of the file, words in one each
};

const char *name_of(arrangement arranged);

// Where the floats and the first word (the id) of each leaf lie.
struct placement {
    unsigned leaves_per_page = 1;
    std::uint64_t floats_page = 0, floats_leaf = 0, floats_column = 0; // strides in bytes
    std::uint64_t words_start = 0, words_page = 0, words_leaf = 0;
    std::uint64_t leaf_section_bytes = 0;

    std::uint64_t floats_of(std::uint64_t leaf) const
    {
        return leaf / leaves_per_page * floats_page + leaf % leaves_per_page * floats_leaf;
    }
    std::uint64_t words_of(std::uint64_t leaf) const
    {
        return words_start + leaf / leaves_per_page * words_page +
               leaf % leaves_per_page * words_leaf;
    }
};

placement place(const geometry &all, unsigned leaf_capacity, arrangement arranged);

struct buffer_freer {
    void operator()(char *memory) const;
};
using buffer = std::unique_ptr<char, buffer_freer>;

class tree
{
  public:
    tree(const geometry &all, const std::vector<std::uint32_t> &order, unsigned leaf,
         unsigned children, arrangement arranged);

    unsigned leaf_capacity, fan_out;
    std::uint64_t element_count, leaf_count;
    std::size_t float_count;
    placement placed;
    std::vector<buffer> levels; // from the boxes of the leaves to the root
    std::vector<std::uint64_t> node_counts;
    buffer data;

    std::uint64_t node_bytes() const
    {
        return 24 * std::uint64_t{fan_out};
    }
    std::uint64_t inner_bytes() const;
    std::uint64_t file_bytes() const;
    std::uint64_t leaf_size(std::uint64_t leaf) const;

  private:
    void fill_leaves(const geometry &all, const std::vector<std::uint32_t> &order);
    void add_level(const std::vector<box> &children);
};

// What a query touched, summed over queries.
struct touched {
    std::uint64_t nodes = 0, leaves_tested = 0, leaves_inside = 0, elements_tested = 0, found = 0;
    std::uint64_t inner_blocks = 0;
    struct {
        std::uint64_t count = 0, ids = 0; // blocks of leaves that a count, or a list of ids, reads
    } blocks[4];                          // by arrangement
};

void measure_touched(const geometry &all, const tree &searched, const shape &query, touched &sums);

std::uint64_t count_found(const tree &searched, const shape &query);
// Grows `ids` where it is too short.
std::uint64_t list_found(const tree &searched, const shape &query, std::vector<std::uint64_t> &ids);

} // namespace bench

#endif
