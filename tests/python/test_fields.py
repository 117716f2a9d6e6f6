"""What queries return: names, types, shapes, order, values."""
import math

import circuits
import numpy as np
import pytest

import spatial_index as si

from spatial_index import Results

EVERYTHING = (-math.inf,) * 3, (math.inf,) * 3
NOTHING = (5000,) * 3, (5001,) * 3

SEGMENT_IDS = np.dtype([("gid", "<u8"), ("section_id", "<u4"), ("segment_id", "<u4")])

# By index: fields in their documented order, with type and shape behind N.
BUILTIN = {
    "segments": [
        ("gid", np.uint64, ()), ("section_id", np.uint32, ()), ("segment_id", np.uint32, ()), ("ids", SEGMENT_IDS, ()),
        ("centroid", np.float32, (3,)), ("endpoints", (np.float32, np.float32), (3,)), ("radius", np.float32, ()),
        ("section_type", np.uint8, ()), ("is_soma", np.bool_, ()),
    ],
    "synapses": [
        ("id", np.uint64, ()), ("pre_gid", np.uint64, ()), ("post_gid", np.uint64, ()), ("position", np.float32, (3,)),
    ],
    "spheres": [("id", np.uint64, ()), ("centroid", np.float32, (3,)), ("radius", np.float32, ())],
    "points": [("id", np.uint64, ()), ("position", np.float32, (3,))],
}
SIZES = {"segments": 12, "synapses": 6, "spheres": 3, "points": 3}
ELEMENT_TYPES = {"segments": "morphology", "synapses": "synapse", "spheres": "sphere", "points": "point"}


def check_values(values, type_, count, shape):
    if isinstance(type_, tuple):
        assert isinstance(values, tuple) and len(values) == len(type_)
        for part, part_type in zip(values, type_):
            check_values(part, part_type, count, shape)
        return
    assert isinstance(values, np.ndarray)
    assert values.dtype == np.dtype(type_) and values.shape == (count, *shape)
    assert values.flags.c_contiguous and values.flags.aligned and values.flags.writeable


@pytest.mark.parametrize("name", BUILTIN)
@pytest.mark.parametrize("corners, size", [(EVERYTHING, None), (NOTHING, 0)])
def test_builtin_fields(name, corners, size, request):
    index = request.getfixturevalue(name)
    size = SIZES[name] if size is None else size
    names = [field for field, *_ in BUILTIN[name]]
    assert index.builtin_fields == names
    assert index.element_type == ELEMENT_TYPES[name] and len(index) == SIZES[name]
    everything = index.box_query(*corners)
    assert isinstance(everything, dict) and list(everything) == names
    for field, type_, shape in BUILTIN[name]:
        check_values(everything[field], type_, size, shape)
        check_values(index.box_query(*corners, fields=field), type_, size, shape)
    assert SEGMENT_IDS.itemsize == 16


def test_fields_of_every_iterable(segments):
    expected = segments.box_query(*EVERYTHING)
    for fields in (["radius", "gid"], ("radius", "gid"), dict.fromkeys(["radius", "gid"]), iter(["radius", "gid"])):
        found = segments.box_query(*EVERYTHING, fields=fields)
        assert list(found) == ["radius", "gid"]
        assert all(np.array_equal(found[name], expected[name]) for name in found)
    assert set(segments.box_query(*EVERYTHING, fields={"radius", "gid"})) == {"radius", "gid"}
    assert list(segments.box_query(*EVERYTHING, fields=["gid", "gid"])) == ["gid"]
    assert len(segments.box_query(*EVERYTHING, fields=["gid", "radius"] * 100)) == 2


def test_values_of_segments(segments):
    found = segments.box_query(*EVERYTHING)
    rows = zip(*(found[name].tolist() for name in ("gid", "section_id", "segment_id")))
    assert len(set(found["ids"].tolist())) == 12
    for i, ids in enumerate(rows):
        first, second, radius, section_type = circuits.ELEMENTS[ids]
        assert found["ids"][i].tolist() == ids
        assert found["endpoints"][0][i] == pytest.approx(first, abs=1e-5)
        assert found["endpoints"][1][i] == pytest.approx(second, abs=1e-5, nan_ok=True)
        assert found["is_soma"][i] == (ids[1] == 0) == math.isnan(second[0])
        middle = first if ids[1] == 0 else np.add(first, second) / 2
        assert found["centroid"][i] == pytest.approx(middle, abs=1e-5)
        assert found["radius"][i] == pytest.approx(radius) and found["section_type"][i] == section_type


def test_values_of_synapses(synapses):
    found = synapses.box_query(*EVERYTHING)
    expected = {synapse[0]: synapse for synapse in circuits.SYNAPSES}
    for id_, pre_gid, post_gid, position in zip(*found.values()):
        assert (pre_gid, post_gid) == expected[id_][1:3]
        assert np.array_equal(position, np.float32(expected[id_][3]))


