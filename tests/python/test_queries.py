"""Queries and their arguments."""
import json
import pickle

import numpy as np
import pytest

import spatial_index as si

BOX = (-1, -1, -1), (6, 6, 6)


@pytest.mark.parametrize("index_name", ["segments", "synapses", "spheres", "points"])
def test_counts_and_emptiness(index_name, request):
    index = request.getfixturevalue(index_name)
    first = index.builtin_fields[0]
    for method, shape in (("box", BOX), ("box", ((500,) * 3, (501,) * 3)), ("sphere", ((0, 0, 0), 3))):
        for accuracy in (None, "best_effort", "bounding_box"):
            found = getattr(index, f"{method}_query")(*shape, fields=first, accuracy=accuracy)
            count = getattr(index, f"{method}_counts")(*shape, accuracy=accuracy)
            assert type(count) is int and count == len(found)
            assert getattr(index, f"{method}_empty")(*shape, accuracy=accuracy) is (count == 0)


def test_accuracies_differ(segments):
    # The corner of the box of a slanted segment.
    box = (9.3, 24.8, 29.9), (9.4, 24.9, 30.1)
    assert segments.box_counts((8.7, 23.9, 30), (8.71, 23.91, 30)) == 0
    assert segments.box_counts(*box, accuracy="best_effort") <= segments.box_counts(*box, accuracy="bounding_box")
    assert segments.sphere_counts((1.2, 1.2, 11.2), 0.5) == 0
    slanted = (-2.9, -50, -50)
    assert segments.sphere_counts((1.3, 1.3, 0), 0.1) == 0
    assert segments.sphere_counts((1.3, 1.3, 0), 0.1, accuracy="bounding_box") == 1
    assert segments.sphere_counts(slanted, 0) == 0


@pytest.mark.parametrize("make", [
    tuple, list, np.array, np.float32, lambda point: np.array(point, dtype=np.int8),
    lambda point: np.array(point, dtype=object), lambda point: np.array(point, dtype=">f8"),
    lambda point: np.array([point, point]).T[:, 0], lambda point: np.array(point, dtype=np.float16),
    lambda point: tuple(map(np.float32, point)), lambda point: [str(x) for x in point],
    lambda point: np.array(point, dtype="f4")[::-1].copy()[::-1], np.ma.array,
])
def test_points_of_every_make(segments, make):
    expected = segments.box_query(*BOX, fields="gid")
    assert len(expected) == 2
    assert np.array_equal(segments.box_query(*map(make, BOX), fields="gid"), expected)
    assert np.array_equal(segments.box_query(*map(make, BOX[::-1]), fields="gid"), expected)
    assert segments.sphere_counts(make((0, 0, 0)), 1) == segments.sphere_counts((0, 0, 0), np.float32(1)) == 2


class Thief:
    """A number that empties the list it is in while it is read."""

    def __init__(self, items):
        self.items = items

    def __float__(self):
        self.items.clear()
        return 1.0


def test_points_that_change_while_they_are_read(segments):
    corner = []
    corner.extend([Thief(corner), object(), 1.0])
    with pytest.raises(ValueError, match="shape"):
        segments.box_query(corner, (1, 1, 1))
    corner = []
    corner.extend([0.0, 0.0, Thief(corner)])
    assert segments.box_counts(corner, (1, 1, 1)) == segments.box_counts((0, 0, 1), (1, 1, 1))


def test_corners_in_any_order(segments):
    (a, b, c), (d, e, f) = BOX
    for corners in (((d, b, c), (a, e, f)), ((a, e, c), (d, b, f)), ((d, e, f), (a, b, c))):
        assert segments.box_counts(*corners) == segments.box_counts(*BOX) == 2


def test_touching_counts(points):
    assert points.box_query((10, 0, 0), (10, 0, 0), fields="id").tolist() == [6]
    assert points.sphere_query((9, 0, 0), 1, fields="id").tolist() == [6]


