import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cli"))
from launch import alone  # noqa: E402  (needs the path for others)


@pytest.fixture(scope="session")
def circuit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("circuit")
    alone("sample-circuit", "--cells", 700, folder / "circuit")
    alone("circuit", "segments", folder / "circuit" / "circuit_config.json", "-o", folder / "segments")
    alone("circuit", "synapses", folder / "circuit" / "circuit_config.json", "-o", folder / "synapses")
    return folder
