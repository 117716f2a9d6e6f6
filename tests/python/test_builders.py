"""Builders: at once and step by step, and everything that may be chosen."""
import io
import json
import math
import os
import subprocess
import sys

import circuits
import numpy as np
import pytest

import spatial_index as si
from spatial_index import progress

EVERYTHING = (-math.inf,) * 3, (math.inf,) * 3


class Selection:
    """As libsonata's."""

    def __init__(self, ranges):
        self.ranges = ranges

    def flatten(self):
        return np.concatenate([np.arange(*range_, dtype=np.uint64) for range_ in self.ranges])


def gids_of(index):
    return set(index.box_query(*EVERYTHING, fields="gid").tolist())


def ids_of(index):
    return sorted(index.box_query(*EVERYTHING, fields="id").tolist())


@pytest.mark.parametrize("chosen", [
    [0, 2, 3], (0, 2, 3), np.array([0, 2, 3]), np.array([0, 2, 3], dtype=np.int16), iter([0, 2, 3]), {0, 2, 3},
    [(0, 1), (2, 4)], [[0, 1], [2, 4]], np.array([[0, 1], [2, 4]]), Selection([(0, 1), (2, 4)]), Selection([[0, 1], [2, 4]]),
])
def test_choices_of_cells(data, chosen):
    index = si.MorphIndexBuilder.from_sonata_selection(data.morphologies, data.nodes, "All", chosen)
    assert isinstance(index, si.MorphIndex) and gids_of(index) == {0, 2, 3}


def test_cells(data, tmp_path):
    builder = si.MorphIndexBuilder
    files = data.morphologies, data.nodes
    assert gids_of(builder.from_sonata_file(*files, "All")) == {0, 1, 2, 3}
    assert gids_of(builder.from_sonata_file(*files, "All", gids=range(2))) == {0, 1}
    with pytest.warns(DeprecationWarning, match="gids"):
        assert gids_of(builder.from_sonata_file(*files, "All", target_gids=[1])) == {1}
    assert gids_of(builder.create(str(files[0]), str(files[1]), population="", gids=[])) == set()
    index = builder.create(*files, output_dir=tmp_path / "deep" / "index", threads=2)
    assert index.path == os.path.realpath(tmp_path / "deep" / "index") == si.open_index(tmp_path / "deep" / "index").path
    assert index.population == "All" and "mtype" in index.available_fields
    with pytest.raises(FileExistsError):
        builder.create(*files, output_dir=tmp_path / "deep" / "index")
    builder.create(*files, gids=[1], output_dir=tmp_path / "deep" / "index", replace=True)
    assert gids_of(si.open_index(tmp_path / "deep" / "index")) == {1}
    assert gids_of(index) == {0, 1, 2, 3}


@pytest.mark.parametrize("error, sentence, keywords", [
    (ValueError, "both", {"gids": [1], "target_gids": [1]}),
    (RuntimeError, "Nobody", {"pop_name": "Nobody"}),
    (ValueError, "17", {"gids": [17]}),
    (ValueError, "gids has -1", {"gids": [-1]}),
    (ValueError, "integers", {"gids": [0.5]}),
    (ValueError, "shape", {"gids": np.zeros((2, 3), dtype=int)}),
    (ValueError, "recenter", {"recenter": "maybe"}),
    (ValueError, "soma_radius", {"soma_radius": 3}),
    (ValueError, "use_mem_map", {"use_mem_map": "much"}),
    (ValueError, "max_memory", {"max_memory": -3}),
    (OverflowError, "64", {"use_mem_map": "64"[:1] + "K"}),
    (ValueError, "threads is -1", {"threads": -1}),
    (TypeError, "threads is 'all'", {"threads": "all"}),
    (TypeError, "what", {"what": 1}),
    (FileNotFoundError, "gone", {"node_filename": "gone.h5"}),
    (FileNotFoundError, "gone", {"morphology_dir": "gone"}),
])
def test_wrong_builds(data, error, sentence, keywords, tmp_path):
    arguments = {"morphology_dir": data.morphologies, "node_filename": data.nodes, "pop_name": "All",
                 "output_dir": tmp_path / "index", **keywords}
    with pytest.raises(error) as raised:
        si.MorphIndexBuilder.from_sonata_file(**arguments)
    assert sentence in str(raised.value) or error is OverflowError
    assert not (tmp_path / "index").exists()


