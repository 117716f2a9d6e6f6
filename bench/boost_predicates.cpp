#include <algorithm>
#include <cmath>

#include "boost_tree.hpp"

namespace bench
{

namespace
{

struct vector3 {
    double x[3];
};

vector3 difference(const float a[3], const float b[3])
{
    return {
        {double(a[0]) - double(b[0]), double(a[1]) - double(b[1]), double(a[2]) - double(b[2])}};
}

double dot(const vector3 &a, const vector3 &b)
{
    return a.x[0] * b.x[0] + a.x[1] * b.x[1] + a.x[2] * b.x[2];
}

double square(double x)
{
    return x * x;
}

double squared_distance_to_box(const float point[3], const shape &box)
{
    double sum = 0;
    for (int axis = 0; axis < 3; axis++) {
        double x = double(point[axis]);
        sum += square(std::max({double(box.lower[axis]) - x, x - double(box.upper[axis]), 0.0}));
    }
    return sum;
}

// The least squared distance to the box from points p + t v, a <= t <= b, on an interval on which
// no coordinate crosses a plane of the box: there it is a parabola.
double least_on_interval(const float p[3], const vector3 &v, const shape &box, double a, double b)
{
    double constant[3] = {0, 0, 0}, slope[3] = {0, 0, 0};
    for (int axis = 0; axis < 3; axis++) {
        double middle = double(p[axis]) + (a + b) / 2 * v.x[axis];
        double lower = double(box.lower[axis]), upper = double(box.upper[axis]);
        if (middle < lower || middle > upper) {
            double plane = middle < lower ? lower : upper;
            constant[axis] = double(p[axis]) - plane;
            slope[axis] = v.x[axis];
        }
    }
    double along = 0, squared_slope = 0, distance = 0;
    for (int axis = 0; axis < 3; axis++) {
        along += constant[axis] * slope[axis];
        squared_slope += square(slope[axis]);
    }
    double t = squared_slope > 0 ? std::clamp(-along / squared_slope, a, b) : a;
    for (int axis = 0; axis < 3; axis++)
        distance += square(constant[axis] + t * slope[axis]);
    return distance;
}

// The t at which the axis p + t v crosses a plane of the box, in order, between 0 and 1.
int find_crossings(const float p[3], const vector3 &v, const shape &box, double times[8])
{
    int count = 0;
    times[count++] = 0;
    for (int axis = 0; axis < 3; axis++) {
        for (float plane : {box.lower[axis], box.upper[axis]}) {
            double t = (double(plane) - double(p[axis])) / v.x[axis];
            if (!(t > 0 && t < 1)) // so where v is 0
                continue;
            int place = count++;
            for (; times[place - 1] > t; place--)
                times[place] = times[place - 1];
            times[place] = t;
        }
    }
    times[count++] = 1;
    return count;
}

bool capsule_meets_box(const segment_value &value, const shape &box)
{
    double squared_radius = square(double(value.radius));
    if (squared_distance_to_box(value.p1, box) <= squared_radius ||
        squared_distance_to_box(value.p2, box) <= squared_radius)
        return true;
    vector3 v = difference(value.p2, value.p1);
    double times[8];
    int count = find_crossings(value.p1, v, box, times);
    for (int i = 1; i < count; i++)
        if (least_on_interval(value.p1, v, box, times[i - 1], times[i]) <= squared_radius)
            return true;
    return false;
}

bool ball_meets_cylinder(const float center[3], double ball_radius, const segment_value &value)
{
    double radius = double(value.radius);
    vector3 u = difference(center, value.p1), v = difference(value.p2, value.p1);
    double squared_length = dot(v, v), along = dot(u, v);
    if (squared_length == 0)
        return dot(u, u) <= square(ball_radius + radius);
    double squared_off_axis = std::max(dot(u, u) - square(along) / squared_length, 0.0);
    if (along >= 0 && along <= squared_length)
        return squared_off_axis <= square(ball_radius + radius);
    double beyond = (along < 0 ? -along : along - squared_length) / std::sqrt(squared_length);
    double outside_cap = std::max(std::sqrt(squared_off_axis) - radius, 0.0);
    return square(beyond) + square(outside_cap) <= square(ball_radius);
}

bool ball_meets_ball(const float a[3], double radius_a, const float b[3], double radius_b)
{
    vector3 u = difference(a, b);
    return dot(u, u) <= square(radius_a + radius_b);
}

} // namespace

bool meets(const shape &query, const segment_value &value)
{
    if (query.is_box && value.is_soma)
        return squared_distance_to_box(value.p1, query) <= square(double(value.radius));
    if (query.is_box)
        return capsule_meets_box(value, query);
    if (value.is_soma)
        return ball_meets_ball(query.center, double(query.extent), value.p1, double(value.radius));
    return ball_meets_cylinder(query.center, double(query.extent), value);
}

bool meets(const shape &query, const synapse_value &value)
{
    if (query.is_box)
        return squared_distance_to_box(value.center, query) <= square(double(value.radius));
    return ball_meets_ball(query.center, double(query.extent), value.center, double(value.radius));
}

} // namespace bench
