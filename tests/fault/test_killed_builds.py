"""A build that is killed, at whatever moment, leaves the old index or none, or the new one; the next build to the same
target tidies up."""
import random
import signal
import time

import pytest

from commands import attempt, contents, counted_calls, differences, finish, run, start
from conftest import IS_FULL, USUAL_SCENES, calls_of, for_scenes

KILLED = 128 + signal.SIGKILL


@pytest.fixture(autouse=True)
def reset(scene):
    scene.reset()


def assert_survived(scene, result):
    assert result.code in (0, KILLED), result
    answer = scene.answer()
    assert answer in (scene.old_answer, scene.new_answer)
    if result.code == 0:
        assert answer == scene.new_answer
    again = scene.command if answer is None else [*scene.command, "--force"]
    run(again)
    assert differences(scene.after, contents(scene.place)) == []
    assert scene.answer() == scene.new_answer


@for_scenes(*USUAL_SCENES, "several", "one over several")
def test_killed_at_each_change_of_the_disk(scene):
    calls = counted_calls(scene.command, scene.folder / "trace", calls="disk")
    for number in calls_of(scene, calls, 16):
        scene.reset()
        result = attempt(scene.command, calls="disk", action="signal", at=number)
        assert result.code == KILLED
        try:
            assert_survived(scene, result)
        except AssertionError as failure:
            raise AssertionError(f"killed before: {calls[number - 1]}") from failure


def duration(scene):
    """Of a build, in seconds."""
    scene.reset()
    begin = time.monotonic()
    run(scene.command)
    return time.monotonic() - begin


def interrupted_at_random(scene, moments, number, environment_seed):
    """Yields what came of builds that received a signal at random moments."""
    dice = random.Random(environment_seed)
    longest = max(duration(scene) for _ in range(3))
    for _ in range(moments):
        scene.reset()
        process = start(scene.command)
        moment = dice.uniform(0, 1.1 * longest)
        time.sleep(moment)
        process.send_signal(number)
        yield finish(process)


@for_scenes("nodes over nodes", "several over several")
def test_killed_at_random_moments(scene):
    for result in interrupted_at_random(scene, 200 if IS_FULL else 8, signal.SIGKILL, 1):
        assert_survived(scene, result)


@for_scenes("several over several")
def test_killed_again_and_again(scene):
    """What one killed build leaves must not be in the way of the next one."""
    calls = counted_calls(scene.command, scene.folder / "trace", calls="disk")
    scene.reset()
    for number in calls_of(scene, calls, 16):
        attempt([*scene.command, "--force"], calls="disk", action="signal", at=number)
        assert scene.answer() in (scene.old_answer, scene.new_answer)
    run([*scene.command, "--force"])
    assert differences(scene.after, contents(scene.place)) == []
