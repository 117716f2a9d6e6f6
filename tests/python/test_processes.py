"""Threads, processes, memory: what an index has to survive."""
import concurrent.futures
import gc
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import spatial_index as si

BOX = (-1, -1, -1), (6, 6, 6)
SANITIZED = "libasan" in os.environ.get("LD_PRELOAD", "")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    positions = np.random.default_rng(5).random((100_000, 3))
    folder = tmp_path_factory.mktemp("cloud") / "index"
    return si.PointIndexBuilder.from_numpy(positions, output_dir=folder)


def count_in(index):
    return index.box_counts((0, 0, 0), (0.5, 0.5, 0.5)), len(index.box_query((0, 0, 0), (0.5, 0.5, 0.5), fields="id"))


def test_threads(cloud, segments):
    expected, layers = count_in(cloud), segments.box_query(*BOX, fields="layer").tolist()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: count_in(cloud), range(64))) == {expected}
        found = pool.map(lambda _: si.open_index(segments.path).box_query(*BOX, fields="layer").tolist(), range(16))
        assert all(one == layers for one in found)
        assert all(one == layers for one in pool.map(lambda _: segments.box_query(*BOX, fields="layer").tolist(), range(16)))


def test_other_threads_run_meanwhile(cloud):
    """The interpreter is not held while the library searches."""
    stop, turns = threading.Event(), 0

    def take_turns():
        nonlocal turns
        while not stop.is_set():
            turns += 1
            time.sleep(0.001)

    taking = threading.Thread(target=take_turns)
    taking.start()
    low = np.random.default_rng(1).random((2000, 3))
    try:
        while turns == 0:
            time.sleep(0.001)
        before, started = turns, time.perf_counter()
        for _ in range(30):
            cloud.box_counts_many(low, low + 0.1)
        elapsed = time.perf_counter() - started
        assert turns - before > elapsed / 0.001 / 20
    finally:
        stop.set()
        taking.join()


def test_fork(cloud, segments):
    expected = count_in(cloud), segments.box_query(*BOX, fields="mtype").tolist()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            found = count_in(cloud), segments.box_query(*BOX, fields="mtype").tolist()
            os.write(writing, b"same" if found == expected else b"different")
        finally:
            os._exit(0)
    os.close(writing)
    assert os.read(reading, 100) == b"same"
    os.close(reading)
    assert os.waitpid(child, 0)[1] == 0
    assert (count_in(cloud), segments.box_query(*BOX, fields="mtype").tolist()) == expected


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pool(cloud, method):
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert set(pool.map(count_in, [cloud] * 4)) == {count_in(cloud)}


def test_pickle(cloud, segments):
    for index in (cloud, segments):
        same = pickle.loads(pickle.dumps(index))
        assert type(same) is type(index) and same.path == index.path and len(same) == len(index)
    with pytest.raises(TypeError, match="no folder"):
        pickle.dumps(si.SphereIndex())


