"""Distances between elements and query shapes, in double precision, to judge what only just touches."""
import numpy as np

# How near an element may be to touching for an answer to differ.
TOLERANCE = 1e-4


def distance_to_box(points, lower, upper):
    return np.linalg.norm(np.maximum(0, np.maximum(lower - points, points - upper)), axis=-1)


def axis_to_box(p1, p2, lower, upper):
    """The distance is convex along an axis: a search by thirds finds its minimum."""
    low, high = np.zeros(len(p1)), np.ones(len(p1))

    def along(t):
        return distance_to_box(p1 + t[:, None] * (p2 - p1), lower, upper)

    for _ in range(120):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        nearer = along(a) <= along(b)
        low, high = np.where(nearer, low, a), np.where(nearer, b, high)
    return along((low + high) / 2)


def cylinder_to_point(p1, p2, radius, center):
    axis, to = p2 - p1, center - p1
    length = np.linalg.norm(axis, axis=1)
    unit = np.divide(axis, length[:, None], out=np.zeros_like(axis), where=length[:, None] > 0)
    height = np.sum(unit * to, axis=1)
    across = np.linalg.norm(to - height[:, None] * unit, axis=1)
    flat = np.hypot(np.maximum(0, across - radius), np.maximum(0, np.maximum(-height, height - length)))
    return np.where(length > 0, flat, np.maximum(0, np.linalg.norm(to, axis=1) - radius))


def bounding_boxes(p1, p2, radius):
    """In 32-bit floats, as users' indexes have them."""
    v = p2 - p1
    largest = np.maximum(radius * radius, np.max(np.maximum(p1 * p1, p2 * p2), axis=1))
    float32 = np.finfo(np.float32)
    divisor = float32.tiny + float32.eps * largest + (v[:, 0] * v[:, 0] + v[:, 1] * v[:, 1] + v[:, 2] * v[:, 2])
    reach = np.sqrt(np.float32(1) - v * v / divisor[:, None]) * radius[:, None]
    return np.minimum(p1 - reach, p2 - reach), np.maximum(p1 + reach, p2 + reach)


def gap_between_boxes(lower, upper, query_lower, query_upper):
    """Positive where they are apart, negative where they overlap: by how much."""
    return np.max(np.maximum(query_lower - upper, lower - query_upper), axis=1)


def margin_box(p1, p2, radius, lower, upper, accuracy):
    """How far each element is from changing sides, for a box query."""
    own_lower, own_upper = bounding_boxes(p1, p2, radius)
    margin = np.abs(gap_between_boxes(own_lower, own_upper, lower, upper))
    if accuracy == "best_effort":
        p1, p2 = p1.astype(float), p2.astype(float)
        margin = np.minimum(margin, np.abs(axis_to_box(p1, p2, lower.astype(float), upper.astype(float)) - radius))
    return margin


def margin_sphere(p1, p2, radius, center, reach, accuracy):
    own_lower, own_upper = bounding_boxes(p1, p2, radius)
    margin = np.abs(gap_between_boxes(own_lower, own_upper, center - reach, center + reach))
    if accuracy == "best_effort":
        distance = cylinder_to_point(p1.astype(float), p2.astype(float), radius.astype(float), center.astype(float))
    else:
        distance = distance_to_box(center.astype(float), own_lower.astype(float), own_upper.astype(float))
    return np.minimum(margin, np.abs(distance - reach))