def test_groups(segments, synapses, spheres):
    assert segments.box_counts((-1e3,) * 3, (1e3,) * 3, group_by="gid") == {0: 4, 1: 2, 2: 2, 3: 4}
    assert segments.box_counts((-1e3,) * 3, (1e3,) * 3, group_by="section_type") == {1: 4, 2: 2, 3: 6}
    assert synapses.box_counts((-9,) * 3, (9,) * 3, group_by="post_gid") == {0: 1, 1: 3, 2: 1}
    assert synapses.sphere_counts((0, 0, 0), 0.5, group_by="pre_gid") == {7: 1}
    assert synapses.sphere_counts((50, 0, 0), 0.5, group_by="post_gid") == {}
    assert spheres.sphere_counts((0, 0, 0), 10, group_by="id") == {5: 1, 6: 1}
    with pytest.warns(DeprecationWarning, match="post_gid"):
        assert synapses.box_counts((-9,) * 3, (9,) * 3, group_by="gid") == {0: 1, 1: 3, 2: 1}


def test_bounds(spheres):
    lower, upper = spheres.bounds()
    assert lower.dtype == upper.dtype == np.float32
    assert lower.tolist() == [-1, -3, -3] and upper.tolist() == [23, 3, 3]


def test_population_modes_of_one_population(points):
    plain = points.box_counts(*BOX)
    for mode in (None, "single"):
        for none in None, [None]:
            assert points.box_counts(*BOX, populations=none, population_mode=mode) == plain
    assert points.box_counts(*BOX, population_mode="multi") == {None: plain}
    assert list(points.box_query(*BOX, population_mode="multi")[None]) == ["id", "position"]
    assert points.populations == [None]
    for mode in (None, "single", "multi"):
        with pytest.raises(si.PopulationError, match="No population 'P': this index records no name"):
            points.box_counts(*BOX, populations="P", population_mode=mode)
        with pytest.raises(ValueError, match="populations"):
            points.box_counts(*BOX, populations=[None, None], population_mode=mode)


def test_the_name_of_the_only_population(segments):
    assert segments.populations == [segments.population] == ["All"]
    plain = segments.box_counts(*BOX)
    for names in None, "All", ["All"], {"All"}, [None], iter(["All"]):
        assert segments.box_counts(*BOX, populations=names) == plain
    for names in "All", ("All",), [None]:
        assert segments.box_counts(*BOX, populations=names, population_mode="multi") == {"All": plain}
        assert segments.box_empty(*BOX, populations=names, population_mode="foo") == {"All": plain == 0}
    found = segments.query(si.Box(*BOX), fields="gid", population_mode="multi")
    # Older scripts look for the only one, of which they knew no name.
    assert np.array_equal(found["All"], found[None])
    with pytest.raises(KeyError):
        found["other"]


def test_unknown_populations_are_refused(segments):
    calls = [
        lambda **names: segments.box_query(*BOX, **names), lambda **names: segments.sphere_counts((0, 0, 0), 1, **names),
        lambda **names: segments.query(si.Box(*BOX), **names), lambda **names: segments.any(si.Box(*BOX), **names),
        segments.bounds,
    ]  # fmt: skip
    for call in calls:
        for names in "typo", ["typo"]:
            for mode in None, "single", "multi":
                with pytest.raises(KeyError, match="No population 'typo': this index has All") as raised:
                    call(populations=names, population_mode=mode)
                assert isinstance(raised.value, (si.PopulationError, RuntimeError))
        with pytest.raises(ValueError, match="expected exactly one population, not 2"):
            call(populations=["All", "typo"])
    lower, upper = segments.bounds(populations="All")
    assert np.array_equal(segments.bounds(population_mode="multi")["All"], (lower, upper))


