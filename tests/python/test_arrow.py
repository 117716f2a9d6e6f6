"""Results through the Arrow C data interface, read by a consumer in C that knows nothing of this package."""
import gc
import sys
import threading

import numpy as np
import pytest

import spatial_index as si
from spatial_index.results import BatchResults, Results

arrow_consumer = pytest.importorskip("arrow_consumer", reason="the consumer is not built: run the tests by meson")

FORMATS = {"uint64": "L", "uint32": "I", "float32": "f", "uint8": "C", "bool": "b"}


def read(found):
    return arrow_consumer.take(found.__arrow_c_array__())


def same(value, expected):
    if isinstance(expected, (np.ndarray, list, tuple)):
        return len(value) == len(expected) and all(map(same, value, expected))
    return value == expected or (value != value and expected != expected)


def column(rows, name):
    return [row[name] for row in rows]


def check_columns(found, schema, rows, addresses):
    flat = {}
    for name, values in found.items():
        if isinstance(values, tuple):
            flat.update({f"{name[:-1]}{number}": part for number, part in enumerate(values, 1)})
        else:
            flat[name] = values
    assert [child[0] for child in schema[3]] == list(flat)
    for (name, code, flags, children), values in zip(schema[3], flat.values()):
        if values.dtype.names:
            assert code == "+s" and [child[:2] for child in children] == [
                ("gid", "L"), ("section_id", "I"), ("segment_id", "I")]
            assert column(rows, name) == [dict(zip(values.dtype.names, row.tolist())) for row in values]
        elif values.ndim == 2:
            assert code == "+w:3" and children[0][:2] == ("item", "f")
            assert addresses[f"{name}.item"] == values.ctypes.data
            assert same(column(rows, name), values)
        elif values.dtype.kind == "O":
            assert code == "U" and flags == 2 and column(rows, name) == values.tolist()
        else:
            assert code == FORMATS.get(values.dtype.name, code) and same(column(rows, name), values)
            assert values.dtype == bool or addresses[name] == values.ctypes.data


def everything(index, fields=None):
    lower, upper = index.bounds()
    return index.box_query(lower, upper, fields=fields)


def test_all_kinds(segments, synapses, spheres, points):
    for index in segments, synapses, spheres, points:
        for fields in None, index.available_fields:
            found = everything(index, fields)
            schema, rows, addresses = read(found)
            assert schema[:2] == ("", "+s") and len(rows) == len(index) > 0
            check_columns(found, schema, rows, addresses)


def test_nearest_and_growing(points):
    points.insert([[1, 2, 3], [4, 5, 6]])
    found = everything(points)
    check_columns(found, *read(found))
    nearest, _ = points.nearest((0, 0, 0), 2)
    check_columns(nearest, *read(nearest))


@pytest.mark.parametrize("fields", [None, ["gid"], "radius", ["endpoints", "ids", "is_soma"]])
def test_batches(segments, fields):
    lower, upper = segments.bounds()
    corners = np.linspace(lower, upper, 7)
    batch = segments.box_query_many(corners - 30, corners + 30, fields=fields)
    assert len(set(batch.counts.tolist())) > 1
    schema, rows, addresses = read(batch)
    assert len(rows) == 7 and all(child[1] == "+L" for child in schema[3])
    offsets = batch.offsets.ctypes.data
    assert all(addresses[child[0]] == offsets for child in schema[3])
    for query, row in enumerate(rows):
        _, expected, _ = read(batch.of(query))
        for name in row:
            assert same([str(value) for value in row[name]], [str(value) for value in column(expected, name)])
    flat_schema, flat_rows, _ = read(Results(batch))
    assert len(flat_rows) == batch.offsets[-1] and flat_schema[:2] == ("", "+s")


def test_nothing_found(segments, points):
    for index in segments, points:
        found = index.box_query((1e6, 1e6, 1e6), (2e6, 2e6, 2e6))
        schema, rows, _ = read(found)
        assert rows == [] and len(schema[3]) >= 2
        batch = index.box_query_many(np.full((3, 3), 1e6), np.full((3, 3), 2e6))
        assert [set(map(len, row.values())) for row in read(batch)[1]] == [{0}] * 3
        assert read(index.box_query_many(np.empty((0, 3)), np.empty((0, 3))))[1] == []


