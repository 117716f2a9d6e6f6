"""The building commands under mpirun: the elements of the single index, whatever the number of processes."""
import shutil
import signal
import subprocess
import time

import pytest

from launch import COMMANDS, ENVIRONMENT, RANK_COUNTS, alone, finish, needs_mpirun, start, together

pytestmark = needs_mpirun


@pytest.mark.parametrize("ranks", RANK_COUNTS)
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


def test_no_cells(circuit, tmp_path):
    config = circuit / "circuit" / "circuit_config.json"
    (tmp_path / "none.txt").write_text("")
    arguments = ["segments", config, "--gids", tmp_path / "none.txt"]
    alone("circuit", *arguments, "-o", tmp_path / "single")
    together(3, "circuit", *arguments, "--multi-index", "-o", tmp_path / "multi")
    alone("compare", tmp_path / "single", tmp_path / "multi")


def test_little_memory(circuit, tmp_path):
    config = circuit / "circuit" / "circuit_config.json"
    together(2, "circuit", "segments", config, "--multi-index", "--max-memory", "120M", "-o", tmp_path / "multi")
    alone("compare", circuit / "segments", tmp_path / "multi")


def test_processes_that_mpi_does_not_know_of(circuit, tmp_path):
    """As by an srun that speaks another language than the MPI library."""
    command = [COMMANDS / "spatial-index-circuit", "segments", circuit / "circuit" / "circuit_config.json",
               "--multi-index", "-o", tmp_path / "out"]
    done = subprocess.run(command, env={**ENVIRONMENT, "SLURM_STEP_NUM_TASKS": "4"}, capture_output=True, text=True)
    assert done.returncode == 2
    assert "one of 4 processes, but MPI reports only one" in done.stderr
    assert not (tmp_path / "out").exists()


def test_one_tells_of_a_failure(circuit, tmp_path):
    copy = tmp_path / "circuit"
    shutil.copytree(circuit / "circuit", copy)
    for path in (copy / "morphologies").iterdir():
        path.write_text("no morphology")
    lines = together(3, "circuit", "segments", copy / "circuit_config.json", "--multi-index", "-o", tmp_path / "out",
                     good=False)
    assert len(lines) == 1 and "morpholog" in lines[0]
    assert not (tmp_path / "out").exists()


def test_a_signal_ends_the_job_tidily(circuit, tmp_path):
    config = circuit / "circuit" / "circuit_config.json"
    process = start(3, "circuit", "segments", config, "--multi-index", "--threads", 1, "-o", tmp_path / "out")
    while not (tmp_path / "out").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    job = finish(process)
    is_there = (tmp_path / "out" / "meta_data.json").exists()
    # mpirun kills what has not ended a second later; what the build then leaves the next one removes.
    assert job.said in ([], ["spatial-index-circuit: interrupted by SIGTERM, nothing was written"])
    assert is_there or job.code != 0
    assert not (is_there and job.said)
    if not is_there:
        together(2, "circuit", "segments", config, "--multi-index", "-o", tmp_path / "out")
    alone("compare", circuit / "segments", tmp_path / "out")


def test_one_tells_that_something_is_there(circuit, tmp_path):
    config = circuit / "circuit" / "circuit_config.json"
    (tmp_path / "file").write_text("")
    lines = together(3, "circuit", "synapses", config, "--multi-index", "-o", tmp_path, good=False)
    assert len(lines) == 1 and "not empty" in lines[0]
