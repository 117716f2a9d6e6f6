import os
import pathlib
import sys
from types import SimpleNamespace

import pytest

import spatial_index as si

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "cli"))
pytest.importorskip("h5py")
import circuits  # noqa: E402  (needs h5py)

DATA = os.environ.get("SPATIAL_INDEX_TEST_DATA")


@pytest.fixture(scope="session")
def real_data():
    """The folder of real circuits and the answers expected on them."""
    if not DATA:
        pytest.skip("no real circuits: SPATIAL_INDEX_TEST_DATA is not set")
    return pathlib.Path(DATA)


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """Cells, synapses and their indexes, for tests that only read."""
    folder = tmp_path_factory.mktemp("data")
    made = SimpleNamespace(
        folder=folder,
        morphologies=circuits.write_morphologies(folder / "morphologies"),
        nodes=circuits.write_nodes(folder / "nodes.h5"),
        edges=circuits.write_edges(folder / "edges.h5"),
        segments=folder / "segments",
        synapses=folder / "synapses",
    )
    si.MorphIndexBuilder.from_sonata_file(made.morphologies, made.nodes, "All", output_dir=made.segments)
    si.SynapseIndexBuilder.from_sonata_file(made.edges, "syn", output_dir=made.synapses)
    return made


@pytest.fixture
def segments(data):
    return si.open_index(data.segments)


@pytest.fixture
def synapses(data):
    return si.open_index(data.synapses)


@pytest.fixture
def spheres():
    return si.SphereIndexBuilder.from_numpy([[0, 0, 0], [10, 0, 0], [20, 0, 0]], [1, 2, 3], [5, 6, 7])


@pytest.fixture
def points():
    return si.PointIndexBuilder.from_numpy([[0, 0, 0], [10, 0, 0], [20, 0, 0]], [5, 6, 7])
