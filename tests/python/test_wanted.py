"""Only the elements that are wanted, and groups of several fields, as NumPy would tell them from all elements."""
import subprocess
import types

import circuits
import h5py
import numpy as np
import pytest
import small_circuits as small

import spatial_index as si
from spatial_index.core import SectionType

EVERYTHING = (-1e9,) * 3, (1e9,) * 3
RANDOM = np.random.default_rng(3)


def neurites(points):
    """A cell whose neurites, of random types, have four segments each."""
    lines = ["1 1 0 0 0 1 -1"]
    for point in range(2, points):
        is_first = point % 5 == 2
        section_type = RANDOM.integers(2, 5) if is_first else section_type
        x, y, z = RANDOM.uniform(-50, 50, 3)
        lines.append(f"{point} {section_type} {x:.2f} {y:.2f} {z:.2f} 0.5 {1 if is_first else point - 1}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def random_segments(tmp_path_factory):
    shapes = {f"cell{cell:02}.swc": neurites(500) for cell in range(12)}
    return small.index_cells(tmp_path_factory.mktemp("wanted"), shapes)


@pytest.mark.parametrize("name", ["soma", "axon", "basal_dendrite", "apical_dendrite", "dendrite", "basal", "apical", "spine", "Axon", "", "3", "256"])
def test_names_of_section_types_are_those_of_the_commands(data, name):
    command = [small.COMMANDS / "spatial-index", "query", data.segments, "--box", "-1e9,-1e9,-1e9", "1e9,1e9,1e9", "--count", "--section-types", name]
    told = subprocess.run(command, capture_output=True, encoding="utf-8")
    with si.open_index(data.segments) as index:
        try:
            assert told.stdout == f"{index.box_counts(*EVERYTHING, section_types=name)}\n"
        except ValueError as error:
            assert told.returncode == 2 and name in str(error)
            assert "soma, axon, basal_dendrite, apical_dendrite" in str(error) and "soma, axon, basal_dendrite, apical_dendrite" in told.stderr


FILTERS = [
    ({"section_types": 2}, lambda found: found["section_type"] == 2),
    ({"section_types": "axon"}, lambda found: found["section_type"] == 2),
    ({"section_types": [SectionType.soma, "apical", np.uint8(3)]}, lambda found: found["section_type"] != 2),
    ({"section_types": range(256)}, lambda found: found["gid"] >= 0),
    ({"section_types": ()}, lambda found: found["gid"] < 0),
    ({"section_types": {7, 255}}, lambda found: found["gid"] < 0),
    ({"somas": True}, lambda found: found["is_soma"]),
    ({"somas": np.False_}, lambda found: ~found["is_soma"]),
    ({"gids": 7}, lambda found: found["gid"] == 7),
    ({"gids": [7, 7, 3, 10**12]}, lambda found: np.isin(found["gid"], [3, 7])),
    ({"gids": np.arange(2, 9, dtype=np.int16)}, lambda found: (found["gid"] >= 2) & (found["gid"] < 9)),
    ({"gids": [(0, 3), (5, 6)]}, lambda found: np.isin(found["gid"], [0, 1, 2, 5])),
    ({"gids": types.SimpleNamespace(ranges=[(0, 3)], flatten=None)}, lambda found: found["gid"] < 3),
    ({"gids": np.arange(10**6, dtype=np.uint64) << np.uint64(15)}, lambda found: found["gid"] == 0),
    ({"gids": [], "somas": True}, lambda found: found["gid"] < 0),
    ({"gids": range(6), "section_types": [2, 3], "somas": False},
     lambda found: (found["gid"] < 6) & (found["section_type"] < 4) & ~found["is_soma"]),
    ({"gids": None, "section_types": None, "somas": None, "pre_gids": None, "ids": None}, lambda found: found["gid"] >= 0),
]
SHAPES = [("box", (-20, -20, -20), (10, 5, 20)), ("sphere", (5, 5, 5), 22), ("box", *EVERYTHING), ("sphere", (900, 0, 0), 1)]


def same(found, expected):
    assert list(found) == list(expected)
    return all(np.array_equal(np.asarray(found[name]), np.asarray(expected[name]), equal_nan=name == "endpoints")
               for name in expected)


@pytest.mark.parametrize("number", range(len(FILTERS)))
def test_wanted_segments(random_segments, number):
    wanted, passes = FILTERS[number]
    for shape, first, second in SHAPES:
        for accuracy in "best_effort", "bounding_box", "exact":
            query, counts, empty = (getattr(random_segments, f"{shape}_{what}") for what in ("query", "counts", "empty"))
            everything = query(first, second, accuracy=accuracy, fields=["gid", "section_type", "is_soma", "ids", "radius"])
            passing = passes(everything)
            expected = {name: values[passing] for name, values in everything.items()}
            found = query(first, second, accuracy=accuracy, fields=list(everything), **wanted)
            assert same(found, expected)
            assert counts(first, second, accuracy=accuracy, **wanted) == passing.sum()
            assert empty(first, second, accuracy=accuracy, **wanted) is not passing.any()
            for name in "gid", "section_type":
                keys, numbers = np.unique(expected[name], return_counts=True)
                assert counts(first, second, accuracy=accuracy, group_by=name, **wanted) == dict(zip(keys, numbers))


@pytest.mark.parametrize("number", range(len(FILTERS)))
@pytest.mark.parametrize("k", [1, 10, 100])
def test_nearest_of_those_that_are_wanted(random_segments, number, k):
    wanted, passes = FILTERS[number]
    for accuracy in "best_effort", "exact":
        point = RANDOM.uniform(-50, 50, 3)
        everything, distances = random_segments.nearest(point, len(random_segments), accuracy=accuracy)
        passing = np.flatnonzero(passes(everything))[:k]
        found, found_distances = random_segments.nearest(point, k, accuracy=accuracy, fields="ids", **wanted)
        assert np.array_equal(found, everything["ids"][passing])
        assert np.array_equal(found_distances, distances[passing])


@pytest.mark.parametrize("number", range(len(FILTERS)))
def test_batches_of_those_that_are_wanted(random_segments, number):
    wanted, _ = FILTERS[number]
    corners = RANDOM.uniform(-50, 40, (100, 3))
    for threads in 1, 2:
        boxes = random_segments.box_query_many(corners, corners + 9, fields=["ids"], threads=threads, **wanted)
        spheres = random_segments.sphere_query_many(corners, 5, fields="gid", threads=threads, **wanted)
        counts = random_segments.box_counts_many(corners, corners + 9, threads=threads, **wanted)
        sphere_counts = random_segments.sphere_counts_many(corners, 5, threads=threads, **wanted)
        assert np.array_equal(np.diff(boxes.offsets), counts)
        assert np.array_equal(np.diff(spheres.offsets), sphere_counts)
        for i in range(0, 100, 9):
            alone = random_segments.box_query(corners[i], corners[i] + 9, fields="ids", **wanted)
            assert np.array_equal(boxes.of(i)["ids"], alone)


def make_synapses(count=5000):
    positions = RANDOM.uniform(-50, 50, (count, 3)).astype(np.float32)
    pre, post = RANDOM.integers(0, 30, (2, count)).astype(np.uint64)
    return positions, pre, post


@pytest.fixture(scope="module")
def random_synapses(tmp_path_factory):
    edges = tmp_path_factory.mktemp("synapses") / "edges.h5"
    positions, pre, post = make_synapses()
    with h5py.File(edges, "w") as file:
        group = file.create_group("edges/all")
        group["edge_type_id"] = np.zeros(len(pre), dtype=np.int64)
        group["source_node_id"], group["target_node_id"] = pre, post
        for axis, name in enumerate("xyz"):
            group[f"0/afferent_center_{name}"] = positions[:, axis]
        group["0/level"] = (np.arange(len(pre)) % 7 - 3).astype(np.int8)
        group["0/strength"] = np.arange(len(pre), dtype=np.float64)
    return si.SynapseIndexBuilder.from_sonata_file(edges, "all")


@pytest.mark.parametrize("wanted, passes", [
    ({"pre_gids": [1, 2, 3]}, lambda found: np.isin(found["pre_gid"], [1, 2, 3])),
    ({"post_gids": range(5)}, lambda found: found["post_gid"] < 5),
    ({"ids": np.arange(0, 5000, 2)}, lambda found: found["id"] % 2 == 0),
    ({"pre_gids": 4, "post_gids": [3, 4, 5]}, lambda found: (found["pre_gid"] == 4) & np.isin(found["post_gid"], [3, 4, 5])),
    ({"pre_gids": [2**64 - 1]}, lambda found: found["id"] < 0),
])
def test_wanted_synapses(random_synapses, wanted, passes):
    for shape, first, second in SHAPES:
        query = getattr(random_synapses, f"{shape}_query")
        everything = query(first, second)
        found = query(first, second, **wanted)
        passing = passes(everything)
        assert same(found, {name: values[passing] for name, values in everything.items()})
        assert getattr(random_synapses, f"{shape}_counts")(first, second, **wanted) == passing.sum()


@pytest.mark.parametrize("make", [
    lambda places, ids: si.PointIndex(places, ids), lambda places, ids: si.SphereIndex(places, np.full(len(ids), 2.0), ids)])
@pytest.mark.parametrize("grown", [False, True])
def test_wanted_spheres_and_points(make, grown):
    places, ids = RANDOM.uniform(-50, 50, (9000, 3)), RANDOM.integers(0, 1000, 9000)
    index = make(places[:2000] if grown else places, ids[:2000] if grown else ids)
    if grown:
        index.insert(*((places[2000:], 2.0, ids[2000:])[:3:2] if index.element_type == "point"
                       else (places[2000:], np.full(7000, 2.0), ids[2000:])))
    wanted = RANDOM.integers(0, 2000, 300)
    for shape, first, second in SHAPES:
        query, counts = getattr(index, f"{shape}_query"), getattr(index, f"{shape}_counts")
        everything = query(first, second)
        passing = np.isin(everything["id"], wanted)
        assert same(query(first, second, ids=wanted), {name: values[passing] for name, values in everything.items()})
        assert counts(first, second, ids=wanted) == passing.sum()
        assert getattr(index, f"{shape}_empty")(first, second, ids=wanted) is not passing.any()
        keys, numbers = np.unique(everything["id"][passing], return_counts=True)
        assert counts(first, second, ids=wanted, group_by="id") == dict(zip(keys, numbers))
        assert counts(first, second, ids=wanted, group_by=["id"]) == {(key,): n for key, n in zip(keys, numbers)}
    batch = index.box_query_many(places[:20] - 5, places[:20] + 5, fields="id", ids=wanted)
    assert np.isin(batch["id"], wanted).all()
    assert np.array_equal(np.diff(batch.offsets), index.box_counts_many(places[:20] - 5, places[:20] + 5, ids=wanted))
    near, distances = index.nearest((1, 2, 3), 9000, ids=wanted)
    assert len(distances) == np.isin(ids, wanted).sum() and np.isin(near["id"], wanted).all()


def test_groups_of_several_fields(random_segments, random_synapses):
    for index, names in ((random_segments, ("section_type", "gid")), (random_segments, ["gid", "is_soma", "section_type"]),
                         (random_segments, ("gid",)), (random_synapses, ("post_gid", "pre_gid")),
                         (random_synapses, ("level",)), (random_synapses, ("level", "post_gid")),
                         (random_synapses, ["pre_gid", "level", "post_gid"])):
        for shape, first, second in SHAPES:
            found = getattr(index, f"{shape}_query")(first, second, fields=set(names))
            rows, numbers = np.unique(np.stack([found[name].astype(np.int64) for name in names]), axis=1, return_counts=True)
            counts = getattr(index, f"{shape}_counts")(first, second, group_by=names)
            expected = dict(zip(map(tuple, rows.T.tolist()), numbers.tolist()))
            assert counts == expected and list(counts) == list(expected)
            assert getattr(index, f"{shape}_counts")(first, second, group_by=iter(names)) == expected


def test_groups_by_attributes(data, random_synapses):
    segments = si.open_index(data.segments)
    assert segments.box_counts(*EVERYTHING, group_by="mtype") == {"L1_DAC": 6, "L23_PC": 2, "L4_SS": 4}
    assert segments.box_counts(*EVERYTHING, group_by="layer", section_types=3) == {-4: 3, 1: 3}
    assert segments.box_counts(*EVERYTHING, group_by=("mtype", "is_soma"), gids=[0, 1]) == {
        ("L1_DAC", 0): 3, ("L1_DAC", 1): 1, ("L23_PC", 0): 1, ("L23_PC", 1): 1}
    levels = random_synapses.box_counts(*EVERYTHING, group_by="level")
    assert list(levels) == list(range(-3, 4)) and sum(levels.values()) == 5000
    assert all(type(key) is int and type(count) is int for key, count in levels.items())
    assert random_synapses.sphere_counts((900, 0, 0), 1, group_by=("level", "post_gid")) == {}
    with pytest.raises(ValueError, match="group_by='strength'.*neither integers nor text"):
        random_synapses.box_counts(*EVERYTHING, group_by="strength")


def test_several_populations(tmp_path):
    config = circuits.write_circuit(tmp_path / "circuit")
    index = si.index_circuit("segments", config, tmp_path / "both", populations=["A", "B"])
    by_gid = index.box_counts(*EVERYTHING, group_by=iter(["gid", "section_type"]))
    assert set(by_gid) == {"A", "B"} and by_gid["B"]
    only = index.box_query(*EVERYTHING, fields="gid", gids=iter([1]))
    assert {name: set(gids) for name, gids in only.items()} == {
        name: {1} & {gid for gid, _ in groups} for name, groups in by_gid.items()}
    assert index.box_counts(*EVERYTHING, somas=True, populations="A", population_mode="single") == \
        index["A"].box_counts(*EVERYTHING, somas=True)
    assert index.sphere_empty((0, 0, 0), 1e9, gids=[99]) == {"A": True, "B": True}
    many = index.box_counts_many([EVERYTHING[0]], [EVERYTHING[1]], section_types="axon")
    assert {name: counts.tolist() for name, counts in many.items()} == {
        name: [index[name].box_counts(*EVERYTHING, section_types="axon")] for name in ("A", "B")}
    found = index.nearest((0, 0, 0), 1, fields="gid", somas=True)
    assert set(found) == {"A", "B"} and all(len(gids) == 1 for gids, _ in found.values())


@pytest.mark.parametrize("name, wanted, error, sentence", [
    ("synapses", {"gids": [1]}, ValueError, "gids. The elements of this synapse index have no gid."),
    ("synapses", {"somas": True}, ValueError, "somas. The elements of this synapse index have no is_soma."),
    ("synapses", {"section_types": 1}, ValueError, "section_types. The elements of this synapse"),
    ("segments", {"ids": [1]}, ValueError, "ids. The elements of this segment index have no id."),
    ("segments", {"pre_gids": [1]}, ValueError, "pre_gids. "),
    ("points", {"post_gids": [1]}, ValueError, "post_gids. "),
    ("spheres", {"gids": []}, ValueError, "gids. "),
    ("segments", {"gids": [3, -1]}, ValueError, "gids has -1, expected integers from 0 to 2**64 - 1"),
    ("segments", {"gids": 2**64}, ValueError, f"gids has {2**64}, expected"),
    ("segments", {"gids": [1, 1.5]}, ValueError, "gids has 1.5, expected"),
    ("segments", {"gids": np.array([1.5, 2])}, ValueError, "gids has 1.5, expected"),
    ("segments", {"gids": "12"}, ValueError, "gids has '1', expected"),
    ("segments", {"gids": True}, ValueError, "gids has True, expected"),
    ("segments", {"gids": [False]}, ValueError, "gids has False, expected"),
    ("segments", {"gids": 1.5}, ValueError, "gids has 1.5, expected"),
    ("points", {"ids": object}, TypeError, "ids is <class 'object'>, expected"),
    ("segments", {"gids": np.zeros((2, 3), dtype=int)}, ValueError, "(2, 3)"),
    ("segments", {"section_types": "dendrites"}, ValueError, "'dendrites'"),
    ("segments", {"section_types": [1, 256]}, ValueError, "256"),
    ("segments", {"section_types": True}, ValueError, "section_types has True"),
    ("segments", {"section_types": [2.5]}, ValueError, "2.5"),
    ("segments", {"somas": "yes"}, ValueError, "somas is 'yes'"),
    ("segments", {"cells": [1]}, TypeError, "unexpected keyword argument 'cells'"),
])
def test_what_cannot_be_wanted(request, name, wanted, error, sentence):
    index = request.getfixturevalue(name)
    corners = np.zeros((2, 3))
    for call in (lambda: index.box_query(*EVERYTHING, **wanted), lambda: index.sphere_query((0, 0, 0), 1, **wanted),
                 lambda: index.box_counts(*EVERYTHING, **wanted), lambda: index.sphere_counts((0, 0, 0), 1, **wanted),
                 lambda: index.box_empty(*EVERYTHING, **wanted), lambda: index.sphere_empty((0, 0, 0), 1, **wanted),
                 lambda: index.nearest((0, 0, 0), 3, **wanted), lambda: index.box_query_many(corners, corners, **wanted),
                 lambda: index.sphere_query_many(corners, 1, **wanted), lambda: index.box_counts_many(corners, corners, **wanted),
                 lambda: index.sphere_counts_many(corners, 1, **wanted)):
        with pytest.raises(error) as raised:
            call()
        assert sentence in str(raised.value)


@pytest.mark.parametrize("group_by, sentence", [
    ((), "0 names"), (["gid"] * 15, "15 names"), (["gid", "radius"], "'radius'"), (["gid", 3], "group_by=3. Expected the name of a field of integers"),
    (["gid", "lyer"], "group_by='lyer'.*layer"), (3, "group_by=3")])
def test_what_cannot_be_grouped_by(segments, group_by, sentence):
    with pytest.raises(si.ArgumentError, match=sentence):
        segments.box_counts(*EVERYTHING, group_by=group_by)