@pytest.mark.parametrize("dtype, code", [
    ("i1", "c"), ("u1", "C"), ("i2", "s"), ("u2", "S"), ("i4", "i"), ("u4", "I"), ("i8", "l"), ("u8", "L"),
    ("f2", "e"), ("f4", "f"), ("f8", "g"), (">i4", "i"), (">f8", "g"), ("?", "b")])
def test_all_types(dtype, code):
    values = np.array([0, 1, 100, 0, 1, 1, 1, 0, 1, 127], dtype=dtype)
    schema, rows, _ = read(Results(value=values))
    assert schema[3][0][1] == code and column(rows, "value") == values.tolist()
    assert column(read(Results(value=values[::3]))[1], "value") == values[::3].tolist()


def test_text():
    values = np.array(["axon", "", None, "Zelle ü \N{BRAIN}", None], dtype=object)
    schema, rows, _ = read(Results(mtype=values, number=np.arange(5)))
    assert schema[3][0][1:3] == ("U", 2) and schema[3][1][2] == 0
    assert column(rows, "mtype") == values.tolist()
    assert column(read(Results(mtype=np.array(["a", "bc"])))[1], "mtype") == ["a", "bc"]
    batch = BatchResults({"mtype": values}, np.array([0, 2, 2, 5]))
    assert column(read(batch)[1], "mtype") == [["axon", ""], [], [None, "Zelle ü \N{BRAIN}", None]]


def test_schema_alone(segments):
    capsule = everything(segments).__arrow_c_schema__()
    assert "arrow_schema" in repr(capsule)
    found = everything(segments)
    pair = found.__arrow_c_array__(capsule)
    assert "arrow_schema" in repr(pair[0]) and "arrow_array" in repr(pair[1])


def test_what_is_no_table():
    with pytest.raises(ValueError, match="different lengths"):
        Results(a=np.zeros(3), b=np.zeros(4)).__arrow_c_array__()
    with pytest.raises(ValueError, match="offsets end at 4"):
        BatchResults({"a": np.zeros(3)}, np.array([0, 4])).__arrow_c_array__()
    with pytest.raises(TypeError, match="no type for 'a'"):
        Results(a=np.zeros(3, dtype=complex)).__arrow_c_array__()
    assert read(Results())[:2] == (("", "+s", 0, []), [])


def test_consumers_own_what_they_take():
    values = np.arange(1000.0)
    before = sys.getrefcount(values)
    for _ in range(3):
        pair = Results(value=values).__arrow_c_array__()
        assert sys.getrefcount(values) > before
        del pair  # never taken
        gc.collect()
        assert sys.getrefcount(values) == before
        assert column(read(Results(value=values))[1], "value") == values.tolist()
        assert sys.getrefcount(values) == before
    held = arrow_consumer.hold(Results(value=values).__arrow_c_array__())
    assert sys.getrefcount(values) > before
    expected = values.tolist()
    del values
    gc.collect()
    results = []
    thread = threading.Thread(target=lambda: results.append(held()))
    thread.start()
    thread.join()
    assert column(results[0][1], "value") == expected


def test_taken_twice():
    pair = Results(value=np.arange(3)).__arrow_c_array__()
    assert len(arrow_consumer.take(pair)[1]) == 3
    with pytest.raises(AssertionError, match="released"):
        arrow_consumer.take(pair)


def test_memory_outlives_the_index(tmp_path):
    index = si.PointIndex(np.random.default_rng(1).random((5000, 3)))
    found = index.box_query((0, 0, 0), (1, 1, 1))
    expected = found["id"].tolist()
    held = arrow_consumer.hold(found.__arrow_c_array__())
    del found, index
    gc.collect()
    others = [np.zeros(5000, dtype=np.uint64) for _ in range(100)]  # would reuse memory that was given back
    assert column(held()[1], "id") == expected and others
