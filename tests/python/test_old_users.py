"""What programs written for brain-indexer 3.1 and SpatialIndex 0.7 call, import and catch."""
import importlib
import logging
import os
import pathlib
import pickle
import sys
import types

import h5py
import numpy as np
import pytest
import small_circuits as small

import spatial_index as si

EVERYTHING = small.EVERYTHING


# ---- names ----


@pytest.mark.parametrize("module, names", [
    ("", "SectionType IndexResolver MorphIndexResolver SynapseIndexResolver SphereIndexResolver PointIndexResolver core "
         "io util resolver index builder chunked_builder logging_settings synthetic_index morphology_builder "
         "synapse_builder experimental"),
    ("core", "SectionType MorphIndex MorphMultiIndex SynapseIndex SynapseMultiIndex SphereIndex PointIndex"),
    ("index", "IndexInterface Index SONATAIndex SynapseIndexBase SynapseIndex SynapseMultiIndex MorphIndexBase MorphIndex "
              "MorphMultiIndex SphereIndexBase SphereIndex PointIndexBase PointIndex MultiPopulationIndex"),
    ("builder", "SimpleShapeIndexBuilder SphereIndexBuilder PointIndexBuilder"),
    ("chunked_builder", "ChunkedProcessingMixin MultiIndexBuilderMixin"),
    ("morphology_builder", "MorphIndexBuilderBase MorphIndexBuilder MorphMultiIndexBuilder"),
    ("synapse_builder", "SynapseIndexBuilderBase SynapseIndexBuilder SynapseMultiIndexBuilder"),
    ("logging_settings", "minimum_log_severity setup_logging_for_cli"),
    ("synthetic_index", "UniformFactory"),
    ("io", "MetaData NumpyEncoder read_json write_json open_sonata_edges open_sonata_nodes shared_temporary_directory"),
    ("util", "is_non_string_iterable strip_singleton_non_string_iterable is_strictly_sensible_filename factor "
             "is_likely_same_index register_mpi_excepthook get_dirname"),
])
def test_names_are_where_they_were(module, names):
    found = importlib.import_module("spatial_index" + (f".{module}" if module else ""))
    for name in names.split():
        assert getattr(found, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        found.nothing_of_the_kind


def test_old_names_do_not_show():
    old = {"n_elements_to_import", "local_size", "constructor_rank", "load_disk_mem_map", "DiskMemMapProps", "add_sphere"}
    for builder in si.SegmentIndexBuilder, si.SynapseMultiIndexBuilder, si.SphereIndexBuilder, si.PointIndexBuilder:
        assert not old & {*dir(builder), *dir(builder.__new__(builder))}
    assert "create" in dir(si.SegmentIndexBuilder) and "create" not in dir(si.SphereIndexBuilder)
    assert "process_range" in dir(si.SegmentIndexBuilder) and "from_numpy" in dir(si.PointIndexBuilder)
    for module in "index", "synapse_builder":
        assert "MorphIndexBase" not in dir(getattr(si, module)) and "SynapseIndexBuilderBase" not in dir(getattr(si, module))
    assert not {"SectionType", "IndexResolver", "chunked_builder"} & set(dir(si))


def test_base_classes(segments, points):
    from spatial_index.index import IndexInterface, MorphIndexBase, SONATAIndex, SynapseIndexBase

    assert isinstance(segments, (IndexInterface)) and isinstance(segments, SONATAIndex)
    assert isinstance(segments, MorphIndexBase) and not isinstance(segments, SynapseIndexBase)
    assert isinstance(points, IndexInterface) and not isinstance(points, SONATAIndex)
    assert issubclass(si.MultiPopulationIndex, IndexInterface)
    assert si.core.MorphIndex is si.MorphIndex and si.core.SynapseMultiIndex is si.SynapseIndex


# ---- builders ----


def test_builders_of_spheres_and_points():
    spheres = si.SphereIndexBuilder.create(np.zeros((2, 3)), np.ones(2), ids=[3, 4])
    assert sorted(small.everything(spheres, "id")) == [3, 4]
    assert small.everything(si.PointIndexBuilder.create([[1, 2, 3]]), "position").tolist() == [[1, 2, 3]]
    with pytest.warns(DeprecationWarning), pytest.raises(RuntimeError, match="from_numpy"):
        si.SphereIndexBuilder().add_sphere((0, 0, 0), 1)


def test_builders_step_by_step(data, segments, tmp_path):
    builder = si.MorphIndexBuilder(data.morphologies, data.nodes, "All", gids=[0.0, 2.0])
    assert builder.n_elements_to_import() == len(builder) == 2 and builder.local_size() == 0
    builder.process_range((0, 1))
    assert builder.local_size() == 4
    builder.process_range((1, 2))
    assert builder.local_size() == len(builder.index) == 6
    synapses = si.SynapseMultiIndexBuilder((data.edges, "syn"), [(0, 2), (3, 4)], output_dir=tmp_path / "synapses")
    assert synapses.n_elements_to_import() == 2
    synapses.process_all()
    assert synapses.local_size() == 3
    assert synapses.constructor_rank() == 0
    assert synapses.constructor_rank(types.SimpleNamespace(Get_size=lambda: 5)) == 4


def test_ids_as_floats_and_single_ones(data):
    one = si.SynapseIndexBuilder.from_sonata_file(data.edges, "syn", target_gids=1)
    assert set(small.everything(one, "post_gid")) == {1}
    for gids in 2, 2.0, np.float32(2), np.array(2), [2.0], np.array([2.0]):
        index = si.MorphIndexBuilder.from_sonata_file(data.morphologies, data.nodes, "All", gids)
        assert set(small.everything(index, "gid")) == {2}
    spheres = si.SphereIndexBuilder.from_numpy(np.zeros((2, 3)), np.ones(2), np.array([5.0, 2.0**63]))
    assert sorted(small.everything(spheres, "id")) == [5, 2**63]
    for wrong in [1.5], [np.nan], [-1.0], [2.0**64], [np.inf], ["1"], [True]:
        with pytest.raises(ValueError, match="expected integers"):
            si.PointIndexBuilder.from_numpy([[0, 0, 0]], wrong)


@pytest.mark.parametrize("centroid, radius, id, expected", [
    ((1, 2, 3), 1.0, 2, [2]), ((1, 2, 3), [1.0], 2, [2]), ((1, 2, 3), 1.0, [2], [2]), ([(1, 2, 3)], 1.0, 2, [2]),
    ([(1, 2, 3), (4, 5, 6)], 1.0, [2, 3], [2, 3]), ([(1, 2, 3), (4, 5, 6)], [1.0, 2.0], None, [0, 1]),
    (np.array([1, 2, 3]), np.float32(1), np.int64(7), [7]), ((1, 2, 3), np.array([1.0]), np.array([7.0]), [7]),
])
def test_scalars_and_arrays_are_mixed_in_inserting(centroid, radius, id, expected):
    index = si.SphereIndexBuilder.create_empty()
    index.insert(centroid=centroid, radius=radius, id=id)
    assert sorted(small.everything(index, "id")) == expected
    points = si.PointIndexBuilder.create_empty()
    points.insert(centroid, id)
    assert sorted(small.everything(points, "id")) == expected


@pytest.mark.parametrize("centroid, radius, id", [
    ([(1, 2, 3), (4, 5, 6)], [1.0], [2, 3]), ([(1, 2, 3), (4, 5, 6)], 1.0, 2), ((1, 2, 3), [1.0, 2.0], 2), ((1, 2), 1.0, 2),
])
def test_lengths_that_do_not_fit_in_inserting(centroid, radius, id):
    index = si.SphereIndexBuilder.create_empty()
    with pytest.raises(ValueError):
        index.insert(centroid, radius, id)
    assert len(index) == 0


def test_the_data_set_that_is_written(data, segments, tmp_path):
    segments.write(tmp_path / "a", sonata_filename="no such.h5", population="elsewhere")
    extended = si.io.MetaData(tmp_path / "a").extended
    assert extended.path("dataset_path") == os.path.abspath("no such.h5") and extended.value("population") == "elsewhere"
    assert si.difference(tmp_path / "a", segments) is None
    # An index that records none gets one.
    with_none = si.SynapseIndexBuilder.create(EdgesLikeLibsonata(data.edges))
    with_none.write(tmp_path / "b", sonata_filename=data.edges, population="syn")
    assert "conductance" in si.open_index(tmp_path / "b").available_fields
    with pytest.raises(ValueError, match="together"):
        segments.write(tmp_path / "c", population="elsewhere")
    assert not (tmp_path / "c").exists()


# ---- edges that are an object ----


class Selection:
    def __init__(self, ids):
        ids = np.asarray(ids)
        self.ids = np.concatenate([np.arange(*pair) for pair in ids] or [ids[:0, 0]]) if ids.ndim == 2 else ids

    @property
    def ranges(self):
        return [(int(id), int(id) + 1) for id in self.ids]

    def flatten(self):
        return self.ids


class EdgesLikeLibsonata:
    """A libsonata.EdgePopulation as far as it is used: its module has Selection."""

    def __init__(self, path):
        with h5py.File(path) as file:
            group = file["edges/syn"]
            self.columns = {name: column[()] for name, column in group["0"].items() if isinstance(column, h5py.Dataset)}
            self.sources, self.targets = group["source_node_id"][()], group["target_node_id"][()]
        self.columns["name"] = np.array([f"edge {i}" for i in range(len(self.targets))])
        self.name, self.size, self.attribute_names = "syn", len(self.targets), set(self.columns)

    def get_attribute(self, name, selection):
        values = self.columns[name][selection.flatten().astype(int)]
        return values.tolist() if values.dtype.kind == "U" else values

    def source_nodes(self, selection):
        return self.sources[selection.flatten().astype(int)]

    def target_nodes(self, selection):
        return self.targets[selection.flatten().astype(int)]

    def afferent_edges(self, gids):
        return Selection(np.flatnonzero(np.isin(self.targets, gids)))


def test_attributes_of_edges_that_are_an_object(data, synapses):
    edges = EdgesLikeLibsonata(data.edges)
    builder = si.SynapseIndexBuilder(edges)
    builder.process_range()
    indexes = [
        si.SynapseIndexBuilder.from_sonata_tgids(edges, None), si.SynapseIndexBuilder.from_sonata_tgids(edges, [0, 1]),
        si.SynapseIndexBuilder.from_sonata_selection(edges, Selection([0, 2, 5])), builder.index,
    ]  # fmt: skip
    for index in indexes:
        assert index.available_fields == index.builtin_fields + sorted(edges.attribute_names)
        found = small.everything(index, ["id", "conductance", "name"])
        assert np.array_equal(found["conductance"], edges.columns["conductance"][found["id"].astype(int)], equal_nan=True)
        assert found["name"].tolist() == [f"edge {id}" for id in found["id"]]
        assert len(small.everything(index, "name")) == len(found["id"])
        many = index.box_query_many([EVERYTHING[0]] * 2, [EVERYTHING[1]] * 2, fields=["conductance"])
        assert len(many["conductance"]) == 2 * len(found["id"])
        assert sum(index.box_counts(*EVERYTHING, group_by="name").values()) == len(found["id"])
        with pytest.raises(KeyError, match="No such attribute: 'nonsense'"):
            small.everything(index, "nonsense")
        for fields in "id", ["id", "pre_gid"]:
            assert len(index.nearest((0, 0, 0), 2, fields=fields)[1]) == 2
    expected = small.everything(synapses, ["id", "conductance"])
    assert np.array_equal(small.everything(indexes[0], "conductance"), expected["conductance"], equal_nan=True)


def test_an_object_without_attributes(data):
    edges = EdgesLikeLibsonata(data.edges)
    del edges.attribute_names
    index = si.SynapseIndexBuilder.create(edges)
    assert index.available_fields == index.builtin_fields


# ---- queries of 0.7 ----


def test_the_default_of_old_queries_is_the_bounding_box(tmp_path):
    swc = "1 1 0 0 0 1 -1\n2 2 2 2 0 0.1 1\n3 2 12 12 0 0.1 2\n"
    index = small.index_cells(tmp_path, {"cell.swc": swc})
    box, sphere = ((3, 10, -1), (4, 11, 1)), ((3, 10, 0), 1)
    with pytest.deprecated_call():
        for accuracy in {}, {"accuracy": None}, {"accuracy": "bounding_box"}:
            assert len(index.window_query(*box, fields="gid", **accuracy)) == index.window_counts(*box, **accuracy) == 1
            assert len(index.vicinity_query(*sphere, **accuracy)["gid"]) == index.vicinity_counts(*sphere, **accuracy) == 1
        assert index.window_counts(*box, accuracy="best_effort") == index.vicinity_counts(*sphere, accuracy="best_effort") == 0


# ---- what they catch ----


def test_missing_populations(data, tmp_path):
    calls = [
        lambda: si.MorphIndexBuilder.from_sonata_file(data.morphologies, data.nodes, "typo"),
        lambda: si.SynapseIndexBuilder.from_sonata_file(data.edges, "typo"),
        lambda: si.SynapseIndexBuilder((data.edges, "typo")).process_range(),
        lambda: len(si.MorphIndexBuilder(data.morphologies, data.nodes, "typo")),
        lambda: si.io.open_sonata_edges(data.edges, "typo"),
        lambda: si.io.open_sonata_nodes(data.nodes, "typo"),
    ]
    for call in calls:
        with pytest.raises(AssertionError, match="typo") as raised:
            call()
        assert isinstance(raised.value, (si.PopulationError)) and isinstance(raised.value, FileNotFoundError)
        assert type(pickle.loads(pickle.dumps(raised.value))) is si.PopulationError
    with pytest.raises(si.NotFoundError) as raised:
        si.SynapseIndexBuilder.from_sonata_file(tmp_path / "nowhere.h5", "syn")
    assert not isinstance(raised.value, AssertionError)


def test_missing_folder_of_morphologies(data, tmp_path):
    with pytest.raises(ValueError, match="nowhere") as raised:
        si.MorphIndexBuilder.from_sonata_file(tmp_path / "nowhere", data.nodes, "All")
    assert isinstance(raised.value, si.NotFoundError)
    (tmp_path / "empty").mkdir()
    with pytest.raises(si.NotFoundError) as raised:
        si.MorphIndexBuilder.from_sonata_file(tmp_path / "empty", data.nodes, "All")
    assert not isinstance(raised.value, ValueError)


@pytest.mark.parametrize("accuracy", [1, 1.0, b"best_effort", ["exact"], object()])
def test_accuracy_that_is_no_string(segments, accuracy):
    box = (0, 0, 0), (1, 1, 1)
    calls = [segments.box_query, segments.box_counts, segments.box_empty]
    for call in [*(lambda call=call: call(*box, accuracy=accuracy) for call in calls),
                 lambda: segments.nearest((0, 0, 0), accuracy=accuracy),
                 lambda: segments.box_counts_many([box[0]], [box[1]], accuracy=accuracy),
                 lambda: segments.grid_counts(*box, 2, touching=True, accuracy=accuracy)]:
        with pytest.raises(TypeError, match="accuracy") as raised:
            call()
        assert isinstance(raised.value, si.ArgumentError)
    with pytest.raises(ValueError) as raised:
        segments.box_query(*box, accuracy="nonsense")
    assert not isinstance(raised.value, TypeError)


def test_unknown_attributes_are_errors_of_libsonata(segments, points, monkeypatch):
    class SonataError(Exception):
        pass

    for index in segments, points:
        with pytest.raises(si.FieldError) as raised:
            small.everything(index, "nonsense")
        assert type(raised.value) is si.FieldError
    monkeypatch.setitem(sys.modules, "libsonata", types.SimpleNamespace(SonataError=SonataError))
    for index in segments, points:
        for fields in "nonsense", [index.builtin_fields[0], "nonsense"]:
            with pytest.raises(SonataError, match="nonsense") as raised:
                small.everything(index, fields)
            assert isinstance(raised.value, si.FieldError) and isinstance(raised.value, KeyError)
            assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    monkeypatch.setitem(sys.modules, "libsonata", types.SimpleNamespace())
    with pytest.raises(si.FieldError):
        small.everything(segments, "nonsense")


# ---- modules ----


def test_json(tmp_path):
    content = {"a": np.arange(3), "b": np.float32(0.5), "c": [np.int16(4), None], "d": np.bool_(True)}
    si.io.write_json(tmp_path / "a.json", content)
    assert si.io.read_json(tmp_path / "a.json") == {"a": [0, 1, 2], "b": 0.5, "c": [4, None], "d": True}
    with pytest.raises(TypeError):
        si.io.write_json(tmp_path / "b.json", {"a": object()})


def test_sonata_files_as_objects(data, monkeypatch, tmp_path):
    for population in "syn", None:
        edges = si.io.open_sonata_edges(data.edges, population)
        assert isinstance(edges, h5py.Group) and "target_node_id" in edges
    assert "0/x" in si.io.open_sonata_nodes(str(data.nodes), "All")
    with pytest.raises(FileNotFoundError):
        si.io.open_sonata_edges(tmp_path / "nowhere.h5", "syn")
    opened = types.SimpleNamespace(population_names={"syn"}, open_population=lambda name: ("opened", name))
    library = types.SimpleNamespace(EdgeStorage=lambda path: opened)
    monkeypatch.setitem(sys.modules, "libsonata", library)
    assert si.io.open_sonata_edges(data.edges) == ("opened", "syn")
    for name in "libsonata", "h5py":
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(si.UnsupportedError, match="libsonata or h5py"):
        si.io.open_sonata_edges(data.edges, "syn")


def test_temporary_directory_that_is_shared():
    with si.io.shared_temporary_directory(prefix="foo") as folder:
        assert pathlib.Path(folder).is_dir() and "foo" in folder
    assert not pathlib.Path(folder).exists()
    told = []

    class Comm:
        def __init__(self, rank):
            self.rank = rank

        def Get_rank(self):
            return self.rank

        def bcast(self, value, root):
            told.append(value)
            return told[0]

    with si.io.shared_temporary_directory(mpi_comm=Comm(0)) as first:
        with si.io.shared_temporary_directory(mpi_comm=Comm(1)) as second:
            assert first == second and pathlib.Path(first).is_dir()
        assert pathlib.Path(first).is_dir()


def test_small_helpers():
    from spatial_index.util import (factor, get_dirname, is_non_string_iterable, is_strictly_sensible_filename,
                                    strip_singleton_non_string_iterable)

    assert [is_strictly_sensible_filename(name) for name in ("", "a", "f_0-.", "a b", "a/b", "a\n", "\u00e9")] == [
        False, True, True, False, False, False, False]
    assert is_non_string_iterable([]) and is_non_string_iterable(x for x in "a") and not is_non_string_iterable("a")
    with pytest.raises(NotImplementedError):
        is_non_string_iterable(b"a")
    with pytest.raises(ValueError):
        is_non_string_iterable(3)
    assert [strip_singleton_non_string_iterable(x) for x in ("foo", None, ["foo"], {3}, [None])] == ["foo", None, "foo", 3, None]
    for several in [], ["foo", None]:
        with pytest.raises(ValueError):
            strip_singleton_non_string_iterable(several)
    assert [factor(n, dims=2) for n in (0, 1, 2, 4, 10, 8, 4627)] == [(0, 1), (1, 1), (1, 2), (2, 2), (2, 5), (2, 4), (7, 661)]
    with pytest.raises(ValueError):
        factor(4)
    assert get_dirname("a/b") == "a" and get_dirname("b") == "."


def test_indexes_that_are_the_same_within_a_tolerance(segments):
    from spatial_index.util import is_likely_same_index

    places = np.random.default_rng(3).uniform(0, 100, (500, 3)).astype(np.float32)
    index, moved = si.PointIndexBuilder.from_numpy(places), si.PointIndexBuilder.from_numpy(places + np.float32(1e-4))
    others = si.PointIndexBuilder.from_numpy(places[::-1])
    assert not is_likely_same_index(index, moved) and is_likely_same_index(index, moved, rtol=1e-5)
    assert is_likely_same_index(index, index, rtol=0) and not is_likely_same_index(index, moved, rtol=1e-9)
    assert not is_likely_same_index(index, others, rtol=1e-5) and not is_likely_same_index(index, segments, rtol=1)
    with pytest.raises(ValueError):
        is_likely_same_index(index, moved, rtol=-1)


def test_settings_of_logging(monkeypatch):
    from spatial_index.logging_settings import minimum_log_severity, setup_logging_for_cli

    for name, level in ("DEBUG", logging.DEBUG), ("warn", logging.WARNING), ("Warning", logging.WARNING), ("", logging.INFO):
        monkeypatch.setenv("SPATIAL_INDEX_LOG_SEVERITY", name)
        assert minimum_log_severity() == level
    logger = logging.getLogger("for test_settings_of_logging")
    monkeypatch.setattr("spatial_index.logs.logger", logger)
    setup_logging_for_cli(False)
    assert logger.level == logging.NOTSET
    setup_logging_for_cli(True)
    assert logger.level == logging.DEBUG


def test_synthetic_indexes():
    from spatial_index.synthetic_index import UniformFactory

    index = UniformFactory(600, 50.0).morph_index(random_state=1)
    assert isinstance(index, si.MorphIndex) and len(index) == 600
    found = small.everything(index)
    assert set(found["gid"]) == {0} and set(found["radius"]) == {1} and set(found["section_type"]) == {0}
    first, second = found["endpoints"]
    assert (np.abs(first) <= 50).all() and (np.abs(second - first) <= 10).all() and not found["is_soma"].any()
    assert si.difference(index, UniformFactory(600, 50.0).morph_index(random_state=np.random.default_rng(1))) is None
    assert len(UniformFactory(0, 5.0).morph_index(7, 3)) == 21


# ---- how other programs call ----


def test_placing_spheres_one_by_one():
    """As programs that place cells do."""
    random, index, placed = np.random.default_rng(7), si.SphereIndexBuilder.create_empty(), []
    for trial in random.uniform(0, 20, (200, 3)):
        radius = random.uniform(1, 2)
        free = all(np.linalg.norm(trial - center) > radius + other for center, other in placed)
        assert index.sphere_empty(trial, radius) is free
        if free:
            index.insert(centroid=trial, radius=radius, id=len(placed))
            placed.append((trial, radius))
    near = index.sphere_query(np.reshape(placed[0][0], (3,)), 5.0)
    assert 0 in near["id"] and near["centroid"].dtype == np.float32 and len(index) == len(placed) > 10


def test_sampling_segments_of_voxels(segments, data):
    """As programs that choose places for synapses do."""
    index = si.open_index(str(data.segments), max_cache_size_mb=4000)
    fields = {"gid", "endpoints", "section_id", "segment_id", "section_type"}
    found = index.box_query(np.array([-1e3] * 3), np.array([1e3] * 3), fields=fields)
    starts, ends = found["endpoints"]
    del found["endpoints"]
    assert set(found) == fields - {"endpoints"} and {len(values) for values in found.values()} == {12}
    assert np.isnan(ends).all(axis=1).sum() == (found["section_type"] == si.SectionType.soma).sum() == 4
    assert np.isfinite(starts).all()
    order = si.experimental.space_filling_order(starts)
    assert sorted(order.tolist()) == list(range(12))
