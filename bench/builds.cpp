// Boost's packing constructor and this project's builder on the same elements in memory.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>

#include "boost_tree.hpp"
#include "elements.hpp"
#include "measure.hpp"

namespace
{

constexpr std::uint64_t rows_of_an_append = 100000;

struct builder_aborter {
    void operator()(si_builder *builder) const
    {
        si_builder_abort(builder);
    }
};

void append_slice(si_builder *builder, const bench::elements &all, std::uint64_t first,
                  std::uint64_t end)
{
    for (; first < end; first += rows_of_an_append) {
        si_error error;
        std::vector<si_input_column> rows = all.rows_from(first);
        bench::check(si_builder_append(builder, rows.data(), rows.size(),
                                       std::min(rows_of_an_append, end - first), &error),
                     error);
    }
}

void append_everything(si_builder *builder, const bench::elements &all, unsigned threads)
{
    std::vector<std::future<void>> workers;
    for (unsigned i = 0; i < threads; i++)
        workers.push_back(std::async(std::launch::async, append_slice, builder, std::cref(all),
                                     all.count * i / threads, all.count * (i + 1) / threads));
    for (std::future<void> &worker : workers)
        worker.get();
}

void build_with_library(const bench::elements &all, unsigned threads, const std::string &folder)
{
    si_build_options options{};
    options.struct_size = sizeof options;
    options.threads = threads;
    options.replace = 1;
    si_error error;
    si_builder *created;
    bench::check(si_builder_create(all.kind, folder.c_str(), &options, &created, &error), error);
    std::unique_ptr<si_builder, builder_aborter> builder(created);
    append_everything(builder.get(), all, threads);
    bench::check(si_builder_finish(builder.release(), nullptr, nullptr, &error), error);
}

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
        for (unsigned threads : {1U, 2U})
            measure(subject, "spatial-index", threads,
                    [&] { build_with_library(all, threads, folder); });
    }
    std::filesystem::remove_all(folder);
}

void run(const std::string &subject, const std::string &index_path, unsigned rounds,
         const std::string &folder)
{
    bench::elements all = bench::read_elements(bench::open_index(index_path).get());
    if (all.kind == SI_MORPHOLOGY)
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
