// Clocks, checks and rows of results.
#ifndef BENCH_MEASURE_HPP
#define BENCH_MEASURE_HPP

#include <chrono>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <string>

#include <spatial_index/spatial_index.h>

namespace bench
{

template <class Work> double seconds_of(Work &&work)
{
    auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of all threads: does not grow, as the time by the clock does, while other programs run.
inline double processor_seconds()
{
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

inline void check(si_result status, const si_error &error)
{
    if (status != SI_OK)
        throw std::runtime_error(error.message);
}

// A row of the table of results: what was measured, on what, by whom, and the figure.
inline void print_result(const char *measure, const std::string &subject, const char *contender,
                         unsigned threads, const char *unit, double value)
{
    std::printf("%s,%s,%s,%u,%s,%.9g\n", measure, subject.c_str(), contender, threads, unit, value);
    std::fflush(stdout);
}

// Runs the program; what it throws becomes a message and exit status 2.
template <class Program> int run_program(const char *name, Program &&program)
{
    try {
        program();
        return 0;
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "%s: %s\n", name, failure.what());
        return 2;
    }
}

} // namespace bench

#endif
