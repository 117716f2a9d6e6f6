#include "indexing.hpp"

#include <algorithm>
#include <future>
#include <memory>

#include "measure.hpp"

namespace bench
{

namespace
{

constexpr std::uint64_t rows_of_an_append = 10000;

struct builder_aborter {
    void operator()(si_builder *builder) const
    {
        si_builder_abort(builder);
    }
};
using builder_handle = std::unique_ptr<si_builder, builder_aborter>;

builder_handle create_builder(si_element_kind kind, unsigned threads, const char *folder)
{
    si_build_options options{};
    options.struct_size = sizeof options;
    options.threads = threads;
    options.replace = 1;
    si_error error;
    si_builder *created;
    check(si_builder_create(kind, folder, &options, &created, &error), error);
    return builder_handle(created);
}

void append_slice(si_builder *builder, const elements &all, std::uint64_t first, std::uint64_t end)
{
    for (; first < end; first += rows_of_an_append) {
        si_error error;
        std::vector<si_input_column> rows = all.rows_from(first);
        check(si_builder_append(builder, rows.data(), rows.size(),
                                std::min(rows_of_an_append, end - first), &error),
              error);
    }
}

void append_everything(si_builder *builder, const elements &all, unsigned threads)
{
    std::vector<std::future<void>> workers;
    for (unsigned i = 0; i < threads; i++)
        workers.push_back(std::async(std::launch::async, append_slice, builder, std::cref(all),
                                     all.count * i / threads, all.count * (i + 1) / threads));
    for (std::future<void> &worker : workers)
        worker.get();
}

} // namespace

index_handle build_index(const elements &all, unsigned threads, const char *folder)
{
    builder_handle builder = create_builder(all.kind, threads, folder);
    append_everything(builder.get(), all, threads);
    si_error error;
    si_index *index;
    check(si_builder_finish(builder.release(), &index, nullptr, &error), error);
    return index_handle(index);
}

} // namespace bench
