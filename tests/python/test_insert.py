"""Indexes that grow."""
import pickle
import time

import numpy as np
import pytest

import spatial_index as si

BOX = (10, 10, 10), (60, 50, 40)


def grow_together(first, count, random):
    """An index with `first` packed and `count - first` inserted spheres, and their columns."""
    centroids = (random.random((count, 3)) * 100).astype(np.float32)
    radii = random.random(count).astype(np.float32)
    ids = random.integers(0, 2**63, count).astype(np.uint64)
    index = si.SphereIndexBuilder.from_numpy(centroids[:first], radii[:first], ids[:first])
    for place in range(first, (first + count) // 2):
        index.insert(centroids[place], radii[place], ids[place])
    place = (first + count) // 2
    index.insert(centroids[place:], radii[place:], ids[place:])
    return index, centroids, radii, ids


@pytest.mark.parametrize("first, count", [(0, 3), (10, 10), (0, 1000), (5000, 5500), (100, 12_000)])
def test_same_as_a_packed_index(first, count, tmp_path):
    index, centroids, radii, ids = grow_together(first, count, np.random.default_rng(count))
    packed = si.SphereIndexBuilder.from_numpy(centroids, radii, ids)
    assert len(index) == len(packed) == count
    assert all(np.array_equal(left, right) for left, right in zip(index.bounds(), packed.bounds()))
    place_of = {id_: place for place, id_ in enumerate(ids.tolist())}
    for accuracy in ("best_effort", "bounding_box"):
        found = index.box_query(*BOX, accuracy=accuracy)
        places = np.array([place_of[id_] for id_ in found["id"].tolist()], dtype=int)
        assert np.array_equal(found["centroid"], centroids[places]) and np.array_equal(found["radius"], radii[places])
        assert np.array_equal(np.sort(found["id"]), np.sort(packed.box_query(*BOX, fields="id", accuracy=accuracy)))
        inserted = places[places >= first]
        assert np.array_equal(places[len(places) - len(inserted):], np.sort(inserted))
        assert index.box_counts(*BOX, accuracy=accuracy) == len(places)
        assert index.box_empty(*BOX, accuracy=accuracy) is (len(places) == 0)
    assert index.sphere_counts((50, 50, 50), 30, group_by="id") == packed.sphere_counts((50, 50, 50), 30, group_by="id")
    index.write(tmp_path / "written")
    packed.write(tmp_path / "packed")
    written = next((tmp_path / "written").glob("index*"))
    assert written.read_bytes() == (tmp_path / "packed" / written.name).read_bytes()


def test_batches_of_a_grown_index():
    index, *_ = grow_together(100, 3000, np.random.default_rng(1))
    low = np.random.default_rng(2).random((50, 3)) * 100
    batch = index.box_query_many(low, low + 20)
    for i in range(50):
        alone = index.box_query(low[i], low[i] + 20)
        assert all(np.array_equal(batch.of(i)[name], alone[name]) for name in alone)
    assert np.array_equal(index.box_counts_many(low, low + 20), batch.counts)


@pytest.mark.parametrize("first, count", [(0, 300), (299, 300), (5000, 20_000)])
def test_nearest_in_a_grown_index(first, count):
    index, centroids, radii, ids = grow_together(first, count, np.random.default_rng(count))
    packed = si.SphereIndexBuilder.from_numpy(centroids, radii, ids)
    for k, keywords in [(0, {}), (1, {}), (50, {}), (count + 5, {}), (30, {"max_distance": 9}), (30, {"ids": ids[::7]}), (3, {"ids": []})]:
        found, distances = index.nearest((40, 50, 60), k, **keywords)
        expected, expected_distances = packed.nearest((40, 50, 60), k, **keywords)
        assert np.array_equal(distances, expected_distances)
        assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_nearest_of_equal_distance_are_in_index_order():
    index = si.PointIndex([[1, 0, 0]] * 3, [5, 6, 7])
    index.insert([[0, 1, 0], [0, 0, -1], [0, 0, 0]], [3, 2, 1])
    for k in range(7):
        assert index.nearest((0, 0, 0), k, fields="id")[0].tolist() == [1, 5, 6, 7, 3, 2][:k]


def test_ids_go_on_by_themselves():
    index = si.SphereIndexBuilder.create_empty()
    index.insert((0, 0, 0), 1)
    index.insert([[1, 0, 0], [2, 0, 0], [3, 0, 0]], [1, 1, 1])
    index.insert([4, 0, 0], np.float32(1))
    assert index.box_query((-9,) * 3, (9,) * 3, fields="id").tolist() == [0, 1, 2, 3, 4]


def test_points():
    index = si.PointIndex([[0, 0, 0]], [7])
    index.insert((1, 1, 1), 8)
    index.insert([[2, 2, 2], [3, 3, 3]])
    found = index.box_query((0, 0, 0), (2, 2, 2))
    assert found["id"].tolist() == [7, 8, 2] and found["position"].tolist() == [[0] * 3, [1] * 3, [2] * 3]


def test_opened_index(tmp_path):
    si.SphereIndexBuilder.from_numpy([[0, 0, 0]], [1], output_dir=tmp_path / "index")
    index = si.open_index(tmp_path / "index")
    index.insert((5, 0, 0), 1, 3)
    assert index.box_counts((-9,) * 3, (9,) * 3) == 2 and len(si.open_index(tmp_path / "index")) == 1
    with pytest.raises(TypeError, match="write"):
        pickle.dumps(index)
    index.write(tmp_path / "index", replace=True)
    assert len(si.open_index(tmp_path / "index")) == 2


@pytest.mark.parametrize("arguments", [
    ((0, 0, np.nan), 1), ((0, 0, 0), -1), ((0, 0, 0), np.inf), ((0, 0), 1), ((0, 0, 0), 1, -1),
    (np.zeros((2, 3)), [1]), (np.zeros((2, 3)), [1, 1], [1]), (np.zeros((2, 3)), [1, 1], [1.5, 2]), ([[0, 0, 0], [0, 0, np.nan]], [1, 1]),
    (None, 1), (None, None), ((0, 0, 0), None), ((0, 0, 0), 1, 2**64), (np.zeros((2, 3)), 1, 5),
])
def test_wrong_elements(arguments):
    index = si.SphereIndex([[0, 0, 0]], [1])
    with pytest.raises((ValueError, OverflowError)):
        index.insert(*arguments)
    assert len(index) == 1 and index.box_counts((-9,) * 3, (9,) * 3) == 1


def test_other_indexes_do_not_grow(synapses):
    assert not hasattr(synapses, "insert")
    with pytest.raises(NotImplementedError, match="synapse"):
        synapses._insert((0, 0, 0), None, 1)


def test_placing_many_is_quick():
    """A query before each insertion; without an order to it the last ones would take milliseconds."""
    random = np.random.default_rng(4)
    centroids, radii = random.random((30_000, 3)) * 100, random.random(30_000) * 0.3
    index = si.SphereIndexBuilder.create_empty()
    started = time.perf_counter()
    for id_, (centroid, radius) in enumerate(zip(centroids, radii)):
        if index.sphere_empty(centroid, radius):
            index.insert(centroid, radius, id_)
    assert time.perf_counter() - started < 15
    placed = index.box_query((-1,) * 3, (101,) * 3, fields="id")
    assert np.array_equal(placed, np.sort(placed)) and 20_000 < len(placed) < 30_000
