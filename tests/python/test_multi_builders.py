"""Builders of multi-indexes, alone and with the processes of an MPI job."""
import importlib.util
import json
import subprocess
import sys

import circuits
import numpy as np
import pytest
import small_circuits as small
from mpi_jobs import ENVIRONMENT, failure, job, lines, needs_mpi

import spatial_index as si
from spatial_index.util import difference

needs_mpi4py = pytest.mark.skipif(not importlib.util.find_spec("mpi4py"), reason="there is no mpi4py")


@pytest.fixture(scope="module")
def circuit(tmp_path_factory):
    """More than a million segments, so that there are several parts, and the single indexes."""
    folder = tmp_path_factory.mktemp("circuit")
    small.command("sample-circuit", "--cells", 700, folder / "circuit")
    sources = folder / "circuit" / "morphologies", folder / "circuit" / "nodes.h5"
    si.MorphIndexBuilder.from_sonata_file(*sources, "cortex", output_dir=folder / "segments")
    si.SynapseIndexBuilder.from_sonata_file(folder / "circuit" / "edges.h5", output_dir=folder / "synapses")
    return folder


# ---- alone ----


def is_multi_index(folder):
    return "multi_index" in json.loads((folder / "meta_data.json").read_text())


def test_cells(data, segments, tmp_path):
    index = si.MorphMultiIndexBuilder.from_sonata_file(data.morphologies, data.nodes, "All", output_dir=tmp_path / "all")
    assert isinstance(index, si.MorphMultiIndex) and is_multi_index(tmp_path / "all")
    assert difference(index, segments) is None and index.info()["part_count"] == 1
    assert segments.info()["part_count"] == 0
    chosen = si.MorphMultiIndexBuilder.from_sonata_selection(
        data.morphologies, data.nodes, "All", [0, 2], output_dir=tmp_path / "two"
    )
    single = si.MorphIndexBuilder.from_sonata_selection(data.morphologies, data.nodes, "All", [0, 2])
    assert difference(chosen, single) is None
    created = si.MorphMultiIndexBuilder.create(data.morphologies, data.nodes, "All", [0, 2], output_dir=tmp_path / "3")
    assert difference(created, single) is None


def test_synapses(data, synapses, tmp_path):
    builder = si.SynapseMultiIndexBuilder
    index = builder.from_sonata_file(data.edges, "syn", output_dir=tmp_path / "all")
    assert isinstance(index, si.SynapseMultiIndex) and is_multi_index(tmp_path / "all")
    assert difference(index, synapses) is None
    for name, on_targets in [
        ("file", builder.from_sonata_file(data.edges, "syn", target_gids=[1], output_dir=tmp_path / "file")),
        ("gids", builder.from_sonata_tgids((data.edges, "syn"), [1], output_dir=tmp_path / "gids")),
    ]:
        assert set(small.everything(on_targets, "post_gid")) == {1}
        assert is_multi_index(tmp_path / name)
    selected = builder.from_sonata_selection((data.edges, "syn"), [0, 4], output_dir=tmp_path / "selection")
    assert set(small.everything(selected, "id")) == {0, 4}


def test_keyword_of_every_builder(data, tmp_path):
    config = circuits.write_circuit(tmp_path / "circuit")
    both = si.index_circuit("segments", config, tmp_path / "both", ["A", "B"], multi_index=True)
    assert len(both) == 12 and both["A"].info()["part_count"] == 1
    places = np.arange(30).reshape(10, 3)
    points = si.PointIndexBuilder.from_numpy(places, output_dir=tmp_path / "points", multi_index=True)
    spheres = si.SphereIndexBuilder.from_numpy(places, np.ones(10), output_dir=tmp_path / "spheres", multi_index=True)
    for index in points, spheres:
        assert set(small.everything(index, "id")) == set(range(10)) and index.info()["part_count"] == 1
    single = si.MorphMultiIndexBuilder.from_sonata_file(
        data.morphologies, data.nodes, "All", output_dir=tmp_path / "single", multi_index=False
    )
    assert single.info()["part_count"] == 0 and not is_multi_index(tmp_path / "single")


def test_it_needs_a_folder(data):
    with pytest.raises(si.ArgumentError, match="needs an output_dir"):
        si.MorphMultiIndexBuilder.from_sonata_file(data.morphologies, data.nodes, "All")


def test_step_by_step(data, segments, tmp_path):
    builder = si.MorphMultiIndexBuilder(data.morphologies, data.nodes, "All", output_dir=tmp_path / "steps")
    builder.process_range((0, 1))
    builder.process_range((1, None))
    builder.finalize()
    assert difference(builder.index, segments) is None and is_multi_index(tmp_path / "steps")
    assert builder.index.info()["population"] == "All"
    nothing = si.SynapseMultiIndexBuilder((data.edges, "syn"), output_dir=tmp_path / "nothing").index
    assert len(nothing) == 0 and is_multi_index(tmp_path / "nothing")


