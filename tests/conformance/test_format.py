"""The format page is true: a reader made from it finds everything in its place."""
import json
import os

import numpy as np
import pytest
from conftest import EVERYTHING, run, table, vectors
from heavy_file import (BLOCK, FAN_OUT, FLT_MAX, KINDS, LEAF, boxes_of_elements, checksum, expected_sections, is_in_order,
                        read_elements, read_header, read_levels, unite, up)


@pytest.fixture(scope="module", params=["synapse", "morphology"])
def index(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("format")
    run("sample-circuit", "--cells", 150, folder / "circuit")
    what = {"synapse": "synapses", "morphology": "segments"}[request.param]
    run("circuit", what, folder / "circuit" / "circuit_config.json", "--out", folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def metadata(index):
    return json.loads((index / "meta_data.json").read_text())


@pytest.fixture(scope="module")
def kind(metadata):
    return metadata["element_type"]


@pytest.fixture(scope="module")
def data(index, metadata):
    return (index / metadata["spatial_index"]["heavy_data_path"]).read_bytes()


@pytest.fixture(scope="module")
def header(data):
    return read_header(data)


@pytest.fixture(scope="module")
def elements(data, header, kind):
    return read_elements(data, header, kind)


def test_metadata(index, metadata, header):
    assert metadata["version"] == 0 and metadata["spatial_index"]["format"] == 1
    assert metadata["spatial_index"]["heavy_data_path"] == f"index-{header.checksum:016x}.si"
    assert metadata["extended"].keys() == {
        "dataset_path", "dataset_relative_path", "population", "identity"
    }
    identity = metadata["extended"]["identity"]
    assert identity["population_size"] > 0 and len(identity["fingerprint"]) == 16
    assert identity["file_bytes"] == os.path.getsize(metadata["extended"]["dataset_path"])
    assert os.path.isabs(metadata["extended"]["dataset_path"])
    assert os.path.samefile(index / metadata["extended"]["dataset_relative_path"], metadata["extended"]["dataset_path"])


def test_header(data, header, kind):
    assert (header.magic, header.version, header.header_bytes) == (b"SPATIDX\n", 1, BLOCK)
    assert (header.kind, header.fan_out, header.leaf_capacity) == (list(KINDS).index(kind), FAN_OUT, LEAF)
    assert header.leaves == up(header.count, LEAF)
    assert (header.file_bytes, header.block_bytes) == (len(data), BLOCK)
    expected = expected_sections(header, kind)
    assert header.section_count == len(expected)
    assert header.sections == expected + [(0, 0)] * (16 - len(expected))
    offset, length = expected[-1]
    assert len(data) == offset + up(length, BLOCK) * BLOCK
    assert not any(header.unused) and not any(data[offset + length:])


def test_checksums(data, header):
    assert header.checksum == checksum(data[:4088])
    offset, length = header.sections[header.section_count - 1]
    stored = np.frombuffer(data, "<u8", length // 8, offset)
    assert [checksum(data[block:block + BLOCK]) for block in range(BLOCK, offset, BLOCK)] == stored.tolist()
    chained = 0
    for block in range(0, stored.nbytes, BLOCK):
        chained = checksum(chained.to_bytes(8, "little") + stored.tobytes()[block:block + BLOCK])
    assert chained == header.checksums_checksum


def test_inner_levels(data, header, elements, kind):
    levels, rest = read_levels(data, header)
    assert header.levels == len(levels) > 1
    assert not any(rest)
    boxes = unite(boxes_of_elements(elements.floats, kind), LEAF)
    for level in levels:
        assert np.array_equal(level[:len(boxes)], boxes)
        assert (level[len(boxes):] == [FLT_MAX] * 3 + [-FLT_MAX] * 3).all()
        boxes = unite(boxes, FAN_OUT)
    assert np.array_equal(boxes, [header.bounds])


def test_order(elements, kind):
    assert is_in_order(elements, kind)


def test_elements_are_those_that_queries_find(index, header, elements, kind):
    assert elements.clean
    found = table(run("query", index, *EVERYTHING))
    if kind == "synapse":
        ids = [found[name] for name in ("id", "post_gid", "pre_gid")]
        assert np.array_equal(elements.words, ids)
        assert np.array_equal(elements.floats.T, vectors(found, "position"))
        return
    word = elements.words[0]
    is_soma = np.isnan(found["endpoint2_x"])
    p1, p2 = vectors(found, "endpoint1"), vectors(found, "endpoint2")
    assert np.array_equal([word >> 28, word >> 14 & 16383, word & 16383],
                          [found[name] for name in ("gid", "section_id", "segment_id")])
    assert np.array_equal(elements.bytes[0], found["section_type"])
    assert np.array_equal(is_soma, (word >> 14 & 16383) == 0) and is_soma.any()
    assert np.array_equal(elements.floats[:3].T, p1)
    assert np.array_equal(elements.floats[3:6].T, np.where(is_soma[:, None], p1, p2))
    assert np.array_equal(elements.floats[6], found["radius"].astype("<f4"))
