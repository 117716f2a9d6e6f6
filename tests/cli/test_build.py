"""What the building commands make of their options."""
import json
import os
import pathlib
import pty
import re
import shutil
import tempfile
import time

import h5py
import numpy as np
import pytest

import circuits
from conftest import COMMANDS, files_below, run, run_main, start

EVERYTHING = ["--box", "-1e30,-1e30,-1e30", "1e30,1e30,1e30"]


def gids_in(index):
    lines = run("query", index, *EVERYTHING, "--group-by", "gid").output.splitlines()
    return {int(gid): int(count) for gid, count in (line.split(",") for line in lines[1:])}


def synapses_in(index):
    lines = run("query", index, *EVERYTHING, "--fields", "id").output.splitlines()
    return sorted(int(line) for line in lines[1:])


def info(index):
    return json.loads(run("info", index, "--json").output)


def test_default_folder_is_out(data, tmp_path):
    run("nodes", data.nodes, data.morphologies, cwd=tmp_path)
    assert os.listdir(tmp_path) == ["out"]
    assert gids_in(tmp_path / "out") == {0: 4, 1: 2, 2: 2, 3: 4}


@pytest.mark.parametrize("options", [["-o", "here"], ["-ohere"], ["--out", "here"], ["--out=here"], ["--ou", "here"]])
def test_options_may_stand_anywhere(data, tmp_path, options):
    run("nodes", data.nodes, *options, data.morphologies, cwd=tmp_path)
    assert os.listdir(tmp_path) == ["here"]


@pytest.mark.parametrize("value", ["off", "true", "--force", "-1"])
def test_values_are_values(data, tmp_path, value):
    run("nodes", data.nodes, data.morphologies, "--out", value, cwd=tmp_path)
    assert os.listdir(tmp_path) == [value]


def test_words_after_two_dashes_are_operands(data, tmp_path):
    os.symlink(data.nodes, tmp_path / "--nodes")
    run("nodes", "--out=o", "--", "--nodes", data.morphologies, cwd=tmp_path)
    assert (tmp_path / "o" / "meta_data.json").is_file()


def test_quiet_unless_verbose(data, tmp_path):
    result = run("nodes", data.nodes, data.morphologies, "-o", tmp_path / "a")
    assert (result.output, result.errors) == ("", "")
    result = run("nodes", data.nodes, data.morphologies, "-o", tmp_path / "b", "-v")
    lines = result.errors.splitlines()
    assert re.fullmatch(r"spatial-index-nodes: indexed 12 elements of 4 cells in \d+\.\d\d s \(\S+ per second\)", lines[0])
    size = sum(path.stat().st_size for path in (tmp_path / "b").iterdir() if path.name != "meta_data.json")
    assert lines[1].startswith(f"spatial-index-nodes: wrote {size} bytes (")
    assert len(lines) == 2 and result.output == ""


def test_verbose_counts_cells_without_soma(data, tmp_path):
    nodes = circuits.write_nodes(tmp_path / "nodes.h5", [("no_soma", *circuits.CELLS[0][1:]), circuits.CELLS[1]])
    result = run("nodes", nodes, data.morphologies, "-v", "-o", tmp_path / "out")
    assert result.errors.splitlines()[-1] == "spatial-index-nodes: 1 cell without soma"
    assert gids_in(tmp_path / "out") == {0: 1, 1: 2}


@pytest.mark.parametrize("ids, expected", [
    ("2", {2: 2}), ("0,2", {0: 4, 2: 2}), ("1-2", {1: 2, 2: 2}), ("3, 0-1,", {0: 4, 1: 2, 3: 4}), ("1,1", {1: 4}),
])
def test_list_of_gids(data, tmp_path, ids, expected):
    run("nodes", data.nodes, data.morphologies, "--gids", ids, "-o", tmp_path / "out")
    assert gids_in(tmp_path / "out") == expected


@pytest.mark.parametrize("text, expected", [
    ("0\n2\n", {0: 4, 2: 2}), ("# cells\n 0,2-3 # some\n\n\t1", {0: 4, 1: 2, 2: 2, 3: 4}), ("# none\n", {}), ("", {}),
])
def test_file_of_gids(data, tmp_path, text, expected):
    (tmp_path / "ids.txt").write_text(text)
    run("nodes", data.nodes, data.morphologies, "--gids", tmp_path / "ids.txt", "-o", tmp_path / "out")
    assert gids_in(tmp_path / "out") == expected


