"""Whatever call fails during a build: a sentence says so, and everything is as it was before."""
import errno
import os

import pytest

from commands import attempt, contents, counted_calls, differences, run
from conftest import USUAL_SCENES, calls_of, for_scenes

# What changes the disk, without removing anything: if that fails, something stays.
WRITING = "create,write,reserve,resize,flush,rename,mkdir"
INPUT = "open,read,map"


def assert_nothing_happened(scene, result, sentence):
    assert result.code == 2, result
    assert differences(scene.before, contents(scene.place)) == [], result
    lines = result.errors.splitlines()
    assert len(lines) == 1 and lines[0].startswith(f"spatial-index-{scene.command[0]}: "), result
    assert sentence in lines[0], result


def assert_done(scene, result):
    assert (result.code, result.errors) == (0, "")
    assert differences(scene.after, contents(scene.place)) == []


def assert_done_but_for_tidying(scene, result):
    """Once the index is published, what fails is no failure of the build; the next one tidies up."""
    assert (result.code, result.errors) == (0, "")
    assert scene.answer() == scene.new_answer
    if differences(scene.after, contents(scene.place)):
        run([*scene.command, "--force"])
        assert differences(scene.after, contents(scene.place)) == []


def fail_in_turn(scene, most=18, options=[], **plan):
    """Yields the call that failed, and what came of it."""
    command = [*scene.command, *options]
    scene.reset()
    calls = counted_calls(command, scene.folder / "trace", **plan)
    for number in calls_of(scene, calls, most):
        scene.reset()
        yield calls[number - 1], attempt(command, at=number, **plan)


def check(scene, call, result, sentence):
    try:
        if result.code == 0:
            assert_done_but_for_tidying(scene, result)
        else:
            assert_nothing_happened(scene, result, sentence)
            assert str(scene.folder.parent) in result.errors, "no file is named"
    except AssertionError as failure:
        raise AssertionError(f"after the failure of: {call}") from failure


@pytest.fixture(autouse=True)
def reset(scene):
    scene.reset()


@for_scenes(*USUAL_SCENES)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_failing_to_write(scene, number):
    for call, result in fail_in_turn(scene, calls=WRITING, errno=number):
        check(scene, call, result, os.strerror(number))


@for_scenes(*USUAL_SCENES)
def test_a_disk_that_stays_full(scene):
    for call, result in fail_in_turn(scene, calls=WRITING, errno=errno.ENOSPC, onward=1):
        check(scene, call, result, os.strerror(errno.ENOSPC))


@for_scenes(*USUAL_SCENES)
def test_failing_to_read(scene):
    for call, result in fail_in_turn(scene, calls=INPUT, errno=errno.EIO):
        check(scene, call, result, os.strerror(errno.EIO))


@for_scenes(*USUAL_SCENES)
def test_failing_reads_of_hdf5(scene):
    """Some it makes up for by other reads; none may pass as an absent attribute."""
    for call, result in fail_in_turn(scene, most=30, calls="read", errno=errno.EIO, scope="all", leaks="ignored"):
        # What HDF5 itself prints at the end of a program when it has lost an object by the failure.
        result.errors = result.errors.split("HDF5: infinite loop closing library")[0]
        check(scene, call, result, "")


@for_scenes("nodes over nodes", "several over several")
def test_failing_to_lock(scene):
    for call, result in fail_in_turn(scene, calls="lock", errno=errno.ENOLCK):
        check(scene, call, result, os.strerror(errno.ENOLCK))


@for_scenes("nodes over nodes")
def test_file_systems_without_locks(scene):
    for call, result in fail_in_turn(scene, calls="lock", errno=errno.ENOSYS, onward=1):
        assert_done(scene, result)


@for_scenes(*USUAL_SCENES)
def test_want_of_memory(scene):
    for call, result in fail_in_turn(scene, calls="allocate"):
        if result.code == 0:
            assert_done_but_for_tidying(scene, result)
        else:
            assert_nothing_happened(scene, result, "out of memory")


@for_scenes("several over several")
def test_want_of_memory_from_some_moment_on(scene):
    for call, result in fail_in_turn(scene, calls="allocate", onward=1):
        if result.code == 0:
            assert_done_but_for_tidying(scene, result)
        else:
            assert_nothing_happened(scene, result, "out of memory")


@for_scenes("nodes over nodes")
def test_want_of_threads(scene):
    scene_with_threads = [*scene.command, "--threads", "4"]
    result = attempt(scene_with_threads, calls="thread", at=1, onward=1)
    assert_done(scene, result)


@for_scenes("nodes", "several over several")
def test_interrupted_and_short_calls(scene):
    for call, result in fail_in_turn(scene, calls="read,write,reserve,flush", errno=errno.EINTR):
        assert_done(scene, result)
    for call, result in fail_in_turn(scene, calls="read,write", action="shorten"):
        assert_done(scene, result)


@for_scenes("nodes")
@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.ENOSYS], ids=errno.errorcode.get)
def test_file_systems_that_cannot_reserve(scene, number):
    for call, result in fail_in_turn(scene, calls="reserve", errno=number):
        assert_done(scene, result)


@for_scenes(*USUAL_SCENES)
def test_failing_to_remove(scene):
    """What stays then is gone after the next build."""
    for call, result in fail_in_turn(scene, calls="remove", errno=errno.EIO):
        assert result.code == 0, (call, result)
        assert scene.answer() == scene.new_answer, call
        run([*scene.command, "--force"])
        assert differences(scene.after, contents(scene.place)) == [], call


@for_scenes("nodes", "cells in hdf5")
@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE], ids=errno.errorcode.get)
def test_no_cell_is_bad_because_of_the_system(scene, number):
    """What cannot be read for now is not left out: the index would lack cells, and nobody would know."""
    plan = {"calls": "open,read", "scope": "all", "leaks": "ignored", "errno": number}
    for call, result in fail_in_turn(scene, options=["--skip-bad-cells"], most=15, **plan):
        result.errors = result.errors.split("HDF5: infinite loop closing library")[0]
        check(scene, call, result, "")
