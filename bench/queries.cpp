// The same boxes and balls asked of Boost's R-tree, of this project's index and of a linear scan,
// on one thread.
#include <cstdlib>
#include <utility>

#include "boost_tree.hpp"
#include "contenders.hpp"
#include "elements.hpp"
#include "measure.hpp"
#include "shapes.hpp"

namespace
{

template <class Value> using ids_type = decltype(bench::ids_of(std::declval<Value>()));

// A scan takes as long for any shape: in every round it is asked a few.
constexpr std::size_t shapes_of_a_scan = 2;

template <class Value> struct boost_contender {
    static constexpr const char *name = "boost";
    const bench::boost_tree<Value> &tree;
    std::vector<ids_type<Value>> ids;

    std::uint64_t count(const bench::shape &shape)
    {
        std::uint64_t found = 0;
        bench::search(tree, shape, [&](const Value &) { found++; });
        return found;
    }

    std::uint64_t list(const bench::shape &shape)
    {
        ids.clear();
        bench::search(tree, shape,
                      [&](const Value &value) { ids.push_back(bench::ids_of(value)); });
        return ids.size();
    }
};

template <class Value> bench::boost_tree<Value> make_tree(const bench::elements &all)
{
    std::vector<Value> values = bench::make_values<Value>(all);
    return bench::boost_tree<Value>(values.begin(), values.end());
}

template <class Value>
void alternate(const std::string &subject, const si_index *index, bench::elements all,
               const std::vector<bench::shape_set> &sets, unsigned rounds)
{
    using id = ids_type<Value>;
    bench::boost_tree<Value> tree = make_tree<Value>(all);
    all.columns.clear();
    boost_contender<Value> boost{tree, {}};
    bench::library_contender<id> library{index, {}};
    bench::scan_contender<id> scan(index, bench::read_in_index_order(index));
    for (const bench::shape_set &set : sets) {
        std::string asked = subject + " " + set.name();
        compare_answers(boost, library, set.shapes);
        compare_answers(library, scan, bench::some_shapes(set, shapes_of_a_scan, 0));
        for (unsigned round = 0; round < rounds; round++) {
            time_contender(asked, boost, set.shapes);
            time_contender(asked, library, set.shapes);
            time_contender(asked, scan, bench::some_shapes(set, shapes_of_a_scan, round));
        }
    }
}

void run(const std::string &subject, const std::string &index_path, unsigned rounds,
         const char *shapes_path)
{
    bench::index_handle index = bench::open_index(index_path);
    bench::elements all = bench::read_elements(index.get());
    std::vector<bench::shape_set> sets = bench::find_shapes(index.get(), all, shapes_path);
    if (all.kind == SI_SEGMENT)
        alternate<bench::segment_value>(subject, index.get(), std::move(all), sets, rounds);
    else
        alternate<bench::synapse_value>(subject, index.get(), std::move(all), sets, rounds);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5) {
        std::fprintf(stderr, "usage: %s SUBJECT INDEX ROUNDS [SHAPES]\n", argv[0]);
        return 2;
    }
    return bench::run_program(argv[0], [&] {
        run(argv[1], argv[2], unsigned(std::strtoul(argv[3], nullptr, 10)),
            argc == 5 ? argv[4] : nullptr);
    });
}
