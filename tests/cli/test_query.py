"""What spatial-index-query shows."""
import csv
import io
import json
import math
import os
import pathlib
import signal
import subprocess

import h5py
import numpy as np
import pytest

import circuits
from conftest import COMMANDS, run

EVERYTHING = ["--box", "-1e30,-1e30,-1e30", "1e30,1e30,1e30"]
NINE_CELLS = pathlib.Path(os.environ.get("SPATIAL_INDEX_TEST_DATA", "/nonexistent"),
                          "data/circuits/allen/9_cells/circuit_config.json")
MORPHOLOGY_HEADER = ("gid,section_id,segment_id,centroid_x,centroid_y,centroid_z,endpoint1_x,endpoint1_y,endpoint1_z,"
                     "endpoint2_x,endpoint2_y,endpoint2_z,radius,section_type,is_soma")


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def number(value):
    return "" if math.isnan(value) else "%.9g" % np.float32(value)


def expected_element(ids):
    first, second, radius, section_type = circuits.ELEMENTS[ids]
    is_soma = section_type == 1
    center = first if is_soma else [(a + b) / 2 for a, b in zip(first, second)]
    return [*map(str, ids), *map(number, [*center, *first, *second, radius]), str(section_type), str(int(is_soma))]


def test_all_fields_of_segments(data):
    output = run("query", data.segments, *EVERYTHING).output
    assert output.splitlines()[0] == MORPHOLOGY_HEADER
    assert sorted(rows(output)[1:]) == sorted(map(expected_element, circuits.ELEMENTS))


def test_all_fields_of_synapses(data):
    output = run("query", data.synapses, *EVERYTHING).output
    assert output.splitlines()[0] == "id,pre_gid,post_gid,position_x,position_y,position_z"
    expected = [[str(id), str(pre), str(post), *map(number, position)]
                for id, pre, post, position, *_ in circuits.SYNAPSES]
    assert sorted(rows(output)[1:]) == expected


@pytest.mark.parametrize("query, found", [
    (["--box", "-1,-1,9", "1,1,9.5"], ["1,1,0"]),
    (["--box", "1,1,9.5", "-1,-1,9"], ["1,1,0"]),
    (["--box=-1,-1,9", "1,1,9.5"], ["1,1,0"]),
    (["--box", "-47,-51,-51", "-44,-48,-49"], ["3,1,0", "3,2,0", "3,3,0"]),
    (["--sphere", "-49,-50,-50", "0"], ["3,0,0", "3,1,0"]),
    (["--sphere", "0,0,11", ".999"], []),
    (["--sphere", "0,0,11", "1"], ["1,1,0"]),
    (["--sphere", "50,0,0", "48.6"], ["1,0,0", "2,0,0"]),
    (["--sphere=100,0,0", "inf"], [f"{g},{s},{t}" for g, s, t in sorted(circuits.ELEMENTS)]),
    (["--box", "-inf,-inf,-inf", "inf,inf,0"],
     ["1,0,0", "1,1,0", "2,0,0", "2,1,0", "3,0,0", "3,1,0", "3,2,0", "3,3,0"]),
])
def test_shapes(data, query, found):
    output = run("query", data.segments, *query, "--fields", "ids").output.splitlines()
    assert output[0] == "gid,section_id,segment_id"
    assert sorted(output[1:]) == found
    assert run("query", data.segments, *query, "--count").output == f"{len(found)}\n"
    assert run("query", *query, data.segments, "--empty").output == ("false\n" if found else "true\n")


def test_accuracy(data):
    corner = ["--box", "0.4,0.4,4", "2,2,6"]  # meets the bounding box of the axon, but not the axon
    assert run("query", data.segments, *corner, "--count").output == "0\n"
    assert run("query", data.segments, *corner, "--count", "--accuracy=best_effort").output == "0\n"
    assert run("query", data.segments, *corner, "--count", "--accuracy", "bounding_box").output == "1\n"