@pytest.mark.parametrize("error, sentence, call", [
    (ValueError, "Invalid shape of corner: (2,)", lambda index: index.box_query((0, 0), (1, 1, 1))),
    (ValueError, "Invalid shape of opposite_corner: (2,)", lambda index: index.box_counts((1, 1, 1), (0, 0))),
    (ValueError, "Invalid shape of other_end: ()", lambda index: index.capsule_empty((1, 1, 1), 5, 1)),
    (ValueError, "Invalid shape of half_size: ()", lambda index: index.oriented_box_query((1, 1, 1), 5, (1, 0, 0, 0))),
    (ValueError, "shape", lambda index: index.box_query([[0, 0, 0]], (1, 1, 1))),
    (ValueError, "shape", lambda index: index.sphere_counts(np.zeros(4), 1)),
    (IndexError, "shape", lambda index: index.box_query(1, (1, 1, 1))),
    (ValueError, "nan", lambda index: index.box_query((0, 0, float("nan")), (1, 1, 1))),
    (ValueError, "-1", lambda index: index.sphere_query((0, 0, 0), -1)),
    (ValueError, "could not convert", lambda index: index.sphere_query("abc", 1)),
    (TypeError, "", lambda index: index.sphere_query((0, 0, 0), None)),
    (IndexError, "shape", lambda index: index.sphere_query(None, 1)),
    (RuntimeError, "Invalid geometry: x.", lambda index: index.box_query(*BOX, accuracy="x")),
    (ValueError, "Invalid geometry: 1.", lambda index: index.box_counts(*BOX, accuracy=1)),
    (ValueError, "Invalid fields", lambda index: index.box_query(*BOX, fields="")),
    (ValueError, "Invalid fields", lambda index: index.box_query(*BOX, fields=[])),
    (ValueError, "Invalid fields", lambda index: index.box_query(*BOX, fields=set())),
    (NotImplementedError, "bytes", lambda index: index.box_query(*BOX, fields=b"gid")),
    (TypeError, "not iterable", lambda index: index.box_query(*BOX, fields=1)),
    (TypeError, "strings", lambda index: index.box_query(*BOX, fields=[index.builtin_fields[0], 1])),
    (KeyError, "foo", lambda index: index.box_query(*BOX, fields="foo")),
    (ValueError, "foo", lambda index: index.box_query(*BOX, fields=[index.builtin_fields[0], "foo"])),
    (KeyError, "raw_elements", lambda index: index.box_query(*BOX, fields=[index.builtin_fields[0], "raw_elements"])),
    (ValueError, "raw_elements", lambda index: index.box_query(*BOX, fields=["raw_elements"])),
    (KeyError, "not a valid name", lambda index: index.box_query(*BOX, fields="\udc80")),
    (KeyError, "not a valid name", lambda index: index.box_query(*BOX, fields=f"{index.builtin_fields[0]}\0")),
    (OverflowError, "too large", lambda index: index.box_query((10**400, 0, 0), (1, 1, 1))),
    (TypeError, "whole number", lambda index: index.nearest((0, 0, 0), 1.5)),
    (TypeError, "whole number", lambda index: index.nearest((0, 0, 0), None)),
    (ValueError, "negative", lambda index: index.nearest((0, 0, 0), -1)),
    (ValueError, "Invalid shape of point: (2,)", lambda index: index.nearest((0, 0), 1)),
    (ValueError, "group_by='radius'", lambda index: index.box_counts(*BOX, group_by="radius")),
    (ValueError, "group_by='foo'", lambda index: index.sphere_counts((0, 0, 0), 1, group_by="foo")),
    (ValueError, "group_by=3", lambda index: index.sphere_counts((0, 0, 0), 1, group_by=3)),
    (TypeError, "unexpected keyword argument 'foo'", lambda index: index.box_query(*BOX, foo=1)),
    (TypeError, "multiple values for argument 'corner'", lambda index: index.box_query(BOX[0], corner=BOX[0])),
    (TypeError, "'opposite_corner'", lambda index: index.box_empty(BOX[0])),
    (TypeError, "3 positional arguments but 4 were given", lambda index: index.box_query(*BOX, "gid")),
])
def test_wrong_arguments(segments, points, error, sentence, call):
    for index in (segments, points):
        with pytest.raises(error) as raised:
            call(index)
        assert sentence in str(raised.value)
        assert segments.box_counts(*BOX) == 2


def test_unknown_fields_are_told(segments, points):
    with pytest.raises(si.FieldError, match="layer"):
        segments.box_query(*BOX, fields="lyer")
    with pytest.raises(si.FieldError, match="no data set that has attributes"):
        points.box_query(*BOX, fields="layer")


def test_keywords_for_all_arguments(segments):
    assert segments.box_counts(corner=BOX[0], opposite_corner=BOX[1]) == 2
    assert segments.box_counts(**{"corn" + "er": BOX[0], "opposite" + "_corner": BOX[1]}) == 2
    assert segments.sphere_counts(center=(0, 0, 0), radius=1) == 2


