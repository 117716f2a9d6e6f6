"""Whatever happens to one of the processes: the job ends, there is no index, and the next build does not mind."""
import errno
import os
import pathlib
import signal
import time

import h5py
import numpy as np
import pytest

from launch import IS_FULL, IS_SHORT, alone, finish, needs_mpirun, start, together

SHIM = pathlib.Path(os.environ.get("SPATIAL_INDEX_FAULT_SHIM", "/nonexistent"))
RANKS = 3
# Seconds: what a job takes that goes well is two or three.
SOON = 60

pytestmark = [needs_mpirun, pytest.mark.skipif(not SHIM.exists(), reason="there is no library that makes calls fail")]


def some_of(numbers, most):
    most = 200 if IS_FULL else 3 if IS_SHORT else most
    if len(numbers) <= most:
        return list(numbers)
    return sorted({numbers[round(i * (len(numbers) - 1) / (most - 1))] for i in range(most)})


class Build:
    """A build of more than each process has memory for, which writes three parts."""

    def __init__(self, folder):
        self.edges = folder / "edges.h5"
        self.target = folder / "place" / "index"
        self.trace = folder / "trace"
        self.single = folder / "single"
        self.write_edges()
        alone("synapses", self.edges, "-o", self.single)
        self.calls = {}

    def write_edges(self, count=1_200_000):
        numbers = np.random.default_rng(1)
        with h5py.File(self.edges, "w") as file:
            group = file.create_group("edges/many")
            group["edge_type_id"] = np.full(count, -1)
            for name in ("source_node_id", "target_node_id"):
                group[name] = numbers.integers(0, 1000, count).astype(np.uint64)
            for axis in "xyz":
                group[f"0/afferent_center_{axis}"] = numbers.uniform(-500, 500, count).astype(np.float32)

    def command(self, *more):
        return ["synapses", self.edges, "--multi-index", "--threads", 1, "--max-memory", "120M", "-o", self.target,
                *more]

    def attempt(self, rank, *more, **plan):
        """Runs the job; the calls of one rank go wrong as told in fault/shim/fault_plan.h."""
        plan = {f"FAULT_{name.upper()}": value for name, value in {**plan, "rank": rank}.items()}
        sanitizers = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0:verify_asan_link_order=0"
        environment = {**plan, "LD_PRELOAD": SHIM, "ASAN_OPTIONS": sanitizers}
        begin = time.monotonic()
        job = finish(start(RANKS, *self.command(*more), environment=environment))
        job.seconds = time.monotonic() - begin
        return job

    def calls_of(self, rank, kinds):
        """How many calls of these kinds a rank makes when nothing goes wrong."""
        if (rank, kinds) not in self.calls:
            self.reset()
            assert self.attempt(rank, calls=kinds, trace=self.trace).code == 0
            self.calls[rank, kinds] = self.trace.read_text().splitlines()
            self.trace.unlink()
        return self.calls[rank, kinds]

    def reset(self):
        parent = self.target.parent
        if parent.exists():
            for path in sorted(parent.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            parent.rmdir()
        parent.mkdir()

    def left(self):
        return [str(path.relative_to(self.target.parent)) for path in sorted(self.target.parent.rglob("*"))]

    def expect_good(self):
        alone("compare", self.single, self.target)
        names = sorted(path.name for path in self.target.iterdir())
        assert len(names) == 2 and names[0].endswith(".parts") and names[1] == "meta_data.json"


@pytest.fixture(scope="module")
def build(make_folder):
    return Build(make_folder())


@pytest.fixture(autouse=True)
def reset(build):
    build.reset()


@pytest.mark.parametrize("rank", [0, 1])
def test_a_process_is_killed_at_each_change_of_the_disk(build, rank):
    calls = build.calls_of(rank, "disk")
    for number in some_of(range(1, len(calls) + 1), 6):
        build.reset()
        job = build.attempt(rank, calls="disk", action="signal", at=number)
        assert job.code != 0 and job.seconds < SOON, calls[number - 1]
        assert "Killed" in job.errors and len(job.said) <= 1, (calls[number - 1], job.errors)
        is_there = (build.target / "meta_data.json").exists()
        # The last calls of rank 0 tidy up after the index is there.
        assert not is_there or rank == 0 and calls[number - 1].split()[0] in ("flush", "remove"), calls[number - 1]
        together(RANKS, *build.command(*(["--force"] if is_there else [])))
        build.expect_good()


@pytest.mark.parametrize("rank, number", [(0, errno.ENOSPC), (1, errno.ENOSPC), (2, errno.EIO)])
def test_the_disk_of_one_process_is_full(build, rank, number):
    kinds = "create,write,reserve,resize,flush"
    calls = build.calls_of(rank, kinds)
    for at in some_of(range(1, len(calls) + 1), 4):
        build.reset()
        job = build.attempt(rank, calls=kinds, errno=number, at=at, onward=1)
        assert job.seconds < SOON, calls[at - 1]
        if job.code == 0:
            assert rank == 0 and at == len(calls), calls[at - 1]  # it only tidies up by then
            build.expect_good()
            continue
        assert len(job.said) == 1 and os.strerror(number) in job.said[0], (calls[at - 1], job.errors)
        assert build.left() == [], calls[at - 1]


@pytest.mark.parametrize("rank", [0, 2])
def test_one_process_wants_memory(build, rank):
    calls = build.calls_of(rank, "allocate")
    for at in some_of(range(1, len(calls) + 1), 5):
        build.reset()
        job = build.attempt(rank, calls="allocate", at=at)
        assert job.seconds < SOON, calls[at - 1]
        if job.code == 0:
            build.expect_good()
            continue
        assert len(job.said) == 1 and "memory" in job.said[0], (calls[at - 1], job.errors)
        assert build.left() == [], calls[at - 1]


@pytest.mark.parametrize("rank", [0, 1])
def test_a_process_is_killed_at_random_moments(build, rank):
    """Wherever it is, in a call of MPI, too."""
    begin = time.monotonic()
    together(RANKS, *build.command())
    longest = time.monotonic() - begin
    for moment in np.linspace(0.3, 0.9, 20 if IS_FULL else 2) * longest:
        build.reset()
        name = f"spatial-index-rank-{os.getpid()}"
        process = start(RANKS, *build.command(), environment={"SPATIAL_INDEX_TEST": name})
        time.sleep(moment)
        victim = find_rank(name, rank)
        if victim:
            os.kill(victim, signal.SIGKILL)
        begin = time.monotonic()
        job = finish(process)
        assert time.monotonic() - begin < SOON
        is_there = (build.target / "meta_data.json").exists()
        assert is_there or job.code != 0
        if is_there:  # it was published before
            alone("compare", build.single, build.target)
        together(RANKS, *build.command(*(["--force"] if is_there else [])))
        build.expect_good()


def find_rank(name, rank):
    """The process of this rank among those with a variable of this value."""
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if f"SPATIAL_INDEX_TEST={name}".encode() in variables and f"OMPI_COMM_WORLD_RANK={rank}".encode() in variables:
            return int(path.parent.name)
    return None