def test_bad_cells(data, tmp_path, caplog):
    nodes = circuits.write_nodes(tmp_path / "nodes.h5", [*circuits.CELLS[:2], ("gone", *circuits.CELLS[2][1:])])
    with pytest.raises(RuntimeError, match="gone"):
        si.MorphIndexBuilder.create(data.morphologies, nodes)
    index = si.MorphIndexBuilder.create(data.morphologies, nodes, skip_bad_cells=True)
    assert gids_of(index) == {0, 1}
    assert any("cell 2 is left out" in record.getMessage() for record in caplog.records)


def test_cells_step_by_step(data, tmp_path):
    builder = si.MorphIndexBuilder(data.morphologies, data.nodes, "All")
    assert len(builder) == 4
    builder.process_range((0, 1))
    assert gids_of(builder.index) == {0}
    builder.process_range((2, 100))
    assert gids_of(builder.index) == {0, 2, 3} and builder.index is builder.index
    assert len(builder.index.box_query(*EVERYTHING, fields="mtype")) == len(builder.index)
    chosen = si.MorphIndexBuilder(data.morphologies, data.nodes, "All", gids=[3, 1])
    chosen.process_range((1, 2))
    assert gids_of(chosen.index) == {1}
    whole = si.MorphIndexBuilder(data.morphologies, data.nodes, "All", output_dir=tmp_path / "whole")
    whole.process_all(progress=False)
    parts = si.MorphIndexBuilder(data.morphologies, data.nodes, "All", output_dir=tmp_path / "parts")
    parts.process_range((0, 2))
    parts.process_range((2, 4))
    assert not (tmp_path / "parts").exists()
    assert whole.index.path and parts.index.path
    heavy = next((tmp_path / "whole").glob("index*"))
    assert heavy.read_bytes() == (tmp_path / "parts" / heavy.name).read_bytes()
    with pytest.raises(RuntimeError, match="written already"):
        parts.process_range((0, 1))
    assert len(si.MorphIndexBuilder(data.morphologies, data.nodes, "All").index) == 0


def test_synapses(data, tmp_path):
    builder = si.SynapseIndexBuilder
    everything = builder.from_sonata_file(data.edges, "syn", output_dir=tmp_path / "index")
    assert ids_of(everything) == [0, 1, 2, 3, 4, 5] and everything.path
    assert ids_of(builder.from_sonata_file(data.edges)) == [0, 1, 2, 3, 4, 5]
    assert ids_of(builder.from_sonata_file(data.edges, "syn", target_gids=[1, 77])) == [0, 1, 5]
    assert ids_of(builder.from_sonata_file(data.edges, "syn", target_gids=[])) == []
    assert ids_of(builder.from_sonata_tgids(str(data.edges), [2])) == [3, 4]
    assert ids_of(builder.from_sonata_selection((data.edges, "syn"), [5, 0, 1])) == [0, 1, 5]
    assert ids_of(builder.from_sonata_selection(data.edges, Selection([(1, 3), (5, 6)]))) == [1, 2, 5]
    assert ids_of(builder.create(data.edges, [])) == []
    moved = builder.from_sonata_file(data.edges, position="elsewhere")
    assert moved.box_query((999,) * 3, (1001,) * 3, fields="id").tolist() == [0]
    with pytest.raises(ValueError, match="edges 4 to 9"):
        builder.create(data.edges, [(4, 9)])
    with pytest.raises(RuntimeError, match="nowhere"):
        builder.from_sonata_file(data.edges, position="nowhere")
    for edges in None, object(), (data.edges, "syn", "more"), 3:
        with pytest.raises(ValueError, match="expected a path"):
            builder.create(edges)
    steps = builder(data.edges, [(0, 2), (3, 4), (4, 6)])
    assert len(steps) == 3
    steps.process_range((0, 2))
    assert ids_of(steps.index) == [0, 1, 3]
    steps.process_range((2, 3))
    assert ids_of(steps.index) == [0, 1, 3, 4, 5]
    steps = builder(data.edges)
    steps.process_all()
    assert ids_of(steps.index) == [0, 1, 2, 3, 4, 5]


