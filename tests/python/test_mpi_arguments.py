"""Processes of one job that give different arguments."""
import pytest
import small_circuits as small
from mpi_jobs import lines, needs_mpi

import spatial_index as si

pytestmark = needs_mpi


@pytest.fixture(scope="module")
def circuit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("circuit")
    small.command("sample-circuit", "--cells", 60, folder / "circuit")
    return folder / "circuit"


BEGIN = """
import os, sys
import numpy as np
import spatial_index as si
folder, rank = sys.argv[1], int(os.environ["OMPI_COMM_WORLD_RANK"])
files = folder + "/morphologies", folder + "/nodes.h5", "cortex"
edges = folder + "/edges.h5"
config = folder + "/circuit_config.json"
def one(value):
    "What the last process gives alone."
    return value if rank == 2 else None
def told(build, *arguments, **keywords):
    try:
        build(*arguments, **keywords)
    except ValueError as error:
        os.write(1, f"{error}\\n".encode())
"""

ONE_GIVES = """
Cells, Synapses = si.MorphMultiIndexBuilder, si.SynapseMultiIndexBuilder
assert Synapses.constructor_rank() == 2
gids = [3, 5, 8, 13]
Synapses.from_sonata_file(edges, None, target_gids=one(gids), output_dir="targets")
Synapses.from_sonata_selection(edges, one([(10, 500), (700, 701)]), output_dir="selected")
Synapses.from_sonata_tgids(edges, one(7), output_dir=one("target"))
Cells.from_sonata_file(*files[:2], one("cortex"), gids=one(gids), output_dir="cells")
si.index_circuit("synapses", config, "circuit", post_gids=one(gids), populations=one(None), multi_index=True)
class Selection:
    def __init__(self, ranges):
        self.ranges = ranges
sys.modules["__main__"].Selection = Selection
class Edges:
    size, name = 1000, "made up"
    def _ids(self, selection):
        return np.concatenate([np.arange(*piece) for piece in selection.ranges])
    def get_attribute(self, name, selection):
        return self._ids(selection) % 17 * 0.5
    def source_nodes(self, selection):
        return self._ids(selection) + 5
    def target_nodes(self, selection):
        return self._ids(selection) // 10
    def afferent_edges(self, gids):
        return [(10 * gid, 10 * gid + 10) for gid in gids]
Synapses.from_sonata_tgids(Edges(), one([3, 50]), output_dir="object")
os.write(1, b"done\\n")
"""


def test_what_one_gives_holds_for_all(circuit, tmp_path):
    assert lines(3, BEGIN + ONE_GIVES, circuit, folder=tmp_path) == ["done"] * 3
    gids, edges = [3, 5, 8, 13], circuit / "edges.h5"
    synapses, cells = si.SynapseIndexBuilder, si.MorphIndexBuilder
    expected = {
        "targets": synapses.from_sonata_file(edges, target_gids=gids),
        "selected": synapses.from_sonata_selection(edges, [(10, 500), (700, 701)]),
        "target": synapses.from_sonata_tgids(edges, [7]),
        "cells": cells.from_sonata_file(circuit / "morphologies", circuit / "nodes.h5", "cortex", gids),
        "circuit": synapses.from_sonata_file(edges, target_gids=gids),
    }
    for name, index in expected.items():
        assert len(index) > 0 and si.difference(tmp_path / name, index) is None, name
    assert sorted(small.everything(si.open_index(tmp_path / "object"), "id")) == [*range(30, 40), *range(500, 510)]


# What differs, and the call; the processes go on after each.
DIFFERENT = {
    "post_gids": "si.SynapseMultiIndexBuilder.from_sonata_file, edges, target_gids=[rank]",
    "gids": "si.MorphMultiIndexBuilder.from_sonata_file, *files, gids=[1, 2 + (rank == 1)]",
    "selection": "si.SynapseMultiIndexBuilder.create, edges, [(0, 9 + rank)]",
    "replace": "si.SynapseMultiIndexBuilder.create, edges, replace=rank == 0",
    "population": "si.MorphMultiIndexBuilder.create, *files[:2], f'cortex{rank}'",
    "skip_bad_cells": "si.MorphMultiIndexBuilder.create, *files, skip_bad_cells=rank == 0",
    "recenter": "si.MorphMultiIndexBuilder.create, *files, recenter=rank == 0",
    "position": "si.SynapseMultiIndexBuilder.create, edges, position='ab'[rank % 2]",
    "morphology_dir": "si.MorphMultiIndexBuilder.create, files[0][rank:], *files[1:]",
    "what": "si.index_circuit, ['synapses', 'segments'][rank % 2], config, multi_index=True",
    "populations": "si.index_circuit, 'segments', config, populations=[f'c{rank}'], multi_index=True",
    "the method that builds": "*((si.MorphMultiIndexBuilder.create, *files) if rank else (si.SynapseMultiIndexBuilder.create, edges))",
    "output_dir": "si.SynapseMultiIndexBuilder.create, edges, output_dir=f'out{min(rank, 1)}'",
}


def test_different_values_are_refused(circuit, tmp_path):
    calls = [call if "output_dir" in call else f"{call}, output_dir='out'" for call in DIFFERENT.values()]
    # Of several processes another one may give the folder, but someone has to.
    calls.append("si.SynapseMultiIndexBuilder.create, edges")
    said = lines(3, BEGIN + "\n".join(f"told({call})" for call in calls), circuit, folder=tmp_path)
    different = "processes 0 and 1 of the job give different values of {}: all that give one must give the same"
    expected = [different.format(name) for name in DIFFERENT] + ["a multi-index needs an output_dir"]
    assert said == sorted(expected * 3)
    assert not (tmp_path / "out").exists()
