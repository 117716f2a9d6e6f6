"""Starts the commands, alone and under mpirun."""
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
from types import SimpleNamespace

import pytest

COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])
DATA = os.environ.get("SPATIAL_INDEX_TEST_DATA")
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
               # All are on this machine: Open MPI need not look for networks and other machines.
               "OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self,vader", "OMPI_MCA_plm": "isolated",
               # Open MPI itself keeps much until its processes end.
               "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
# All faults and numbers of processes, not just some; few, under the sanitizers.
IS_FULL = os.environ.get("SPATIAL_INDEX_FAULTS") == "all"
IS_SHORT = os.environ.get("SPATIAL_INDEX_FAULTS") == "few"
RANK_COUNTS = [4, 16] if IS_SHORT else [1, 2, 3, 4, 7, 8, 16] if IS_FULL else [1, 2, 3, 8, 16]
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
# A job that has not ended by itself after so many seconds hangs.
PATIENCE = 120

needs_mpirun = pytest.mark.skipif(not shutil.which("mpirun"), reason="there is no mpirun")


def end_with_the_tests():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(ranks, name, *arguments, environment=None):
    """`environment` is that of the processes, not of mpirun itself."""
    exported = [f"{variable}={value}" for variable, value in (environment or {}).items()]
    return start_words("-n", ranks, *(["env", *exported] if exported else []), COMMANDS / f"spatial-index-{name}", *arguments)


def start_each(*commands):
    """A process for each command, a name with its arguments."""
    words = []
    for name, *arguments in commands:
        words += [":"] * bool(words) + ["-n", 1, COMMANDS / f"spatial-index-{name}", *arguments]
    return start_words(*words)


def start_words(*arguments):
    words = ["mpirun", "--oversubscribe", *map(str, arguments)]
    return subprocess.Popen(words, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, encoding="utf-8", preexec_fn=end_with_the_tests)


def finish(process):
    """The exit code of a job, and what the commands have said."""
    with process:
        try:
            _, errors = process.communicate(timeout=PATIENCE)
        except BaseException:
            process.kill()
            raise
    said = [line for line in errors.splitlines() if line.startswith("spatial-index-")]
    return SimpleNamespace(code=process.returncode, said=said, errors=errors)


def together(ranks, name, *arguments, good=True):
    job = finish(start(ranks, name, *arguments))
    assert (job.code == 0) == good, job.errors
    return job.said


def alone(name, *arguments):
    command = [str(COMMANDS / f"spatial-index-{name}"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout
