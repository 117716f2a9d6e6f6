"""spatial-index-verify, and spatial-index-query --verify."""
import json
import shutil

import circuits
import pytest

from conftest import run


@pytest.fixture
def segments(data, tmp_path):
    """An index to be damaged."""
    return shutil.copytree(data.segments, tmp_path / "segments")


def heavy_file(folder):
    file, = folder.glob("index-*.si")
    return file


def flip(file, offset):
    content = bytearray(file.read_bytes())
    content[offset] ^= 16
    file.write_bytes(content)


def test_nothing_is_said_of_a_sound_index(data):
    for index in (data.segments, data.synapses, data.segments / "meta_data.json"):
        assert run("verify", index).output == ""
        assert run("verify", "-v", index, "--threads", 3).output == "no damage\n"
        assert json.loads(run("verify", index, "--json").output) == {"damages": [], "damage_count": 0}


def test_every_byte_counts(segments):
    file = heavy_file(segments)
    for offset in range(0, file.stat().st_size, 997):
        flip(file, offset)
        assert str(file) in run("verify", segments, code=1).output
        flip(file, offset)
    assert run("verify", "-v", segments).output == "no damage\n"


def test_the_place_is_told(segments):
    file = heavy_file(segments)
    flip(file, file.stat().st_size - 1)
    flip(file, 8000)
    assert run("verify", segments, code=1).output == (
        f"{file}: byte {file.stat().st_size - 1}, behind the checksums, is 16, expected 0\n"
        f"{file}: bytes 4096 to 8191, of the inner levels, do not match their checksum\n"
        f"{file}: byte 8000, behind the inner levels, is 16, expected 0\n")


def test_a_part_of_much_damage_is_told(segments):
    file = heavy_file(segments)
    size = file.stat().st_size
    for offset in range(size - 40, size):
        flip(file, offset)
    file.write_bytes(file.read_bytes()[:4096] + bytes(size - 4096))
    all_lines = run("verify", segments, "--most", 0, code=1).output.splitlines()
    assert len(all_lines) > 5
    some = run("verify", segments, "--most", 2, code=1).output.splitlines()
    assert some == [*all_lines[:2], f"and {len(all_lines) - 2} more"]
    told = json.loads(run("verify", segments, "--json", "--most", 2, code=1).output)
    assert told == {"damages": all_lines[:2], "damage_count": len(all_lines)}


def test_populations(circuit, tmp_path):
    both = shutil.copytree(circuit.both, tmp_path / "both")
    assert run("verify", "-v", both).output == "no damage\n"
    file = heavy_file(both / "B")
    flip(file, 4095)
    output = run("verify", both, code=1).output
    assert output.startswith(f"{file}: the header is damaged") and len(output.splitlines()) == 1
    file.unlink()
    assert str(file) in run("verify", both, code=1).output


def test_damaged_metadata_of_a_population(circuit, tmp_path):
    both = shutil.copytree(circuit.both, tmp_path / "both")
    (both / "A" / "meta_data.json").write_text("{")
    output = run("verify", both, code=1).output
    assert output.startswith(f"{both / 'A' / 'meta_data.json'}: ") and len(output.splitlines()) == 1


def test_what_is_no_index(tmp_path):
    result = run("verify", tmp_path, code=2)
    assert result.output == "" and str(tmp_path) in result.errors
    result = run("verify", tmp_path, "--json", code=2)
    assert result.output == "" and str(tmp_path) in result.errors


@pytest.mark.parametrize("option, value", [("--threads", "-1"), ("--threads", "many"), ("--most", "few")])
def test_wrong_numbers(data, option, value):
    assert f"option '{option}' takes a number" in run("verify", data.segments, option, value, code=2).errors


def test_query_that_verifies(segments):
    box = ["--box", "-200,-200,-200", "200,200,200", "--count"]
    assert run("query", segments, *box, "--verify").output == "12\n"
    flip(heavy_file(segments), 4096 + 3 * 32 * 4)
    result = run("query", segments, *box, "--verify", code=2)
    assert result.output == "" and str(heavy_file(segments)) in result.errors
    run("query", segments, *box)


def test_a_data_set_that_is_another(tmp_path):
    """Attributes of other cells are neither answered nor passed over."""
    nodes, shapes = circuits.write_nodes(tmp_path / "nodes.h5"), circuits.write_morphologies(tmp_path / "m")
    run("nodes", nodes, shapes, "-o", tmp_path / "index")
    moved = shutil.copy(nodes, tmp_path / "moved.h5")
    question = ["query", tmp_path / "index", "--box", "-inf,-inf,-inf", "inf,inf,inf", "--fields", "gid,layer"]
    answer = run(*question).output
    assert run(*question, "--dataset", moved).output == answer

    circuits.write_nodes(nodes, circuits.CELLS[:3])
    said = run("verify", tmp_path / "index", code=1).output
    assert f"{nodes}: /nodes/All: is not the population that {tmp_path / 'index'} was built from" in said
    assert "it has 3 nodes, and had 4 when the index was built" in said
    assert "is not the population" in run(*question, code=2).errors
    assert run(*question, "--dataset", moved).output == answer

    circuits.write_nodes(nodes, circuits.CELLS[::-1])
    assert "its nodes have other ids or positions" in run("verify", tmp_path / "index", code=1).output
    assert json.loads(run("verify", "--json", tmp_path / "index", code=1).output)["damage_count"] == 1
    nodes.unlink()
    assert run("verify", tmp_path / "index").output == ""


def test_indexes_that_do_not_record_their_data_set(data, tmp_path):
    """As those of version 0.1."""
    index = shutil.copytree(data.segments, tmp_path / "segments")
    metadata = json.loads((index / "meta_data.json").read_text())
    del metadata["extended"]["identity"]
    (index / "meta_data.json").write_text(json.dumps(metadata))
    assert run("verify", "-v", index).output == "no damage\n"
    assert run("query", index, "--box", "-inf,-inf,-inf", "inf,inf,inf", "--fields", "mtype").output
