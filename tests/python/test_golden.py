"""What today's systems answer on real circuits, through Python."""
import math
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

import spatial_index as si

sys.path.append(str(Path(__file__).resolve().parent.parent / "conformance"))
import oracle  # noqa: E402

EVERYTHING = (-math.inf,) * 3, (math.inf,) * 3
ACCURACIES = ["best_effort", "bounding_box"]


@pytest.fixture(scope="module")
def circuits(real_data):
    return real_data / "data" / "circuits"


@pytest.fixture(scope="module")
def six_cells(circuits):
    cells = [4, 8, 15, 16, 23, 42]
    return si.MorphIndexBuilder.from_sonata_file(circuits / "ascii_sonata", circuits / "nodes.h5", "All", cells)


@pytest.fixture(scope="module")
def circuit_10(circuits):
    folder = circuits / "circuit-10"
    return si.MorphIndexBuilder.from_sonata_file(folder / "morphologies" / "ascii", folder / "nodes.h5")


@pytest.fixture(scope="module")
def edges(circuits):
    return si.SynapseIndexBuilder.from_sonata_file(circuits / "edges.h5", "neocortex_neurons__chemical_synapse")


def check_sum(rows):
    return f"{zlib.crc32(np.ascontiguousarray(rows).tobytes()):08x}"


def sorted_ids(found):
    """Rows (gid, section_id, segment_id), or (id,), in order."""
    names = ("gid", "section_id", "segment_id") if "gid" in found else ("id",)
    rows = np.stack([found[name].astype("<u8") for name in names], axis=1)
    return rows[np.lexsort(rows.T[::-1])]


def without_zero_length(found):
    """Today's spheres do not find such segments."""
    kept = found["is_soma"] | np.any(found["endpoints"][0] != found["endpoints"][1], axis=1)
    return {name: found[name][kept] for name in ("gid", "section_id", "segment_id")}


SIX_CELL_QUERIES = [
    ("box", (15, 900, 15), (20, 1900, 20), (16, "4667640a"), (17, "75c4a883")),
    ("box", (0, 1500, 0), (50, 1550, 50), (7, "00e9f45f"), (7, "00e9f45f")),
    ("box", (-100, 1400, -100), (100, 1800, 100), (4851, "823c0b80"), (4851, "823c0b80")),
    ("box", (100, 1600, 0), (0, 1500, 100), (318, "ae2800a9"), (318, "ae2800a9")),
    ("box", (-600, 1200, -600), (900, 2300, 700), (25618, "07263d29"), (25618, "07263d29")),
    ("box", (10, 1690, 10), (10, 1690, 10), (0, "00000000"), (0, "00000000")),
    ("sphere", (0, 1700, 0), 50, (444, "eb296fa3"), (458, "95d6457f")),
    ("sphere", (0, 1500, 0), 200, (3310, "a6c7634f"), (3314, "488ddb26")),
    ("sphere", (50, 1900, 20), 5, (14, "94a3a4df"), (15, "1ff59765")),
    ("sphere", (0, 1700, 0), 0, (0, "00000000"), (0, "00000000")),
]


@pytest.mark.parametrize("shape, first, second, best_effort, bounding_box", SIX_CELL_QUERIES)
def test_six_cells(six_cells, shape, first, second, best_effort, bounding_box):
    for accuracy, recorded in (("best_effort", best_effort), ("bounding_box", bounding_box)):
        found = getattr(six_cells, f"{shape}_query")(first, second, accuracy=accuracy)
        assert getattr(six_cells, f"{shape}_counts")(first, second, accuracy=accuracy) == len(found["gid"])
        assert getattr(six_cells, f"{shape}_empty")(first, second, accuracy=accuracy) == (len(found["gid"]) == 0)
        if shape == "sphere" and accuracy == "best_effort":
            found = without_zero_length(found)
        rows = sorted_ids(found)
        assert (len(rows), check_sum(rows)) == recorded


