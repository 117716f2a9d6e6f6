"""Multi-indexes that are damaged, or whose metadata lie: every command says what is wrong, and where."""
import json
import os
import shutil

import pytest

from conftest import run

EVERYTHING = ("--box", "-1e9,-1e9,-1e9", "1e9,1e9,1e9", "--count")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Segments in three parts, synapses in one."""
    folder = tmp_path_factory.mktemp("sound")
    run("sample-circuit", "--cells", 700, folder / "circuit")
    config = folder / "circuit" / "circuit_config.json"
    for what in "segments", "synapses":
        run("circuit", what, config, "--multi-index", "-o", folder / what)
    run("circuit", "synapses", config, "-o", folder / "single")
    return folder


@pytest.fixture
def copy(sound, tmp_path):
    shutil.copytree(sound / "segments", tmp_path / "copy")
    return tmp_path / "copy"


def parts_folder(index):
    return next(index.glob("*.parts"))


def part(index, number):
    return parts_folder(index) / f"part-{number:06}.si"


def cut(path, size):
    os.truncate(path, size)
    return path


# Each damages the copy of an index, and gives the path that errors are to name.


def miss_a_part(index, sound):
    part(index, 1).unlink()
    return part(index, 1)


def cut_a_part(index, sound):
    return cut(part(index, 1), part(index, 1).stat().st_size - 4096)


def cut_to_nothing(index, sound):
    return cut(part(index, 2), 0)


def cut_to_less_than_a_header(index, sound):
    return cut(part(index, 2), 2000)


def lengthen_a_part(index, sound):
    return cut(part(index, 0), part(index, 0).stat().st_size + 4096)


def swap_parts(index, sound):
    part(index, 0).rename(index / "other")
    part(index, 1).rename(part(index, 0))
    (index / "other").rename(part(index, 1))
    return parts_folder(index)


def part_of_another_index(index, sound):
    shutil.copy(part(sound / "synapses", 0), part(index, 2))
    return part(index, 2)


def a_folder_for_a_part(index, sound):
    part(index, 1).unlink()
    part(index, 1).mkdir()
    return part(index, 1)


def a_pipe_for_a_part(index, sound):
    part(index, 1).unlink()
    os.mkfifo(part(index, 1))
    return part(index, 1)


OF_PARTS = [miss_a_part, cut_a_part, cut_to_nothing, cut_to_less_than_a_header, lengthen_a_part, swap_parts,
            part_of_another_index, a_folder_for_a_part, a_pipe_for_a_part]


@pytest.mark.parametrize("damage", OF_PARTS, ids=lambda damage: damage.__name__)
def test_parts(sound, copy, damage):
    path = str(damage(copy, sound))
    for name, *words in [("query", copy, *EVERYTHING), ("query", copy, "--verify", *EVERYTHING),
                         ("grid", copy, "--shape", "3"), ("compare", copy, sound / "segments")]:
        told = run(name, *words, code=2)
        assert told.errors.count("\n") == 1 and path in told.errors
    assert path in run("verify", copy, code=1).output
    # Only the top is read.
    assert "parts:" in run("info", copy).output


@pytest.mark.parametrize("damage", OF_PARTS[:6], ids=lambda damage: damage.__name__)
def test_parts_that_no_query_reaches(sound, copy, damage):
    damage(copy, sound)
    assert run("query", copy, "--sphere", "1e6,0,0", "1", "--count").output == "0\n"


# ---- the top, and the metadata ----


def miss_the_top(index, sound):
    (parts_folder(index) / "top.si").unlink()
    return parts_folder(index) / "top.si"


def cut_the_top(index, sound):
    return cut(parts_folder(index) / "top.si", 4096)


def top_of_another_index(index, sound):
    shutil.copy(parts_folder(sound / "synapses") / "top.si", parts_folder(index) / "top.si")
    return parts_folder(index)


def damage_the_table(index, sound):
    path = parts_folder(index) / "top.si"
    content = bytearray(path.read_bytes())
    content[4096] ^= 1
    path.write_bytes(content)
    return path


def miss_the_folder(index, sound):
    shutil.rmtree(parts_folder(index))
    return index


def change_metadata(index, change):
    path = index / "meta_data.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    return index


def lie_about_the_type(index, sound):
    return change_metadata(index, lambda content: content.update(element_type="synapse"))


def name_a_single_file(index, sound):
    path = next((sound / "single").glob("*.si"))
    change_metadata(index, lambda content: content["multi_index"].update(heavy_data_path=str(path)))
    return path


def name_a_part(index, sound):
    path = part(index, 0)
    change_metadata(index, lambda content: content["multi_index"].update(heavy_data_path=str(path)))
    return path


def call_it_a_single_file(index, sound):
    return change_metadata(index, lambda content: content.update(spatial_index=content.pop("multi_index")))


def name_no_folder(index, sound):
    change_metadata(index, lambda content: content["multi_index"].pop("heavy_data_path"))
    return index / "meta_data.json"


def want_another_version(index, sound):
    return change_metadata(index, lambda content: content.update(version=7))


@pytest.mark.parametrize("damage", [
    miss_the_top, cut_the_top, top_of_another_index, damage_the_table, miss_the_folder, lie_about_the_type,
    name_a_single_file, name_a_part, call_it_a_single_file, name_no_folder, want_another_version,
], ids=lambda damage: damage.__name__)
def test_top_and_metadata(sound, copy, damage):
    path = str(damage(copy, sound))
    for name, *words in [("query", copy, *EVERYTHING), ("query", copy, "--sphere", "1e6,0,0", "1"),
                         ("grid", copy, "--shape", "3"), ("info", copy), ("compare", copy, sound / "segments")]:
        told = run(name, *words, code=2)
        assert told.errors.count("\n") == 1 and path in told.errors
    with pytest.raises(AssertionError):
        run("verify", copy)


def test_everything_but_the_metadata_of_another_index(sound, copy):
    """Of the same kind: only verifying notices that the content is not that of the name."""
    shutil.rmtree(parts_folder(copy))
    name = json.loads((copy / "meta_data.json").read_text())["multi_index"]["heavy_data_path"]
    run("circuit", "segments", sound / "circuit" / "circuit_config.json", "--gids", "3", "--multi-index", "-o", copy / "few")
    parts_folder(copy / "few").rename(copy / name)
    assert name in run("verify", copy, code=1).output
    assert run("compare", copy, sound / "segments", code=1).output