def test_attributes(segments, synapses):
    assert segments.available_fields[:9] == segments.builtin_fields
    assert {"mtype", "layer", "weight", "morphology"} < set(segments.available_fields)
    found = segments.box_query(*EVERYTHING, fields=["mtype", "gid", "layer", "weight"])
    assert list(found) == ["mtype", "gid", "layer", "weight"]
    assert (found["mtype"].dtype, found["layer"].dtype, found["weight"].dtype) == (object, np.int32, np.float64)
    for mtype, gid, layer, weight in zip(*found.values()):
        assert (mtype, layer) == circuits.CELLS[gid][3:5]
        assert weight == pytest.approx(circuits.CELLS[gid][5], nan_ok=True)
    labels = synapses.box_query(*EVERYTHING, fields="label")
    ids = synapses.box_query(*EVERYTHING, fields="id")
    assert labels.dtype == object and labels.tolist() == [circuits.SYNAPSES[id_][5] for id_ in ids]
    assert synapses.sphere_query((0, 0, 0), 0.5, fields="conductance").dtype == np.float32
    for name, type_ in (("mtype", object), ("layer", np.int32)):
        empty = segments.box_query(*NOTHING, fields=name)
        assert (empty.dtype, empty.shape) == (np.dtype(type_), (0,))


def test_raw_elements(segments, synapses, spheres, points):
    elements = {element.ids: element for element in segments.box_query(*EVERYTHING, fields="raw_elements")}
    assert set(elements) == set(circuits.ELEMENTS)
    segment, soma = elements[1, 1, 0], elements[1, 0, 0]
    assert segment.centroid.tolist() == [0, 0, 5] and segment.endpoints.tolist() == [[0, 0, 0], [0, 0, 10]]
    assert (segment.gid, segment.section_id, segment.segment_id) == (1, 1, 0)
    assert soma.endpoints is None and soma.centroid.tolist() == [0, 0, 0]
    synapse = min(synapses.box_query(*EVERYTHING, fields="raw_elements"), key=lambda element: element.id)
    assert (synapse.ids, synapse.pre_gid, synapse.post_gid) == ((0, 1), 7, 1)
    assert synapse.centroid.tolist() == [0, 0, 0]
    assert spheres.sphere_query((0, 0, 0), 0, fields="raw_elements")[0].ids == (5,)
    assert points.sphere_query((10, 0, 0), 0, fields="raw_elements")[0].position.tolist() == [10, 0, 0]
    assert segments.box_query(*NOTHING, fields="raw_elements") == []


def test_order_is_that_of_the_index(segments):
    names = segments.builtin_fields
    together = segments.box_query(*EVERYTHING)
    for name in names:
        alone = segments.box_query(*EVERYTHING, fields=name)
        for left, right in zip(alone, together[name]) if name == "endpoints" else [(alone, together[name])]:
            assert np.array_equal(left, right, equal_nan=left.dtype.kind == "f")


def test_results_are_dicts(segments):
    found = segments.box_query(*EVERYTHING, fields=["gid"])
    assert isinstance(found, Results) and dict(found).keys() == {"gid"}


def test_to_pandas(segments):
    pandas = pytest.importorskip("pandas")
    frame = segments.box_query(*EVERYTHING, fields=["ids", "endpoints", "mtype"]).to_pandas()
    assert isinstance(frame, pandas.DataFrame) and len(frame) == 12
    assert list(frame) == ["gid", "section_id", "segment_id", "endpoint1_x", "endpoint1_y", "endpoint1_z",
                           "endpoint2_x", "endpoint2_y", "endpoint2_z", "mtype"]


def test_many_results():
    """More than fit the buffer in which small results are gathered."""
    import spatial_index as si

    positions = np.random.default_rng(1).random((100_000, 3), dtype=np.float32)
    index = si.PointIndexBuilder.from_numpy(positions)
    found = index.box_query((0, 0, 0), (1, 1, 1))
    assert np.array_equal(np.sort(found["id"]), np.arange(100_000))
    assert np.array_equal(positions[found["id"]], found["position"])
    half = index.box_query((0, 0, 0), (0.5, 1, 1), fields="id")
    assert np.array_equal(np.sort(half), np.flatnonzero(positions[:, 0] <= 0.5))


@pytest.mark.parametrize("name, suggestion", [("gidd", "gid"), ("section_tpye", "section_type"), ("mtpye", "mtype"), ("endpoint", "endpoints")])
def test_mistyped_fields(segments, name, suggestion):
    for options in ({"fields": name}, {"fields": ["gid", name]}):
        with pytest.raises(KeyError) as caught:
            segments.box_query(*EVERYTHING, **options)
        assert f"did you mean '{suggestion}'?" in str(caught.value)
        assert "has the fields gid, section_id, segment_id, ids, centroid" in str(caught.value)


def test_mistyped_fields_without_attributes(points):
    with pytest.raises(KeyError, match=r"'positioon': did you mean 'position'\? A point index has the fields id, position, and no data set"):
        points.box_query(*EVERYTHING, fields="positioon")
    with pytest.raises(KeyError, match=r"'nonsense'\. A point index has the fields id, position, and"):
        points.box_query(*EVERYTHING, fields="nonsense")


def test_fields_of_a_data_set_that_moved(tmp_path):
    nodes = circuits.write_nodes(tmp_path / "nodes.h5")
    si.SegmentIndexBuilder.from_sonata_file(circuits.write_morphologies(tmp_path / "m"), nodes, output_dir=tmp_path / "out")
    nodes.rename(tmp_path / "moved.h5")
    with si.open_index(tmp_path / "out") as index, pytest.raises(FileNotFoundError) as caught:
        index.box_query(*EVERYTHING, fields="gidd")
    assert "did you mean 'gid'?" in str(caught.value) and "dataset_path" in str(caught.value) and "nodes.h5" in str(caught.value)
    with si.open_index(tmp_path / "out", dataset_path=tmp_path / "moved.h5") as index:
        assert set(index.box_query(*EVERYTHING, fields="mtype")) == {"L1_DAC", "L23_PC", "L4_SS"}