def test_fields_in_the_order_given(data):
    query = ["--box", "-1,-1,9", "1,1,9.5"]
    output = run("query", data.segments, *query, "--fields", "radius,endpoints,gid,layer,is_soma").output
    assert output == ("radius,endpoint1_x,endpoint1_y,endpoint1_z,endpoint2_x,endpoint2_y,endpoint2_z,gid,layer,is_soma\n"
                      "0.5,0,0,0,0,0,10,1,2,0\n")


def test_attributes_of_cells(data):
    output = run("query", data.segments, *EVERYTHING, "--fields", "section_id,mtype,layer,weight,morphology,gid").output
    expected = []
    for gid, section, _ in circuits.ELEMENTS:
        morphology, _, _, mtype, layer, weight = circuits.CELLS[gid]
        text = "" if math.isnan(weight) else repr(weight)
        expected.append([str(section), mtype, str(layer), text, morphology, str(gid)])
    assert sorted(rows(output)[1:]) == sorted(expected)


def test_attributes_of_synapses_in_csv(data):
    output = run("query", data.synapses, *EVERYTHING, "--fields", "id,label,conductance").output
    assert sorted(rows(output)[1:]) == [[str(s[0]), s[5], number(s[4])] for s in circuits.SYNAPSES]
    assert '\n1,"a,b",1.25\n' in output
    assert '\n2,"say ""hi""",\n' in output


def test_attributes_of_synapses_in_tsv(data):
    output = run("query", data.synapses, *EVERYTHING, "--fields", "id,label,position", "--format", "tsv").output
    lines = output.splitlines()
    assert lines[0] == "id\tlabel\tposition_x\tposition_y\tposition_z"
    assert "3\ttab\\there\t3\t1.00000001e-07\t1e+10" in lines
    assert "4\tback\\\\slash\t4\t0\t0" in lines
    assert '2\tsay "hi"\t2\t0\t0' in lines


def test_attributes_of_synapses_in_json(data):
    lines = run("query", data.synapses, *EVERYTHING, "--fields", "id,label,conductance,position",
                "--format=jsonl").output.splitlines()
    found = sorted((json.loads(line) for line in lines), key=lambda synapse: synapse["id"])
    for synapse, (id, _, _, position, conductance, label) in zip(found, circuits.SYNAPSES, strict=True):
        assert list(synapse) == ["id", "label", "conductance", "position_x", "position_y", "position_z"]
        assert (synapse["id"], synapse["label"]) == (id, label)
        assert synapse["conductance"] == (None if math.isnan(conductance) else conductance)
        assert np.float32(synapse["position_y"]) == np.float32(position[1])


def test_json_of_segments(data):
    lines = run("query", data.segments, "--sphere", "0,0,0", "0.1", "--format", "jsonl").output.splitlines()
    soma = next(json.loads(line) for line in lines if '"section_id":0' in line)
    assert list(soma) == MORPHOLOGY_HEADER.split(",")
    assert soma["endpoint2_x"] is None and soma["gid"] == 1 and soma["is_soma"] == 1


def test_json_has_no_header_and_no_line_without_result(data):
    assert run("query", data.segments, "--sphere", "900,0,0", "1", "--format", "jsonl").output == ""


def test_odd_text_in_json(tmp_path):
    edges = circuits.write_edges(tmp_path / "edges.h5", circuits.SYNAPSES[:1])
    with h5py.File(edges, "a") as file:
        file["edges/syn/0/odd"] = np.array([b'\x01\n"\\\xc3\xa4\xff\xed\xa0\x80'], dtype="S16")
    run("synapses", edges, "-o", tmp_path / "out")
    output = run("query", tmp_path / "out", *EVERYTHING, "--fields", "odd", "--format", "jsonl").output
    assert json.loads(output) == {"odd": '\x01\n"\\ä\ufffd\ufffd\ufffd\ufffd'}


