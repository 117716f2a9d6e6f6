#include "layout_tree.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include <sys/mman.h>

#include "layout_walk.hpp"

namespace bench
{

const char *name_of(arrangement arranged)
{
    static const char *const names[] = {"page columns", "leaf columns", "leaf floats", "sections"};
    return names[std::size_t(arranged)];
}

void buffer_freer::operator()(char *memory) const
{
    std::free(memory);
}

namespace
{

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b)
{
    return (a + b - 1) / b;
}

std::uint64_t aligned(std::uint64_t bytes)
{
    return divide_up(bytes, 64) * 64;
}

// In small pages, as those of a mapped file are.
buffer make_buffer(std::uint64_t bytes)
{
    bytes = divide_up(bytes, block_bytes) * block_bytes;
    auto *memory = static_cast<char *>(std::aligned_alloc(block_bytes, bytes));
    if (!memory)
        throw std::bad_alloc();
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    std::memset(memory, 0, bytes);
    return buffer(memory);
}

// The number of blocks, up to five, that wastes least.
std::uint64_t best_page_bytes(std::uint64_t leaf_bytes)
{
    std::uint64_t best = 0;
    double least = 2;
    for (std::uint64_t bytes = block_bytes; bytes <= 5 * block_bytes; bytes += block_bytes) {
        double wasted = double(bytes % leaf_bytes) / double(bytes);
        if (bytes >= leaf_bytes && wasted < least)
            least = wasted, best = bytes;
    }
    return best;
}

placement place_sections(std::uint64_t leaves, std::uint64_t float_bytes, std::uint64_t capacity,
                         std::uint64_t other_bytes)
{
    placement placed;
    placed.floats_page = float_bytes;
    placed.floats_column = 4 * capacity;
    placed.words_start = divide_up(leaves * float_bytes, block_bytes) * block_bytes;
    placed.words_page = 8 * capacity;
    placed.leaf_section_bytes = placed.words_start + leaves * other_bytes * capacity;
    return placed;
}

} // namespace

placement place(const geometry &all, unsigned leaf_capacity, arrangement arranged)
{
    std::uint64_t capacity = leaf_capacity, leaves = divide_up(all.count, capacity);
    std::uint64_t float_bytes = 4 * all.columns.size() * capacity;
    std::uint64_t leaf_bytes = aligned(all.element_bytes() * capacity);
    if (arranged == arrangement::sections)
        return place_sections(leaves, float_bytes, capacity, 8 * all.word_count + all.byte_count);
    placement placed;
    std::uint64_t page_bytes = best_page_bytes(leaf_bytes);
    placed.leaves_per_page = unsigned(page_bytes / leaf_bytes);
    placed.floats_page = placed.words_page = page_bytes;
    placed.floats_leaf = float_bytes;
    placed.floats_column = 4 * capacity;
    placed.words_start = float_bytes * placed.leaves_per_page;
    placed.words_leaf = 8 * capacity;
    if (arranged == arrangement::page_columns) {
        placed.floats_leaf = 4 * capacity;
        placed.floats_column = 4 * capacity * placed.leaves_per_page;
    } else if (arranged == arrangement::leaf_columns) {
        placed.floats_leaf = placed.words_leaf = leaf_bytes;
        placed.words_start = float_bytes;
    }
    placed.leaf_section_bytes = divide_up(leaves, placed.leaves_per_page) * page_bytes;
    return placed;
}

tree::tree(const geometry &all, const std::vector<std::uint32_t> &order, unsigned leaf,
           unsigned children, arrangement arranged)
    : leaf_capacity(leaf), fan_out(children), element_count(all.count),
      leaf_count(divide_up(all.count, leaf)), float_count(all.columns.size()),
      placed(place(all, leaf, arranged)), data(make_buffer(placed.leaf_section_bytes))
{
    fill_leaves(all, order);
    std::vector<box> boxes(leaf_count, box::nothing());
    for (std::uint64_t i = 0; i < all.count; i++)
        boxes[i / leaf].unite(all.boxes[order[i]]);
    do {
        add_level(boxes);
        std::vector<box> parents(divide_up(boxes.size(), fan_out), box::nothing());
        for (std::size_t i = 0; i < boxes.size(); i++)
            parents[i / fan_out].unite(boxes[i]);
        boxes.swap(parents);
    } while (boxes.size() > 1);
}

