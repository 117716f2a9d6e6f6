// The same balls asked of nanoflann's k-d tree, of this project's index of points and of a linear
// scan, on one thread. The points are the positions of the synapses.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <list>

#include <nanoflann.hpp>

#include "contenders.hpp"
#include "elements.hpp"
#include "indexing.hpp"
#include "measure.hpp"
#include "shapes.hpp"

namespace
{

constexpr std::size_t shapes_of_a_scan = 2;

class point_cloud
{
  public:
    const float (*positions)[3];
    const std::uint64_t *ids;

    explicit point_cloud(const bench::elements &points)
        : positions(reinterpret_cast<const float (*)[3]>(points.values<float>(SI_FIELD_POSITION))),
          ids(points.values<std::uint64_t>(SI_FIELD_ID)), count(points.count)
    {
    }

    std::size_t kdtree_get_point_count() const
    {
        return count;
    }

    float kdtree_get_pt(std::size_t point, std::size_t axis) const
    {
        return positions[point][axis];
    }

    template <class Bounds> bool kdtree_get_bbox(Bounds &) const
    {
        return false;
    }

  private:
    std::size_t count;
};

// nanoflann finds what is nearer than a squared distance. This is the least one of which points
// just as far as the radius are nearer.
float squared_reach(float radius)
{
    return std::nextafter(radius * radius, std::numeric_limits<float>::infinity());
}

// What a search hands its points to: nanoflann's own keeps a distance with each of them.
class point_counter
{
  public:
    explicit point_counter(float reach) : squared(reach)
    {
    }

    bool full() const
    {
        return true;
    }

    bool addPoint(float, std::uint32_t)
    {
        found++;
        return true;
    }

    float worstDist() const
    {
        return squared;
    }

    std::size_t size() const
    {
        return found;
    }

  private:
    float squared;
    std::size_t found = 0;
};

class nanoflann_contender
{
  public:
    std::string title;
    const char *name;
    std::vector<std::pair<std::uint32_t, float>> found; // numbers of points, squared distances

    nanoflann_contender(const std::string &order, const bench::elements &points,
                        std::size_t leaf_size)
        : title("nanoflann " + order + " leaf size " + std::to_string(leaf_size)),
          name(title.c_str()), cloud(points),
          tree(3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(leaf_size))
    {
    }

    nanoflann_contender(const nanoflann_contender &) = delete;
    nanoflann_contender &operator=(const nanoflann_contender &) = delete;

    std::uint64_t count(const bench::shape &ball)
    {
        point_counter counter(squared_reach(ball.extent));
        return tree.radiusSearchCustomCallback(ball.center, counter, unsorted);
    }

    std::uint64_t list(const bench::shape &ball)
    {
        return tree.radiusSearch(ball.center, squared_reach(ball.extent), found, unsorted);
    }

    std::vector<std::uint64_t> sorted_ids() const
    {
        std::vector<std::uint64_t> ids;
        for (const auto &[point, squared] : found)
            ids.push_back(cloud.ids[point]);
        std::sort(ids.begin(), ids.end());
        return ids;
    }

