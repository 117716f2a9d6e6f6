"""The option --multi-index: the same index, in several files."""
import json
import os

import pytest

from conftest import files_below, run

EVERYTHING = ("--box", "-1e9,-1e9,-1e9", "1e9,1e9,1e9")


@pytest.fixture(scope="module")
def multi(data, circuit, tmp_path_factory):
    folder = tmp_path_factory.mktemp("multi")
    run("nodes", data.nodes, data.morphologies, "--multi-index", "-o", folder / "segments")
    run("synapses", data.edges, "--multi-index", "-o", folder / "synapses")
    run("circuit", "segments", circuit.config, "--populations", "A,B", "--multi-index", "-o", folder / "both")
    return folder


def test_same_elements(data, circuit, multi):
    run("compare", data.segments, multi / "segments")
    run("compare", data.synapses, multi / "synapses")
    run("compare", circuit.both, multi / "both")


def test_same_answers(data, circuit, multi):
    for single, parts in [(data.segments, "segments"), (data.synapses, "synapses"), (circuit.both, "both")]:
        assert run("query", multi / parts, *EVERYTHING).output == run("query", single, *EVERYTHING).output


def test_no_damage(multi):
    for name in "segments", "synapses", "both":
        run("verify", multi / name)


def test_damage_is_told(data, tmp_path):
    run("synapses", data.edges, "--multi-index", "-o", tmp_path)
    part = next(tmp_path.glob("index-*.parts/part-000000.si"))
    content = bytearray(part.read_bytes())
    content[9000] ^= 1
    part.write_bytes(content)
    assert str(part) in run("verify", tmp_path, code=1).output


def test_files_and_metadata(multi, circuit):
    metadata = json.loads((multi / "segments" / "meta_data.json").read_text())
    heavy = metadata["multi_index"]["heavy_data_path"]
    assert "spatial_index" not in metadata and metadata["extended"]["population"] == "All"
    assert files_below(multi / "segments") == [heavy, f"{heavy}/part-000000.si", f"{heavy}/top.si", "meta_data.json"]
    listed = json.loads((multi / "both" / "meta_data.json").read_text())["multi_population"]["populations"]
    assert all((multi / "both" / name / entry["multi_index"]["heavy_data_path"] / "top.si").exists()
               for name, entry in listed.items())


def test_info(multi):
    told = json.loads(run("info", multi / "synapses", "--json").output)
    assert told["part_count"] == 1 and told["element_count"] == 6
    folder = told["heavy_data_path"]
    assert told["file_bytes"] == sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))
    assert "parts:" in run("info", multi / "synapses").output


def test_replacing(data, circuit, tmp_path):
    out = tmp_path / "out"
    for options in [], ["--multi-index"], ["--multi-index"], []:
        run("synapses", data.edges, *options, "--force", "-o", out)
        run("compare", data.synapses, out)
        assert len(list(out.iterdir())) == 2
    for options in [], ["--multi-index"], ["--multi-index"], []:
        run("circuit", "segments", circuit.config, "--populations", "A,B", *options, "--force", "-o", tmp_path / "both")
        run("compare", circuit.both, tmp_path / "both")
        assert len(list((tmp_path / "both" / "A").iterdir())) == 2


def test_leftovers_of_a_dead_build_go(data, tmp_path):
    dead = tmp_path / ".spatial-index-build.parts"
    dead.mkdir()
    (dead / "part-000000.si").write_text("")
    run("synapses", data.edges, "--multi-index", "-o", tmp_path)
    assert not dead.exists()
    run("compare", data.synapses, tmp_path)
