// Boost's packing constructor and this project's builder on the same elements in memory.
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "boost_tree.hpp"
#include "elements.hpp"
#include "indexing.hpp"
#include "measure.hpp"

namespace
{

template <class Build>
void measure(const std::string &subject, const char *contender, unsigned threads, Build &&build)
{
    double processor_start = bench::processor_seconds();
    double seconds = bench::seconds_of(build);
    double processor = bench::processor_seconds() - processor_start;
    bench::print_result("build from memory", subject, contender, threads, "s", seconds);
    bench::print_result("build from memory", subject, contender, threads, "user+sys s", processor);
}

// The constructor alone: the values are there, and the tree is destroyed outside the clock.
template <class Value>
void measure_boost(const std::string &subject, const std::vector<Value> &values)
{
    std::unique_ptr<bench::boost_tree<Value>> tree;
    measure(subject, "boost", 1, [&] {
        tree = std::make_unique<bench::boost_tree<Value>>(values.begin(), values.end());
    });
}

template <class Value>
void alternate(const std::string &subject, const bench::elements &all, unsigned rounds,
               const std::string &folder)
{
    std::vector<Value> values = bench::make_values<Value>(all);
    for (unsigned round = 0; round < rounds; round++) {
        measure_boost(subject, values);
        for (unsigned threads : {1U, 2U}) {
            measure(subject, "spatial-index", threads,
                    [&] { bench::build_index(all, threads, folder.c_str()); });
            // Outside the clock, as the other's destructor: to give back what a file holds takes
            // time.
            std::filesystem::remove_all(folder);
        }
    }
}

void run(const std::string &subject, const std::string &index_path, unsigned rounds,
         const std::string &folder)
{
    bench::elements all = bench::read_elements(bench::open_index(index_path).get());
    if (all.kind == SI_SEGMENT)
        alternate<bench::segment_value>(subject, all, rounds, folder);
    else
        alternate<bench::synapse_value>(subject, all, rounds, folder);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 5) {
        std::fprintf(stderr, "usage: %s SUBJECT INDEX ROUNDS SCRATCH_FOLDER\n", argv[0]);
        return 2;
    }
    return bench::run_program(argv[0], [&] {
        run(argv[1], argv[2], unsigned(std::strtoul(argv[3], nullptr, 10)), argv[4]);
    });
}
