import csv
import functools
import os
import pathlib
import re
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest

COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])
DATA = os.environ.get("SPATIAL_INDEX_TEST_DATA")
CIRCUITS = pathlib.Path(DATA or "") / "data" / "circuits"
GOLDEN = pathlib.Path(DATA or "") / "golden" / "circuits"
EVERYTHING = ("--box", "-1e9,-1e9,-1e9", "1e9,1e9,1e9")


def pytest_collection_modifyitems(items):
    if not DATA:
        for item in items:
            if item.path.name in ("test_format.py", "test_old_files.py"):
                continue
            item.add_marker(pytest.mark.skip(reason="no real circuits: SPATIAL_INDEX_TEST_DATA is not set"))


def run(name, *arguments, input=None):
    command = [str(COMMANDS / f"spatial-index-{name}"), *map(str, arguments)]
    done = subprocess.run(command, input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def table(output):
    """Columns of a CSV table by name, as float64: every id here is below 2^53."""
    lines = re.sub(r",(?=,|\n)", ",nan", output).splitlines()
    names = next(csv.reader(lines[:1]))
    rows = np.loadtxt(lines[1:], delimiter=",", ndmin=2) if len(lines) > 1 else np.empty((0, len(names)))
    return {name: rows[:, i] for i, name in enumerate(names)}


def vectors(columns, name):
    return np.stack([columns[f"{name}_{axis}"] for axis in "xyz"], axis=1).astype("<f4")


@functools.lru_cache
def segments_of(index):
    """Every element, in order of its ids."""
    columns = table(run("query", index, *EVERYTHING, "--accuracy", "bounding_box"))
    order = np.lexsort([columns[name] for name in ("segment_id", "section_id", "gid")])
    columns = {name: column[order] for name, column in columns.items()}
    p1 = vectors(columns, "endpoint1")
    p2 = vectors(columns, "endpoint2")
    return SimpleNamespace(
        ids=np.stack([columns[name] for name in ("gid", "section_id", "segment_id")], axis=1).astype("<u8"),
        types=columns["section_type"].astype("<u8"), p1=p1, p2=np.where(np.isnan(p2), p1, p2),
        radius=columns["radius"].astype("<f4"), is_soma=np.isnan(p2[:, 0]))


@functools.lru_cache
def synapses_of(index):
    columns = table(run("query", index, *EVERYTHING))
    order = np.argsort(columns["id"])
    columns = {name: column[order] for name, column in columns.items()}
    ids = np.stack([columns[name] for name in ("id", "pre_gid", "post_gid")], axis=1).astype("<u8")
    return SimpleNamespace(ids=ids, position=vectors(columns, "position"))


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """Builds each index once."""
    folder = tmp_path_factory.mktemp("indexes")
    built = {}

    def build(name, command, *arguments):
        if name not in built:
            built[name] = folder / name
            run(command, *arguments, "--out", built[name])
        return built[name]

    return build


@pytest.fixture(scope="session")
def cells_700_799(build):
    return build("cells_700_799", "nodes", CIRCUITS / "nodes.h5", CIRCUITS / "ascii_sonata",
                 "--population", "All", "--gids", "700-799")


@pytest.fixture(scope="session")
def six_cells(build):
    return build("six_cells", "nodes", CIRCUITS / "nodes.h5", CIRCUITS / "ascii_sonata",
                 "--population", "All", "--gids", "4,8,15,16,23,42")


@pytest.fixture(scope="session")
def circuit_10(build):
    return build("circuit_10", "nodes", CIRCUITS / "circuit-10" / "nodes.h5",
                 CIRCUITS / "circuit-10" / "morphologies" / "ascii")


@pytest.fixture(scope="session")
def synapses(build):
    return build("synapses", "synapses", CIRCUITS / "edges.h5", "neocortex_neurons__chemical_synapse")
