"""Shape objects, the generated methods, closing, and what completion and help() show."""
import inspect
import pickle
import pydoc
import threading

import numpy as np
import pytest

import spatial_index as si
from spatial_index import method_table

SHAPES = [
    si.Box((0, 0, 0), (1, 1, 1)), si.Sphere((0, 0, 0), 1), si.Capsule((0, 0, 0), (1, 1, 1), 2),
    si.Cylinder((0, 0, 0), (1, 1, 1), 2), si.OrientedBox((0, 0, 0), (1, 1, 1), (1, 0, 0, 0)),
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
def test_shapes_are_values(shape):
    assert shape == pickle.loads(pickle.dumps(shape)) and hash(shape) == hash(pickle.loads(pickle.dumps(shape)))
    assert repr(shape).startswith(type(shape).__name__) and shape.is_single
    assert eval(repr(shape), {type(shape).__name__: type(shape)}) == shape
    names = list(inspect.signature(type(shape)).parameters)
    assert names == [part.name for part in shape._row.parts]
    for name in names:
        with pytest.raises(AttributeError):
            setattr(shape, name, 0)
        assert not getattr(shape, name).flags.writeable
    with pytest.raises(TypeError, match="single"):
        len(shape)


def test_shapes_do_not_change_with_the_arrays_they_were_made_of():
    corner = np.zeros(3)
    box = si.Box(corner, (1, 1, 1))
    corner[:] = 5
    assert box.corner.tolist() == [0, 0, 0] and box == si.Box((0, 0, 0), (1, 1, 1)) != si.Box((0, 0, 0), (1, 1, 2))
    assert box != si.Sphere((0, 0, 0), 1)


@pytest.mark.parametrize("make, sentence", [
    (lambda: si.Box((0, 0), (1, 1, 1)), r"Invalid shape of corner: \(2,\)"),
    (lambda: si.Box((0, 0, 0), (1, 1)), r"Invalid shape of opposite_corner: \(2,\)"),
    (lambda: si.Sphere((0, 0, 0), (1, 2)), r"Invalid shape of radius: \(2,\)"),
    (lambda: si.Capsule(5, (0, 0, 0), 1), r"Invalid shape of end: \(\)"),
])
def test_wrong_shapes(make, sentence):
    with pytest.raises(si.ShapeError, match=sentence):
        make()


def test_queries_by_shapes(segments):
    for shape in SHAPES:
        found = segments.query(shape, fields=["gid", "section_id"])
        assert isinstance(found, si.Results) and segments.count(shape) == len(found["gid"])
        assert segments.any(shape) is (len(found["gid"]) > 0)
        assert sum(segments.count(shape, group_by="gid").values()) == len(found["gid"])
    assert segments.query(SHAPES[0], fields="gid", population_mode="multi").keys() == {"All"}
    for wrong in (1, (0, 0, 0), [SHAPES[0]], None):
        with pytest.raises(TypeError, match="expected a Box, Sphere"):
            segments.query(wrong)
    with pytest.raises(si.ShapeError, match="query_many"):
        segments.query(si.Box(np.zeros((2, 3)), np.ones((2, 3))))
    with pytest.raises(si.ShapeError, match="single shape"):
        segments.count_many(SHAPES[0])
    with pytest.raises(ValueError, match="only for boxes"):
        segments.count(SHAPES[1], accuracy="center")


def test_many_shapes(segments):
    corners = np.random.default_rng(1).uniform(-50, 50, (20, 3))
    boxes = si.Box(corners, corners + 40)
    assert len(boxes) == 20 and "20" in repr(boxes)
    batch, expected = segments.query_many(boxes), segments.box_query_many(corners, corners + 40)
    listed = segments.query_many([si.Box(corner, corner + 40) for corner in corners])
    for name in expected:
        if name != "endpoints":
            assert np.array_equal(batch[name], expected[name]) and np.array_equal(listed[name], expected[name])
    counts = segments.count_many(boxes, threads=2)
    assert counts.tolist() == batch.counts.tolist() == segments.count_many([
        si.Box(corner, corner + 40) for corner in corners]).tolist()
    mixed = segments.query_many(tuple(SHAPES), fields="gid")
    assert mixed.counts.tolist() == [segments.count(shape) for shape in SHAPES]
    assert segments.count_many([]).tolist() == [] and segments.query_many(iter([])).offsets.tolist() == [0]
    spheres = si.Sphere(corners, 10)
    assert segments.count_many(spheres).tolist() == [segments.count(si.Sphere(corner, 10)) for corner in corners]
    with pytest.raises(TypeError, match="expected a Box"):
        segments.count_many([SHAPES[0], 5])


# ---- methods ----


@pytest.mark.parametrize("class_", [si.Index, si.MultiPopulationIndex])
def test_signatures_and_docstrings(class_):
    for row in method_table.SHAPES:
        for verb in method_table.VERBS:
            method = getattr(class_, f"{row.name}_{verb.suffix}")
            names = list(inspect.signature(method).parameters)
            assert names[1 : 1 + len(row.parts)] == [part.plural if verb.many else part.name for part in row.parts]
            for section in "Parameters", "Returns", "Raises":
                assert f"{section}\n    {'-' * len(section)}\n" in method.__doc__
            for name in names[1:]:
                assert name in method.__doc__
            assert inspect.getsource(method).startswith(f"def {method.__name__}(")


def test_old_names_are_not_shown_but_work(segments):
    for name in "window_query", "density_grid", "element_type", "find_nearest", "open":
        assert name not in dir(segments) and name not in dir(si.SegmentIndex) and hasattr(segments, name)
    for name in "MorphIndex", "MorphIndexBuilder", "DiskMemMapProps", "core", "io", "util":
        assert name not in dir(si) and name not in si.__all__ and hasattr(si, name)
    assert all(hasattr(si, name) for name in si.__all__)
    assert segments.kind == "segment" and segments.element_type == "morphology"
    assert si.MorphIndex is si.SegmentIndex


def test_help_shows_classes_and_functions():
    text = pydoc.plain(pydoc.render_doc(si))
    for name in set(si.__all__) - {"__version__"}:
        assert name in text
    assert "window_query" not in text and "MorphIndex" not in text
    assert "oriented_box_counts_many" in text and "Parameters" in text


# ---- closing ----


@pytest.mark.parametrize("call", [
    lambda index: index.box_query((0, 0, 0), (1, 1, 1)), lambda index: index.count(SHAPES[0]), lambda index: len(index),
    lambda index: index.any(SHAPES[0]), lambda index: index.query_many([]), lambda index: index.count_many([]),
    lambda index: index.nearest((0, 0, 0)), lambda index: index.info(), lambda index: index.stats(),
    lambda index: index.bounds(), lambda index: index.kind, lambda index: index.builtin_fields,
    lambda index: index.available_fields, lambda index: index.path, lambda index: index.write("nowhere"),
    lambda index: index.grid_counts((0, 0, 0), (1, 1, 1), 2), lambda index: pickle.dumps(index),
    lambda index: index.__enter__(), lambda index: si.difference(index, index),
])
def test_closed(data, call):
    with si.open_index(data.segments) as index:
        assert not index.closed and index.count(SHAPES[0]) == 2
        found = index.query(SHAPES[0], fields=["gid", "layer"])
    assert index.closed and "closed" in repr(index)
    index.close()
    with pytest.raises(ValueError, match="closed"):
        call(index)
    assert found["gid"].tolist() is not None and len(found["layer"]) == 2


def test_inserting_into_a_closed_index(spheres):
    spheres.insert((0, 0, 0), 1)
    spheres.close()
    for arguments in ((0, 0, 0), 1), ([[0, 0, 0]], [1]):
        with pytest.raises(ValueError, match="closed"):
            spheres.insert(*arguments)


def test_closing_while_other_threads_query(data):
    for _ in range(20):
        index, refused = si.open_index(data.segments), []

        def ask():
            try:
                for _ in range(1000):
                    assert index.count(SHAPES[0]) == 2
            except ValueError as error:
                refused.append(str(error))

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        index.close()
        for thread in threads:
            thread.join()
        assert set(refused) <= {"the index is closed"}