@pytest.mark.parametrize("field, expected", [
    ("gid", "gid,count\n0,4\n1,2\n2,2\n3,4\n"),
    ("section_type", "section_type,count\n1,4\n2,2\n3,6\n"),
    ("is_soma", "is_soma,count\n0,8\n1,4\n"),
    ("section_id", "section_id,count\n0,4\n1,4\n2,2\n3,2\n"),
    ("layer", "layer,count\n-4,4\n1,6\n2,2\n"),
    ("mtype", "mtype,count\nL1_DAC,6\nL23_PC,2\nL4_SS,4\n"),
])
def test_groups_of_segments(data, field, expected):
    assert run("query", data.segments, *EVERYTHING, "--group-by", field).output == expected


def test_groups_of_synapses(data):
    assert run("query", data.synapses, *EVERYTHING, "--group-by", "post_gid").output == "post_gid,count\n0,1\n1,3\n2,2\n"
    one = ["--sphere", "0,0,0", "1"]
    assert run("query", data.synapses, *one, "--group-by=label").output == "label,count\nplain,1\n"
    assert run("query", data.synapses, *one, "--group-by", "pre_gid", "--format=jsonl").output == '{"pre_gid":7,"count":1}\n'


def test_groups_of_nothing(data):
    nowhere = ["--sphere", "900,0,0", "1"]
    assert run("query", data.segments, *nowhere, "--group-by", "gid").output == "gid,count\n"
    assert run("query", data.segments, *nowhere, "--group-by", "layer").output == "layer,count\n"


QUERIES = "# three\nbox -1 -1 9 1 1 9.5\n\n  sphere 0 0 11 .999 \r\n\tsphere -49 -50 -50 0\n"


@pytest.mark.parametrize("options, expected", [
    (["--count"], "query,count\n0,1\n1,0\n2,2\n"),
    (["--empty"], "query,empty\n0,false\n1,true\n2,false\n"),
    (["--group-by", "gid"], "query,gid,count\n0,1,1\n2,3,2\n"),
    (["--fields", "gid,section_type"], "query,gid,section_type\n0,1,2\n2,3,1\n2,3,3\n"),
    (["--fields", "layer,gid"], "query,layer,gid\n0,2,1\n2,-4,3\n2,-4,3\n"),
    (["--count", "--format", "tsv"], "query\tcount\n0\t1\n1\t0\n2\t2\n"),
    (["--empty", "--format", "jsonl"],
     '{"query":0,"empty":false}\n{"query":1,"empty":true}\n{"query":2,"empty":false}\n'),
])
def test_many_queries(data, tmp_path, options, expected):
    (tmp_path / "queries").write_text(QUERIES)
    from_file = run("query", data.segments, "--queries", tmp_path / "queries", *options).output
    from_input = run("query", data.segments, "--queries", "-", *options, input=QUERIES).output
    assert from_file == from_input
    assert sorted(from_file.splitlines()[1:]) == sorted(expected.splitlines()[1:])
    assert from_file.splitlines()[0] == expected.splitlines()[0]


def test_no_queries(data):
    assert run("query", data.segments, "--queries", "-", "--count", input="").output == "query,count\n"


def test_populations(circuit):
    query = ["--box", "-60,-60,-60", "60,60,60"]
    assert run("query", circuit.both, *query, "--count").output == "population,count\nA,6\nB,4\n"
    assert run("query", circuit.both, *query, "--count", "--populations", "B").output == "population,count\nB,4\n"
    assert run("query", circuit.both, *query, "--empty").output == "population,empty\nA,false\nB,false\n"
    assert run("query", circuit.both, *query, "--populations=B,A", "--group-by", "layer").output == (
        "population,layer,count\nB,-4,4\nA,1,4\nA,2,2\n")
    output = run("query", circuit.both, "--sphere", "100,0,0", "0", "--fields", "gid,mtype,is_soma").output
    assert sorted(output.splitlines()) == ["B,0,L1_DAC,0", "B,0,L1_DAC,1", "population,gid,mtype,is_soma"]
    output = run("query", circuit.both, "--queries", "-", "--fields", "mtype,gid", "--populations", "B,A",
                 input="sphere 0 0 10 1\nbox -inf -inf 9 inf inf 11\n").output
    assert output == "query,population,mtype,gid\n0,A,L23_PC,1\n1,B,L1_DAC,0\n1,A,L23_PC,1\n"
    output = run("query", circuit.both, "--queries", "-", "--count", input="sphere 0 0 0 1\nsphere 100 0 0 1\n").output
    assert output == "query,population,count\n0,A,2\n0,B,0\n1,A,0\n1,B,2\n"


