"""The option --multi-index: the same index, in several files."""
import json
import os
import shutil

import h5py
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


# ---- every query, of indexes of several parts ----


def add_population(folder):
    """A copy of the cells."""
    with h5py.File(folder / "nodes.h5", "a") as file:
        file.copy("nodes/cortex", "nodes/copy")
    config = json.loads((folder / "circuit_config.json").read_text())
    populations = next(entry["populations"] for entry in config["networks"]["nodes"] if "cortex" in entry["populations"])
    populations["copy"] = populations["cortex"]
    (folder / "circuit_config.json").write_text(json.dumps(config))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Two populations of a million elements each: one folder of files, one of multi-indexes."""
    folder = tmp_path_factory.mktemp("large")
    run("sample-circuit", "--cells", 700, folder / "circuit")
    config = folder / "circuit" / "circuit_config.json"
    add_population(folder / "circuit")
    for name, options in ("single", []), ("multi", ["--multi-index"]):
        run("circuit", "segments", config, "--populations", "cortex,copy", *options, "-o", folder / name / "both")
        run("circuit", "segments", config, "--populations", "cortex", *options, "-o", folder / name / "cortex")
        run("circuit", "synapses", config, *options, "-o", folder / name / "synapses")
    (folder / "queries").write_text("box 0 500 0 20 520 20\nsphere 10 700 10 15\nnearest 5 300 5 4 50\n"
                                    "capsule 0 0 0 10 900 10 2\ncylinder 0 0 0 10 900 10 2\n"
                                    "oriented_box 0 500 0 20 10 5 0.5 0.5 0.5 0.5\n")
    return folder


AROUND = ("--sphere", "10,500,10", "25")
QUERIES = [
    *(words + options for words in [
        ("--box", "-30,480,-30", "30,520,30"), AROUND, ("--capsule", "0,300,0", "20,700,20", "4"),
        ("--cylinder", "0,300,0", "20,700,20", "4"), ("--oriented-box", "0,500,0", "40,20,10", "0.5,0.5,0.5,0.5"),
    ] for options in [(), ("--count",), ("--empty",), ("--group-by", "gid,section_type"), ("--segments", "--gids", "0-300")]),
    *(AROUND + ("--accuracy", accuracy) for accuracy in ("best_effort", "bounding_box", "exact")),
    ("--box", "-30,480,-30", "30,520,30", "--accuracy", "center"),
    AROUND + ("--format", "jsonl"), AROUND + ("--format", "tsv", "--fields", "gid,radius,mtype"),
    AROUND + ("--section-types", "axon"), AROUND + ("--somas",), AROUND + ("--verify",),
    AROUND + ("--group-by", "mtype"), AROUND + ("--reading", "explicit"),
    ("--nearest", "10,500,10", "40"), ("--nearest", "10,500,10", "40", "--max-distance", "3", "--accuracy", "exact"),
]


def outputs(large, name, command, *words):
    return [run(command, large / variant / name, *words).output for variant in ("single", "multi")]


@pytest.mark.parametrize("words", QUERIES, ids=" ".join)
def test_every_query_alike(large, words):
    single, multi = outputs(large, "both", "query", *words)
    assert single == multi and single
    single, multi = outputs(large, "cortex", "query", *words)
    assert single == multi and single


def test_queries_of_a_file_alike(large):
    for options in [], ["--populations", "copy"], ["--accuracy", "exact"]:
        single, multi = outputs(large, "both", "query", "--queries", large / "queries", *options)
        assert single == multi and single.count("\n") > 5


@pytest.mark.parametrize("words", [
    (), ("--pre-gids", "0-100"), ("--post-gids", "5-300", "--group-by", "post_gid"), ("--ids", "0-1000", "--count"),
    ("--group-by", "pre_gid,post_gid")], ids=" ".join)
def test_synapses_alike(large, words):
    single, multi = outputs(large, "synapses", "query", "--box", "-100,200,-100", "100,800,100", *words)
    assert single == multi and single.count("\n") > (0 if "--count" in words else 10)


@pytest.mark.parametrize("words", [
    (), ("--measure", "touching", "--accuracy", "exact"), ("--measure", "length", "--section-types", "axon"),
    ("--box", "-30,480,-30", "30,520,30", "--threads", "3"), ("--populations", "copy", "--format", "jsonl")], ids=" ".join)
def test_grids_alike(large, words):
    single, multi = outputs(large, "both", "grid", "--shape", "6,7,5", *words)
    assert single == multi and single.count("\n") > 10


def test_commands_on_folders_of_multi_indexes(large):
    for name in "both", "cortex", "synapses":
        run("compare", large / "single" / name, large / "multi" / name)
        run("verify", large / "multi" / name)
    assert "cortex" in run("compare", large / "single" / "both", large / "multi" / "cortex", code=1).errors + \
        run("compare", large / "single" / "both", large / "multi" / "cortex", code=1).output
    single, multi = (json.loads(text) for text in outputs(large, "both", "info", "--json"))
    counted = [[population["element_count"] for population in told["populations"]] for told in (single, multi)]
    assert counted[0] == counted[1] and multi["populations"][0]["part_count"] > 1


# ---- damage ----


def part_paths(folder):
    return sorted(folder.glob("**/part-*.si"))


def test_damage_in_folders_of_several(large, tmp_path):
    """What is wrong with one population is told with the path of its part."""
    shutil.copytree(large / "multi" / "both", tmp_path / "both")
    path = next(path for path in part_paths(tmp_path / "both") if "cortex" in str(path))
    path.unlink()
    told = run("query", tmp_path / "both", *EVERYTHING, "--count", code=2)
    assert str(path) in told.errors and told.errors.count("\n") == 1
    verified = run("verify", tmp_path / "both", code=1)
    assert str(path) in verified.output + verified.errors
    assert str(path) in run("compare", tmp_path / "both", large / "single" / "both", code=2).errors
    run("query", tmp_path / "both", *EVERYTHING, "--count", "--populations", "copy")


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