def test_gids_of_synapses_are_target_cells(data, tmp_path):
    run("synapses", data.edges, "--gids", "1,99", "-o", tmp_path / "out")
    assert synapses_in(tmp_path / "out") == [0, 1, 5]


def test_population(data, tmp_path):
    nodes = circuits.write_nodes(tmp_path / "nodes.h5", circuits.CELLS[:1], "first")
    circuits.write_nodes(nodes, circuits.CELLS[1:], "second", mode="a")
    run("nodes", nodes, data.morphologies, "--population", "second", "-o", tmp_path / "out")
    assert gids_in(tmp_path / "out") == {0: 2, 1: 2, 2: 4}
    assert info(tmp_path / "out")["population"] == "second"


@pytest.mark.parametrize("arguments", [["two"], ["--population", "two"], ["two", "--population=two"]])
def test_population_of_synapses(tmp_path, arguments):
    edges = circuits.write_edges(tmp_path / "edges.h5", circuits.SYNAPSES[:2], "one")
    circuits.write_edges(edges, circuits.SYNAPSES[2:], "two", mode="a")
    run("synapses", edges, *arguments, "-o", tmp_path / "out")
    assert synapses_in(tmp_path / "out") == [0, 1, 2, 3]
    assert info(tmp_path / "out")["population"] == "two"


def test_position(data, tmp_path):
    run("synapses", data.edges, "--position", "elsewhere", "-o", tmp_path / "out")
    result = run("query", tmp_path / "out", "--sphere", "1000,1000,1000", "0.5", "--fields", "id")
    assert result.output == "id\n0\n"


def test_recenter(data, tmp_path):
    for recenter, center in [("off", "10,21,30"), ("on", "10,20,30"), ("auto", "10,21,30")]:
        out = tmp_path / recenter
        run("nodes", data.nodes, data.morphologies, "--gids=0", "--recenter", recenter, "-o", out)
        lines = run("query", out, *EVERYTHING, "--fields", "section_id,centroid").output.splitlines()
        assert f"0,{center}" in lines


def test_soma_radius(data, tmp_path):
    for kind, radius in [("contour", "0"), ("surface", "2")]:
        run("nodes", data.nodes, data.morphologies, "--gids=0", "--soma-radius", kind, "-o", tmp_path / kind)
        lines = run("query", tmp_path / kind, *EVERYTHING, "--fields", "section_id,radius").output.splitlines()
        assert f"0,{radius}" in lines


def test_node_types(data, tmp_path):
    nodes = circuits.write_nodes(tmp_path / "nodes.h5")
    with h5py.File(nodes, "a") as file:
        del file["nodes/All/0/morphology"]
        file["nodes/All/node_type_id"][...] = [100, 101, 101, 100]
    (tmp_path / "types.csv").write_text("node_type_id morphology\n100 tree\n101 stick\n")
    run("nodes", nodes, data.morphologies, "--node-types", tmp_path / "types.csv", "-o", tmp_path / "out")
    assert run("compare", tmp_path / "out", data.segments).output == ""
    assert info(tmp_path / "out")["types_path"] == str(tmp_path / "types.csv")


def test_types_are_recorded_only_where_there_are_any(data):
    assert info(data.segments)["types_path"] is None
    assert "types_path" not in (data.segments / "meta_data.json").read_text()


def test_threads_do_not_matter(data, tmp_path):
    for threads in "1", "3":
        run("nodes", data.nodes, data.morphologies, "--threads", threads, "-o", tmp_path / threads)
    contents = [[(path.name, path.read_bytes()) for path in sorted((tmp_path / threads).iterdir())] for threads in "13"]
    assert contents[0] == contents[1]


@pytest.mark.parametrize("size", ["64", "64M", "64mb", "65536KiB", "1G", "1t", "auto", "off", "FALSE"])
def test_memory_map_bound_that_is_kept(data, tmp_path, size):
    run("nodes", data.nodes, data.morphologies, f"--use-mem-map={size}", "-o", tmp_path / "out")
    assert info(tmp_path / "out")["element_count"] == 12