def test_population_of_a_single_index(circuit):
    assert run("query", circuit.both / "A", *EVERYTHING, "--populations", "A", "--count").output == "6\n"


def test_index_by_its_metadata_file(data):
    assert run("query", data.segments / "meta_data.json", *EVERYTHING, "--count").output == "12\n"


def test_data_set_that_moved(tmp_path):
    edges = circuits.write_edges(tmp_path / "edges.h5")
    run("synapses", edges, "-o", tmp_path / "out")
    moved = edges.rename(tmp_path / "moved.h5")
    query = [tmp_path / "out", "--sphere", "0,0,0", "1", "--fields", "label"]
    assert run("query", tmp_path / "out", *EVERYTHING, "--count").output == "6\n"
    assert str(edges) in run("query", *query, code=2).errors
    assert run("query", *query, "--dataset", moved).output == "label\nplain\n"


def move_apart(config, both):
    """The data sets of both populations are elsewhere, each in a file of its own."""
    folder = config.parent
    for name in "AB":
        (folder / f"{name}.h5").write_bytes((folder / "nodes.h5").read_bytes())
        with h5py.File(folder / f"{name}.h5", "a") as file:
            del file[f"nodes/{'B' if name == 'A' else 'A'}"]
    (folder / "nodes.h5").unlink()
    return folder / "A.h5", folder / "B.h5"


@pytest.fixture
def moved_circuit(tmp_path):
    config = circuits.write_circuit(tmp_path / "circuit")
    run("circuit", "segments", config, "--populations", "A,B", "-o", tmp_path / "both")
    return config, tmp_path / "both", *move_apart(config, tmp_path / "both")


SOMAS = [*EVERYTHING, "--somas", "--fields", "gid,mtype"]
SOMAS_FOUND = ["A,0,L1_DAC", "A,1,L23_PC", "B,0,L1_DAC", "B,1,L4_SS", "population,gid,mtype"]


def test_data_sets_of_populations_that_moved(moved_circuit):
    config, both, of_a, of_b = moved_circuit
    errors = run("query", both, *SOMAS, code=2).errors
    assert "--dataset" in errors and "--circuit" in errors and str(config.parent / "nodes.h5") in errors
    places = ["--dataset", f"A={of_a}", "--dataset", f"B={of_b}"]
    assert sorted(run("query", both, *SOMAS, *places).output.splitlines()) == SOMAS_FOUND
    # One path is that of all; a later one for a population counts before it.
    places = ["--dataset", of_b, "--dataset", f"A={of_a}"]
    assert sorted(run("query", both, *SOMAS, *places).output.splitlines()) == SOMAS_FOUND
    one = run("query", both / "A", *SOMAS, "--dataset", f"A={of_a}").output.splitlines()
    assert sorted(one) == ["0,L1_DAC", "1,L23_PC", "gid,mtype"]


def test_data_sets_that_a_configuration_names(moved_circuit):
    config, both, of_a, of_b = moved_circuit
    content = json.loads(config.read_text())
    [entry] = content["networks"]["nodes"]
    content["networks"]["nodes"] = [
        {"nodes_file": f"$BASE/{name}.h5", "populations": {name: entry["populations"][name]}} for name in "AB"]
    config.write_text(json.dumps(content))
    assert sorted(run("query", both, *SOMAS, "--circuit", config).output.splitlines()) == SOMAS_FOUND
    del content["networks"]["nodes"][1]
    config.write_text(json.dumps(content))
    errors = run("query", both, *SOMAS, "--circuit", config, code=2).errors
    assert str(config) in errors and "B" in errors


