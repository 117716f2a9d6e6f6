// How long it takes to open an index, to ask it the first question, and to close it.
#include "elements.hpp"
#include "measure.hpp"
#include "shapes.hpp"

namespace
{

constexpr int openings = 100;

// A cube around the middle of everything, small enough to find little.
bench::shape shape_in_the_middle(const std::string &path)
{
    si_index_info info = bench::describe(bench::open_index(path).get());
    float center[3];
    for (int axis = 0; axis < 3; axis++)
        center[axis] = info.bounds_min[axis] / 2 + info.bounds_max[axis] / 2;
    return bench::make_shape(true, center, 1);
}

void open_and_ask(const std::string &subject, const std::string &path, const bench::shape &question)
{
    bench::index_handle index;
    double opening = bench::seconds_of([&] { index = bench::open_index(path); });
    double asking = bench::seconds_of([&] {
        si_error error;
        std::uint64_t count;
        bench::check(si_index_count(index.get(), &question.query, &count, &error), error);
    });
    double closing = bench::seconds_of([&] { index.reset(); });
    bench::print_result("open and close", subject, "spatial-index", 1, "us",
                        1e6 * (opening + closing));
    bench::print_result("first query", subject, "spatial-index", 1, "us", 1e6 * asking);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s SUBJECT INDEX\n", argv[0]);
        return 2;
    }
    return bench::run_program(argv[0], [&] {
        bench::shape question = shape_in_the_middle(argv[2]);
        for (int i = 0; i < openings; i++)
            open_and_ask(argv[1], argv[2], question);
    });
}
