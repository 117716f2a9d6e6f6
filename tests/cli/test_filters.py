"""What spatial-index-query finds of the elements that are wanted."""
import pytest

import circuits
from conftest import run

EVERYTHING = ["--box", "-1e30,-1e30,-1e30", "1e30,1e30,1e30"]
SEGMENTS = {(*ids, element[3]) for ids, element in circuits.ELEMENTS.items()}  # gid, section, segment, type
SYNAPSES = {synapse[:3] for synapse in circuits.SYNAPSES}  # id, pre, post


def found(index, *arguments, fields):
    lines = run("query", index, *arguments, "--fields", fields).output.splitlines()[1:]
    rows = [tuple(map(int, line.split(","))) for line in lines]
    assert len(rows) == len(set(rows))
    assert run("query", index, *arguments, "--count").output == f"{len(rows)}\n"
    assert run("query", index, *arguments, "--empty").output == ("false\n" if rows else "true\n")
    return set(rows)


@pytest.mark.parametrize("options, wanted", [
    (["--section-types", "axon"], lambda gid, section, segment, type: type == 2),
    (["--section-types=basal,soma"], lambda gid, section, segment, type: type in (1, 3)),
    (["--section-types", "2,3,255"], lambda gid, section, segment, type: type in (2, 3)),
    (["--section-types", "apical"], lambda gid, section, segment, type: False),
    (["--section-types", "basal_dendrite"], lambda gid, section, segment, type: type == 3),
    (["--section-types", "dendrite,apical_dendrite"], lambda gid, section, segment, type: type == 3),
    (["--somas"], lambda gid, section, segment, type: section == 0),
    (["--segments"], lambda gid, section, segment, type: section > 0),
    (["--gids", "0,2-3,77"], lambda gid, section, segment, type: gid in (0, 2, 3)),
    (["--gids", "4-1000000"], lambda gid, section, segment, type: False),
    (["--gids", "1-3", "--segments", "--section-types", "basal"],
     lambda gid, section, segment, type: gid == 3 and type == 3),
])
def test_segments(data, options, wanted):
    expected = {element for element in SEGMENTS if wanted(*element)}
    assert found(data.segments, *EVERYTHING, *options, fields="ids,section_type") == expected
    lines = run("query", data.segments, *EVERYTHING, *options, "--group-by", "gid").output.splitlines()[1:]
    counts = {gid: sum(element[0] == gid for element in expected) for gid in {element[0] for element in expected}}
    assert lines == [f"{gid},{counts[gid]}" for gid in sorted(counts)]


@pytest.mark.parametrize("options, wanted", [
    (["--pre-gids", "3-5"], lambda id, pre, post: pre in (3, 4, 5)),
    (["--post-gids=1"], lambda id, pre, post: post == 1),
    (["--ids", "0,5"], lambda id, pre, post: id in (0, 5)),
    (["--post-gids", "1,2", "--pre-gids", "0-4"], lambda id, pre, post: post in (1, 2) and pre < 5),
])
def test_synapses(data, options, wanted):
    assert found(data.synapses, *EVERYTHING, *options, fields="id,pre_gid,post_gid") == {
        element for element in SYNAPSES if wanted(*element)}


def test_file_of_gids(data, tmp_path):
    (tmp_path / "gids").write_text("# two\n0, 3\n")
    (tmp_path / "none").write_text("\n")
    inside = [*EVERYTHING, "--count", "--gids"]
    assert run("query", data.segments, *inside, tmp_path / "gids").output == "8\n"
    assert run("query", data.segments, *inside, tmp_path / "none").output == "0\n"


@pytest.mark.parametrize("content", ["0\n3\n", "gid\n0\n3\n", '"gid"\r\n0\r\n3\r\n', "# cells\nnode_id\n0\n3", "\ufeffgid\n0\n3\n", "\ufeff0\n3\n"])
def test_file_of_gids_with_a_header(data, tmp_path, content):
    """As spreadsheets and pandas write a column, with its name first, and a byte order mark."""
    (tmp_path / "gids.csv").write_text(content, encoding="utf-8", newline="")
    inside = [*EVERYTHING, "--count", "--gids"]
    assert run("query", data.segments, *inside, tmp_path / "gids.csv").output == "8\n"
    assert run("query", data.segments, *inside, "-", input=content).output == "8\n"


@pytest.mark.parametrize("content, message", [
    ("gid,section_id\n0,1\n", "line 1: several columns, expected one with ids"),
    (",gid\n0,5\n", "line 1: several columns"),
    ("x12\n3\n", "line 1: 'x12' is not an id or a range of ids"),
    ("-3\n", "line 1: '-3' is not"),
    ("0\ngid\n", "line 2: 'gid' is not an id"),
    ("gid\nnode_id\n", "line 2: 'node_id' is not an id"),
])
def test_bad_files_of_gids(data, tmp_path, content, message):
    (tmp_path / "gids.csv").write_text(content)
    errors = run("query", data.segments, *EVERYTHING, "--gids", tmp_path / "gids.csv", code=2).errors
    assert f"gids.csv, {message}" in errors and len(errors.splitlines()) == 1
    assert f"standard input, {message}" in run("query", data.segments, *EVERYTHING, "--gids", "-", input=content, code=2).errors