def write_many_synapses(path, count):
    random = np.random.default_rng(1)
    with h5py.File(path, "w") as file:
        group = file.create_group("edges/syn")
        for name in "edge_type_id", "source_node_id", "target_node_id":
            group[name] = random.integers(0, 1000, count)
        for axis in "xyz":
            group[f"0/afferent_center_{axis}"] = random.uniform(-500, 500, count).astype(np.float32)
    return path


def most_anonymous_memory(process):
    """Of a process until it ends, in bytes, as far as one can see from outside."""
    most = 0
    while process.poll() is None:
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        anonymous = re.search(r"RssAnon:\s+(\d+) kB", status)
        most = max(most, int(anonymous[1]) << 10 if anonymous else 0)
        time.sleep(0.002)
    return most


def is_sanitized(name):
    return b"__asan_init" in (COMMANDS / f"spatial-index-{name}").read_bytes()


def test_memory_does_not_matter(tmp_path):
    edges = write_many_synapses(tmp_path / "edges.h5", 1_000_000)
    (tmp_path / "temp").mkdir()
    run("synapses", edges, "-o", tmp_path / "unlimited")
    process = start("synapses", edges, "-o", tmp_path / "little", "--max-memory=48M", "--temp-dir", tmp_path / "temp")
    most = most_anonymous_memory(process)
    assert process.wait() == 0
    assert os.listdir(tmp_path / "temp") == []
    names = [{path.name for path in (tmp_path / folder).iterdir()} for folder in ("unlimited", "little")]
    assert names[0] == names[1], "the name of the file is that of its content"
    if not is_sanitized("synapses"):
        assert most < 48 << 20


def test_shrink_on_close_is_noted(data, tmp_path):
    result = run("nodes", data.nodes, data.morphologies, "--shrink-on-close", "-o", tmp_path / "out")
    assert result.errors == ("spatial-index-nodes: --shrink-on-close has no effect: "
                             "the file of the index always has its exact size\n")


def test_force_replaces(data, tmp_path):
    out = tmp_path / "out"
    run("nodes", data.nodes, data.morphologies, "--gids=0", "-o", out)
    before = files_below(tmp_path)
    result = run("nodes", data.nodes, data.morphologies, "-o", out, code=2)
    assert str(out) in result.errors and "--replace" in result.errors and len(result.errors.splitlines()) == 1
    assert files_below(tmp_path) == before and gids_in(out) == {0: 4}
    run("nodes", data.nodes, data.morphologies, "-o", out, "--force")
    assert gids_in(out) == {0: 4, 1: 2, 2: 2, 3: 4}
    run("nodes", data.nodes, data.morphologies, "--gids=0", "--output", out, "--replace")
    assert gids_in(out) == {0: 4}
    run("nodes", data.nodes, data.morphologies, "-f", "--out", out)
    assert gids_in(out) == {0: 4, 1: 2, 2: 2, 3: 4}
    assert len(files_below(out)) == 2


@pytest.fixture
def unprivileged():
    """Options for a command that permissions hold for."""
    if os.geteuid() != 0:
        return {}
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    try:
        run("info", "--version", **nobody)
    except PermissionError:
        pytest.skip("the commands lie where other users may not look")
    return nobody