def test_copies_and_replacements(data, segments, tmp_path):
    sources = data.morphologies, data.nodes, "All"
    index = si.MorphMultiIndexBuilder.from_sonata_file(*sources, output_dir=tmp_path / "multi")
    index.write(tmp_path / "copy")
    assert difference(tmp_path / "copy", segments) is None
    with pytest.raises(si.ExistsError):
        si.MorphMultiIndexBuilder.from_sonata_file(*sources, output_dir=tmp_path / "multi")
    si.MorphMultiIndexBuilder.from_sonata_file(*sources, gids=[1], output_dir=tmp_path / "multi", replace=True)
    assert set(small.everything(si.open_index(tmp_path / "multi"), "gid")) == {1}


def test_no_library_where_it_is_not_alone(data, tmp_path, monkeypatch):
    from spatial_index import cluster

    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "2")
    monkeypatch.setattr(cluster, "_library_paths", lambda: ["/nowhere/libspatial_index_mpi.so.0"])
    with pytest.raises(si.UnsupportedError, match="cannot build together: /nowhere"):
        si.SynapseMultiIndexBuilder.from_sonata_file(data.edges, "syn", output_dir=tmp_path / "s")
    assert len(si.SynapseIndexBuilder.from_sonata_file(data.edges, "syn", output_dir=tmp_path / "s")) == 6


ALONE_AMONG_MANY = """
import os, sys
for name in list(os.environ):
    if name.startswith(("OMPI_", "PMIX_")):
        del os.environ[name]
os.environ["SLURM_STEP_NUM_TASKS"] = "3"
import spatial_index as si
try:
    si.SynapseMultiIndexBuilder.from_sonata_file(sys.argv[1], "syn", output_dir="out")
except si.UnsupportedError as error:
    print(error)
"""


@needs_mpi
def test_processes_that_mpi_does_not_know(data, tmp_path):
    told = subprocess.run([sys.executable, "-c", ALONE_AMONG_MANY, data.edges], cwd=tmp_path, env=ENVIRONMENT,
                          capture_output=True, encoding="utf-8", timeout=100).stdout
    assert "one of 3 processes, but MPI reports only one" in told and not (tmp_path / "out").exists()


# ---- together ----

BUILDS = """
import os, sys
import spatial_index as si
folder, how = sys.argv[1:]
if how == "mpi4py":
    from mpi4py import MPI
files = folder + "/circuit/morphologies", folder + "/circuit/nodes.h5", "cortex"
edges = folder + "/circuit/edges.h5"
def same(index, single):
    assert si.util.difference(index, single) is None
    assert index.info()["part_count"] > 0
same(si.MorphMultiIndexBuilder.from_sonata_file(*files, output_dir="segments", threads=1), folder + "/segments")
same(si.SynapseMultiIndexBuilder.from_sonata_file(edges, output_dir="synapses", threads=1), folder + "/synapses")
config = folder + "/circuit/circuit_config.json"
same(si.index_circuit("segments", config, "circuit", multi_index=True, threads=1), folder + "/segments")
gids = [3, 5, 8, 13]
few = si.MorphMultiIndexBuilder.from_sonata_selection(*files, gids, output_dir="few")
same(few, si.MorphIndexBuilder.from_sonata_selection(*files, gids))
targets = si.SynapseMultiIndexBuilder.from_sonata_tgids(edges, gids, output_dir="targets")
same(targets, si.SynapseIndexBuilder.from_sonata_tgids(edges, gids))
ranges = [(10, 500), (700, 701)]
selected = si.SynapseMultiIndexBuilder.from_sonata_selection(edges, ranges, output_dir="selected")
same(selected, si.SynapseIndexBuilder.from_sonata_selection(edges, ranges))
if how == "mpi4py":
    assert MPI.COMM_WORLD.allreduce(1) == MPI.COMM_WORLD.size
os.write(1, b"done\\n")
"""


@needs_mpi
@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_same_elements(circuit, tmp_path, ranks):
    assert lines(ranks, BUILDS, circuit, "alone", folder=tmp_path) == ["done"] * ranks
    for name in "segments", "synapses":
        small.command("compare", circuit / name, tmp_path / name)
        small.command("verify", tmp_path / name)
    assert sorted(path.name for path in (tmp_path / "segments").iterdir())[1:] == ["meta_data.json"]


