"""Capsules, cylinders, turned boxes and tiles, against NumPy where that can tell."""
import itertools

import circuits
import numpy as np
import pytest

import spatial_index as si

COUNT = 20_000


@pytest.fixture(scope="module")
def cloud():
    random = np.random.default_rng(7)
    return si.SphereIndexBuilder.from_numpy(random.random((COUNT, 3)) * 100, random.random(COUNT))


@pytest.fixture(scope="module")
def grown():
    random = np.random.default_rng(7)
    places, radii = random.random((COUNT, 3)) * 100, random.random(COUNT)
    index = si.SphereIndexBuilder.from_numpy(places[:5000], radii[:5000])
    index.insert(places[5000:], radii[5000:])
    return index


@pytest.fixture(scope="module")
def queries():
    random = np.random.default_rng(8)
    ends = random.random((60, 2, 3)) * 140 - 20
    quaternions = random.normal(size=(60, 4))
    return {
        "capsule": (ends[:, 0], ends[:, 1], random.random(60) * 10),
        "cylinder": (ends[:, 0], ends[:, 1], random.random(60) * 20),
        "oriented_box": (ends[:, 0], random.random((60, 3)) * 30, quaternions),
    }


def matrix(quaternion):
    w, x, y, z = quaternion / np.linalg.norm(quaternion)
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                     [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                     [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])


def distances(shape, first, second, third, places):
    """How far places are from a shape."""
    offsets = places - first
    if shape == "oriented_box":
        beyond = np.maximum(np.abs(offsets @ matrix(third)) - second, 0)
        return np.linalg.norm(beyond, axis=1)
    way = second - first
    length = np.linalg.norm(way)
    along = offsets @ way / length
    beyond = along - np.clip(along, 0, length)
    beside = np.linalg.norm(offsets - along[:, None] * way / length, axis=1)
    if shape == "capsule":
        return np.maximum(np.hypot(beside, beyond) - third, 0)
    return np.hypot(np.maximum(beside - third, 0), beyond)


SHAPES = ["capsule", "cylinder", "oriented_box"]


@pytest.mark.parametrize("kind", ["cloud", "grown"])
@pytest.mark.parametrize("shape", SHAPES)
def test_spheres_as_numpy_has_them(kind, shape, queries, request):
    index = request.getfixturevalue(kind)
    everything = index.box_query((-200,) * 3, (200,) * 3)
    found_at_all = 0
    for parts in zip(*queries[shape]):
        away = distances(shape, *parts, everything["centroid"].astype(float)) - everything["radius"]
        found = getattr(index, f"{shape}_query")(*parts, fields="id")
        assert np.isin(everything["id"][away < -1e-4], found).all()
        assert not np.isin(everything["id"][away > 1e-4], found).any()
        assert len(np.unique(found)) == len(found) == getattr(index, f"{shape}_counts")(*parts)
        assert getattr(index, f"{shape}_empty")(*parts) is (len(found) == 0)
        found_at_all += len(found)
    assert found_at_all > 1000


@pytest.mark.parametrize("kind", ["cloud", "grown"])
@pytest.mark.parametrize("shape", SHAPES)
def test_many_at_once(kind, shape, queries, request):
    index = request.getfixturevalue(kind)
    many = getattr(index, f"{shape}_query_many")(*queries[shape], fields=["id", "radius"])
    counts = getattr(index, f"{shape}_counts_many")(*queries[shape], threads=2)
    assert np.array_equal(many.counts, counts)
    for i, parts in enumerate(zip(*queries[shape])):
        found = getattr(index, f"{shape}_query")(*parts, fields=["id", "radius"])
        assert np.array_equal(many.of(i)["id"], found["id"]) and np.array_equal(many.of(i)["radius"], found["radius"])


def test_one_part_for_all(cloud, queries):
    ends, other_ends, _ = queries["capsule"]
    for shape in "capsule", "cylinder":
        count = getattr(cloud, f"{shape}_counts_many")
        assert np.array_equal(count(ends, other_ends, 3), count(ends, other_ends, np.full(60, 3)))
    centers, half_sizes, orientations = queries["oriented_box"]
    expected = cloud.oriented_box_counts_many(centers, half_sizes, orientations)
    matrices = np.array([matrix(quaternion) for quaternion in orientations])
    assert np.array_equal(cloud.oriented_box_counts_many(centers, half_sizes, matrices), expected)
    alike = cloud.oriented_box_counts_many(centers, half_sizes[0], orientations[0])
    assert np.array_equal(alike, cloud.oriented_box_counts_many(centers, half_sizes[:1].repeat(60, 0), matrices[0]))
    assert cloud.capsule_counts_many(np.empty((0, 3)), np.empty((0, 3)), 1).shape == (0,)