void tree::fill_leaves(const geometry &all, const std::vector<std::uint32_t> &order)
{
    for (std::uint64_t i = 0; i < all.count; i++) {
        std::uint64_t leaf = i / leaf_capacity, slot = i % leaf_capacity;
        char *floats = data.get() + placed.floats_of(leaf) + 4 * slot;
        for (std::size_t column = 0; column < float_count; column++)
            std::memcpy(floats + column * placed.floats_column, &all.columns[column][order[i]], 4);
        std::uint64_t word = order[i];
        std::memcpy(data.get() + placed.words_of(leaf) + 8 * slot, &word, 8);
    }
}

void tree::add_level(const std::vector<box> &children)
{
    node_counts.push_back(divide_up(children.size(), fan_out));
    levels.push_back(make_buffer(node_counts.back() * node_bytes()));
    auto *floats = reinterpret_cast<float *>(levels.back().get());
    for (std::uint64_t child = 0; child < node_counts.back() * fan_out; child++) {
        box bounds = child < children.size() ? children[child] : box::nothing();
        float *node = floats + child / fan_out * 6 * fan_out + child % fan_out;
        for (unsigned axis = 0; axis < 3; axis++) {
            node[axis * fan_out] = bounds.lower[axis];
            node[(3 + axis) * fan_out] = bounds.upper[axis];
        }
    }
}

std::uint64_t tree::inner_bytes() const
{
    std::uint64_t bytes = 0;
    for (std::uint64_t count : node_counts)
        bytes += count * node_bytes();
    return bytes;
}

std::uint64_t tree::file_bytes() const
{
    return block_bytes + inner_bytes() + placed.leaf_section_bytes;
}

std::uint64_t tree::leaf_size(std::uint64_t leaf) const
{
    return std::min<std::uint64_t>(leaf_capacity, element_count - leaf * leaf_capacity);
}

// ---- counting what is touched ----

namespace
{

class block_set
{
  public:
    void add(std::uint64_t start, std::uint64_t bytes)
    {
        for (std::uint64_t block = start / block_bytes; block <= (start + bytes - 1) / block_bytes;
             block++)
            if (blocks.empty() || blocks.back() != block)
                blocks.push_back(block);
    }

    std::uint64_t size()
    {
        std::sort(blocks.begin(), blocks.end());
        return std::uint64_t(std::unique(blocks.begin(), blocks.end()) - blocks.begin());
    }

  private:
    std::vector<std::uint64_t> blocks;
};

// By the bounding box of the element: the vectors' test, which passes a little more, depends on the
// box of the leaf too.
bool meets(const box &bounds, const shape &query)
{
    float nearest = 0;
    for (int axis = 0; axis < 3; axis++) {
        if (query.is_box &&
            !(bounds.lower[axis] <= query.upper[axis] && query.lower[axis] <= bounds.upper[axis]))
            return false;
        float gap = std::max({bounds.lower[axis] - query.center[axis],
                              query.center[axis] - bounds.upper[axis], 0.0F});
        nearest += gap * gap;
    }
    return query.is_box || nearest <= query.extent * query.extent;
}

struct toucher {
    const geometry &all;
    const tree &searched;
    const shape &query;
    touched &sums;
    block_set inner_blocks;
    std::vector<std::uint64_t> tested, hit, inside;

    void node(unsigned level, std::uint64_t node)
    {
        sums.nodes++;
        std::uint64_t start = 0; // the root comes first
        for (std::size_t above = searched.levels.size() - 1; above > level; above--)
            start += searched.node_counts[above] * searched.node_bytes();
        inner_blocks.add(start + node * searched.node_bytes(), searched.node_bytes());
    }

