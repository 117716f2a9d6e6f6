// Which layout of the tree and its pages touches least and is fastest? docs/design/layout.md has
// the answer; this program repeats the measurement.
// Usage: bench-layout INDEX SHAPES ROUNDS [GROUP...]
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "elements.hpp"
#include "layout_tree.hpp"
#include "measure.hpp"

namespace
{

using namespace bench;

struct variant {
    unsigned leaf_capacity, fan_out;
    refinement order;
    arrangement arranged;

    std::string name() const
    {
        return std::to_string(leaf_capacity) + " | " + std::to_string(fan_out) + " | " +
               order.name(leaf_capacity) + " | " + name_of(arranged);
    }
};

// Variants that are compared with each other; the first one is what the others are measured by.
struct group {
    std::string name;
    std::vector<variant> variants;
};

constexpr refinement hilbert = {split_rule::none, 0};
constexpr variant today = {64, 16, hilbert, arrangement::page_columns};

variant with_order(split_rule rule, std::uint64_t chunk_leaves)
{
    return {64, 16, {rule, chunk_leaves}, arrangement::page_columns};
}

// A power of two of leaves that together hold about as many elements as 256 leaves of 64.
std::uint64_t usual_chunk(unsigned leaf_capacity)
{
    std::uint64_t leaves = 1;
    while (leaves * leaf_capacity * 4 / 3 < 16384)
        leaves *= 2;
    return leaves;
}

group capacities(const std::string &name, split_rule rule)
{
    group made = {name, {today}};
    for (unsigned capacity : {16U, 32U, 48U, 64U, 96U, 128U})
        if (rule != split_rule::none || capacity != today.leaf_capacity)
            made.variants.push_back(
                {capacity, 16, {rule, usual_chunk(capacity)}, arrangement::page_columns});
    return made;
}

group rules()
{
    group made = {"rules", {today}};
    for (split_rule rule : {split_rule::longest_centroid, split_rule::longest_box,
                            split_rule::smallest_surface, split_rule::greedy})
        made.variants.push_back(with_order(rule, 256));
    made.variants.push_back(with_order(split_rule::longest_box, 0));
    made.variants.push_back(with_order(split_rule::smallest_surface, 0));
    return made;
}

group chunks(const std::string &name, split_rule rule)
{
    group made = {name, {today}};
    for (std::uint64_t leaves : {16U, 32U, 64U, 128U, 256U, 512U, 1024U})
        made.variants.push_back(with_order(rule, leaves));
    return made;
}

constexpr refinement surface = {split_rule::smallest_surface, 256};

group fan_outs()
{
    constexpr arrangement pages = arrangement::page_columns;
    return {"fan-outs",
            {today,
             {64, 8, hilbert, pages},
             {64, 32, hilbert, pages},
             {64, 8, surface, pages},
             {64, 16, surface, pages},
             {64, 32, surface, pages}}};
}

group arrangements()
{
    group made = {"arrangements", {today}};
    for (arrangement arranged :
         {arrangement::leaf_columns, arrangement::leaf_floats, arrangement::sections})
        made.variants.push_back({64, 16, hilbert, arranged});
    return made;
}

// Refined ones have chunks of one node.
group together()
{
    constexpr arrangement sections = arrangement::sections;
    constexpr split_rule rule = split_rule::smallest_surface;
    return {"together",
            {today,
             {64, 16, hilbert, sections},
             {64, 16, {rule, 16}, sections},
             {64, 32, hilbert, sections},
             {64, 32, {rule, 32}, sections},
             {48, 32, hilbert, sections},
             {32, 32, hilbert, sections},
             {32, 32, {rule, 32}, sections},
             {32, 32, {split_rule::longest_centroid, 32}, sections}}};
}

std::vector<group> all_groups()
{
    return {capacities("capacities-hilbert", split_rule::none),
            capacities("capacities-refined", split_rule::smallest_surface),
            rules(),
            chunks("chunks-box", split_rule::longest_box),
            chunks("chunks-surface", split_rule::smallest_surface),
            fan_outs(),
            arrangements(),
            together()};
}

// ---- measuring ----

std::vector<tree> build_trees(const geometry &all, const group &measured)
{
    std::printf("\n## %s\n\nleaf | fan-out | order | arrangement | refining, s | file, MB\n"
                "---|---|---|---|---|---\n",
                measured.name.c_str());
    std::vector<tree> trees;
    for (const variant &each : measured.variants) {
        std::vector<std::uint32_t> order;
        double seconds = seconds_of(
            [&] { order = refined_order(all, each.order, each.leaf_capacity, each.fan_out); });
        trees.emplace_back(all, order, each.leaf_capacity, each.fan_out, each.arranged);
        std::printf("%s | %.2f | %.1f\n", each.name().c_str(), seconds,
                    double(trees.back().file_bytes()) / 1e6);
        std::fflush(stdout);
    }
    return trees;
}

// Seconds of each round.
struct timing {
    std::vector<double> counts, lists;
};

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// To the first tree in the same round: a busy machine slows down both.
double median_ratio(const std::vector<double> &values, const std::vector<double> &first)
{
    std::vector<double> ratios;
    for (std::size_t round = 0; round < values.size(); round++)
        ratios.push_back(values[round] / first[round]);
    return median(ratios);
}

// All trees take turns in every round, each time in another order.
std::vector<timing> time_set(const std::vector<tree> &trees, const shape_set &set, unsigned rounds)
{
    std::vector<timing> timings(trees.size());
    std::vector<std::uint64_t> ids;
    std::uint64_t found = 0;
    for (unsigned round = 0; round < rounds; round++)
        for (std::size_t turn = 0; turn < trees.size(); turn++) {
            std::size_t i = (turn + round) % trees.size();
            timings[i].counts.push_back(seconds_of([&] {
                for (const shape &query : set.shapes)
                    found += count_found(trees[i], query);
            }));
            timings[i].lists.push_back(seconds_of([&] {
                for (const shape &query : set.shapes)
                    found += list_found(trees[i], query, ids);
            }));
        }
    if (found == 0)
        throw std::runtime_error("the shapes find nothing");
    return timings;
}

void print_row(const variant &each, const touched &sums, const timing &timed, const timing &first,
               double queries)
{
    auto mean = [&](std::uint64_t sum) { return double(sum) / queries; };
    std::printf("%s | %.1f | %.2f | %.2f | %.0f | %.1f", each.name().c_str(), mean(sums.nodes),
                mean(sums.leaves_tested), mean(sums.leaves_inside), mean(sums.elements_tested),
                mean(sums.inner_blocks));
    for (const auto &blocks : sums.blocks)
        std::printf(" | %.1f / %.1f", mean(blocks.count), mean(blocks.ids));
    std::printf(" | %.2f | %.2f | %.2f | %.2f\n", 1e6 * median(timed.counts) / queries,
                1e6 * median(timed.lists) / queries, median_ratio(timed.counts, first.counts),
                median_ratio(timed.lists, first.lists));
    std::fflush(stdout);
}

void measure_set(const geometry &all, const group &measured, const std::vector<tree> &trees,
                 const shape_set &set, unsigned rounds)
{
    std::printf("\n### %s, %s\n\nleaf | fan-out | order | arrangement | nodes | leaves tested | "
                "leaves inside | elements tested | inner blocks",
                measured.name.c_str(), set.name().c_str());
    for (int i = 0; i < 4; i++)
        std::printf(" | blocks of %s, count / ids", name_of(arrangement(i)));
    std::printf(" | count, us | ids, us | count, ratio | ids, ratio\n"
                "---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---\n");
    std::vector<timing> timings = time_set(trees, set, rounds);
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < trees.size(); i++) {
        touched sums;
        for (const shape &query : set.shapes)
            measure_touched(all, trees[i], query, sums);
        if (i == 0)
            found = sums.found;
        else if (found != sums.found)
            throw std::logic_error(measured.variants[i].name() + " finds other elements");
        print_row(measured.variants[i], sums, timings[i], timings[0], double(set.shapes.size()));
    }
}

bool is_wanted(const std::string &name, char **first, char **last)
{
    return first == last || std::any_of(first, last, [&](char *wanted) { return name == wanted; });
}

void measure(int argument_count, char **arguments)
{
    if (argument_count < 4)
        throw std::runtime_error("Usage: bench-layout INDEX SHAPES ROUNDS [GROUP...]");
    geometry all = read_geometry(open_index(arguments[1]).get());
    std::vector<shape_set> sets = read_shapes(arguments[2]);
    auto rounds = unsigned(std::atoi(arguments[3]));
    for (const group &measured : all_groups()) {
        if (!is_wanted(measured.name, arguments + 4, arguments + argument_count))
            continue;
        std::vector<tree> trees = build_trees(all, measured);
        for (const shape_set &set : sets)
            measure_set(all, measured, trees, set, std::max(rounds, 1U));
    }
}

} // namespace

int main(int argument_count, char **arguments)
{
    return bench::run_program("bench-layout", [&] { measure(argument_count, arguments); });
}