@pytest.mark.parametrize("orientation", [
    (1, 0, 0, 0), [-3, 0, 0, 0], np.eye(3), np.eye(3)[:, [1, 2, 0]], -np.eye(3, dtype=int), np.eye(3) * 2.5, [(1, 0, 0), (0, 0, 1), (0, 1, 0)],
])
def test_cubes_need_no_turning(cloud, orientation):
    box = (30, 30, 30), (50, 50, 50)
    expected = cloud.box_query(*box, fields="id", accuracy="exact")
    assert np.array_equal(cloud.oriented_box_query((40, 40, 40), (10, 10, 10), orientation, fields="id"), expected)


def test_segments_with_flat_ends(segments):
    """The one from (0, 0, 0) to (0, 0, 10) with a radius of 0.5."""
    assert segments.cylinder_counts((0, 0, 12), (0, 0, 20), 1) == segments.capsule_counts((0, 0, 12), (0, 0, 20), 1.9) == 0
    assert segments.capsule_query((0, 0, 12), (0, 0, 20), 2, fields="segment_id").tolist() == [0]
    assert segments.capsule_counts((0, 0, 12), (0, 0, 20), 2, group_by="section_type") == {2: 1}
    assert segments.capsule_counts((0, 0, 0), (100, 0, 0), 1, somas=True, group_by=["gid"]) == {(1,): 1, (2,): 1}
    found = segments.oriented_box_query((0, 0, 20), (1, 1, 10), (1, 0, 0, 0), fields=["gid", "section_id", "is_soma"], gids=[1])
    assert list(found) == ["gid", "section_id", "is_soma"] and found["section_id"].tolist() == [1]
    assert segments.oriented_box_empty((3, 3, 5), (3.4, 3.4, 1), (.92387953, 0, 0, .38268343))


@pytest.mark.parametrize("accuracy", [None, "best_effort", "exact", "bounding_box"])
def test_accuracies(segments, accuracy):
    box = (1.5, 1.5, 5), (.25, .25, 9), (.92387953, 0, 0, .38268343)
    assert segments.oriented_box_counts(*box, accuracy=accuracy) == (accuracy == "bounding_box")
    many = segments.oriented_box_counts_many(*([part] for part in box), accuracy=accuracy)
    assert many.tolist() == [accuracy == "bounding_box"]


# ---- tiles ----

def tiles(cuts):
    corners = np.array([np.transpose(tile) for tile in itertools.product(*(zip(axis, axis[1:]) for axis in cuts))])
    return corners[:, 0], corners[:, 1]


