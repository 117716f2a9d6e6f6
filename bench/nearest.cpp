// The elements nearest to places, asked of nanoflann's k-d trees and of this project's index, on
// one thread. nanoflann holds points only: indexes of other elements are asked alone. Its trees get
// the points in the order of the index, which spares them cache misses. Usage: bench-nearest INDEX
// QUERIES ROUNDS
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include <nanoflann.hpp>

#include "measure.hpp"

namespace
{

using place = std::array<float, 3>;

struct point_cloud {
    std::vector<place> points;

    std::size_t kdtree_get_point_count() const
    {
        return points.size();
    }
    float kdtree_get_pt(std::size_t point, std::size_t axis) const
    {
        return points[point][axis];
    }
    template <class Box> bool kdtree_get_bbox(Box &) const
    {
        return false;
    }
};

using kd_tree =
    nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, point_cloud>,
                                        point_cloud, 3, std::uint32_t>;

std::vector<place> read_places(const si_index *index, si_field field)
{
    const double low[3] = {-INFINITY, -INFINITY, -INFINITY},
                 high[3] = {INFINITY, INFINITY, INFINITY};
    si_query everything;
    si_error error;
    std::uint64_t count;
    bench::check(si_query_box(low, high, SI_BOUNDING_BOX, &everything, &error), error);
    bench::check(si_index_count(index, &everything, &count, &error), error);
    std::vector<place> places(count);
    si_column column = {field, places.data()};
    bench::check(si_index_find(index, &everything, &column, 1, count, &count, &error), error);
    return places;
}

// Half of them next to elements, half anywhere in the bounds.
std::vector<place> make_queries(const std::vector<place> &places, std::size_t count)
{
    std::mt19937_64 random(7);
    place low = places[0], high = places[0];
    for (const place &p : places)
        for (int axis = 0; axis < 3; axis++) {
            low[axis] = std::min(low[axis], p[axis]);
            high[axis] = std::max(high[axis], p[axis]);
        }
    std::vector<place> queries(count);
    for (std::size_t i = 0; i < count; i++)
        for (int axis = 0; axis < 3; axis++) {
            std::normal_distribution<float> near(0, 1);
            std::uniform_real_distribution<float> anywhere(low[axis], high[axis]);
            queries[i][axis] = i % 2 ? anywhere(random) : near(random);
        }
    for (std::size_t i = 0; i < count; i += 2) {
        const place &p = places[random() % places.size()];
        for (int axis = 0; axis < 3; axis++)
            queries[i][axis] += p[axis];
    }
    return queries;
}

si_element_kind kind_of(const si_index *index)
{
    si_index_info info{};
    info.struct_size = sizeof info;
    si_index_get_info(index, &info);
    return info.kind;
}

// The sum of the distances of the farthest, as is the other's answer.
double ask_library(const si_index *index, const std::vector<place> &queries, std::size_t k)
{
    std::vector<std::uint64_t> ids(k);
    std::vector<double> distances(k);
    si_column column = {kind_of(index) == SI_SEGMENT ? SI_FIELD_GID : SI_FIELD_ID, ids.data()};
    double sum = 0;
    for (const place &query : queries) {
        const double point[3] = {query[0], query[1], query[2]};
        si_nearest_query nearest;
        si_error error;
        std::uint64_t count;
        bench::check(si_query_nearest(point, k, INFINITY, SI_BEST_EFFORT, &nearest, &error), error);
        bench::check(
            si_index_find_nearest(index, &nearest, &column, 1, distances.data(), &count, &error),
            error);
        sum += distances[count - 1];
    }
    return sum;
}

// All queries in one call, on one thread.
double ask_library_for_many(const si_index *index, const std::vector<place> &queries, std::size_t k)
{
    std::vector<std::uint64_t> ids(queries.size() * k);
    std::vector<double> distances(queries.size() * k);
    si_column column = {kind_of(index) == SI_SEGMENT ? SI_FIELD_GID : SI_FIELD_ID, ids.data()};
    const double nowhere[3] = {0, 0, 0};
    si_nearest_query nearest;
    si_error error;
    bench::check(si_query_nearest(nowhere, k, INFINITY, SI_BEST_EFFORT, &nearest, &error), error);
    bench::check(si_index_nearest_many(
                     index, &nearest, reinterpret_cast<const float(*)[3]>(queries.data()),
                     queries.size(), 1, &column, 1, distances.data(), nullptr, nullptr, &error),
                 error);
    double sum = 0;
    for (std::size_t i = 0; i < queries.size(); i++)
        sum += distances[(i + 1) * k - 1];
    return sum;
}

double ask_tree(const kd_tree &tree, const std::vector<place> &queries, std::size_t k)
{
    std::vector<std::uint32_t> places(k);
    std::vector<float> distances(k);
    double sum = 0;
    for (const place &query : queries) {
        std::size_t count = tree.knnSearch(query.data(), k, places.data(), distances.data());
        sum += std::sqrt(double(distances[count - 1]));
    }
    return sum;
}

void report(const char *contender, const char *path, std::size_t k, std::size_t count,
            double seconds)
{
    bench::print_result("nearest", std::string(path) + " k=" + std::to_string(k), contender, 1,
                        "us", 1e6 * seconds / double(count));
}

// Trees with so many points to a leaf: 10 is the default.
constexpr std::size_t leaf_sizes[] = {10, 32};

std::vector<std::unique_ptr<kd_tree>> build_trees(const point_cloud &cloud)
{
    std::vector<std::unique_ptr<kd_tree>> trees;
    for (std::size_t leaf_size : leaf_sizes) {
        trees.push_back(std::make_unique<kd_tree>(
            3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(leaf_size)));
        trees.back()->buildIndex();
    }
    return trees;
}

void measure_trees(const std::vector<std::unique_ptr<kd_tree>> &trees, const char *path,
                   const std::vector<place> &queries, std::size_t k, double expected)
{
    for (std::size_t i = 0; i < trees.size(); i++) {
        double found = 0;
        std::string contender = "nanoflann leaf size " + std::to_string(leaf_sizes[i]);
        report(contender.c_str(), path, k, queries.size(),
               bench::seconds_of([&] { found = ask_tree(*trees[i], queries, k); }));
        if (std::fabs(found - expected) > 1e-5 * expected)
            throw std::runtime_error("the distances found differ");
    }
}

void measure(const char *path, std::size_t count, int rounds)
{
    si_index *index;
    si_error error;
    bench::check(si_index_open(path, nullptr, &index, &error), error);
    bool points = kind_of(index) == SI_POINT || kind_of(index) == SI_SYNAPSE;
    point_cloud cloud{read_places(index, points ? SI_FIELD_POSITION : SI_FIELD_CENTROID)};
    std::vector<place> queries = make_queries(cloud.points, count);
    std::vector<std::unique_ptr<kd_tree>> trees;
    if (points)
        trees = build_trees(cloud);
    for (std::size_t k : {1, 10, 100, 1000})
        for (int round = 0; round < rounds; round++) {
            double found = 0;
            report("spatial-index", path, k, count,
                   bench::seconds_of([&] { found = ask_library(index, queries, k); }));
            double found_for_many = 0;
            report("spatial-index, in one call", path, k, count, bench::seconds_of([&] {
                       found_for_many = ask_library_for_many(index, queries, k);
                   }));
            if (std::fabs(found_for_many - found) > 1e-9 * found)
                throw std::runtime_error("the distances found in one call differ");
            measure_trees(trees, path, queries, k, found);
        }
    si_index_close(index);
}

} // namespace

int main(int argc, char **argv)
{
    return bench::run_program("bench-nearest", [&] {
        if (argc != 4)
            throw std::runtime_error("usage: bench-nearest INDEX QUERIES ROUNDS");
        measure(argv[1], std::strtoull(argv[2], nullptr, 10), std::atoi(argv[3]));
    });
}
