import os
import pathlib
import sys
import tempfile

import pytest

pytest.importorskip("h5py")
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cli"))
import scenes  # noqa: E402  (needs h5py and the path)

# All faults, not just some: scripts/test-faults. Few: under the sanitizers, where every build takes long.
IS_FULL = os.environ.get("SPATIAL_INDEX_FAULTS") == "all"
IS_SHORT = os.environ.get("SPATIAL_INDEX_FAULTS") == "few"
# What stands for all of them in the ordinary test run.
USUAL_SCENES = ["nodes", "synapses over nodes", "several over several", "spilled elsewhere over nodes"]


def some_of(numbers, most, most_in_full=10000):
    """Numbers spread evenly, with the first and the last; all of them, or as many as told, in a full run."""
    most = most_in_full if IS_FULL else max(most // 3, 3) if IS_SHORT else most
    if len(numbers) <= most:
        return list(numbers)
    return sorted({numbers[round(i * (len(numbers) - 1) / (most - 1))] for i in range(most)})


def calls_of(scene, calls, most, most_of_slow=10000):
    """Numbers of the calls that a test tries out; a scene whose builds take long may get fewer."""
    return some_of(range(1, len(calls) + 1), max(most // scene.cost, 5), most_of_slow if scene.cost > 1 else 10000)


def for_scenes(*usual):
    """A test runs for these scenes, or for all of them in a full run."""
    return pytest.mark.parametrize("scene", list(scenes.SCENES) if IS_FULL else usual, indirect=True)


def only_for_scenes(*names):
    return pytest.mark.parametrize("scene", names, indirect=True)


@pytest.fixture(scope="session")
def workplace():
    """In memory, unless told otherwise: flushing to a disk is what builds of this size do most of the time."""
    memory = "/dev/shm"
    in_memory = "TMPDIR" not in os.environ and os.access(memory, os.W_OK | os.X_OK)
    with tempfile.TemporaryDirectory(prefix="spatial-index-faults-", dir=memory if in_memory else None) as name:
        yield pathlib.Path(name)


@pytest.fixture(scope="session")
def sources(workplace):
    return scenes.Sources(workplace)


@pytest.fixture(scope="session")
def made_scenes():
    return {}


@pytest.fixture
def scene(request, made_scenes, sources, workplace):
    name = request.param
    if name not in made_scenes:
        folder = workplace / ("scene_" + name.replace(" ", "_"))
        folder.mkdir()
        made_scenes[name] = scenes.Scene(folder, *scenes.SCENES[name](sources))
    return made_scenes[name]
