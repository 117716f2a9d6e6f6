"""Indexes that are read explicitly, into a bounded cache, give the same answers, and tell what they read."""
import json
import os
import pickle
import shutil

import numpy as np
import pytest

import spatial_index as si
from test_migration_scripts import run_script

COUNT = 300_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reading") / "index"
    random = np.random.default_rng(1)
    si.SphereIndexBuilder.from_numpy(random.uniform(0, 100, (COUNT, 3)), random.uniform(0, 1, COUNT), output_dir=folder)
    return folder


def boxes(count):
    corners = np.random.default_rng(2).uniform(0, 100, (count, 3))
    return corners, corners + np.random.default_rng(3).uniform(0, 30, (count, 3))


def test_answers_are_the_same(folder):
    mapped, read = (si.open_index(folder, 1, reading=reading) for reading in ("mapped", "explicit"))
    corners, others = boxes(50)
    for corner, other in zip(corners, others):
        expected, found = mapped.box_query(corner, other), read.box_query(corner, other)
        assert expected.keys() == found.keys() and all(np.array_equal(expected[name], found[name]) for name in found)
        assert read.box_counts(corner, other) == len(expected["id"])
        near, distances = read.nearest(corner, 20, fields="id")
        assert np.array_equal(near, mapped.nearest(corner, 20, fields="id")[0]) and np.all(np.diff(distances) >= 0)
    assert np.array_equal(read.box_counts_many(corners, others, threads=3), mapped.box_counts_many(corners, others))
    batches = [index.box_query_many(corners, others, fields="id", threads=3) for index in (read, mapped)]
    assert np.array_equal(batches[0]["id"], batches[1]["id"])


def test_statistics(folder):
    index = si.open_index(folder, max_cache_size_mb=1, reading="explicit")
    before = index.stats()
    assert (before["reading"], before["queries"], before["blocks_touched"]) == ("explicit", 0, 0)
    assert before["max_cache_bytes"] == 2**20
    count = index.box_counts((0, 0, 0), (30, 30, 30))
    first = index.stats()
    assert index.box_counts((0, 0, 0), (30, 30, 30)) == count
    second = index.stats()
    assert first["queries"] == 1 and second["queries"] == 2
    assert 0 < first["blocks_read"] == second["blocks_read"] == first["blocks_touched"] - first["blocks_cached"]
    assert second["blocks_cached"] >= first["blocks_cached"] + first["blocks_read"]
    assert first["rounds"] <= index.info()["levels"] + 2 and first["reads"] >= first["rounds"]
    index.box_query((0, 0, 0), (100, 100, 100))
    last = index.stats()
    assert last["blocks_evicted"] > 0 and last["cache_bytes"] <= last["max_cache_bytes"]


def test_a_mapped_index_counts_queries(folder):
    index = si.open_index(folder, reading="mapped")
    index.box_counts((0, 0, 0), (30, 30, 30))
    index.box_counts_many(*boxes(10))
    index.nearest((0, 0, 0), 2)
    assert index.stats()["queries"] == 12 and index.stats()["blocks_read"] == 0


def blocks_read(folder, size, ask):
    index = si.open_index(folder, size, reading="explicit")
    ask(index)
    return index.stats()["blocks_read"]


def test_in_order_each_block_is_read_about_once(folder):
    corners = boxes(1000)[0]
    order = si.experimental.space_filling_order(corners)

    def ask_batch(index):
        index.box_query_many(corners, corners + 3, fields="id", threads=1)

    def ask_each(numbers):
        return lambda index: [index.box_query(corners[i], corners[i] + 3, fields="id") for i in numbers]

    distinct = blocks_read(folder, 100, ask_batch)
    assert distinct * 4096 > 2 * 3 * 2**20  # more than twice what the cache below holds
    assert blocks_read(folder, 3, ask_batch) < 1.2 * distinct
    assert blocks_read(folder, 3, ask_each(order)) < 1.2 * distinct
    assert blocks_read(folder, 3, ask_each(range(1000))) > 1.5 * distinct


def test_pickling_keeps_how_it_is_read(folder):
    index = si.open_index(folder, 3, reading="explicit")
    stats = pickle.loads(pickle.dumps(index)).stats()
    assert (stats["reading"], stats["max_cache_bytes"]) == ("explicit", 3 * 2**20)


@pytest.mark.parametrize("how", [{"reading": "explicit"}, {"reading": "mapped", "guard": True}])
def test_a_file_that_shrinks_is_an_exception(folder, tmp_path, how):
    shutil.copytree(folder, tmp_path / "index")
    script = """
import os, sys, spatial_index as s
index = s.open_index(sys.argv[1], **eval(sys.argv[2]))
file = index.info()["heavy_data_path"]
os.truncate(file, os.path.getsize(file) // 2)
try:
    index.box_query((0, 0, 0), (100, 100, 100))
except s.SpatialIndexError as error:
    assert file in str(error), error
else:
    raise AssertionError("no exception")
"""
    run_script(script, tmp_path / "index", repr(how), folder=tmp_path)


@pytest.mark.parametrize("arguments", [{"reading": "fast"}, {"reading": None}, {"max_cache_size_mb": -1}, {"max_cache_size_mb": np.nan}])
def test_wrong_ways_are_refused(folder, arguments):
    with pytest.raises(ValueError):
        si.open_index(folder, **arguments)


def test_reports_of_usage(folder, tmp_path):
    script = """
import sys, spatial_index as s
for reading in "explicit", "mapped":
    s.open_index(sys.argv[1], reading=reading).box_counts([0]*3, [10]*3)
"""
    run_script(script, folder, folder=tmp_path)
    assert os.listdir(tmp_path) == []
    for value, count in ("off", 0), ("1", 2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SI_REPORT_USAGE_STATS", value)
            patch.setenv("TMPDIR", str(tmp_path))
            run_script(script, folder, folder=tmp_path)
        names = sorted(os.listdir(tmp_path))
        assert len(names) == count and all(name.startswith("si_cache_stats_20") for name in names)
    reports = [json.loads((tmp_path / name).read_text())[0] for name in names]
    by_reading = {report["reading"]: report for report in reports}
    assert by_reading["explicit"]["access_count"] > 0 == by_reading["mapped"]["access_count"]
    assert all(report["id"] == 0 and report["query_count"] == 1 for report in reports)
    assert {"eviction_count", "incache_count", "usage_rate"} < by_reading["explicit"].keys()
    assert by_reading["mapped"]["pages_touched"] > 0 == by_reading["explicit"]["pages_touched"]
    assert all(report["part_count"] == 0 and report["parts"] == [] for report in reports)
