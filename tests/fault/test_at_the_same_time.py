"""What builds and queries do to each other: one is stopped at each call that it makes, and the other one runs."""
import os
import signal

import pytest

from commands import attempt, contents, counted_calls, differences, fault_environment, finish, run, start
from conftest import calls_of, for_scenes, only_for_scenes, some_of
from scenes import EVERYTHING

CHANGES = "disk,open,list,lock"
NOBODY = 65534
REPLACING = ["nodes over nodes", "one over several", "several over several", "several over others"]


@pytest.fixture(autouse=True)
def reset(scene):
    scene.reset()


def start_stopped(command, calls, at):
    """Starts a command, to be stopped before a call of these kinds."""
    process = start(command, fault_environment(calls=calls, action="signal", signal=int(signal.SIGSTOP), at=at))
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    return process


def stopped_in_turn(command, scene, most, calls):
    """Starts a command anew for each of its calls. Yields the call before which it is stopped, and the process."""
    scene.reset()
    counted = counted_calls(command, scene.folder / "trace", calls=calls)
    for at in calls_of(scene, counted, most, most_of_slow=20):
        scene.reset()
        process = start_stopped(command, calls, at)
        try:
            yield counted[at - 1], process
        except BaseException:
            process.kill()
            raise


def resume(process):
    process.send_signal(signal.SIGCONT)
    return finish(process)


@for_scenes("nodes", "several over several")
def test_a_second_build_to_the_same_folder(scene):
    for call, process in stopped_in_turn(scene.command, scene, 10, CHANGES):
        place = contents(scene.place)
        second = attempt(scene.command)
        if second.code == 2:
            assert "another build is writing this index" in second.errors, call
            assert differences(place, contents(scene.place)) == [], call
        result = resume(process)
        # One that began before the first had the folder is done, and the first one finds an index there.
        assert {result.code, second.code} <= {0, 2} and 0 in (result.code, second.code), (call, result, second)
        assert differences(scene.after, contents(scene.place)) == [], call


@only_for_scenes("several over several")
def test_a_second_build_to_the_folder_of_a_population(scene, sources):
    refused = 0
    for call, process in stopped_in_turn(scene.command, scene, 10, CHANGES):
        second = attempt([*sources.several, "A", "-o", scene.target / "A", "--force"])
        refused += second.code == 2
        assert second.code == 0 or "another build is writing this index" in second.errors, (call, second)
        result = resume(process)
        assert result.code == 0 or "another build is writing this index" in result.errors, (call, result)
        assert run(["query", scene.target, *EVERYTHING])
    assert refused > 0


@pytest.fixture
def nobody(scene):
    """Options for a command that another user starts, who may write into the target but not beside it."""
    if os.geteuid() != 0:
        pytest.skip("only root can be two users")
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    scene.folder.parent.chmod(0o755)
    os.chown(scene.target, NOBODY, NOBODY)
    try:
        finish(start(["info", "--version"], **user))
    except PermissionError:
        pytest.skip("the commands lie where other users may not look")
    return user


@only_for_scenes("nodes over nodes")
def test_a_second_build_of_another_user(scene, nobody):
    process = start_stopped(scene.command, "reserve", 1)
    second = finish(start(scene.command, **nobody))
    assert second.code == 2 and "another build is writing this index" in second.errors
    process.kill()
    process.wait()
    assert finish(start(scene.command, **nobody)).code == 0
    assert differences(scene.after, contents(scene.place)) == []


def failing_neighbour(scene):
    """A build that fails once it has begun, in a folder with the same parents, which are missing."""
    command = scene.command[:scene.command.index("-o")]
    return [*command, "--use-mem-map", "64K", "-o", scene.target.parent / "other" / "index"]


@only_for_scenes("nodes")
def test_a_build_beside_one_that_fails(scene):
    """That one removes the folders that it has created, but not under this one."""
    for call, process in stopped_in_turn(scene.command, scene, 10, CHANGES):
        failed = attempt(failing_neighbour(scene))
        result = resume(process)
        assert (result.code, failed.code) == (0, 2), (call, result, failed)
        assert differences(scene.after, contents(scene.place)) == [], call


@only_for_scenes("nodes")
def test_a_failing_build_between_two_steps_of_another_one(scene):
    calls = "mkdir,create,lock,remove"
    steps = len(counted_calls(scene.command, scene.folder / "trace", calls=calls))
    scene.reset()
    steps_of_failing = len(counted_calls(failing_neighbour(scene), scene.folder / "trace", calls=calls))
    for of_failing in range(1, steps_of_failing + 1):
        for of_good in some_of(range(1, steps + 1), 5):
            scene.reset()
            failing = start_stopped(failing_neighbour(scene), calls, of_failing)
            good = start_stopped(scene.command, calls, of_good)
            codes = (resume(failing).code, resume(good).code)
            assert codes == (2, 0), (of_failing, of_good)
            assert differences(scene.after, contents(scene.place)) == [], (of_failing, of_good)


@only_for_scenes(*REPLACING)
def test_reading_while_an_index_is_replaced(scene):
    answers = set()
    for call, process in stopped_in_turn(scene.command, scene, 20, "disk"):
        answer = scene.answer()
        assert answer in (scene.old_answer, scene.new_answer), call
        answers.add(answer)
        assert resume(process).code == 0
    assert len(answers) == 2


@only_for_scenes(*REPLACING)
def test_replacing_an_index_while_it_is_read(scene):
    answers = set()
    query = ["query", scene.target, *EVERYTHING]
    for call, process in stopped_in_turn(query, scene, 20, "open,read,map"):
        run(scene.command)
        result = resume(process)
        assert result.code == 0, (call, result)
        assert result.output in (scene.old_answer, scene.new_answer), call
        answers.add(result.output)
    assert len(answers) == 2
