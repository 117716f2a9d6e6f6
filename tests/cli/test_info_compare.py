"""spatial-index-info and spatial-index-compare."""
import json
import shutil

import pytest

import circuits
from conftest import run


def described(output):
    return dict(line.split(":", 1) for line in output.splitlines())


def heavy_file(folder):
    return next(path for path in folder.iterdir() if path.name != "meta_data.json")


def test_info(data):
    told = {label: text.strip() for label, text in described(run("info", data.segments).output).items()}
    size = heavy_file(data.segments).stat().st_size
    assert told["kind"] == "segment"
    assert told["population"] == "All"
    assert told["data set"] == str(data.nodes)
    assert told["folder"] == str(data.segments)
    assert told["file"] == str(heavy_file(data.segments))
    assert told["elements"] == "12"
    assert told["file size"] == f"{size} bytes"
    assert told["bytes per element"] == f"{size / 12:.2f}"
    lower, upper = (list(map(float, corner.split())) for corner in told["bounds"].split("  to  "))
    assert lower[1] == pytest.approx(-51.375, abs=0.4) and upper[0] == pytest.approx(101.41421, abs=1e-3)


def test_info_as_json(data):
    told = json.loads(run("info", data.synapses, "--json").output)
    assert told["kind"] == "synapse"
    assert told["population"] == "syn"
    assert told["element_count"] == 6
    assert told["file_bytes"] == heavy_file(data.synapses).stat().st_size
    assert told["bounds_min"] == [0, 0, -2.5] and told["bounds_max"] == [5, 0.100000001, 1e10]
    for name in "fan_out", "leaf_capacity", "block_bytes":
        assert told[name] > 0
    for name in "levels", "format_version":
        assert told[name] >= 0


def test_info_of_several_populations(circuit):
    told = json.loads(run("info", circuit.both, "--json").output)
    assert [one["population"] for one in told["populations"]] == ["A", "B"]
    assert [one["element_count"] for one in told["populations"]] == [6, 6]
    assert run("info", circuit.both).output.count("kind:") == 2


def test_info_of_an_empty_index(data, tmp_path):
    (tmp_path / "none").write_text("")
    run("nodes", data.nodes, data.morphologies, "--gids", tmp_path / "none", "-o", tmp_path / "out")
    told = json.loads(run("info", tmp_path / "out", "--json").output)
    assert told["element_count"] == 0 and told["bounds_min"] is None and told["bytes_per_element"] is None
    assert "bounds" not in run("info", tmp_path / "out").output
    result = run("query", tmp_path / "out", "--box", "-1,-1,-1", "1,1,1")
    assert len(result.output.splitlines()) == 1


def test_same(data, circuit, tmp_path):
    run("nodes", data.nodes, data.morphologies, "--gids=3,2,1,0", "-o", tmp_path / "other")
    assert run("compare", data.segments, tmp_path / "other").output == ""
    assert run("compare", "-v", data.segments, tmp_path / "other").output == "same\n"
    assert run("compare", circuit.both, circuit.both, "--verbose").output == "same\n"


def changed_cells():
    name, position, *rest = circuits.CELLS[3]
    return [*circuits.CELLS[:3], (name, (position[0], position[1], -50.001), *rest)]


@pytest.mark.parametrize("cells", [circuits.CELLS[:3], changed_cells(), circuits.CELLS[::-1], []])
def test_different(data, tmp_path, cells):
    nodes = circuits.write_nodes(tmp_path / "nodes.h5", cells or circuits.CELLS[:1])
    gids = [] if cells else ["--gids=0"]
    run("nodes", nodes, data.morphologies, *gids, "-o", tmp_path / "other")
    for arguments in [data.segments, tmp_path / "other"], [tmp_path / "other", data.segments, "-v"]:
        result = run("compare", *arguments, code=1)
        assert len(result.output.splitlines()) == 1 and result.errors == ""


def test_different_kinds(data):
    assert len(run("compare", data.segments, data.synapses, code=1).output.splitlines()) == 1


def test_different_populations(circuit, tmp_path):
    assert "one for each population" in run("compare", circuit.both, circuit.both / "A", code=1).output
    config = circuits.write_circuit(tmp_path / "circuit")
    circuits.write_nodes(tmp_path / "circuit" / "nodes.h5", circuits.CELLS[:2], "A")
    circuits.write_nodes(tmp_path / "circuit" / "nodes.h5", circuits.CELLS[1:3], "B", mode="a")
    run("circuit", "segments", config, "--populations=A,B", "-o", tmp_path / "other")
    output = run("compare", circuit.both, tmp_path / "other", code=1).output
    assert len(output.splitlines()) == 1 and output.startswith("population 'B': ")


def test_population_that_only_one_has(circuit, tmp_path):
    shutil.copytree(circuit.both, tmp_path / "renamed")
    metadata = tmp_path / "renamed" / "meta_data.json"
    content = json.loads(metadata.read_text())
    populations = content["multi_population"]["populations"]
    populations["C"] = populations.pop("B")
    metadata.write_text(json.dumps(content))
    output = run("compare", circuit.both, tmp_path / "renamed", code=1).output
    assert output == (f"population 'B' is only in '{circuit.both}'\n"
                      f"population 'C' is only in '{tmp_path / 'renamed'}'\n")


def test_compare_with_nothing(data, tmp_path):
    result = run("compare", data.segments, tmp_path / "absent", code=2)
    assert result.output == "" and str(tmp_path / "absent") in result.errors
