"""Python programs under mpirun."""
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1"}


def library_is_built():
    return (pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"]).parent / "src/libspatial_index_mpi.so.0").exists()


needs_mpi = pytest.mark.skipif(not shutil.which("mpirun") or not library_is_built(),
                               reason="there is no mpirun, or the library was built without MPI")


def job(ranks, program, *arguments, folder):
    """Runs a program, a text, in as many processes; what happened."""
    path = folder / "program.py"
    path.write_text(program)
    words = ["mpirun", "--oversubscribe", "-n", str(ranks), sys.executable, path, *arguments]
    return subprocess.run(list(map(str, words)), cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                          capture_output=True, encoding="utf-8", timeout=120)


def lines(ranks, program, *arguments, folder):
    """What the processes of a job that succeeds print, sorted."""
    done = job(ranks, program, *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return sorted(done.stdout.splitlines())


def failure(ranks, program, *arguments, folder):
    """The last lines of the tracebacks of a job that fails."""
    done = job(ranks, program, *arguments, folder=folder)
    assert done.returncode != 0, done.stdout
    return [line for line in done.stderr.splitlines() if line.startswith("spatial_index.errors.") or "Error: " in line]