class EdgePopulation:
    """As libsonata's, of the synapses that the tests know by heart."""

    name = "syn"
    size = len(circuits.SYNAPSES)

    def _rows(self, selection):
        return [circuits.SYNAPSES[row] for row in selection.flatten()]

    def get_attribute(self, name, selection):
        prefix, _, axis = name.rpartition("_")
        assert prefix == "afferent_center"
        return np.array([row[3]["xyz".index(axis)] for row in self._rows(selection)])

    def source_nodes(self, selection):
        return np.array([row[1] for row in self._rows(selection)], dtype=np.uint64)

    def target_nodes(self, selection):
        return np.array([row[2] for row in self._rows(selection)], dtype=np.uint64)

    def afferent_edges(self, gids):
        rows = [row[0] for row in circuits.SYNAPSES if row[2] in gids]
        return Selection([(row, row + 1) for row in rows])


def test_synapses_of_an_object(data):
    """Without libsonata: an object that has what the builder asks of an EdgePopulation."""
    edges = EdgePopulation()
    same = si.SynapseIndexBuilder.from_sonata_file(data.edges, "syn")
    index = si.SynapseIndexBuilder.create(edges)
    assert all(np.array_equal(left, right) for left, right in
               zip(index.box_query(*EVERYTHING).values(), same.box_query(*EVERYTHING).values()))
    assert index.population == "syn" and index.available_fields == index.builtin_fields
    assert ids_of(si.SynapseIndexBuilder.from_sonata_tgids(edges, [1])) == [0, 1, 5]
    assert ids_of(si.SynapseIndexBuilder.from_sonata_selection(edges, Selection([(2, 4)]))) == [2, 3]


# ---- spheres and points ----

def test_spheres_and_points(tmp_path):
    spheres = si.SphereIndexBuilder.from_numpy(np.eye(3), np.ones(3), output_dir=tmp_path / "spheres")
    assert isinstance(si.open_index(tmp_path / "spheres"), si.SphereIndex) and ids_of(spheres) == [0, 1, 2]
    points = si.PointIndexBuilder.from_numpy(np.eye(3), [2**63, 5, 6], output_dir=tmp_path / "points")
    assert isinstance(si.open_index(tmp_path / "points"), si.PointIndex) and ids_of(points) == [5, 6, 2**63]
    for empty in (si.SphereIndexBuilder.create_empty(), si.PointIndexBuilder.create_empty(), si.SphereIndex(),
                  si.PointIndex(), si.SphereIndexBuilder.from_numpy([], []), si.PointIndexBuilder.from_numpy(np.empty((0, 3)))):
        assert len(empty) == 0 and empty.box_empty(*EVERYTHING) and empty.box_counts(*EVERYTHING) == 0
    strided = np.arange(24, dtype=float).reshape(4, 6)[:, ::2]
    assert sorted(si.PointIndex(strided).box_query(*EVERYTHING, fields="position").tolist()) == strided.tolist()


@pytest.mark.parametrize("arguments", [
    (np.zeros((2, 2)), [1, 1]), (np.zeros((2, 3)), [1]), (np.zeros((2, 3)), [1, 1], [1]), (np.zeros(3), [1]),
    (np.zeros((2, 3)), [1, -1]), (np.zeros((2, 3)), [1, np.nan]), (np.full((2, 3), np.inf), [1, 1]),
    (np.zeros((2, 3)), [1, 1], [-1, 1]), (np.zeros((2, 3)), [1, 1], [0.5, 1]), (np.zeros((2, 3)), [1, 1], ["a", "b"]),
    (np.zeros((2, 3)), [1, 1], [1, 2**64]), (np.full((2, 3), 1e300), [1, 1]), (np.zeros((2, 3)), [1, 1e300]),
    (np.zeros((2, 3)), None), (None, [1]), ("abc", [1]), ([[0, 0, "x"]], [1]), ([[0, 0, 0], [1]], [1, 1]),
])
@pytest.mark.filterwarnings("error")
def test_wrong_spheres(arguments):
    with pytest.raises(ValueError):
        si.SphereIndexBuilder.from_numpy(*arguments)


# ---- options ----