SYNAPSE_QUERIES = [
    ("box", (0, 600, 300), (200, 1000, 500), (50, "30858ac9"),
     {6: 1, 12: 1, 19: 1, 24: 1, 26: 4, 28: 4, 31: 1, 32: 1, 35: 1, 37: 11, 38: 7, 40: 13, 43: 2, 46: 1, 51: 1}),
    ("box", (200, 900, 300), (250, 1000, 400), (15, "2dabe31f"), {8: 1, 28: 1, 31: 4, 43: 2, 48: 2, 51: 5}),
    ("sphere", (200, 950, 350), 30, (3, "aa4c6368"), {8: 1, 38: 1, 51: 1}),
    ("sphere", (200, 950, 350), 100, (78, "48721701"),
     {0: 5, 4: 2, 6: 5, 8: 1, 9: 1, 10: 1, 12: 4, 19: 5, 22: 1, 28: 1, 31: 9, 35: 1, 38: 6, 40: 9, 43: 5, 46: 2, 48: 8,
      50: 1, 51: 7, 53: 2, 54: 2}),
]


@pytest.mark.parametrize("shape, first, second, recorded, groups", SYNAPSE_QUERIES)
def test_synapses(edges, shape, first, second, recorded, groups):
    rows = sorted_ids(getattr(edges, f"{shape}_query")(first, second, fields=["id"]))
    assert (len(rows), check_sum(rows)) == recorded
    assert getattr(edges, f"{shape}_counts")(first, second, group_by="post_gid") == groups
    with pytest.warns(DeprecationWarning):
        assert getattr(edges, f"{shape}_counts")(first, second, group_by="gid") == groups


def margins(found, shape, first, second, accuracy):
    """How far elements are from changing sides."""
    first, second = np.float32(first), np.float32(second)
    p1 = found["endpoints"][0]
    p2 = np.where(found["is_soma"][:, None], p1, found["endpoints"][1])
    if shape == "box":
        return oracle.margin_box(p1, p2, found["radius"], np.minimum(first, second), np.maximum(first, second), accuracy)
    return oracle.margin_sphere(p1, p2, found["radius"], first, second, accuracy)


@pytest.mark.parametrize("accuracy", ACCURACIES)
@pytest.mark.parametrize("shape, first, second", [("box", "box_lo", "box_hi"), ("sph", "sph_c", "sph_r")])
def test_recorded_queries_in_a_batch(circuit_10, real_data, shape, first, second, accuracy):
    golden = np.load(real_data / "golden" / "circuits" / "circuit-10.npz")
    shapes = golden[first], golden[second]
    name = "box" if shape == "box" else "sphere"
    batch = getattr(circuit_10, f"{name}_query_many")(*shapes, accuracy=accuracy)
    everything = circuit_10.box_query(*EVERYTHING, accuracy="bounding_box")
    offsets, recorded = golden[f"{shape}_{accuracy}_off"], golden[f"{shape}_{accuracy}_ids"].astype(np.uint64)
    assert batch.query_count == len(offsets) - 1 == 100
    row_of = {ids: row for row, ids in enumerate(everything["ids"].tolist())}
    for query in range(100):
        mine = set(batch.of(query)["ids"].tolist())
        theirs = set(map(tuple, recorded[offsets[query]:offsets[query + 1]].tolist()))
        rows = [row_of[ids] for ids in mine ^ theirs]
        if not rows:
            continue
        differing = {field: everything[field][rows] for field in ("is_soma", "radius")}
        differing["endpoints"] = [endpoint[rows] for endpoint in everything["endpoints"]]
        allowed = margins(differing, name, shapes[0][query], shapes[1][query], accuracy) <= oracle.TOLERANCE
        if name == "sphere" and accuracy == "best_effort":
            allowed |= ~differing["is_soma"] & np.all(np.equal(*differing["endpoints"]), axis=1)
        assert np.all(allowed)


def test_bounds_and_sections(six_cells, edges):
    assert len(six_cells) == 25618 and len(edges) == 1931
    expected = [-521.943, 1206.241, -534.433], [875.005, 2233.804, 636.523]
    assert all(np.allclose(mine, theirs, atol=1e-3) for mine, theirs in zip(six_cells.bounds(), expected))
    found = six_cells.box_query(*EVERYTHING)
    rows = np.column_stack([sorted_ids(found), found["section_type"][np.argsort(found["ids"], order=("gid", "section_id", "segment_id"))]])
    assert check_sum(rows.astype("<u8")) == "6a810779"
