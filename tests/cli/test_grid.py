"""spatial-index-grid."""
import csv
import io
import json
import os
import resource
import signal
import subprocess

import numpy as np
import pytest

from conftest import COMMANDS, run


def table(*arguments):
    return list(csv.DictReader(io.StringIO(run("grid", *arguments).output)))


def as_array(rows, shape, name="count"):
    grid = np.zeros(shape)
    for row in rows:
        assert grid[int(row["x"]), int(row["y"]), int(row["z"])] == 0 < float(row[name])
        grid[int(row["x"]), int(row["y"]), int(row["z"])] = float(row[name])
    return grid


def found(index, *arguments):
    return list(csv.DictReader(io.StringIO(run("query", index, "--box", "-inf,-inf,-inf", "inf,inf,inf", *arguments).output)))


def test_all_elements_are_in_the_grid(data):
    rows = table(data.segments, "--shape", "3,4,5")
    assert list(rows[0]) == ["x", "y", "z", "count"]
    assert as_array(rows, (3, 4, 5)).sum() == len(found(data.segments)) == 12
    assert sum(int(row["count"]) for row in table(data.synapses, "--shape", 2)) == len(found(data.synapses))


def test_boxes_and_filters(data):
    box = "--box", "200,70,80", "-100,-80,-90"
    for arguments in (), ("--somas",), ("--segments",), ("--section-types", "axon,4"), ("--gids", "0-1"):
        grid = as_array(table(data.segments, *box, "--shape", "3,5,2", *arguments), (3, 5, 2))
        expected = np.zeros((3, 5, 2))
        for element in found(data.segments, "--fields", "centroid", *arguments):
            place = [(float(element[f"centroid_{axis}"]) - lower) / size
                     for axis, lower, size in zip("xyz", (-100, -80, -90), (100, 30, 85))]
            if all(0 <= number < most for number, most in zip(place, (3, 5, 2))):
                expected[tuple(map(int, place))] += 1
        assert np.array_equal(grid, expected)


def test_lengths(data):
    ends = [[[float(element[f"endpoint{number}_{axis}"] or "nan") for axis in "xyz"] for number in (1, 2)]
            for element in found(data.segments)]
    whole = np.nansum(np.linalg.norm(np.diff(np.array(ends), axis=1), axis=2))
    rows = table(data.segments, "--shape", 4, "--measure", "length", "--threads", 1)
    assert as_array(rows, (4, 4, 4), "length").sum() == pytest.approx(whole, rel=1e-6)
    assert rows == table(data.segments, "--shape", 4, "--measure", "length", "--reading", "explicit")


def test_touching(data):
    rows = table(data.segments, "--box", "-60,-60,-60", "60,60,60", "--shape", 2, "--measure", "touching")
    grid = as_array(rows, (2, 2, 2))
    for x in range(2):
        corners = f"{60 * x - 60},-60,0", f"{60 * x},0,60"
        assert grid[x, 0, 1] == int(run("query", data.segments, "--box", *corners, "--count").output)


def test_numpy_files(data, tmp_path):
    for measure, dtype in ("elements", "uint64"), ("length", "float64"):
        shape = (3, 40, 5)
        arguments = data.segments, "--shape", "3,40,5", "--measure", measure
        assert run("grid", *arguments, "-o", tmp_path / "grid.npy").output == ""
        grid = np.load(tmp_path / "grid.npy")
        assert grid.shape == shape and grid.dtype == dtype
        name = "length" if measure == "length" else "count"
        assert np.allclose(grid, as_array(table(*arguments), shape, name), rtol=1e-14, atol=0)


@pytest.mark.parametrize("dtype", ["i1", "u1", "<i2", ">i2", "<u4", ">i4", "<i8", ">u8", "?"])
@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_regions(data, tmp_path, dtype, order, version):
    ids = np.random.default_rng(5).integers(0, 2 if dtype == "?" else 7, (3, 4, 5))
    ids = ids - 3 if "i" in dtype else ids
    with open(tmp_path / "regions.npy", "wb") as file:
        np.lib.format.write_array(file, np.array(ids, dtype=dtype, order=order), version=version)
    grid = as_array(table(data.segments, "--shape", "3,4,5"), (3, 4, 5))
    expected = {region: grid[ids == region].sum() for region in np.unique(ids)}
    rows = table(data.segments, "--regions", tmp_path / "regions.npy")
    assert {int(row["region"]): int(row["count"]) for row in rows} == {k: v for k, v in expected.items() if v}
    lengths = run("grid", data.segments, "--regions", tmp_path / "regions.npy", "--measure", "length", "--format", "jsonl")
    total = sum(json.loads(line)["length"] for line in lengths.output.splitlines())
    rows = table(data.segments, "--shape", "3,4,5", "--measure", "length")
    assert total == pytest.approx(as_array(rows, (3, 4, 5), "length").sum())


def test_populations(circuit, tmp_path):
    rows = table(circuit.both, "--shape", 2)
    assert [sum(int(row["count"]) for row in rows if row["population"] == name) for name in "AB"] == [6, 6]
    assert "takes one population" in run("grid", circuit.both, "--shape", 2, "-o", tmp_path / "x.npy", code=2).errors
    run("grid", circuit.both, "--shape", 2, "--populations", "B", "-o", tmp_path / "x.npy")
    assert np.load(tmp_path / "x.npy").sum() == 6