    void leaf(std::uint64_t leaf, const std::uint16_t *masks)
    {
        tested.push_back(leaf);
        sums.elements_tested += searched.leaf_size(leaf);
        const auto *ranks = reinterpret_cast<const std::uint64_t *>(searched.data.get() +
                                                                    searched.placed.words_of(leaf));
        std::uint64_t found = 0;
        for (unsigned i = 0; i < searched.leaf_size(leaf); i++)
            found += (masks[i / 16] >> i % 16 & 1) && meets(all.boxes[ranks[i]], query);
        sums.found += found;
        if (found > 0)
            hit.push_back(leaf);
    }

    void leaves(std::uint64_t first, std::uint64_t end)
    {
        for (; first < end; first++) {
            inside.push_back(first);
            sums.found += searched.leaf_size(first);
        }
    }
};

void add_blocks(const toucher &walk, const placement &placed, std::uint64_t *count,
                std::uint64_t *ids)
{
    std::uint64_t capacity = walk.searched.leaf_capacity;
    block_set blocks;
    for (std::uint64_t leaf : walk.tested)
        for (std::size_t column = 0; column < walk.searched.float_count; column++)
            blocks.add(placed.floats_of(leaf) + column * placed.floats_column, 4 * capacity);
    *count += block_set(blocks).size();
    for (const std::vector<std::uint64_t> *found : {&walk.hit, &walk.inside})
        for (std::uint64_t leaf : *found)
            blocks.add(placed.words_of(leaf), 8 * capacity);
    *ids += blocks.size();
}

} // namespace

void measure_touched(const geometry &all, const tree &searched, const shape &query, touched &sums)
{
    toucher walk{all, searched, query, sums, {}, {}, {}, {}};
    walk_tree(searched, query, walk);
    sums.leaves_tested += walk.tested.size();
    sums.leaves_inside += walk.inside.size();
    sums.inner_blocks += walk.inner_blocks.size();
    for (std::size_t i = 0; i < 4; i++)
        add_blocks(walk, place(all, searched.leaf_capacity, arrangement(i)), &sums.blocks[i].count,
                   &sums.blocks[i].ids);
}

// ---- answering ----

namespace
{

struct counter {
    const tree &searched;
    std::uint64_t found = 0;

    void node(unsigned, std::uint64_t)
    {
    }
    void leaf(std::uint64_t, const std::uint16_t *masks)
    {
        for (unsigned i = 0; i < searched.leaf_capacity / 16; i++)
            found += std::uint64_t(__builtin_popcount(masks[i]));
    }
    void leaves(std::uint64_t first, std::uint64_t end)
    {
        found += (end - first - 1) * searched.leaf_capacity + searched.leaf_size(end - 1);
    }
};

struct lister {
    const tree &searched;
    std::vector<std::uint64_t> &ids;
    std::uint64_t found = 0;

    void node(unsigned, std::uint64_t)
    {
    }
    void make_room(std::uint64_t more)
    {
        if (found + more > ids.size())
            ids.resize(2 * (found + more));
    }
    const char *words_of(std::uint64_t leaf) const
    {
        return searched.data.get() + searched.placed.words_of(leaf);
    }
    void leaf(std::uint64_t leaf, const std::uint16_t *masks)
    {
        make_room(searched.leaf_capacity);
        const auto *words = reinterpret_cast<const std::uint64_t *>(words_of(leaf));
        for (unsigned i = 0; i < searched.leaf_capacity / 16; i++)
            found += compress(words + std::size_t{16} * i, masks[i], &ids[found]);
    }
    void leaves(std::uint64_t first, std::uint64_t end)
    {
        make_room((end - first) * searched.leaf_capacity);
        for (; first < end; first++) {
            std::uint64_t size = searched.leaf_size(first);
            std::memcpy(&ids[found], words_of(first), 8 * size);
            found += size;
        }
    }
};

} // namespace

std::uint64_t count_found(const tree &searched, const shape &query)
{
    counter walk{searched};
    walk_tree(searched, query, walk);
    return walk.found;
}

std::uint64_t list_found(const tree &searched, const shape &query, std::vector<std::uint64_t> &ids)
{
    lister walk{searched, ids};
    walk_tree(searched, query, walk);
    return walk.found;
}

} // namespace bench
