"""Whatever call fails while an index is asked: a sentence says so, and no wrong answer is given."""
import errno
import os

import pytest

from commands import attempt, counted_calls
from conftest import IS_FULL, calls_of, only_for_scenes

COMMANDS = {
    "elements": ["query", "INDEX", "--box", "-inf,-inf,-inf", "inf,inf,inf"],
    "attribute": ["query", "INDEX", "--box", "-inf,-inf,-inf", "inf,inf,inf", "--fields", "gid,mtype"],
    "count": ["query", "INDEX", "--sphere", "0,0,0", "500", "--count"],
    "groups": ["query", "INDEX", "--sphere", "0,0,0", "500", "--group-by", "mtype"],
    "info": ["info", "INDEX"],
    "compare": ["compare", "-v", "INDEX", "INDEX"],
    "verify": ["verify", "INDEX"],
    "elements, read": ["query", "INDEX", "--reading", "explicit", "--box", "-inf,-inf,-inf", "inf,inf,inf"],
    "groups, read": ["query", "INDEX", "--reading", "explicit", "--sphere", "0,0,0", "500", "--group-by", "mtype"],
    "nearest, read": ["query", "INDEX", "--reading", "explicit", "--nearest", "0,0,0", "20"],
    "compare, read": ["compare", "-v", "--reading", "explicit", "INDEX", "INDEX"],
}


@pytest.fixture(scope="module", params=COMMANDS)
def command(request):
    return COMMANDS[request.param]


def assert_no_wrong_answer(scene, command, call, result, expected, sentence):
    if result.code == 0:
        assert result.output == expected.output, call
        return
    assert result.code == 2, (call, result)
    said = result.errors.split("HDF5: infinite loop closing library")[0].splitlines()
    assert len(said) == 1 and said[0].startswith(f"spatial-index-{command[0]}: "), (call, result)
    assert sentence in said[0], (call, result)


@pytest.mark.parametrize("plan, sentence", [
    ({"calls": "open,map", "errno": errno.EACCES}, os.strerror(errno.EACCES)),
    ({"calls": "read", "errno": errno.EIO, "scope": "all"}, ""),
    ({"calls": "read", "action": "shorten"}, ""),
    ({"calls": "thread"}, ""),
    ({"calls": "allocate"}, "out of memory"),
    ({"calls": "allocate", "onward": 1}, "out of memory"),
], ids=["opening", "reading", "reading less", "no thread", "allocating", "no more memory"])
@only_for_scenes(*["several over several", "nodes over nodes"][:2 if IS_FULL else 1])
def test_failing_calls(scene, command, plan, sentence):
    scene.reset()
    command = [scene.target if word == "INDEX" else word for word in command]
    expected = attempt(command)
    assert expected.code == 0, expected
    calls = counted_calls(command, scene.folder / "trace", **plan)
    for number in calls_of(scene, calls, 6):
        result = attempt(command, at=number, **plan)
        assert_no_wrong_answer(scene, command, calls[number - 1], result, expected, sentence)