def test_wrong_places_of_data_sets(moved_circuit):
    config, both, of_a, of_b = moved_circuit
    errors = run("query", both, *SOMAS, "--dataset", f"C={of_a}", code=2).errors
    assert "no population 'C', expected one of 'A', 'B'" in errors
    errors = run("query", both, *SOMAS, "--dataset", f"A={of_a}", "--dataset", "B=/nonexistent.h5", code=2).errors
    assert "/nonexistent.h5" in errors and "does not exist" in errors
    assert "no population 'C', expected one of 'A', 'B'" in run("query", both, *EVERYTHING, "--populations", "C", code=2).errors


def test_circuit_and_index_that_moved_together(tmp_path):
    (tmp_path / "before").mkdir()
    config = circuits.write_circuit(tmp_path / "before/circuit")
    run("circuit", "segments", config, "--populations", "A,B", "-o", tmp_path / "before/indexes/both")
    run("circuit", "segments", config, "--populations", "A", "-o", tmp_path / "before/indexes/one")
    (tmp_path / "before").rename(tmp_path / "after")
    both = tmp_path / "after/indexes/both"
    assert sorted(run("query", both, *SOMAS).output.splitlines()) == SOMAS_FOUND
    assert str(tmp_path / "after/circuit/nodes.h5") in run("info", both.parent / "one").output
    assert len(run("query", both.parent / "one", *SOMAS).output.splitlines()) == 3
    # What is still in its recorded place counts first.
    (tmp_path / "before").mkdir()
    (tmp_path / "after/indexes").rename(tmp_path / "before/indexes")
    assert str(tmp_path / "before/circuit/nodes.h5") in run("query", tmp_path / "before/indexes/one", *SOMAS, code=2).errors


@pytest.mark.parametrize("name, suggestion", [("gidd", "gid"), ("section_tpye", "section_type"), ("mtpye", "mtype")])
def test_mistyped_fields(data, name, suggestion):
    errors = run("query", data.segments, *EVERYTHING, "--fields", name, code=2).errors
    assert f"did you mean '{suggestion}'?" in errors and "gid, section_id" in errors and len(errors.splitlines()) == 1


def test_mistyped_field_without_a_data_set(tmp_path):
    run("nodes", circuits.write_nodes(tmp_path / "nodes.h5"), circuits.write_morphologies(tmp_path / "m"), "-o", tmp_path / "out")
    (tmp_path / "nodes.h5").unlink()
    errors = run("query", tmp_path / "out", *EVERYTHING, "--fields", "gidd", code=2).errors
    assert "did you mean 'gid'?" in errors and "--dataset" in errors


@pytest.mark.parametrize("line", [
    "box -1,-1,-9 2,1,1", "box -1 -1 -9 2 1 1", "box -1, -1, -9 , 2,1,1", "  box\t-1,-1,-9\t2,1,1\r", "box,-1,-1,-9,2,1,1",
])
def test_queries_with_commas(data, line):
    expected = run("query", data.synapses, "--box", "-1,-1,-9", "2,1,1", "--fields", "id").output
    output = run("query", data.synapses, "--queries", "-", "--fields", "id", input=line + "\n").output
    assert [row.partition(",")[2] for row in output.splitlines()] == expected.splitlines()


@pytest.mark.parametrize("line, option", [
    ("sphere 0,0,0 1.5", ["--sphere", "0,0,0", "1.5"]),
    ("capsule 0,0,0 9,0,0 1", ["--capsule", "0,0,0", "9,0,0", "1"]),
    ("oriented-box 0,0,0 2,1,1 1,0,0,0", ["--oriented-box", "0,0,0", "2,1,1", "1,0,0,0"]),
    ("nearest 0,0,0 2", ["--nearest", "0,0,0", "2"]),
])
def test_other_queries_with_commas(data, line, option):
    output = run("query", data.synapses, "--queries", "-", "--fields", "id", input=line).output
    assert [row.partition(",")[2] for row in output.splitlines()] == run("query", data.synapses, *option, "--fields", "id").output.splitlines()