  private:
    using tree_type =
        nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, point_cloud>,
                                            point_cloud, 3, std::uint32_t>;
    const nanoflann::SearchParams unsorted{32, 0, false};
    point_cloud cloud;
    tree_type tree;
};

double squared_distance(const float a[3], const float b[3])
{
    double sum = 0;
    for (int axis = 0; axis < 3; axis++)
        sum += (double(a[axis]) - double(b[axis])) * (double(a[axis]) - double(b[axis]));
    return sum;
}

// nanoflann adds up squares in 32-bit floats, the library decides as if in real arithmetic: they
// may differ in points that are as far as the radius to within a few roundings.
bool is_on_the_surface(const bench::shape &ball, const float point[3])
{
    constexpr double roundings = 8 * std::numeric_limits<float>::epsilon();
    double expected = double(ball.extent) * double(ball.extent);
    return std::abs(squared_distance(ball.center, point) - expected) <= roundings * expected;
}

void fail_point(const bench::shape &ball, std::uint64_t id, const float point[3])
{
    char message[256];
    std::snprintf(message, sizeof message,
                  "sphere around (%.9g, %.9g, %.9g), %.9g: nanoflann and the library do not agree "
                  "on point %llu, %.9g away",
                  double(ball.center[0]), double(ball.center[1]), double(ball.center[2]),
                  double(ball.extent), (unsigned long long)id,
                  std::sqrt(squared_distance(ball.center, point)));
    throw std::runtime_error(message);
}

// Returns how many points only one of them finds.
std::uint64_t compare_points(nanoflann_contender &nanoflann,
                             bench::library_contender<std::uint64_t> &library,
                             const point_cloud &by_id, const bench::shape &ball)
{
    nanoflann.list(ball);
    std::vector<std::uint64_t> ids(library.list(ball)), theirs = nanoflann.sorted_ids(), different;
    std::copy_n(library.ids.begin(), ids.size(), ids.begin());
    std::sort(ids.begin(), ids.end());
    std::set_symmetric_difference(ids.begin(), ids.end(), theirs.begin(), theirs.end(),
                                  std::back_inserter(different));
    for (std::uint64_t id : different)
        if (!is_on_the_surface(ball, by_id.positions[id]))
            fail_point(ball, id, by_id.positions[id]);
    if (library.count(ball) != ids.size() || nanoflann.count(ball) != theirs.size())
        throw std::runtime_error("a count is not the number of ids");
    return different.size();
}

bench::elements points_of(const bench::elements &synapses)
{
    bench::elements points;
    points.kind = SI_POINT;
    points.count = synapses.count;
    for (const bench::column &each : synapses.columns)
        if (each.field == SI_FIELD_POSITION || each.field == SI_FIELD_ID)
            points.columns.push_back(each);
    return points;
}

// So that a point is found by its id.
void check_ids_are_rows(const bench::elements &points)
{
    const std::uint64_t *ids = points.values<std::uint64_t>(SI_FIELD_ID);
    for (std::uint64_t row = 0; row < points.count; row++)
        if (ids[row] != row)
            throw std::runtime_error("the synapses are not numbered from 0 without gaps");
}

class comparison
{
  public:
    explicit comparison(const bench::elements &points)
        : by_id(points), index(bench::build_index(points, 2, nullptr)),
          sorted(bench::read_in_index_order(index.get())), library{index.get(), {}},
          scan(index.get(), sorted)
    {
        for (std::size_t leaf_size : {10, 32}) {
            rivals.emplace_back("as given", points, leaf_size);
            rivals.emplace_back("sorted", sorted, leaf_size);
        }
    }

    void run(const bench::shape_set &set, unsigned rounds)
    {
        std::string asked = "points " + set.name();
        compare(asked, set);
        for (unsigned round = 0; round < rounds; round++) {
            for (nanoflann_contender &rival : rivals)
                time_contender(asked, rival, set.shapes);
            time_contender(asked, library, set.shapes);
            time_contender(asked, scan, bench::some_shapes(set, shapes_of_a_scan, round));
        }
    }

  private:
    point_cloud by_id;
    bench::index_handle index;
    bench::elements sorted;
    bench::library_contender<std::uint64_t> library;
    bench::scan_contender<std::uint64_t> scan;
    std::list<nanoflann_contender> rivals; // they cannot be moved

    void compare(const std::string &asked, const bench::shape_set &set)
    {
        for (nanoflann_contender &rival : rivals) {
            std::uint64_t different = 0;
            for (const bench::shape &ball : set.shapes)
                different += compare_points(rival, library, by_id, ball);
            bench::print_result("points of one only", asked, rival.name, 1, "points",
                                double(different));
        }
        compare_answers(library, scan, bench::some_shapes(set, shapes_of_a_scan, 0));
    }
};

void run(const std::string &synapses_path, unsigned rounds, const char *shapes_path)
{
    bench::index_handle synapses = bench::open_index(synapses_path);
    bench::elements points = points_of(bench::read_elements(synapses.get()));
    check_ids_are_rows(points);
    std::vector<bench::shape_set> sets = bench::find_shapes(synapses.get(), points, shapes_path);
    comparison compared(points);
    for (const bench::shape_set &set : sets)
        if (!set.is_box)
            compared.run(set, rounds);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4) {
        std::fprintf(stderr, "usage: %s INDEX_OF_SYNAPSES ROUNDS [SHAPES]\n", argv[0]);
        return 2;
    }
    return bench::run_program(argv[0], [&] {
        run(argv[1], unsigned(std::strtoul(argv[2], nullptr, 10)), argc == 4 ? argv[3] : nullptr);
    });
}