@pytest.mark.parametrize("last_words", [
    "", "del spatial_index", "sys.modules.clear()", "import atexit; atexit.register(lambda: index.box_counts(*box))",
    "threading.Thread(target=lambda: [index.box_counts(*box) for _ in range(2000)], daemon=True).start()",
    "index.cycle = index", "index.insert((0, 0, 0), 1)", "found = index.box_query(*box); del index",
])
def test_exit_with_an_open_index(cloud, last_words):
    program = f"""
import sys, threading
import spatial_index
index = spatial_index.open_index({cloud.path!r})
box = (0, 0, 0), (1, 1, 1)
assert len(index.box_query(*box, fields="id")) == 100000
{last_words}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_results_outlive_the_index(data):
    index = si.open_index(data.segments)
    found, alone = index.box_query(*BOX), index.box_query(*BOX, fields="endpoints")
    before = found["gid"].tolist(), alone[0].tolist()
    del index
    gc.collect()
    assert (found["gid"].tolist(), alone[0].tolist()) == before
    populations = si.open_index(data.segments).box_query(*BOX, fields="mtype")
    assert len(populations) == 2


def test_replaced_while_open(tmp_path):
    index = si.SphereIndexBuilder.from_numpy(np.zeros((5, 3)), np.ones(5), output_dir=tmp_path / "index")
    si.SphereIndexBuilder.from_numpy(np.zeros((3, 3)), np.ones(3), output_dir=tmp_path / "index", replace=True)
    assert len(index) == index.box_counts(*BOX) == 5 and len(si.open_index(tmp_path / "index")) == 3


# ---- memory ----

def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


# scripts/check-python-memory makes a million of them.
CALLS = int(os.environ.get("SPATIAL_INDEX_PYTHON_CALLS", 30_000))


def repeat(times, *calls):
    for _ in range(times):
        for call in calls:
            call()


def failing(call):
    def run():
        with pytest.raises(Exception):
            call()

    return run


@pytest.mark.skipif(SANITIZED, reason="the sanitizer keeps what is freed")
def test_no_leaks(cloud, segments, spheres):
    near = (0.5, 0.5, 0.5)
    low = np.full((20, 3), 0.1)
    often = [
        lambda: cloud.sphere_query(near, 0.01),
        lambda: cloud.box_query(near, (0.52, 0.52, 0.52), fields=("id",)),
        lambda: cloud.sphere_counts(near, 0.01, population_mode="multi"),
        lambda: segments.box_query(*BOX),
        lambda: segments.box_query(*BOX, fields="gid", accuracy="bounding_box"),
        lambda: segments.box_counts(*BOX, group_by="gid"),
        lambda: segments.sphere_empty(np.zeros(3), 1),
    ]
    seldom = [
        lambda: segments.box_query(*BOX, fields={"mtype", "layer"}),
        lambda: segments.box_query(*BOX, fields="raw_elements"),
        lambda: cloud.box_query((0, 0, 0), (1, 1, 1)),
        lambda: cloud.box_query_many(low, low + 0.1),
        lambda: cloud.box_counts_many(low, low + 0.1),
        lambda: pickle.loads(pickle.dumps(segments)),
        lambda: spheres.write(None),
        lambda: si.SphereIndex([[0, 0, 0]], [1]).insert((0, 0, 0), 1),
        failing(lambda: segments.box_query(*BOX, fields=["gid", "foo"])),
        failing(lambda: segments.box_query((0, 0), (1, 1))),
        failing(lambda: cloud.box_query_many(low, low * np.nan)),
        failing(lambda: si.open_index("nowhere")),
        failing(lambda: segments.box_query(*BOX, foo=1)),
    ]
    check_steady(CALLS, *often)
    check_steady(CALLS, lambda: si.open_index(cloud.path).bounds())
    check_steady(min(CALLS // 60, 1000), *seldom)


def is_steady(times, *calls):
    """Neither the memory of the process grows, nor the number of blocks that the interpreter has given out."""
    gc.collect()
    before, blocks_before = resident_bytes(), sys.getallocatedblocks()
    repeat(times, *calls)
    gc.collect()
    return resident_bytes() - before < 6_000_000 and sys.getallocatedblocks() - blocks_before < min(times, 2000) / 2


def check_steady(times, *calls):
    """What leaks leaks every time; what the interpreter keeps for later it does not."""
    repeat(min(times, 2000), *calls)
    assert any(is_steady(times, *calls) for _ in range(3))


def test_reference_counts(segments, cloud):
    corner, fields = np.zeros(3), ["gid", "radius", "some name that is no field"]
    objects = [segments, corner, *fields, fields, None, "best_effort", np.dtype(np.float32), np.dtype(np.uint64)]
    names = tuple(fields[:2])

    def queries():
        segments.box_query(corner, corner, fields=names, accuracy="best_effort", population_mode=None)
        segments.box_query(corner, (6, 6, 6), fields=set(names))
        segments.sphere_counts(corner, 1, group_by="gid")
        segments.box_query_many([corner], [corner], fields=names)
        cloud.box_query((0, 0, 0), (1, 1, 1), fields="position")
        with pytest.raises(KeyError):
            segments.box_query(corner, corner, fields=fields)

    queries()
    gc.collect()
    before = [sys.getrefcount(thing) for thing in objects]
    repeat(50, queries)
    gc.collect()
    after = [sys.getrefcount(thing) for thing in objects]
    assert all(abs(later - earlier) < 40 for earlier, later in zip(before, after))


def test_large_arrays_are_ordinary_ones(cloud):
    """Their memory is used again after they are gone, and not before."""
    everything = cloud.box_query((0, 0, 0), (1, 1, 1))
    copies = {name: values.copy() for name, values in everything.items()}
    for _ in range(20):
        part = cloud.box_query((0, 0, 0), (0.9, 1, 1), fields="position")
        part[:] = -1
        assert (part == -1).all()
    assert all(np.array_equal(everything[name], copies[name]) for name in copies)
    few = [cloud.box_query((0, 0, 0), (0.05, 0.05, 0.05), fields="position") for _ in range(50)]
    copies_of_few = few[0].copy()
    for one in few[1:]:
        one[:] = -1
    assert np.array_equal(few[0], copies_of_few) and 0 < len(few[0]) < 33
    assert not any(np.shares_memory(few[0], one) for one in few[1:])
    del everything
    assert np.array_equal(np.sort(cloud.box_query((0, 0, 0), (1, 1, 1), fields="id")), np.arange(100_000))
