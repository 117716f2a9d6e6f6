"""Runs the commands, with faults where wanted, and tells what they leave behind."""
import ctypes
import os
import pathlib
import signal
import subprocess
from types import SimpleNamespace

COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])
SHIM = pathlib.Path(os.environ["SPATIAL_INDEX_FAULT_SHIM"])
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
# A command that hangs is ended after this time, and the test fails.
PATIENCE = 300


def as_from_a_shell():
    """Whatever the test runner ignores, the command does not; and it does not outlive the runner, stopped or not."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def fault_environment(leaks="found", **plan):
    """What makes the calls of a command go wrong as told in shim/fault_plan.h: calls="disk", at=3, ...

    leaks="ignored" is for failures by which a library that is not ours loses what it holds."""
    variables = {f"FAULT_{name.upper()}": str(value) for name, value in plan.items()}
    sanitizers = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    if leaks == "ignored":
        sanitizers += ":detect_leaks=0"
    return {**os.environ, **variables, "LD_PRELOAD": str(SHIM), "ASAN_OPTIONS": sanitizers}


def program(name):
    return os.environ["SPATIAL_INDEX_BUILD_POINTS"] if name == "points" else COMMANDS / f"spatial-index-{name}"


def start(command, environment=None, **options):
    name, *arguments = map(str, command)
    return subprocess.Popen([program(name), *arguments], env=environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                            preexec_fn=as_from_a_shell, **options)


def finish(process):
    """Exit code as a shell shows it, and output; nothing that was started outlives the test."""
    with process:
        try:
            output, errors = process.communicate(timeout=PATIENCE)
        except BaseException:
            process.kill()
            raise
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return SimpleNamespace(code=code, output=output, errors=errors)


def attempt(command, **plan):
    """Runs a command, whatever comes of it."""
    return finish(start(command, fault_environment(**plan) if plan else None))


def run(command):
    result = attempt(command)
    assert result.code == 0, (command, result)
    return result.output


def counted_calls(command, trace, **plan):
    """The calls of a kind that a command makes, each as the kind and what it is about."""
    attempt(command, trace=trace, **plan)
    lines = trace.read_text().splitlines()
    trace.unlink(missing_ok=True)
    return lines


def contents(folder):
    """All that is below a folder: files with their bytes, folders with None."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(folder.rglob("*"))}


def differences(expected, found):
    """How the contents of a folder differ from what they should be."""
    return ([f"{name} is missing" for name in expected if name not in found] +
            [f"{name} is there" for name in found if name not in expected] +
            [f"{name} differs" for name in found if name in expected and found[name] != expected[name]])
