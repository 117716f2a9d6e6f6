"""Real circuits, by any number of processes, and more of them than there are cells."""
import pathlib

import pytest

from launch import DATA, RANK_COUNTS, alone, needs_mpirun, together

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


@pytest.fixture(scope="module", params=COMMANDS)
def single(request, tmp_path_factory):
    command = COMMANDS[request.param]
    index = tmp_path_factory.mktemp("single") / "index"
    alone(*command, "-o", index)
    return command, index


@pytest.mark.parametrize("ranks", RANK_COUNTS)
def test_same_elements(single, tmp_path, ranks):
    command, index = single
    together(ranks, *command, "--multi-index", "--threads", 1, "-o", tmp_path / "multi")
    alone("compare", index, tmp_path / "multi")
