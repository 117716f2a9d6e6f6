"""Circuits whose elements lie, or are read, as unevenly as can be."""
import h5py
import numpy as np
import pytest

import circuits
from launch import alone, needs_mpirun, together

pytestmark = needs_mpirun

# More than two parts of a multi-index.
MANY = 1_200_000


def expect_same(tmp_path, ranks, *command):
    alone(*command, "-o", tmp_path / "single")
    together(ranks, *command, "--multi-index", "--threads", 1, "-o", tmp_path / "multi")
    alone("compare", tmp_path / "single", tmp_path / "multi")
    return tmp_path / "multi"


def part_sizes(index):
    return [path.stat().st_size for path in sorted(index.glob("*.parts/part-*.si"))]


def write_synapses_in_one_point(path):
    with h5py.File(path, "w") as file:
        group = file.create_group("edges/heap")
        group["edge_type_id"] = np.full(MANY, -1)
        for name in ("source_node_id", "target_node_id"):
            group[name] = np.zeros(MANY, dtype=np.uint64)
        for axis in "xyz":
            group[f"0/afferent_center_{axis}"] = np.full(MANY, 12.5, dtype=np.float32)
    return path


@pytest.mark.parametrize("ranks", [2, 5])
def test_all_elements_in_one_point(tmp_path, ranks):
    index = expect_same(tmp_path, ranks, "synapses", write_synapses_in_one_point(tmp_path / "edges.h5"))
    assert len(part_sizes(index)) == 3


def write_giant(path, sections=75, points=16_000):
    """A cell of many long neurites, each of which winds about the soma."""
    lines = ["1 1 0 0 0 1 -1"]
    for section in range(sections):
        for point in range(points):
            parent = len(lines) if point > 0 else 1
            angle = 0.01 * point + section
            lines.append(f"{len(lines) + 1} 3 {0.05 * point * np.cos(angle):.4f} {0.05 * point * np.sin(angle):.4f} "
                         f"{section} .5 {parent}")
    path.write_text("\n".join(lines) + "\n")


def test_one_cell_with_most_of_the_elements(tmp_path):
    folder = circuits.write_morphologies(tmp_path / "morphologies")
    write_giant(folder / "giant.swc")
    small = [("tree", (number, 0, 5 * number), circuits.UPRIGHT, "L1_DAC", 1, 0) for number in range(30)]
    giant = ("giant", (0, 0, 0), circuits.UPRIGHT, "L1_DAC", 1, 0)
    nodes = circuits.write_nodes(tmp_path / "nodes.h5", [*small[:7], giant, *small[7:]])
    index = expect_same(tmp_path, 4, "nodes", nodes, folder)
    assert len(part_sizes(index)) == 3


def test_ranks_with_nothing(tmp_path):
    """All elements are fewer than a part has: one process writes, the others have nothing to."""
    folder = circuits.write_morphologies(tmp_path / "morphologies")
    index = expect_same(tmp_path, 8, "nodes", circuits.write_nodes(tmp_path / "nodes.h5"), folder)
    assert len(part_sizes(index)) == 1