def test_gids_of_a_build_from_standard_input(data, tmp_path):
    run("nodes", data.nodes, data.morphologies, "--gids", "-", "-o", tmp_path / "out", input="gid\n1\n2\n")
    assert run("query", tmp_path / "out", *EVERYTHING, "--count").output == "4\n"


def test_standard_input_is_read_once(data):
    errors = run("query", data.segments, "--queries", "-", "--gids", "-", input="1\n", code=2).errors
    assert "only one option can read standard input" in errors


def test_nearest_of_those_that_are_wanted(data):
    near = ["--nearest", "0,0,0", "2", "--fields", "id"]
    assert run("query", data.synapses, *near).output == "id,distance\n0,0\n2,2\n"
    assert run("query", data.synapses, *near, "--pre-gids", "2-4").output.splitlines()[:2] == ["id,distance", "4,4"]
    output = run("query", data.segments, "--nearest", "90,0,0", "1", "--somas", "--gids", "1,3", "--fields", "ids").output
    assert output.splitlines()[1].startswith("1,0,0,")


def test_all_queries_of_a_file_are_filtered(data):
    lines = "nearest 0 0 0 1\nbox -1 -1 -1 1e30 1 1e30\nsphere 0 0 0 9\n"
    output = run("query", data.synapses, "--queries", "-", "--post-gids", "2", "--count", input=lines).output
    assert output == "query,count\n0,1\n1,2\n2,1\n"


def test_populations_are_filtered(circuit):
    output = run("query", circuit.both, *EVERYTHING, "--gids", "1", "--count").output
    assert output.splitlines()[0] == "population,count"
    assert output == run("query", circuit.both, *EVERYTHING, "--gids", "1,1-1", "--count").output
    per_gid = run("query", circuit.both, *EVERYTHING, "--group-by", "gid").output.splitlines()[1:]
    assert output.splitlines()[1:] == [line.replace(",1,", ",") for line in per_gid if ",1," in line]


@pytest.mark.parametrize("names, expected", [
    ("gid,section_type", "0,1,1 0,3,3 1,1,1 1,2,1 2,1,1 2,2,1 3,1,1 3,3,3"),
    ("section_type,gid", "1,0,1 1,1,1 1,2,1 1,3,1 2,1,1 2,2,1 3,0,3 3,3,3"),
    ("mtype,section_type", "L1_DAC,1,2 L1_DAC,2,1 L1_DAC,3,3 L23_PC,1,1 L23_PC,2,1 L4_SS,1,1 L4_SS,3,3"),
    ("layer,mtype", "-4,L4_SS,4 1,L1_DAC,6 2,L23_PC,2"),
    ("is_soma,layer,gid", "0,-4,3,3 0,1,0,3 0,1,2,1 0,2,1,1 1,-4,3,1 1,1,0,1 1,1,2,1 1,2,1,1"),
])
def test_groups_of_several_fields(data, names, expected):
    output = run("query", data.segments, *EVERYTHING, "--group-by", names).output
    assert output.splitlines() == [f"{names},count", *expected.split()]


def test_groups_of_synapses_by_attribute_and_field(data):
    output = run("query", data.synapses, *EVERYTHING, "--group-by", "post_gid,label", "--pre-gids", "6-9").output
    assert output == 'post_gid,label,count\n1,"a,b",1\n1,plain,1\n'


@pytest.mark.parametrize("index, options, message", [
    ("synapses", "--gids 1", "option '--gids' requires an index of somas and segments, but the kind of this index is synapse"),
    ("synapses", "--somas", "option '--somas' requires an index of somas and segments"),
    ("synapses", "--segments", "option '--segments' requires an index of somas and segments"),
    ("synapses", "--section-types axon", "'--section-types' requires"),
    ("segments", "--ids 1", "option '--ids' requires an index of synapses, spheres or points"),
    ("segments", "--pre-gids 1", "option '--pre-gids' requires an index of synapses"),
    ("segments", "--post-gids 1", "option '--post-gids' requires an index of synapses"),
    ("segments", "--somas --segments", "at most one of --somas and --segments"),
    ("segments", "--section-types spine", "option '--section-types' takes soma, axon, basal_dendrite, apical_dendrite or "
     "numbers to 255, not 'spine'"),
    ("segments", "--section-types 1,256", "not '256'"),
    ("segments", "--section-types 1,,2", "not ''"),
    ("segments", "--gids 7-5", "option '--gids': '7-5' is a range that ends before it begins"),
    ("synapses", "--pre-gids 1,x", "option '--pre-gids': 'x' is not an id or a range of ids"),
    ("synapses", "--ids /nonexistent/ids", "cannot open the file of ids '/nonexistent/ids'"),
    ("segments", "--group-by gid,radius", "option '--group-by' takes fields of integers, not 'radius'"),
    ("segments", "--group-by gid,gid", "'gid'"),
    ("segments", "--group-by gid,weight", "'weight'"),
])
def test_wrong_use(data, index, options, message):
    errors = run("query", getattr(data, index), *EVERYTHING, *options.split(), code=2).errors
    assert message in errors.splitlines()[0]