def test_memory_map_options(data, tmp_path):
    props = si.DiskMemMapProps(tmp_path / "mapped", 1, True)
    assert props.args == (tmp_path / "mapped", 1, True) and si.DiskMemMapProps("x").args == ("x", 1024, False)
    builder = si.MorphIndexMemDiskBuilder(data.morphologies, data.nodes, "All", disk_mem_map=props)
    builder.process_all()
    assert isinstance(builder.index, si.MorphIndexMemDisk)
    assert len(si.MorphIndexBuilder.load_disk_mem_map(tmp_path / "mapped")) == 12 == len(si.MorphIndexMemDisk.open(tmp_path / "mapped"))
    props = si.MorphIndexBuilder.DiskMemMapProps(str(tmp_path / "synapses"))
    assert len(si.SynapseIndexMemDiskBuilder.from_sonata_file(data.edges, "syn", mem_map_props=props)) == 6
    assert len(si.SynapseIndexMemDisk.open(tmp_path / "synapses")) == 6
    with pytest.raises(ValueError, match="disk_mem_map"):
        si.MorphIndexBuilder(data.morphologies, data.nodes, disk_mem_map=props, output_dir="x")
    with pytest.raises(RuntimeError, match="builder"):
        si.MorphIndexMemDisk.create("x", 1)
    for size in (1, "1", "1M", 0.5, "off", "False", None, False):
        assert len(si.SynapseIndexBuilder.from_sonata_file(data.edges, "syn", use_mem_map=size)) == 6
    with pytest.raises(si.LimitError):
        si.SynapseIndexBuilder.from_sonata_file(data.edges, "syn", use_mem_map="1K")
    limited = si.SynapseIndexBuilder.from_sonata_file(data.edges, "syn", max_memory="256M", temp_dir=tmp_path)
    assert len(limited) == 6


def test_progress(data, capsys):
    calls = []
    si.MorphIndexBuilder.create(data.morphologies, data.nodes, progress=lambda *call: calls.append(call))
    assert {phase for phase, _, _ in calls} >= {"cells", "writing"} and all(done <= total for _, done, total in calls if total)
    si.MorphIndexBuilder.create(data.morphologies, data.nodes, progress=True)
    log = capsys.readouterr().err
    assert 1 <= len(log.splitlines()) <= 3 and "\r" not in log  # plain lines where there is no terminal

    def stop(phase, done, total):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        si.MorphIndexBuilder.create(data.morphologies, data.nodes, progress=stop)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_bar_of_the_commands(monkeypatch):
    """The same line as --progress-bar shows: share, bar, numbers, rate and the time left."""
    clock = iter([100, 102, 110, 120.5, 121])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    log = io.StringIO()
    bar = progress.ProgressBar(log)
    bar("cells", 0, 400)
    bar("cells", 100, 400)  # too soon after the line before
    bar("cells", 200, 400)
    bar("writing", 0, 0)
    bar("writing", 5, 0)
    bar.close()
    assert log.getvalue().splitlines() == [
        "cells   0% [....................] 0/400, ...",
        "cells  50% [##########..........] 200/400, 20/s, 0:10 left",
        "writing 0, 0/s, 0:00",
    ]


def test_progress_bar_on_a_terminal(monkeypatch):
    clock = iter([100, 100.05, 3700])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    terminal = Terminal()
    bar = progress.ProgressBar(terminal)
    for done in 0, 1, 2:
        bar("cells", done, 4_000_000)
    bar.close()
    _, first, second, cleared, last = terminal.getvalue().split("\r")
    assert first == "cells   0% [....................] 0/4000000, ..."
    assert second.startswith("cells   0% [....................] 2/4000000, 0.000556/s, 99:59:59 left")
    assert cleared.strip() == last == "" and len(cleared) == len(second)


def test_unknown_keywords(data):
    """The message names what callers have written and can write, not a class within."""
    for build in (
        lambda: si.SegmentIndexBuilder.create(data.morphologies, data.nodes, replacee=True),
        lambda: si.SynapseIndexBuilder.create((data.edges, "syn"), replacee=True),
        lambda: si.index_circuit("segments", "circuit_config.json", "out", replacee=True),
        lambda: si.SphereIndexBuilder.from_numpy([[0, 0, 0]], [1], replacee=True),
    ):
        with pytest.raises(TypeError) as caught:
            build()
        assert "'replacee': did you mean 'replace'?" in str(caught.value) and "BuildOptions" not in str(caught.value)


def test_an_index_that_is_there_already(data, tmp_path):
    si.SegmentIndexBuilder.create(data.morphologies, data.nodes, output_dir=tmp_path / "out")
    with pytest.raises(FileExistsError, match="replace=True"):
        si.SegmentIndexBuilder.create(data.morphologies, data.nodes, output_dir=tmp_path / "out")


