"""Real circuits, by any number of processes, and more of them than there are cells."""
import pathlib

import pytest

from launch import DATA, IS_FULL, RANK_COUNTS, alone, needs_mpirun, together

CIRCUITS = pathlib.Path(DATA or "") / "data" / "circuits"
USECASE3 = "NodeA__NodeA__chemical,NodeB__NodeB__chemical,NodeA__NodeB__chemical"
COMMANDS = {
    "cells_700_799": ["nodes", CIRCUITS / "nodes.h5", CIRCUITS / "ascii_sonata", "--population", "All",
                      "--gids", "700-799"],
    "six_cells": ["nodes", CIRCUITS / "nodes.h5", CIRCUITS / "ascii_sonata", "--population", "All",
                  "--gids", "4,8,15,16,23,42"],
    "circuit_10": ["nodes", CIRCUITS / "circuit-10" / "nodes.h5", CIRCUITS / "circuit-10" / "morphologies" / "ascii"],
    "synapses": ["synapses", CIRCUITS / "edges.h5"],
    "usecase3": ["circuit", "synapses", CIRCUITS / "usecase3" / "circuit_sonata.json", "--populations", USECASE3],
}

pytestmark = [needs_mpirun,
              pytest.mark.skipif(not DATA, reason="no real circuits: SPATIAL_INDEX_TEST_DATA is not set")]


# Every number of processes on one circuit; on the others, unless in a full run, two of them.
CASES = [(name, ranks) for name in COMMANDS for ranks in RANK_COUNTS
         if IS_FULL or name == "cells_700_799" or ranks in (4, 16)]


@pytest.fixture(scope="module")
def singles(make_folder):
    folder = make_folder()
    for name, command in COMMANDS.items():
        alone(*command, "-o", folder / name)
    return folder


@pytest.mark.parametrize("name, ranks", CASES)
def test_same_elements(singles, tmp_path, name, ranks):
    command, index = COMMANDS[name], singles / name
    together(ranks, *command, "--multi-index", "--threads", 1, "-o", tmp_path / "multi")
    alone("compare", index, tmp_path / "multi")