@needs_mpi
@needs_mpi4py
@pytest.mark.parametrize("ranks", [1, 3])
def test_beside_mpi4py(circuit, tmp_path, ranks):
    assert lines(ranks, BUILDS, circuit, "mpi4py", folder=tmp_path) == ["done"] * ranks
    small.command("compare", circuit / "segments", tmp_path / "segments")


STEPS = """
import os, sys
import numpy as np
import spatial_index as si
folder, rank = sys.argv[1], int(os.environ["OMPI_COMM_WORLD_RANK"])
files = folder + "/circuit/morphologies", folder + "/circuit/nodes.h5", "cortex"
builder = si.MorphMultiIndexBuilder(*files, gids=range(10, 20), output_dir="steps")
if rank == 1:
    builder.process_range((0, 4))
if rank == 2:
    builder.process_range((4, 5))
    builder.process_range((5, 10))
builder.finalize()
assert si.util.difference(builder.index, si.MorphIndexBuilder.create(*files, range(10, 20))) is None

class Selection:
    def __init__(self, ranges):
        self.ranges = ranges

class Edges:  # as libsonata has them
    size, name = 1000, "made up"
    def _ids(self, selection):
        return np.concatenate([np.arange(*piece) for piece in selection.ranges])
    def get_attribute(self, name, selection):
        return self._ids(selection) % 17 * 0.5 + ord(name[-1])
    def source_nodes(self, selection):
        return self._ids(selection) + 5
    def target_nodes(self, selection):
        return self._ids(selection) // 10

sys.modules["__main__"].Selection = Selection
made = si.SynapseMultiIndexBuilder.create(Edges(), output_dir="made")
assert si.util.difference(made, si.SynapseIndexBuilder.create(Edges())) is None
own = np.arange(10 * rank, 10 * rank + 10)
points = si.PointIndexBuilder.from_numpy(np.stack([own] * 3, 1), own, output_dir="points", multi_index=True)
assert len(points) == 30 and points.info()["population"] is None and made.info()["population"] == "made up"
os.write(1, b"done\\n")
"""


@needs_mpi
def test_each_gives_its_own(circuit, tmp_path):
    assert lines(3, STEPS, circuit, folder=tmp_path) == ["done"] * 3
    index = si.open_index(tmp_path / "points")
    assert sorted(small.everything(index, "id")) == list(range(30))


CAUGHT = """
import os, sys
import spatial_index as si
folder = sys.argv[1]
files = folder + "/circuit/nodes.h5", "cortex"
try:
    si.MorphMultiIndexBuilder.from_sonata_file(folder + "/nothing", *files, output_dir="out")
except si.NotFoundError as error:
    os.write(1, f"{error}\\n".encode())
si.MorphMultiIndexBuilder.from_sonata_file(folder + "/circuit/morphologies", *files, gids=[1], output_dir="out")
"""


@needs_mpi
def test_all_raise_alike_and_may_go_on(circuit, tmp_path):
    told = lines(3, CAUGHT, circuit, folder=tmp_path)
    assert len(told) == 3 and len(set(told)) == 1 and "/nothing'" in told[0]
    assert set(small.everything(si.open_index(tmp_path / "out"), "gid")) == {1}


UNCAUGHT = """
import os, sys
import spatial_index as si
folder, how = sys.argv[1:]
rank = int(os.environ["OMPI_COMM_WORLD_RANK"])
files = folder + "/circuit/morphologies", folder + "/circuit/nodes.h5", "cortex"
def progress(phase, done, total):
    if rank == 1 and how == "progress":
        raise ValueError("enough")
if how == "between":
    si.MorphMultiIndexBuilder.from_sonata_file(*files, gids=[1], output_dir="first")
    if rank == 1:
        raise ValueError("enough")
if how == "file":
    open("out", "w").close()
si.MorphMultiIndexBuilder.from_sonata_file(*files, output_dir="out", progress=progress)
"""


@needs_mpi
@pytest.mark.parametrize("how, sentence", [("progress", "enough"), ("between", "enough"), ("file", "out")])
def test_one_tells_of_a_failure(circuit, tmp_path, how, sentence):
    told = failure(3, UNCAUGHT, circuit, how, folder=tmp_path)
    assert len(told) == 1 and sentence in told[0]
    assert not (tmp_path / "out").is_dir()


@needs_mpi
def test_a_process_that_dies_ends_the_job(circuit, tmp_path):
    program = UNCAUGHT.replace('raise ValueError("enough")', "os.kill(os.getpid(), 9)")
    assert job(3, program, circuit, "progress", folder=tmp_path).returncode != 0
    assert not (tmp_path / "out" / "meta_data.json").exists()