@pytest.mark.parametrize("line, message", [
    ("box 0,,0 1,1,1", "no number after a comma"),
    ("box ,0,0 1,1,1", "expected 6 numbers"),
    ("box 0,0,0 1,1,1,", "no number after a comma"),
    ("box 0, , 0 1,1,1", "no number after a comma"),
    (", 0,0,0 1,1,1", "no number before a comma"),
])
def test_queries_with_bad_commas(data, line, message):
    errors = run("query", data.synapses, "--queries", "-", input=f"# one\n{line}\n", code=2).errors
    assert "standard input, line 2: " in errors and message in errors


def write_edges_with_types(folder):
    edges, types = circuits.write_edges(folder / "edges.h5"), folder / "types.csv"
    with h5py.File(edges, "a") as file:
        file["edges/syn/edge_type_id"][...] = [1, 2, 1, 2, 1, 2]
    types.write_text("edge_type_id delay level label name\n1 0.5 10 x one\n2 2 20 x NULL\n")
    return edges, types


def test_attributes_of_types(tmp_path):
    edges, types = write_edges_with_types(tmp_path)
    run("synapses", edges, "--edge-types", types, "-o", tmp_path / "out")
    query = [tmp_path / "out", "--box", "-1,-1,-9", "2,1,1"]
    output = run("query", *query, "--fields", "id,delay,level,name,label").output
    assert sorted(rows(output)[1:]) == [["0", "0.5", "10", "one", "plain"], ["1", "2", "20", "", "a,b"],
                                        ["2", "0.5", "10", "one", 'say "hi"']]
    assert run("query", *query, "--group-by", "level").output == "level,count\n10,2\n20,1\n"


def test_types_that_moved(tmp_path):
    edges, types = write_edges_with_types(tmp_path)
    run("synapses", edges, "--edge-types", types, "-o", tmp_path / "out")
    moved = types.rename(tmp_path / "moved.csv")
    query = [tmp_path / "out", "--sphere", "0,0,0", "1", "--fields"]
    assert run("query", *query, "label").output == "label\nplain\n"
    errors = run("query", *query, "delay", code=2).errors
    assert "'delay' is neither a field" in errors and str(types) in errors and len(errors.splitlines()) == 1
    assert run("query", *query, "delay", "--types", moved).output == "delay\n0.5\n"


@pytest.mark.skipif(not NINE_CELLS.exists(), reason="no shared data")
def test_types_of_a_real_circuit(tmp_path):
    run("circuit", "segments", NINE_CELLS, "--populations", "cortex", "-o", tmp_path / "cells")
    output = run("query", tmp_path / "cells", *EVERYTHING, "--fields", "gid,model_name,ei").output
    assert sorted(set(output.splitlines()[1:])) == [f"{gid},{['Scnn1a', 'Rorb', 'Nr5a1'][gid // 3]},e" for gid in range(9)]
    run("circuit", "synapses", NINE_CELLS, "--populations", "excvirt_to_cortex,inhvirt_to_cortex",
        "--position", "pos", "-o", tmp_path / "synapses")
    output = run("query", tmp_path / "synapses", *EVERYTHING, "--fields", "delay,dynamics_params").output
    assert sorted(set(output.splitlines()[1:])) == ["excvirt_to_cortex,2,AMPA_ExcToExc.json",
                                                    "inhvirt_to_cortex,2,GABA_InhToExc.json"]