@pytest.mark.parametrize("kind", ["cloud", "grown", "segments", "synapses", "spheres", "points"])
def test_tiles_have_every_element_once(kind, request):
    index = request.getfixturevalue(kind)
    field = "position" if "position" in index.builtin_fields else "centroid"
    everything = index.box_query((-1e30,) * 3, (1e30,) * 3)
    cuts = [[-np.inf, *np.unique(everything[field][::max(1, len(index) // 3), axis]).tolist(), np.inf] for axis in range(3)]
    lower, upper = tiles(cuts)
    found = index.box_query_many(lower, upper, accuracy="center")
    identity = "ids" if "ids" in index.builtin_fields else "id"
    assert np.array_equal(np.sort(found[identity]), np.sort(everything[identity]))
    assert np.array_equal(index.box_counts_many(lower, upper, accuracy="center"), found.counts)
    for i, pair in enumerate(zip(lower, upper)):
        centers = found.of(i)[field]
        assert (centers >= np.float32(pair[0])).all() and (centers < np.float32(pair[1])).all()
        assert index.box_counts(*pair, accuracy="center") == found.counts[i]
        assert index.box_empty(*pair, accuracy="center") == (found.counts[i] == 0)


def test_centers_of_segments(segments):
    found = segments.box_query((0, 0, 5), (1, 1, 6), accuracy="center", fields="ids")
    assert found.tolist() == [(1, 1, 0)] and (1, 1, 0) in circuits.ELEMENTS
    assert segments.box_empty((-1, -1, 0), (1, 0, 9), accuracy="center")


# ---- several populations ----

def test_several_populations(tmp_path):
    si.index_circuit("segments", circuits.write_circuit(tmp_path / "circuit"), tmp_path / "both", ["A", "B"])
    index = si.open_index(tmp_path / "both")
    parts = {"capsule": ((0, 0, 12), (0, 0, 20), 2), "cylinder": ((0, 0, 9), (0, 0, 20), 2),
             "oriented_box": ((0, 0, 20), (1, 1, 10), (1, 0, 0, 0))}
    for shape, values in parts.items():
        counts = getattr(index, f"{shape}_counts")(*values)
        assert list(counts) == index.populations and sum(counts.values()) >= 1
        found = getattr(index, f"{shape}_query")(*values, fields="gid")
        empty = getattr(index, f"{shape}_empty")(*values)
        many = getattr(index, f"{shape}_query_many")(*([value] for value in values))
        counts_many = getattr(index, f"{shape}_counts_many")(*([value] for value in values))
        for name, count in counts.items():
            assert len(found[name]) == count == counts_many[name][0] == many[name].counts[0]
            assert empty[name] is (count == 0)
            assert getattr(index[name], f"{shape}_counts")(*values) == count
            assert getattr(index, f"{shape}_counts")(*values, populations=name, population_mode="single") == count


# ---- what makes no sense ----

POINT = (1, 2, 3)


@pytest.mark.parametrize("method, parts, error", [
    ("capsule_query", (POINT, (4, 5, np.inf), 1), si.ArgumentError),
    ("capsule_counts", (POINT, (4, 5, 6), -1), si.ArgumentError),
    ("capsule_empty", (POINT, (4, 5), 1), si.ShapeError),
    ("cylinder_query", (POINT, POINT, 1), si.ArgumentError),
    ("cylinder_counts", (POINT, (4, 5, 6), np.nan), si.ArgumentError),
    ("oriented_box_query", (POINT, (1, -1, 1), (1, 0, 0, 0)), si.ArgumentError),
    ("oriented_box_query", (POINT, POINT, (0, 0, 0, 0)), si.ArgumentError),
    ("oriented_box_counts", (POINT, POINT, (1, 0, 0)), si.ShapeError),
    ("oriented_box_counts", (POINT, POINT, np.ones((3, 3))), si.ArgumentError),
    ("oriented_box_empty", (POINT, POINT, [(1, 0, 1), (0, 1, 0), (0, 0, 1)]), si.ArgumentError),
    ("oriented_box_empty", (POINT, POINT, [(1, 0, 0), (0, 1, 0), (0, 0, 0)]), si.ArgumentError),
    ("capsule_query_many", (np.ones((3, 3)), np.ones((2, 3)), 1), si.ShapeError),
    ("capsule_query_many", (np.ones((3, 3)), np.ones(3), 1), si.ShapeError),
    ("capsule_counts_many", (np.ones((3, 3)), np.ones((3, 3)), np.ones(2)), si.ShapeError),
    ("cylinder_counts_many", (np.ones((3, 3)), np.ones((3, 3)), 1), si.ArgumentError),
    ("oriented_box_counts_many", (np.ones((2, 3)), np.ones((2, 3)), np.ones((3, 4))), si.ShapeError),
    ("oriented_box_counts_many", (np.ones((2, 3)), np.ones(4), np.eye(3)), si.ShapeError),
])
def test_nonsense_is_refused(spheres, method, parts, error):
    with pytest.raises(error):
        getattr(spheres, method)(*parts)


@pytest.mark.parametrize("method, parts", [
    ("sphere_query", (POINT, 1)), ("capsule_counts", (POINT, (0, 0, 0), 1)), ("sphere_counts_many", ([POINT], 1)), ("nearest", (POINT, 1)),
])
def test_centers_are_of_boxes(spheres, method, parts):
    with pytest.raises(si.ArgumentError):
        getattr(spheres, method)(*parts, accuracy="center")


def test_names_of_arguments(spheres):
    assert spheres.capsule_counts(end=(0, 0, 0), other_end=(20, 0, 0), radius=0) == 3
    assert spheres.cylinder_counts(end=(2, 0, 0), other_end=(7, 0, 0), radius=1) == 0
    assert spheres.oriented_box_counts(center=(15, 0, 0), half_size=(3, 1, 1), orientation=(1, 0, 0, 0)) == 2
    with pytest.raises(TypeError, match="radius"):
        spheres.capsule_counts((0, 0, 0), (1, 1, 1))
