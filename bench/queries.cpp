// The same boxes and balls asked of Boost's R-tree and of this project's index, on one thread.
#include <cstdlib>
#include <type_traits>
#include <utility>

#include "boost_tree.hpp"
#include "elements.hpp"
#include "measure.hpp"
#include "shapes.hpp"

namespace
{

template <class Value> using ids_type = decltype(bench::ids_of(std::declval<Value>()));

// Both contenders answer with the number of elements, or put their ids into `ids`, which keeps its
// memory from query to query, and answer with their number.
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

template <class Value> struct library_contender {
    static constexpr const char *name = "spatial-index";
    static constexpr si_field field = std::is_same_v<Value, bench::segment_value> ? SI_FIELD_IDS
                                                                                  : SI_FIELD_ID;
    const si_index *index;
    std::vector<ids_type<Value>> ids;

    std::uint64_t count(const bench::shape &shape)
    {
        si_error error;
        std::uint64_t found;
        bench::check(si_index_count(index, &shape.query, &found, &error), error);
        return found;
    }

    std::uint64_t list(const bench::shape &shape)
    {
        si_error error;
        std::uint64_t found;
        for (;;) {
            si_column column = {field, ids.data()};
            bench::check(
                si_index_query(index, &shape.query, &column, 1, ids.size(), &found, &error), error);
            if (found <= ids.size())
                return found;
            ids.resize(found);
        }
    }
};

template <class Contender>
double time_counts(Contender &contender, const bench::shape_set &set, std::uint64_t *total)
{
    *total = 0;
    return bench::seconds_of([&] {
        for (const bench::shape &shape : set.shapes)
            *total += contender.count(shape);
    });
}

template <class Contender>
double time_lists(Contender &contender, const bench::shape_set &set, std::uint64_t *total)
{
    *total = 0;
    return bench::seconds_of([&] {
        for (const bench::shape &shape : set.shapes)
            *total += contender.list(shape);
    });
}

template <class Contender>
void measure(const std::string &subject, Contender &contender, const bench::shape_set &set)
{
    std::uint64_t total;
    double queries = double(set.shapes.size());
    auto report = [&](const char *measure, double seconds) {
        std::string asked = subject + " " + set.name();
        bench::print_result(measure, asked, contender.name, 1, "us", 1e6 * seconds / queries);
        bench::print_result(measure, asked, contender.name, 1, "results/s",
                            double(total) / seconds);
    };
    double seconds = time_counts(contender, set, &total);
    report("count", seconds);
    seconds = time_lists(contender, set, &total);
    report("ids", seconds);
}

// Both must find the same number of elements, in every single query. Warms both up, too.
template <class Boost, class Library>
void compare_answers(Boost &boost, Library &library, const bench::shape_set &set)
{
    for (const bench::shape &shape : set.shapes) {
        std::uint64_t expected = boost.count(shape);
        if (library.count(shape) != expected || library.list(shape) != expected ||
            boost.list(shape) != expected) {
            char message[256];
            std::snprintf(message, sizeof message,
                          "%s around (%.9g, %.9g, %.9g), %.9g: Boost finds %llu elements and the "
                          "library %llu",
                          set.is_box ? "box" : "sphere", double(shape.center[0]),
                          double(shape.center[1]), double(shape.center[2]), double(shape.extent),
                          (unsigned long long)expected, (unsigned long long)library.count(shape));
            throw std::runtime_error(message);
        }
    }
}

template <class Value> bench::boost_tree<Value> make_tree(const bench::elements &all)
{
    std::vector<Value> values = bench::make_values<Value>(all);
    return bench::boost_tree<Value>(values.begin(), values.end());
}

template <class Value>
void alternate(const std::string &subject, const si_index *index, bench::elements all,
               const std::vector<bench::shape_set> &sets, unsigned rounds)
{
    bench::boost_tree<Value> tree = make_tree<Value>(all);
    all.columns.clear();
    boost_contender<Value> boost{tree, {}};
    library_contender<Value> library{index, {}};
    for (const bench::shape_set &set : sets) {
        compare_answers(boost, library, set);
        for (unsigned round = 0; round < rounds; round++) {
            measure(subject, boost, set);
            measure(subject, library, set);
        }
    }
}

void run(const std::string &subject, const std::string &index_path, unsigned rounds,
         const char *shapes_path)
{
    bench::index_handle index = bench::open_index(index_path);
    bench::elements all = bench::read_elements(index.get());
    std::vector<bench::shape_set> sets = shapes_path ? bench::read_shapes(shapes_path)
                                                     : bench::make_shapes(index.get(), all);
    if (all.kind == SI_MORPHOLOGY)
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