def random_floats(count):
    """Of every size, short decimals, and ties of the ninth digit."""
    random = np.random.default_rng(7)
    bits = random.integers(0, 2**32, count, dtype=np.uint32).view(np.float32)
    near = random.normal(0, 1000, count).astype(np.float32)
    short = (random.integers(-10**6, 10**6, count) / 1000).astype(np.float32)
    ties = (random.integers(0, 2**24, count) * 0.0625 + 10**6).astype(np.float32)
    all = np.concatenate([bits[np.isfinite(bits)], near, short, ties, np.float32([0, -0.0, 1, 999999999.5, 1e9, 1e-5, 1e-4])])
    return all[: len(all) // 3 * 3]


def test_floats_are_as_printf_writes_them(tmp_path):
    positions = random_floats(20_000).reshape(-1, 3)
    edges = tmp_path / "edges.h5"
    with h5py.File(edges, "w") as file:
        group = file.create_group("edges/all")
        for name in "edge_type_id", "source_node_id", "target_node_id":
            group[name] = np.zeros(len(positions), dtype=np.int64)
        for axis, name in enumerate("xyz"):
            group[f"0/afferent_center_{name}"] = positions[:, axis]
    run("synapses", edges, "-o", tmp_path / "out")
    output = run("query", tmp_path / "out", "--box", "-inf,-inf,-inf", "inf,inf,inf", "--fields", "id,position").output
    found = sorted(output.splitlines()[1:], key=lambda line: int(line.split(",")[0]))
    expected = ["%d,%.9g,%.9g,%.9g" % (id, *position) for id, position in enumerate(positions)]
    assert found == expected


def test_attributes_of_more_elements_than_are_read_at_once(tmp_path):
    count = 300_001
    edges = tmp_path / "edges.h5"
    with h5py.File(edges, "w") as file:
        group = file.create_group("edges/all")
        for name in "edge_type_id", "source_node_id", "target_node_id":
            group[name] = np.zeros(count, dtype=np.int64)
        for axis in "xyz":
            group[f"0/afferent_center_{axis}"] = np.random.default_rng(ord(axis)).uniform(0, 100, count).astype(np.float32)
        group["0/thrice"] = 3 * np.arange(count, dtype=np.int64)
    run("synapses", edges, "-o", tmp_path / "out")
    lines = run("query", tmp_path / "out", *EVERYTHING, "--fields", "thrice,id").output.splitlines()[1:]
    pairs = sorted(tuple(map(int, line.split(","))) for line in lines)
    assert pairs == [(3 * id, id) for id in range(count)]
    ids = run("query", tmp_path / "out", *EVERYTHING, "--fields", "id").output.splitlines()[1:]
    assert ids == [line.split(",")[1] for line in lines]  # index order, both times


def test_elements_in_index_order(data):
    alone = run("query", data.segments, *EVERYTHING, "--fields", "ids").output.splitlines()
    again = run("query", data.segments, *EVERYTHING, "--fields", "ids,layer").output.splitlines()
    assert [line.rsplit(",", 1)[0] for line in again] == alone


def test_output_that_nobody_reads(data):
    with open("/dev/full", "w") as full:
        result = run("query", data.segments, *EVERYTHING, stdout=full, code=2)
    assert result.errors == "spatial-index-query: cannot write to standard output: No space left on device\n"


def test_closed_output(data):
    line = f"'{COMMANDS}/spatial-index-query' '{data.segments}' {' '.join(EVERYTHING)} >&-"
    process = subprocess.run(["sh", "-c", line], stderr=subprocess.PIPE, encoding="utf-8")
    assert process.returncode == 2
    assert process.stderr == "spatial-index-query: cannot write to standard output: Bad file descriptor\n"


@pytest.mark.parametrize("disposition, code", [(signal.SIG_DFL, -signal.SIGPIPE), (signal.SIG_IGN, 2)])
def test_reader_that_goes_away(data, tmp_path, disposition, code):
    queries = tmp_path / "queries"
    queries.write_text("box -1e30 -1e30 -1e30 1e30 1e30 1e30\n" * 2000)
    command = [COMMANDS / "spatial-index-query", data.segments, "--queries", queries]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, restore_signals=False,
                          preexec_fn=lambda: signal.signal(signal.SIGPIPE, disposition)) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == code
        assert len(process.stderr.read().splitlines()) == (code == 2)
