// Who is asked the same shapes, and the clocks around them. A contender answers with the number of
// elements, or puts their ids into memory that it keeps from query to query and answers with their
// number.
#ifndef BENCH_CONTENDERS_HPP
#define BENCH_CONTENDERS_HPP

#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "measure.hpp"
#include "scan.hpp"
#include "shapes.hpp"

namespace bench
{

template <class Id> struct library_contender {
    static constexpr const char *name = "spatial-index";
    static constexpr si_field field = std::is_same_v<Id, si_segment_ids> ? SI_FIELD_IDS
                                                                         : SI_FIELD_ID;
    const si_index *index;
    std::vector<Id> ids;

    std::uint64_t count(const shape &asked)
    {
        si_error error;
        std::uint64_t found;
        check(si_index_count(index, &asked.query, &found, &error), error);
        return found;
    }

    std::uint64_t list(const shape &asked)
    {
        si_error error;
        std::uint64_t found;
        for (;;) {
            si_column column = {field, ids.data()};
            check(si_index_find(index, &asked.query, &column, 1, ids.size(), &found, &error),
                  error);
            if (found <= ids.size())
                return found;
            ids.resize(found);
        }
    }
};

template <class Id> struct scan_contender {
    static constexpr const char *name = "linear scan";
    scan<Id> all;
    std::vector<Id> ids;

    scan_contender(const si_index *index, const elements &in_index_order)
        : all(index, in_index_order), ids(all.size())
    {
    }

    std::uint64_t count(const shape &asked)
    {
        return all.count(asked.query);
    }

    std::uint64_t list(const shape &asked)
    {
        return all.list(asked.query, ids.data());
    }
};

// The next `count` shapes, from the beginning again after the last: for a contender that is too
// slow for all of them.
inline std::vector<shape> some_shapes(const shape_set &set, std::size_t count, unsigned round)
{
    std::vector<shape> chosen;
    for (std::size_t i = 0; i < count && i < set.shapes.size(); i++)
        chosen.push_back(set.shapes[(round * count + i) % set.shapes.size()]);
    return chosen;
}

// `asked` says of what and for what, such as "segments box 1000".
template <class Ask>
void time_shapes(const char *measure, const std::string &asked, const char *contender,
                 std::span<const shape> shapes, Ask &&ask)
{
    std::uint64_t total = 0;
    double processor_start = processor_seconds();
    double seconds = seconds_of([&] {
        for (const shape &each : shapes)
            total += ask(each);
    });
    double processor = processor_seconds() - processor_start, queries = double(shapes.size());
    print_result(measure, asked, contender, 1, "us", 1e6 * seconds / queries);
    print_result(measure, asked, contender, 1, "processor us", 1e6 * processor / queries);
    print_result(measure, asked, contender, 1, "results/s", double(total) / seconds);
}

// The turn of a contender. At first the others have left little of its data in the processor's
// caches; then it is as in a program that asks one index.
template <class Contender>
void time_contender(const std::string &asked, Contender &contender, std::span<const shape> shapes)
{
    time_shapes("first count", asked, contender.name, shapes,
                [&](const shape &each) { return contender.count(each); });
    time_shapes("count", asked, contender.name, shapes,
                [&](const shape &each) { return contender.count(each); });
    time_shapes("ids", asked, contender.name, shapes,
                [&](const shape &each) { return contender.list(each); });
}

[[noreturn]] inline void fail_comparison(const shape &asked, const char *first,
                                         std::uint64_t first_found, const char *second,
                                         std::uint64_t second_found)
{
    char message[256];
    std::snprintf(message, sizeof message,
                  "%s around (%.9g, %.9g, %.9g), %.9g: %s finds %llu elements and %s %llu",
                  asked.is_box ? "box" : "sphere", double(asked.center[0]), double(asked.center[1]),
                  double(asked.center[2]), double(asked.extent), first,
                  (unsigned long long)first_found, second, (unsigned long long)second_found);
    throw std::runtime_error(message);
}

// Both must find the same number of elements, in every single query. Warms both up, too.
template <class First, class Second>
void compare_answers(First &first, Second &second, std::span<const shape> shapes)
{
    for (const shape &each : shapes) {
        std::uint64_t expected = first.count(each);
        for (std::uint64_t found : {first.list(each), second.count(each), second.list(each)})
            if (found != expected)
                fail_comparison(each, first.name, expected, second.name, found);
    }
}

} // namespace bench

#endif
