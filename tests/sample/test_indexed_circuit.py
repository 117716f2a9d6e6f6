"""The commands find in the sample circuit what its files say: the whole way, in every format."""
import csv
import io
import os
import pathlib
import re
import subprocess

import numpy as np
import pytest
from circuit_reader import Circuit

COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])


def run(command, *arguments):
    result = subprocess.run(
        [COMMANDS / "spatial-index", command, *map(str, arguments)],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("indexed")
    run("sample-circuit", folder / "circuit", "--cells", 60)
    for kind in ("segments", "synapses"):
        run("index", kind, folder / "circuit/circuit_config.json", "-o", folder / kind)
    return folder


@pytest.fixture(scope="module")
def circuit(folder):
    return Circuit(folder / "circuit")


@pytest.mark.parametrize("side, node", [("afferent", "target"), ("efferent", "source")])
def test_every_synapse_touches_its_segment(folder, circuit, side, node):
    """Synapses say section and segment; those of all formats must be numbered the same way."""
    queries = folder / (side + ".txt")
    centers = circuit.sites(side + "_center")
    queries.write_text("".join("sphere %.9g %.9g %.9g 0.002\n" % tuple(c) for c in centers))
    fields = ["gid", "section_id", "segment_id", "section_type"]
    answer = rows(run("query", folder / "segments", "--queries", queries, "--fields", ",".join(fields)))
    found = {tuple(int(row[name]) for name in ["query", *fields]) for row in answer}
    expected = np.column_stack(
        [
            np.arange(len(centers)),
            circuit.synapses[node + "_node_id"][:],
            circuit.synapses["0"][side + "_section_id"][:],
            circuit.synapses["0"][side + "_segment_id"][:],
            circuit.synapses["0"][side + "_section_type"][:],
        ]
    ).astype(int)
    assert len(expected) > 2000
    assert {tuple(row) for row in expected.tolist()} <= found
    # All formats are there, and none is missing from what was found.
    names = np.array(circuit.enumeration("morphology"))[circuit.cells["morphology"][:]]
    suffixes = {f.stem: f.suffix for f in circuit.morphology_files()}
    assert {suffixes[names[cell]] for cell in expected[:, 1]} == {".swc", ".asc", ".h5"}


def test_every_cell_has_its_soma(folder, circuit):
    answer = rows(
        run("query", folder / "segments", "--box", "-inf,-inf,-inf", "inf,inf,inf", "--fields",
            "gid,is_soma,endpoint1,mtype,layer,minicolumn")
    )
    somas = {int(row["gid"]): row for row in answer if row["is_soma"] in ("1", "true")}
    assert sorted(somas) == list(range(60))
    positions = circuit.positions()
    mtypes = circuit.enumeration("mtype")
    for gid, soma in somas.items():
        center = [float(soma["endpoint1_" + axis]) for axis in "xyz"]
        assert center == pytest.approx(positions[gid], abs=1e-3)
        assert soma["mtype"] == mtypes[circuit.cells["mtype"][gid]]
        assert soma["layer"] == circuit.cells["layer"][gid].decode()
        assert int(soma["minicolumn"]) == circuit.cells["minicolumn"][gid]


def test_a_box_of_synapses(folder, circuit):
    positions = circuit.sites("afferent_center")
    lower, upper = np.array([-60, 300, -60]), np.array([60, 700, 60])
    inside = np.flatnonzero(np.all((positions >= lower) & (positions <= upper), axis=1))
    assert 50 < len(inside) < len(positions)
    box = ["--box", ",".join(map(str, lower)), ",".join(map(str, upper))]
    fields = "id,post_gid,pre_gid,conductance"
    answer = rows(run("query", folder / "synapses", *box, "--fields", fields))
    assert sorted(int(row["id"]) for row in answer) == inside.tolist()
    conductance = circuit.synapses["0/conductance"][:]
    for row in answer:
        edge = int(row["id"])
        assert int(row["post_gid"]) == circuit.synapses["target_node_id"][edge]
        assert int(row["pre_gid"]) == circuit.synapses["source_node_id"][edge]
        assert np.float32(row["conductance"]) == conductance[edge]
    groups = rows(run("query", folder / "synapses", *box, "--group-by", "post_gid"))
    gids, counts = np.unique(circuit.synapses["target_node_id"][:][inside], return_counts=True)
    assert [int(row["post_gid"]) for row in groups] == gids.tolist()
    assert [int(row["count"]) for row in groups] == counts.tolist()
    assert int(run("query", folder / "synapses", *box, "--count")) == len(inside)


def test_several_populations_hold_what_one_holds(folder, tmp_path):
    """The same cells and synapses, divided among populations, are found by all populations together."""
    run("sample-circuit", tmp_path / "circuit", "--cells", 60, "--populations", 3)
    cells = ["cortex_1", "cortex_2", "cortex_3"]
    synapses = [f"{source}__{target}__chemical" for source in cells for target in cells]
    for kind, names in (("segments", cells), ("synapses", synapses)):
        config = tmp_path / "circuit/circuit_config.json"
        run("index", kind, config, "--populations", ",".join(names), "-o", tmp_path / kind)
        assert sorted(path.name for path in (tmp_path / kind).iterdir() if path.is_dir()) == sorted(names)
        box = ["--box", "-60,300,-60", "60,700,60", "--count"]
        counts = [int(number) for number in re.findall(r"\d+$", run("query", tmp_path / kind, *box), re.M)]
        assert sum(counts) == int(run("query", folder / kind, *box))