@pytest.mark.parametrize("arguments, sentence", [
    ([], "one of --shape and --regions"),
    (["--shape", "2,3"], "one number of voxels or three"),
    (["--shape", "2,3,4,5"], "one number of voxels or three"),
    (["--shape", "x"], "one number of voxels or three"),
    (["--shape", "0"], "0 voxels along x"),
    (["--shape", "3000000000000"], "3000000000000 x 3000000000000 x 3000000000000 voxels is too large"),
    (["--shape", "2", "--box", "0,0,0", "0,1,1"], "from 0 to 0 along x"),
    (["--shape", "2", "--box", "0,0", "0,1,1"], "two corners"),
    (["--shape", "2", "--box", "nan,0,0", "0,1,1"], "two corners x,y,z, not 'nan,0,0'"),
    (["--shape", "2", "--box", "0,0,0", "1,nan,1"], "two corners x,y,z, not '1,nan,1'"),
    (["--shape", "2", "--box", "0,0,0", "inf,1,1"], "from 0 to inf along x"),
    (["--shape", "2", "--measure", "mass"], "elements, touching or length"),
    (["--shape", "2", "--accuracy", "exact"], "requires --measure touching"),
    (["--shape", "2", "--pre-gids", "1"], "requires an index of synapses"),
    (["--shape", "2", "-o", "/nowhere/x.npy"], "cannot create '/nowhere/x.npy'"),
    (["--regions", "/nowhere.npy"], "cannot open '/nowhere.npy'"),
])
def test_errors(data, arguments, sentence):
    errors = run("grid", data.segments, *arguments, code=2).errors
    assert sentence in errors and errors.startswith("spatial-index-grid: ")


def test_too_large_for_the_memory(data):
    # With the address sanitizer the allocation fails as without it only if it is told to, after a line of its own.
    environment = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":allocator_may_return_null=1"}
    errors = run("grid", data.segments, "--shape", 1000000, code=2, env=environment).errors
    assert errors.splitlines()[-1] == ("spatial-index-grid: a grid of 1000000 x 1000000 x 1000000 voxels is too large "
                                       "for the memory")


def test_lengths_of_synapses(data):
    errors = run("grid", data.synapses, "--shape", 2, "--measure", "length", code=2).errors
    assert "synapse have no length" in errors


def test_output_that_cannot_be_written(data, tmp_path):
    """A file of which only a part fits is removed; the limit stands for a full disk."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    command = [COMMANDS / "spatial-index-grid", data.segments, "--shape", "20", "-o", tmp_path / "x.npy"]
    result = subprocess.run(command, preexec_fn=limit, capture_output=True, encoding="utf-8")
    assert result.returncode == 2 and "x.npy': File too large" in result.stderr
    assert not (tmp_path / "x.npy").exists()


@pytest.mark.parametrize("name", ["g.csv", "g.TSV", "g.jsonl", "g.npz", "folder.npy/g.txt"])
def test_output_named_as_another_format(data, tmp_path, name):
    """NumPy's bytes under the name of a table would be a riddle."""
    errors = run("grid", data.segments, "--shape", 2, "-o", tmp_path / name, code=2).errors
    assert "writes a NumPy array" in errors and name in errors and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["g.npy", "g.NPY", "g", "g.v2", "g.csv.npy"])
def test_other_names_of_output(data, tmp_path, name):
    run("grid", data.segments, "--shape", 2, "-o", tmp_path / name)
    assert np.load(tmp_path / name).shape == (2, 2, 2)


def test_output_that_is_no_file(data, tmp_path):
    """What is there already, and is no file, stays: a pipe whose reader goes away."""
    os.mkfifo(tmp_path / "pipe")
    command = [COMMANDS / "spatial-index-grid", data.segments, "--shape", "40", "-o", tmp_path / "pipe"]
    ignore = lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # noqa: E731
    with subprocess.Popen(command, preexec_fn=ignore, stderr=subprocess.PIPE, encoding="utf-8") as process:
        with open(tmp_path / "pipe", "rb") as pipe:
            pipe.read(10)
        errors = process.communicate(timeout=60)[1]
    assert process.returncode == 2 and "Broken pipe" in errors
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("make", [
    lambda whole: b"", lambda whole: whole[:9], lambda whole: whole[:-1], lambda whole: whole + b"0",
    lambda whole: whole.replace(b"NUMPY", b"numpy"), lambda whole: whole.replace(b"<i4", b"<f4"),
    lambda whole: whole.replace(b"(2, 3, 4)", b"(2, 3, 9)"), lambda whole: whole.replace(b"(2, 3, 4)", b"(2, 3,-4)"),
    lambda whole: whole.replace(b"(2, 3, 4)", b"(2, 12) "), lambda whole: whole.replace(b"shape", b"shade"),
    lambda whole: whole.replace(b"(2, 3, 4)" + b" " * 0, b"(2,3,4,1)"),
    lambda whole: whole.replace(b"\x93NUMPY\x01", b"\x93NUMPY\x04"), lambda whole: b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
])
def test_bad_files(data, tmp_path, make):
    good = io.BytesIO()
    np.save(good, np.zeros((2, 3, 4), dtype="<i4"))
    (tmp_path / "bad.npy").write_bytes(make(good.getvalue()))
    errors = run("grid", data.segments, "--regions", tmp_path / "bad.npy", code=2).errors
    assert "expected a NumPy file of one array of integers of three dimensions" in errors
    assert errors.startswith(f"spatial-index-grid: {tmp_path}/bad.npy: ")