def test_moved_data_set(data, tmp_path):
    index = si.SynapseIndexBuilder.from_sonata_file(data.edges, "syn", output_dir=tmp_path / "index")
    moved = tmp_path / "edges.h5"
    moved.write_bytes(data.edges.read_bytes())
    meta_data = tmp_path / "index" / "meta_data.json"
    content = json.loads(meta_data.read_text())
    content["extended"]["dataset_path"] = str(tmp_path / "gone.h5")
    del content["extended"]["dataset_relative_path"]
    meta_data.write_text(json.dumps(content))
    index = si.open_index(tmp_path / "index")
    assert index.box_counts(*BOX) == 4
    with pytest.raises(FileNotFoundError, match="gone.h5"):
        index.box_query(*BOX, fields="conductance")
    index = si.open_index(tmp_path / "index", dataset_path=moved)
    assert len(index.box_query(*BOX, fields="conductance")) == 4
    assert len(pickle.loads(pickle.dumps(index)).box_query(*BOX, fields="conductance")) == 4


def test_exact(segments):
    """Beyond the end of a segment, inside its bounding box: the capsule reaches there, the flat cap does not."""
    box = (-46 + 0.31, -49.6, -50.01), (-45.6, -49.55, -49.99)
    for shape in (box, ((0, 0, 0), (1, 1, 1))):
        counts = [segments.box_counts(*shape, accuracy=accuracy) for accuracy in ("exact", "best_effort", "bounding_box")]
        assert counts == sorted(counts)
    assert segments.sphere_counts((0, 0, 5), 0.1, accuracy="exact") == 1


# ---- nearest ----

def test_nearest(points, segments):
    found, distances = points.nearest((12, 0, 0), 2)
    assert found["id"].tolist() == [6, 7] and distances.tolist() == [2, 8] and distances.dtype == np.float64
    found, distances = points.nearest((12, 0, 0), 100, fields="id", max_distance=12)
    assert found.tolist() == [6, 7, 5] and distances.tolist() == [2, 8, 12]
    for k in 3, 2**63, 2**70, np.int16(3), True + 2:
        assert points.nearest((12, 0, 0), k, fields="id")[0].tolist() == [6, 7, 5]
    assert points.nearest((12, 0, 0), 0)[1].shape == (0,)
    assert points.nearest((12, 0, 0), 3, fields="id", max_distance=1)[0].tolist() == []
    found, distances = segments.nearest((0, 0, 30), 1, fields=["gid", "section_id", "endpoints", "mtype"])
    assert (found["gid"].tolist(), found["section_id"].tolist(), found["mtype"].tolist()) == ([1], [1], ["L23_PC"])
    assert distances[0] == 19.5
    spheres = si.SphereIndex([[0, 0, 0]], [1], [5])
    spheres.insert((10, 0, 0), 2, 6)
    assert spheres.nearest((8.5, 0, 0), 5, fields="id")[0].tolist() == [6, 5]
    for wrong in (dict(k=-1), dict(max_distance=-1), dict(accuracy="x")):
        with pytest.raises(ValueError):
            points.nearest((0, 0, 0), **wrong)
    with pytest.raises(ValueError):
        points.nearest((0, 0, np.inf))