@pytest.fixture
def open_folder():
    """A folder that everyone may look into, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield pathlib.Path(name)


def test_folder_beside_which_nothing_may_be_created(open_folder, unprivileged):
    edges = circuits.write_edges(open_folder / "edges.h5")
    out = open_folder / "out"
    out.mkdir()
    out.chmod(0o777)
    open_folder.chmod(0o555)
    run("synapses", edges, "-o", out, **unprivileged)
    assert synapses_in(out) == [0, 1, 2, 3, 4, 5]
    run("synapses", edges, "-o", out, "--gids=0", "--force", **unprivileged)
    assert len(synapses_in(out)) < 6 and len(os.listdir(out)) == 2
    open_folder.chmod(0o755)


def test_folder_that_may_not_be_looked_into(open_folder, unprivileged):
    edges = circuits.write_edges(open_folder / "edges.h5")
    out = open_folder / "out"
    run("synapses", edges, "-o", out)
    out.chmod(0)
    result = run("info", out, code=2, **unprivileged)
    out.chmod(0o755)
    assert str(out) in result.errors and "Permission denied" in result.errors


def test_one_population_replaces_several_and_the_reverse(circuit, tmp_path):
    out = tmp_path / "out"
    several = ["circuit", "segments", circuit.config, "--populations", "A,B", "--force", "-o", out]
    single = ["circuit", "segments", circuit.config, "--populations", "A", "--force", "-o", out]
    run(*several)
    of_several = files_below(tmp_path)
    run(*single)
    of_single = files_below(tmp_path)
    assert len(of_single) == 3  # the folder, its metadata and one heavy file
    run(*several)
    assert files_below(tmp_path) == of_several
    run(*single)
    assert files_below(tmp_path) == of_single


def test_populations_that_are_not_built_again_are_removed(tmp_path):
    config = circuits.write_circuit(tmp_path / "circuit")
    content = json.loads(config.read_text())
    entry = content["networks"]["nodes"][0]
    circuits.write_nodes(config.parent / "nodes.h5", circuits.CELLS[:1], "C", mode="a")
    entry["populations"]["C"] = entry["populations"]["A"]
    config.write_text(json.dumps(content))
    out = tmp_path / "out"
    run("circuit", "segments", config, "--populations", "A,B", "-o", out)
    run("circuit", "segments", config, "--populations", "B,C", "--force", "-o", out)
    assert sorted(os.listdir(out)) == ["B", "C", "meta_data.json"]


def test_indexes_elsewhere_outlive_what_lists_them(data, circuit, tmp_path):
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    shutil.copytree(data.segments, elsewhere)
    out.mkdir()
    populations = {"A": {"index_path": "../elsewhere"}}
    metadata = {"element_type": "morphology", "multi_population": {"populations": populations}}
    (out / "meta_data.json").write_text(json.dumps(metadata))
    before = files_below(elsewhere)
    run("circuit", "segments", circuit.config, "--populations", "A", "--force", "-o", out)
    assert files_below(elsewhere) == before


def bad_cells(tmp_path):
    cells = [circuits.CELLS[0], ("absent", *circuits.CELLS[1][1:]), circuits.CELLS[2], ("torn", *circuits.CELLS[3][1:])]
    morphologies = circuits.write_morphologies(tmp_path / "morphologies")
    (morphologies / "torn.swc").write_text("1 1 0 0 0 1 -1\n2 3 0 0\n")
    return circuits.write_nodes(tmp_path / "nodes.h5", cells), morphologies


def test_skip_bad_cells(tmp_path):
    nodes, morphologies = bad_cells(tmp_path)
    result = run("nodes", nodes, morphologies, "--skip-bad-cells", "-v", "-o", tmp_path / "out")
    lines = result.errors.splitlines()
    assert lines[-1] == "spatial-index-nodes: left out 2 cells that cannot be indexed"
    assert lines[-3].startswith(f"spatial-index-nodes: left out {nodes}: cell 1 of population 'All': ")
    assert "absent" in lines[-3]
    assert lines[-2].startswith(f"spatial-index-nodes: left out {nodes}: cell 3 of population 'All': ")
    assert "torn.swc" in lines[-2]
    assert gids_in(tmp_path / "out") == {0: 4, 2: 2}


@pytest.mark.parametrize("arguments, populations", [
    (["segments", "CONFIG", "--populations", "A"], None),
    (["segments", "CONFIG", "--populations=A"], None),
    (["segments", "CONFIG", "--populations", "A,B"], ["A", "B"]),
    (["segments", "CONFIG", "--populations", "A", "B"], ["A", "B"]),
    (["--populations", "A", "B", "segments", "CONFIG"], ["A", "B"]),
    (["segments", "--populations", "A", "B", "-v", "CONFIG"], ["A", "B"]),
    (["segments", "--populations=B,A", "CONFIG"], ["A", "B"]),
])
def test_populations_of_a_circuit(circuit, tmp_path, arguments, populations):
    run("circuit", *[circuit.config if word == "CONFIG" else word for word in arguments], "-o", tmp_path / "out")
    told = info(tmp_path / "out")
    if populations:
        assert sorted(one["population"] for one in told["populations"]) == populations
        assert gids_in(tmp_path / "out" / "A") == {0: 4, 1: 2}
        assert gids_in(tmp_path / "out" / "B") == {0: 2, 1: 4}
    else:
        assert told["population"] == "A"
        assert gids_in(tmp_path / "out") == {0: 4, 1: 2}


@pytest.mark.parametrize("arguments", [["CONFIG", "--populations", "A"], ["CONFIG", "--population", "A"],
                                       ["--populations", "A", "CONFIG"]])
def test_index_segments_of_a_circuit(circuit, tmp_path, arguments):
    run_main("index", "segments", *[circuit.config if word == "CONFIG" else word for word in arguments],
             "--output", tmp_path / "out")
    assert gids_in(tmp_path / "out") == {0: 4, 1: 2}


def test_index_segments_of_a_nodes_file(data, tmp_path):
    run_main("index", "segments", data.nodes, data.morphologies, "-o", tmp_path / "out")
    assert run("compare", tmp_path / "out", data.segments).output == ""
    run_main("index", "segments", data.nodes, data.morphologies, "--populations=All", "-o", tmp_path / "again")
    assert run("compare", tmp_path / "again", data.segments).output == ""


@pytest.mark.parametrize("option", ["--post-gids", "--gids"])
def test_index_synapses(data, circuit, tmp_path, option):
    run_main("index", "synapses", data.edges, option, "1", "-o", tmp_path / "some")
    assert synapses_in(tmp_path / "some") == [0, 1, 5]
    run("synapses", data.edges, option, "1", "-o", tmp_path / "older")
    assert synapses_in(tmp_path / "older") == [0, 1, 5]
    run_main("index", "synapses", circuit.config, "--population", "B__A", option, "1", "-o", tmp_path / "circuit")
    assert synapses_in(tmp_path / "circuit") == [1]


def test_synapses_of_a_circuit(circuit, tmp_path):
    run("circuit", "synapses", circuit.config, "--populations", "B__A", "--gids=1", "-o", tmp_path / "out")
    assert synapses_in(tmp_path / "out") == [1]


def test_progress_bar_in_a_log(data, tmp_path):
    """Few plain lines, where a terminal has the bar."""
    errors = run("nodes", data.nodes, data.morphologies, "--progress-bar", "-o", tmp_path / "out").errors
    assert 1 <= len(errors.splitlines()) <= 3 and "\r" not in errors
    assert all(re.fullmatch(PROGRESS_LINE, line) for line in errors.splitlines()), errors


PROGRESS_LINE = r"[a-z ]+ (\d+, [\d.e+]+[kMG]?/s, \d+:\d\d|( {0,2}\d+)% \[#*\.*\] \d+/\d+, (\.\.\.|[\d.e+]+[kMG]?/s, \d+:\d\d left)) *"


def read_terminal(descriptor):
    shown = b""
    while True:
        try:
            part = os.read(descriptor, 4096)
        except OSError:  # the other side is closed
            return shown.decode()
        if not part:
            return shown.decode()
        shown += part


def test_progress_bar(data, tmp_path):
    synapses = 200_000
    edges = tmp_path / "edges.h5"
    with h5py.File(edges, "w") as file:
        group = file.create_group("edges/many")
        for name in "edge_type_id", "source_node_id", "target_node_id":
            group[name] = np.zeros(synapses, dtype=np.int64)
        for axis in "xyz":
            group[f"0/afferent_center_{axis}"] = np.arange(synapses, dtype=np.float32)
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"no terminal to be had: {error}")
    with start("synapses", edges, "--progress-bar", "-o", tmp_path / "out", stderr=theirs) as process:
        os.close(theirs)
        shown = read_terminal(ours)
    os.close(ours)
    assert process.returncode == 0
    lines = shown.split("\r")
    assert lines[-1] == "" and lines[-2].strip() == ""  # cleared at the end
    assert all(len(line) < 80 for line in lines)
    drawn = [line for line in lines if line.strip()]
    assert drawn and all(re.fullmatch(PROGRESS_LINE, line) for line in drawn)
