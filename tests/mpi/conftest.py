import itertools
import os
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cli"))
from launch import alone  # noqa: E402  (needs the path for others)


@pytest.fixture(scope="session")
def make_folder():
    """Makes folders in memory, unless told otherwise: flushing to a disk is what these builds do most of the time."""
    memory, numbers = "/dev/shm", itertools.count()
    in_memory = "TMPDIR" not in os.environ and os.access(memory, os.W_OK | os.X_OK)
    with tempfile.TemporaryDirectory(prefix="spatial-index-mpi-", dir=memory if in_memory else None) as name:
        def make_folder():
            folder = pathlib.Path(name) / str(next(numbers))
            folder.mkdir()
            return folder

        yield make_folder


@pytest.fixture
def tmp_path(make_folder):
    folder = make_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def circuit(make_folder):
    folder = make_folder()
    alone("sample-circuit", "--cells", 700, folder / "circuit")
    alone("circuit", "segments", folder / "circuit" / "circuit_config.json", "-o", folder / "segments")
    alone("circuit", "synapses", folder / "circuit" / "circuit_config.json", "-o", folder / "synapses")
    return folder
