"""SIGINT, SIGTERM and SIGHUP end a build tidily, whenever they come."""
import signal

import pytest

from commands import attempt, contents, counted_calls, differences
from conftest import IS_FULL, calls_of, only_for_scenes
from scenes import SCENES
from test_killed_builds import interrupted_at_random

# All but those of the program of this folder, which knows no signals.
COMMANDS = [name for name in SCENES if name not in ("spilled", "spilled elsewhere over nodes")]
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def for_commands(*usual):
    return only_for_scenes(*(COMMANDS if IS_FULL else usual))


def assert_tidy(scene, number, result):
    """Interrupted, with nothing changed, or too late, with all done."""
    place = contents(scene.place)
    if result.code == 0:
        assert differences(scene.after, place) == []
        return
    assert result.code == 128 + number, result
    assert differences(scene.before, place) == []
    said = f"spatial-index-{scene.command[0]}: interrupted by {number.name}, nothing was written\n"
    assert result.errors in ("", said), "a signal that comes before the build begins ends the command without a word"


@for_commands("nodes", "several over several")
@pytest.mark.parametrize("number", SIGNALS)
def test_signal_at_each_call(scene, number):
    kinds = "disk,open,read,list,lock"
    scene.reset()
    calls = counted_calls(scene.command, scene.folder / "trace", calls=kinds)
    codes = set()
    for at in calls_of(scene, calls, 15):
        scene.reset()
        result = attempt(scene.command, calls=kinds, action="signal", signal=int(number), at=at)
        assert_tidy(scene, number, result)
        codes.add(result.code)
    assert codes == {0, 128 + number}


@for_commands("nodes over nodes", "several over several")
@pytest.mark.parametrize("number", SIGNALS)
def test_signal_at_random_moments(scene, number):
    for result in interrupted_at_random(scene, 70 if IS_FULL else 3, number, int(number)):
        assert_tidy(scene, number, result)
