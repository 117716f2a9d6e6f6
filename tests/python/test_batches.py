"""Many queries in one call."""
import pickle

import numpy as np
import pytest

import spatial_index as si
from spatial_index.experimental import space_filling_order


@pytest.fixture(scope="module")
def cloud():
    random = np.random.default_rng(7)
    return si.SphereIndexBuilder.from_numpy(random.random((20_000, 3)) * 100, random.random(20_000))


@pytest.fixture(scope="module")
def corners():
    random = np.random.default_rng(8)
    low = random.random((500, 3)) * 110 - 5
    return low, low + random.random((500, 3)) * 15


def same(left, right):
    return list(left) == list(right) and all(
        np.array_equal(np.asarray(left[name]), np.asarray(right[name]), equal_nan=True) for name in left
    )


@pytest.mark.parametrize("threads", [None, 1, 3, 2**40])
@pytest.mark.parametrize("fields", [None, ["radius", "id"]])
def test_boxes(cloud, corners, threads, fields):
    batch = cloud.box_query_many(*corners, fields=fields, threads=threads)
    assert batch.query_count == 500 and batch.offsets.dtype == np.int64
    for i, pair in enumerate(zip(*corners)):
        assert same(batch.of(i), cloud.box_query(*pair, fields=fields))
    counts = cloud.box_counts_many(*corners, threads=threads)
    assert counts.dtype == np.uint64 and np.array_equal(counts, batch.counts) and counts.sum() > 1000


def test_spheres(cloud, corners):
    centers, radii = corners[0], np.linspace(0, 8, 500)
    for accuracy in ("best_effort", "bounding_box"):
        batch = cloud.sphere_query_many(centers, radii, fields="id", accuracy=accuracy)
        assert list(batch) == ["id"]
        for i in range(500):
            assert np.array_equal(batch.of(i)["id"],
                                  cloud.sphere_query(centers[i], radii[i], fields="id", accuracy=accuracy))
        assert np.array_equal(cloud.sphere_counts_many(centers, radii, accuracy=accuracy), batch.counts)
    assert np.array_equal(cloud.sphere_counts_many(centers, 3), cloud.sphere_counts_many(centers, np.full(500, 3)))


def test_few_and_none(cloud, corners):
    none = cloud.box_query_many(np.empty((0, 3)), np.empty((0, 3)))
    assert none.offsets.tolist() == [0] and none["centroid"].shape == (0, 3)
    assert cloud.box_counts_many(np.empty((0, 3)), np.empty((0, 3))).shape == (0,)
    one = cloud.box_query_many(corners[0][:1], corners[1][:1])
    assert same(one.of(0), one) and same(one.of(-1), one)
    with pytest.raises(IndexError):
        one.of(1)
    everything = cloud.box_query_many([[-np.inf] * 3] * 40, [[np.inf] * 3] * 40, fields="id")
    assert everything.counts.tolist() == [20_000] * 40


def test_elements_of_cells(segments):
    batch = segments.box_query_many([[-1, -1, -1]] * 2, [[6, 6, 6], [-0.5, -0.5, -0.5]], fields={"endpoints", "mtype"})
    assert batch.counts.tolist() == [2, 1]
    assert batch.of(1)["endpoints"][0].shape == (1, 3) and batch["mtype"].tolist() == ["L23_PC"] * 3
    assert len(pickle.loads(pickle.dumps(batch)).of(0)["mtype"]) == 2


def test_to_pandas(segments):
    pytest.importorskip("pandas")
    frame = segments.box_query_many([[-1, -1, -1]] * 2, [[6, 6, 6], [-0.5, -0.5, -0.5]], fields="gid").to_pandas()
    assert frame["query"].tolist() == [0, 0, 1] and list(frame) == ["query", "gid"]


@pytest.mark.parametrize("error, sentence, call", [
    (si.ShapeError, "opposite_corners", lambda index: index.box_query_many(np.zeros((3, 3)), np.zeros((2, 3)))),
    (si.ShapeError, "corners", lambda index: index.box_counts_many((0, 0, 0), (1, 1, 1))),
    (si.ShapeError, "radii", lambda index: index.sphere_counts_many(np.zeros((3, 3)), [1, 2])),
    (ValueError, "query 1: .*nan", lambda index: index.box_counts_many([[0, 0, 0], [0, np.nan, 0]], np.zeros((2, 3)))),
    (ValueError, "query 2: .*-1", lambda index: index.sphere_query_many(np.zeros((3, 3)), [0, 0, -1])),
    (KeyError, "foo", lambda index: index.box_query_many(np.zeros((3, 3)), np.zeros((3, 3)), fields="foo")),
    (KeyError, "raw_elements",
     lambda index: index.box_query_many(np.zeros((3, 3)), np.zeros((3, 3)), fields="raw_elements")),
    (ValueError, "threads is -1", lambda index: index.box_counts_many(np.zeros((3, 3)), np.zeros((3, 3)), threads=-1)),
    (TypeError, "threads is 'all'", lambda index: index.sphere_query_many(np.zeros((3, 3)), 1, threads="all")),
    (NotImplementedError, "bytes", lambda index: index.box_query_many(np.zeros((3, 3)), np.zeros((3, 3)), fields=b"id")),
    (ValueError, "Invalid fields", lambda index: index.box_query_many(np.zeros((3, 3)), np.zeros((3, 3)), fields="")),
    (RuntimeError, "Invalid geometry", lambda index: index.box_counts_many(np.zeros((3, 3)), np.zeros((3, 3)), accuracy="x")),
])
def test_wrong_arguments(cloud, error, sentence, call):
    with pytest.raises(error, match=sentence):
        call(cloud)


def test_space_filling_order():
    points = np.random.default_rng(3).random((1000, 3)) * 1000
    order = space_filling_order(points)
    assert order.dtype == np.uint64 and np.array_equal(np.sort(order), np.arange(1000))
    steps = np.linalg.norm(np.diff(points[order], axis=0), axis=1).mean()
    assert steps < 0.4 * np.linalg.norm(np.diff(points, axis=0), axis=1).mean()
    assert space_filling_order(np.empty((0, 3))).shape == (0,)
    assert sorted(space_filling_order([[1, 1, 1], [1, 1, 2], [1, 1, np.nan]])) == [0, 1, 2]
    with pytest.raises(ValueError):
        space_filling_order([1, 2, 3])