def test_verify_when_opening(points, tmp_path):
    points.write(tmp_path / "index")
    assert len(si.open_index(tmp_path / "index", verify=True)) == 3
    heavy = next((tmp_path / "index").glob("index*"))
    content = bytearray(heavy.read_bytes())
    content[len(content) // 2] ^= 1
    heavy.write_bytes(content)
    with pytest.raises(si.FormatError):
        si.open_index(tmp_path / "index", verify=True)


# ---- 0.7 ----

def test_queries_of_0_7(segments, synapses, spheres):
    everything = (-1e3,) * 3, (1e3,) * 3
    with pytest.warns(DeprecationWarning, match="box_query"):
        found = segments.window_query(*everything)
    types = {name: (str(values.dtype), values.shape[1:]) for name, values in found.items()}
    assert types == {"gid": ("uint64", ()), "section_id": ("uint32", ()), "segment_id": ("uint32", ()),
                     "endpoint1": ("float32", (3,)), "endpoint2": ("float32", (3,)), "radius": ("float32", ()),
                     "kind": ("int32", ())}
    assert np.array_equal(found["kind"] == 0, found["section_id"] == 0)
    assert np.array_equal(np.isnan(found["endpoint2"][:, 0]), found["kind"] == 0)
    with pytest.warns(DeprecationWarning, match="sphere_query"):
        assert segments.vicinity_query((0, 0, 0), 1, fields="ids").dtype.itemsize == 16
    with pytest.warns(DeprecationWarning):
        assert np.array_equal(segments.window_query(*everything, fields="positions"),
                              segments.box_query(*everything, fields="centroid"))
    with pytest.warns(DeprecationWarning):
        found = synapses.window_query(*everything)
    assert {name: str(values.dtype) for name, values in found.items()} == {
        "id": "uint64", "pre_gid": "uint64", "post_gid": "uint64", "centroid": "float32"}
    with pytest.warns(DeprecationWarning):
        assert list(synapses.window_query(*everything, fields=["gid", "id"])) == ["gid", "id"]
    with pytest.warns(DeprecationWarning):
        assert sorted(spheres.vicinity_query((0, 0, 0), 8, fields="ids")) == [5, 6]
    with pytest.warns(DeprecationWarning):
        assert len(segments.vicinity_query((0, 0, 0), 1, fields="raw_elements")) == 2


def test_counts_of_0_7_are_of_bounding_boxes(segments, synapses):
    with pytest.warns(DeprecationWarning, match="sphere_counts"):
        assert segments.vicinity_counts((1.3, 1.3, 0), 0.1) == 1
    with pytest.warns(DeprecationWarning):
        assert segments.vicinity_counts((1.3, 1.3, 0), 0.1, accuracy="best_effort") == 0
    with pytest.warns(DeprecationWarning, match="box_counts"):
        assert synapses.window_counts((-9,) * 3, (9,) * 3, group_by="post_gid") == {0: 1, 1: 3, 2: 1}


# ---- nearest to many points ----

@pytest.mark.parametrize("k, options", [(1, {}), (4, {}), (3, {"max_distance": 20.0}), (0, {}), (10**4, {"somas": False})])
def test_nearest_to_many_points(segments, k, options):
    points = np.random.default_rng(k).uniform(-40, 40, (25, 3)).astype(np.float32)
    fields = ["gid", "section_id", "endpoints", "mtype"]
    found, distances, offsets = segments.nearest_many(points, k, fields=fields, offsets=True, **options)
    assert distances.shape == offsets.shape == found["gid"].shape == (25, k)
    assert found["endpoints"][0].shape == (25, k, 3)
    for i, point in enumerate(points):
        one, near, along = segments.nearest(point, k, fields=fields, offsets=True, **options)
        count = len(near)
        assert np.array_equal(distances[i, :count], near) and np.array_equal(offsets[i, :count], along)
        assert np.isinf(distances[i, count:]).all() and not offsets[i, count:].any()
        assert not found["gid"][i, count:].any() and not any(found["mtype"][i, count:])
        for name in ("gid", "section_id", "mtype"):
            assert np.array_equal(found[name][i, :count], one[name])
        assert np.array_equal(found["endpoints"][1][i, :count], one["endpoints"][1], equal_nan=True)
        assert all(np.array_equal(a, b) for a, b in zip(segments.nearest(point, k, fields="gid", **options), (one["gid"], near)))
    assert np.array_equal(segments.nearest_many(points, k, fields="gid", **options)[0], found["gid"])


def test_nearest_to_more_points_than_are_asked_for_at_once(points):
    places = np.random.default_rng(1).uniform(-5, 40, (20000, 3))
    found, distances = points.nearest_many(places, 2, fields="id", threads=2)
    for i in range(0, len(places), 997):
        one, near = points.nearest(places[i], 2, fields="id")
        assert np.array_equal(found[i], one) and np.array_equal(distances[i], near)


def test_wrong_use_of_nearest_many(points):
    with pytest.raises(si.ShapeError, match=r"\(N, 3\)"):
        points.nearest_many([[1, 2]], 1)
    with pytest.raises(si.FieldError, match="raw_elements"):
        points.nearest_many([[1, 2, 3]], 1, fields="raw_elements")
    with pytest.raises(si.ArgumentError, match="point 1 is"):
        points.nearest_many([[1, 2, 3], [0, np.inf, 0]], 1)
    with pytest.raises(si.ArgumentError, match="maximum distance"):
        points.nearest_many([[1, 2, 3]], 1, max_distance=-1)
    assert points.nearest_many(np.zeros((0, 3)), 2)[1].shape == (0, 2)