@pytest.mark.parametrize("severity, speaks", [("INFO", True), ("WARNING", False), (None, False)])
def test_logger_speaks_at_its_severity(data, tmp_path, severity, speaks):
    """Without any logging set up by the program; basicConfig shows each message once."""
    script = "import logging, sys, spatial_index as si\n" \
        "if sys.argv[3] == 'configured': logging.basicConfig(level=logging.INFO)\n" \
        "si.SegmentIndexBuilder.create(*sys.argv[1:3])\n"
    environment = {name: value for name, value in os.environ.items() if name != "SI_LOG_SEVERITY"}
    if severity:
        environment["SPATIAL_INDEX_LOG_SEVERITY"] = severity
    for how in "plain", "configured":
        command = [sys.executable, "-c", script, data.morphologies, data.nodes, how]
        told = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stderr
        expected = speaks or (how == "configured" and severity is None)
        assert told.count("indexed 12 elements of 4 cells in ") == expected, told


# ---- circuits ----

@pytest.fixture(scope="module")
def circuit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("circuit")
    config = circuits.write_circuit(folder / "circuit")
    si.index_circuit("segments", config, folder / "both", ["A", "B"])
    return config, folder / "both"


def test_populations(circuit):
    index = si.open_index(circuit[1])
    assert isinstance(index, si.MultiPopulationIndex) and index.populations == ["A", "B"]
    assert len(index) == 12 and len(index["A"]) == 6 and list(index) == ["A", "B"]
    assert index.element_type == "morphology" and "mtype" in index.available_fields
    assert index.builtin_fields == index["A"].builtin_fields
    bounds = index.bounds()
    assert list(bounds) == ["A", "B"]
    for name, corners in bounds.items():
        assert np.array_equal(corners, index[name].bounds())
        assert np.array_equal(index.bounds(populations=name, population_mode="single"), corners)
        assert list(index.bounds(populations=[name])) == [name]
    with pytest.raises(ValueError, match="exactly one"):
        index.bounds(population_mode="single")


def test_queries_of_populations(circuit):
    index = si.open_index(circuit[1])
    plain = index["A"].box_query(*EVERYTHING, fields="gid")
    assert list(index.box_query(*EVERYTHING, fields=iter(["gid"]))) == ["A", "B"]
    assert np.array_equal(index.box_query(*EVERYTHING, fields="gid")["A"], plain)
    assert index.box_counts(*EVERYTHING) == {"A": 6, "B": 6}
    assert index.box_counts(*EVERYTHING, populations="B") == {"B": 6}
    assert index.box_counts(*EVERYTHING, populations=["B", "A"], population_mode="multi") == {"B": 6, "A": 6}
    assert index.box_counts(*EVERYTHING, populations=["B"], population_mode="single") == 6
    assert index.box_counts(*EVERYTHING, populations="A", group_by="gid") == {"A": {0: 4, 1: 2}}
    assert index.sphere_empty((0, 0, 0), 1) == {"A": False, "B": True}
    assert index.sphere_counts((0, 0, 0), 1, populations="A", population_mode="single") == 2
    assert len(index.sphere_query((0, 0, 0), 1)["A"]["ids"]) == 2 and index.box_empty(*EVERYTHING)["A"] is False
    assert index.box_counts_many(np.zeros((2, 3)) - 1, np.ones((2, 3)))["A"].tolist() == [2, 2]
    with pytest.raises(ValueError, match="exactly one"):
        index.box_counts(*EVERYTHING, population_mode="single")
    for wrong in "C", ["A", "C"], [None]:
        with pytest.raises(KeyError, match="No population .*: this index has A, B"):
            index.box_counts(*EVERYTHING, populations=wrong)
    with pytest.raises(si.PopulationError, match="'C': this index has A, B"):
        index["C"]
    with pytest.raises(RuntimeError):
        index.write("x")


def test_one_population_of_a_circuit(circuit, tmp_path):
    index = si.index_circuit("synapses", circuit[0], tmp_path / "one", "A__B", gids=[1, 2])
    assert isinstance(index, si.SynapseIndex) and index.population == "A__B" and ids_of(index) == [0, 1, 3]
    with pytest.raises(ValueError, match="glia"):
        si.index_circuit("glia", circuit[0], tmp_path / "glia")
    with pytest.raises(RuntimeError):
        si.index_circuit("segments", circuit[0], tmp_path / "none", ["C"])


def test_old_indexes_are_told_apart(tmp_path):
    (tmp_path / "meta_data.json").write_text(json.dumps(
        {"version": 0, "element_type": "morphology", "in_memory": {"heavy_data_path": "index.spi"}}))
    with pytest.raises(NotImplementedError, match="(?s).*"):
        si.open_index(tmp_path)
