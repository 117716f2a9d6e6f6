"""The building commands under mpirun: the elements of the single index, whatever the number of processes."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
               # Open MPI itself keeps much until its processes end.
               "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
LAUNCHER = ["mpirun", "--oversubscribe", "-n"]

pytestmark = pytest.mark.skipif(not shutil.which("mpirun"), reason="there is no mpirun")


def start(ranks, name, *arguments):
    words = [*LAUNCHER, str(ranks), str(COMMANDS / f"spatial-index-{name}"), *map(str, arguments)]
    return subprocess.Popen(words, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)


def together(ranks, name, *arguments, good=True):
    with start(ranks, name, *arguments) as process:
        _, errors = process.communicate(timeout=120)
    assert (process.returncode == 0) == good, errors
    return [line for line in errors.splitlines() if line.startswith("spatial-index-")]


def alone(name, *arguments):
    subprocess.run([str(COMMANDS / f"spatial-index-{name}"), *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def circuit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("circuit")
    alone("sample-circuit", "--cells", 700, folder / "circuit")
    alone("circuit", "segments", folder / "circuit" / "circuit_config.json", "-o", folder / "segments")
    alone("circuit", "synapses", folder / "circuit" / "circuit_config.json", "-o", folder / "synapses")
    return folder


@pytest.mark.parametrize("ranks", [1, 2, 3, 4, 7, 8])
def test_same_elements(circuit, tmp_path, ranks):
    config = circuit / "circuit" / "circuit_config.json"
    for what in "segments", "synapses":
        together(ranks, "circuit", what, config, "--multi-index", "--threads", 1, "-o", tmp_path / what)
        alone("compare", circuit / what, tmp_path / what)
        alone("verify", tmp_path / what)
        assert sorted(path.name for path in (tmp_path / what).iterdir())[1:] == ["meta_data.json"]


def test_more_ranks_than_cells(circuit, tmp_path):
    config = circuit / "circuit" / "circuit_config.json"
    alone("circuit", "segments", config, "--gids", "0,5", "-o", tmp_path / "single")
    together(4, "circuit", "segments", config, "--gids", "0,5", "--multi-index", "-o", tmp_path / "multi")
    alone("compare", tmp_path / "single", tmp_path / "multi")


def test_little_memory(circuit, tmp_path):
    config = circuit / "circuit" / "circuit_config.json"
    together(2, "circuit", "segments", config, "--multi-index", "--max-memory", "120M", "-o", tmp_path / "multi")
    alone("compare", circuit / "segments", tmp_path / "multi")


def test_one_tells_of_a_failure(circuit, tmp_path):
    copy = tmp_path / "circuit"
    shutil.copytree(circuit / "circuit", copy)
    next((copy / "morphologies").iterdir()).write_text("no morphology")
    lines = together(3, "circuit", "segments", copy / "circuit_config.json", "--multi-index", "-o", tmp_path / "out",
                     good=False)
    assert len(lines) == 1 and "morpholog" in lines[0]
    assert not (tmp_path / "out").exists()


def test_one_tells_that_something_is_there(circuit, tmp_path):
    config = circuit / "circuit" / "circuit_config.json"
    (tmp_path / "file").write_text("")
    lines = together(3, "circuit", "synapses", config, "--multi-index", "-o", tmp_path, good=False)
    assert len(lines) == 1 and "not empty" in lines[0]


def children(process):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True)
    return list(map(int, listed.stdout.split()))


@pytest.mark.skipif(not shutil.which("ps"), reason="there is no ps")
def test_a_killed_rank_ends_the_job(circuit, tmp_path):
    config = circuit / "circuit" / "circuit_config.json"
    with start(3, "circuit", "segments", config, "--multi-index", "-o", tmp_path / "out") as process:
        ranks, deadline = [], time.monotonic() + 30
        while len(ranks) < 3 and process.poll() is None and time.monotonic() < deadline:
            ranks = children(process)
        os.kill(ranks[-1], signal.SIGKILL)
        process.communicate(timeout=60)
    assert process.returncode != 0
    assert not (tmp_path / "out" / "meta_data.json").exists()
    together(2, "circuit", "segments", config, "--multi-index", "-o", tmp_path / "out")
    alone("compare", circuit / "segments", tmp_path / "out")
