"""Each bad input gives exit code 2, one sentence that names what is bad, and leaves nothing behind."""
import json
import os
import shutil

import h5py
import numpy as np
import pytest

import circuits
from conftest import files_below, run


class Scene:
    """A good circuit in a folder, for a case to break."""

    def __init__(self, folder):
        self.folder = folder
        self.morphologies = circuits.write_morphologies(folder / "morphologies")
        self.nodes = circuits.write_nodes(folder / "nodes.h5")
        self.edges = circuits.write_edges(folder / "edges.h5")
        self.config = circuits.write_circuit(folder / "circuit")
        self.out = folder / "out"

    def build_nodes(self, *options):
        return ["nodes", self.nodes, self.morphologies, "-o", self.out, *options]

    def build_synapses(self, *options):
        return ["synapses", self.edges, "-o", self.out, *options]

    def build_circuit(self, what="segments", *options):
        return ["circuit", what, self.config, "-o", self.out, *options]

    def open(self, path):
        return h5py.File(path, "a")

    def replace(self, path, name, values):
        with self.open(path) as file:
            del file[name]
            file[name] = values

    def remove(self, path, name):
        with self.open(path) as file:
            del file[name]

    def index(self):
        run("synapses", self.edges, "-o", self.folder / "index")
        return self.folder / "index"

    def query(self, *options):
        return ["query", self.index(), "--box", "0,0,0", "1,1,1", *options]


CASES = {}


def case(*fragments):
    """Registers a function that breaks a scene and returns a command line."""
    def register(function):
        CASES[function.__name__] = (function, fragments)
        return function
    return register


# The files themselves

@case("absent.h5")
def nodes_file_missing(scene):
    return ["nodes", scene.folder / "absent.h5", scene.morphologies, "-o", scene.out]


@case("absent.h5")
def edges_file_missing(scene):
    return ["synapses", scene.folder / "absent.h5", "-o", scene.out]


@case("absent.json")
def configuration_missing(scene):
    return ["circuit", "segments", scene.folder / "absent.json", "-o", scene.out]


@case("nodes.h5")
def nodes_file_is_no_hdf5(scene):
    scene.nodes.write_text("id,x,y,z\n")
    return scene.build_nodes()


@case("nodes.h5")
def nodes_file_is_empty(scene):
    scene.nodes.write_bytes(b"")
    return scene.build_nodes()


@case("edges.h5")
def edges_file_is_cut_off(scene):
    content = scene.edges.read_bytes()
    scene.edges.write_bytes(content[: len(content) // 2])
    return scene.build_synapses()


@case("morphologies")
def nodes_file_is_a_folder(scene):
    return ["nodes", scene.morphologies, scene.morphologies, "-o", scene.out]


@case("absent_folder")
def morphology_folder_missing(scene):
    return ["nodes", scene.nodes, scene.folder / "absent_folder", "-o", scene.out]


@case("nodes.h5")
def edges_instead_of_nodes(scene):
    shutil.copy(scene.edges, scene.nodes)
    return scene.build_nodes()


@case("edges.h5")
def nodes_instead_of_edges(scene):
    shutil.copy(scene.nodes, scene.edges)
    return scene.build_synapses()


# Populations and attributes

@case("nodes.h5", "Nobody")
def population_of_nodes_missing(scene):
    return scene.build_nodes("--population", "Nobody")


@case("edges.h5", "nowhere")
def population_of_edges_missing(scene):
    return scene.build_synapses("nowhere")


@case("nodes.h5", "All", "Other")
def population_not_unique(scene):
    circuits.write_nodes(scene.nodes, circuits.CELLS[:1], "Other", mode="a")
    return scene.build_nodes()


@case("nodes.h5", "morphology")
def column_of_morphologies_missing(scene):
    scene.remove(scene.nodes, "nodes/All/0/morphology")
    return scene.build_nodes()


@case("nodes.h5", "/nodes/All/0/x")
def column_of_positions_of_text(scene):
    scene.remove(scene.nodes, "nodes/All/0/x")
    with scene.open(scene.nodes) as file:
        circuits.write_strings(file["nodes/All/0"], "x", ["1", "2", "3", "4"])
    return scene.build_nodes()


@case("nodes.h5", "y")
def column_of_positions_too_short(scene):
    scene.replace(scene.nodes, "nodes/All/0/y", np.zeros(3, dtype=np.float32))
    return scene.build_nodes()


@case("nodes.h5", "mtype")
def attribute_column_of_two_dimensions(scene):
    run(*scene.build_nodes())
    scene.replace(scene.nodes, "nodes/All/0/mtype", np.zeros((4, 2), dtype=np.uint32))
    return ["query", scene.out, "--box", "0,0,0", "1,1,1", "--fields", "mtype"]


@case("edges.h5", "afferent_center_z")
def column_of_synapses_missing(scene):
    scene.remove(scene.edges, "edges/syn/0/afferent_center_z")
    return scene.build_synapses()


@case("edges.h5", "imaginary_x")
def position_prefix_unknown(scene):
    return scene.build_synapses("--position", "imaginary")


@case("edges.h5", "target_node_id")
def targets_missing(scene):
    scene.remove(scene.edges, "edges/syn/target_node_id")
    return scene.build_synapses()


@case("edges.h5", "target_to_source")
def target_index_missing(scene):
    scene.remove(scene.edges, "edges/syn/indices")
    return scene.build_synapses("--gids", "1")


@case("edges.h5", "edge 2", "nan")
def coordinate_of_a_synapse_is_nan(scene):
    scene.replace(scene.edges, "edges/syn/0/afferent_center_y", np.array([0, 1, np.nan, 3, 4, 5], dtype=np.float32))
    return scene.build_synapses()


@case("cell 1 of population 'All'", "nan")
def coordinate_of_a_cell_is_nan(scene):
    scene.replace(scene.nodes, "nodes/All/0/z", np.array([0, np.nan, 0, 0], dtype=np.float32))
    return scene.build_nodes()


@case("nodes.h5", "4")
def gid_out_of_range(scene):
    return scene.build_nodes("--gids", "1,4")


# Morphologies

@case("tree.swc", "3")
def line_of_swc_broken(scene):
    (scene.morphologies / "tree.swc").write_text("1 1 0 0 0 1 -1\n2 3 0 0 1 1 1\n3 3 0 zero 1 1 2\n")
    return scene.build_nodes()


@case("stick.asc")
def asc_broken(scene):
    (scene.morphologies / "stick.asc").write_text("((Axon) (0 0 0 1) (0 0 10 1)")
    return scene.build_nodes()


@case("tree")
def morphology_missing(scene):
    (scene.morphologies / "tree.swc").unlink()
    return scene.build_nodes()


@case("16383")
def too_many_sections(scene):
    lines = ["1 1 0 0 0 1 -1"]
    for section in range(16384):
        first = 2 * section + 2
        lines += [f"{first} 3 {section} 0 1 1 1", f"{first + 1} 3 {section} 0 2 1 {first}"]
    (scene.morphologies / "tree.swc").write_text("\n".join(lines) + "\n")
    return scene.build_nodes()


# The target

@case("/file: not a folder")
def target_below_a_file(scene):
    (scene.folder / "file").write_text("")
    return ["nodes", scene.nodes, scene.morphologies, "-o", scene.folder / "file" / "out"]


@case("/proc/")
def target_where_nobody_may_write(scene):
    return ["synapses", scene.edges, "-o", "/proc/out"]


@case("out: not a folder")
def target_is_a_file(scene):
    scene.out.write_text("precious")
    return scene.build_nodes("--force")


@case("out")
def target_not_empty(scene):
    scene.out.mkdir()
    (scene.out / "thesis.tex").write_text("precious")
    return scene.build_nodes()


@case("out")
def target_not_empty_and_no_index(scene):
    scene.out.mkdir()
    (scene.out / "thesis.tex").write_text("precious")
    return scene.build_nodes("--force")


@case("1024")
def file_larger_than_the_bound_for_segments(scene):
    return scene.build_nodes("--use-mem-map", "1K")


@case("1024")
def file_larger_than_the_bound_for_synapses(scene):
    return scene.build_synapses("--use-mem-map=1KiB")


@case("1024")
def file_larger_than_the_bound_for_populations(scene):
    return scene.build_circuit("synapses", "--populations", "A__B,B__A", "--use-mem-map=1K")


@case("1048576", "48 MiB")
def too_little_memory(scene):
    return scene.build_nodes("--max-memory", "1M")


@case("nowhere")
def folder_of_temporary_files_missing(scene):
    return scene.build_synapses("--temp-dir", "nowhere")


@case("nodes.h5")
def folder_of_temporary_files_is_a_file(scene):
    return scene.build_nodes("--temp-dir", scene.nodes)


# The ids

@case("absent.txt")
def file_of_ids_missing(scene):
    return scene.build_nodes("--gids", "absent.txt")


@case("morphologies")
def file_of_ids_is_a_folder(scene):
    return scene.build_nodes("--gids", scene.morphologies)


@case("ids.txt", "line 2", "'seven'")
def file_of_ids_with_a_word(scene):
    (scene.folder / "ids.txt").write_text("1 2\n3, seven\n")
    return scene.build_nodes("--gids", scene.folder / "ids.txt")


@case("ids.txt", "line 1", "'9-7'")
def file_of_ids_with_a_range_backwards(scene):
    (scene.folder / "ids.txt").write_text("9-7\n")
    return scene.build_synapses("--gids", scene.folder / "ids.txt")


@case("types.csv")
def file_of_node_types_missing(scene):
    return scene.build_nodes("--node-types", scene.folder / "types.csv")


@case("types.csv")
def file_of_edge_types_missing(scene):
    return scene.build_synapses("--edge-types", scene.folder / "types.csv")


@case("types.csv:1", "edge_type_id")
def file_of_edge_types_is_one_of_node_types(scene):
    (scene.folder / "types.csv").write_text("node_type_id delay\n1 2\n")
    return scene.build_synapses("--edge-types", scene.folder / "types.csv")


def file_whose_path_cannot_be_recorded(scene):
    folder = scene.folder / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    shutil.copy(scene.edges, folder)
    return ["synapses", folder / "edges.h5", "-o", scene.out]


CASES["file_whose_path_cannot_be_recorded"] = (file_whose_path_cannot_be_recorded, ("data set", "UTF-8", "caf"))


# Circuits

@case("circuit_config.json")
def configuration_is_no_json(scene):
    scene.config.write_text("{'networks': }")
    return scene.build_circuit()


@case("A", "B")
def population_of_circuit_not_unique(scene):
    return scene.build_circuit()


@case("Nobody")
def population_of_circuit_missing(scene):
    return scene.build_circuit("segments", "--populations", "A,Nobody")


@case("circuit_config.json", "virtual")
def population_of_circuit_virtual(scene):
    content = json.loads(scene.config.read_text())
    content["networks"]["nodes"][0]["populations"]["A"] = {"type": "virtual"}
    scene.config.write_text(json.dumps(content))
    return scene.build_circuit("segments", "--populations", "A")


@case("absent.h5")
def nodes_of_circuit_missing(scene):
    scene.config.write_text(scene.config.read_text().replace("/nodes.h5", "/absent.h5"))
    return scene.build_circuit("segments", "--populations", "A")


@case("tree")
def second_population_broken(scene):
    (scene.config.parent / "morphologies" / "tree.swc").unlink()
    circuits.write_nodes(scene.config.parent / "nodes.h5", [circuits.CELLS[1]], "A")
    circuits.write_nodes(scene.config.parent / "nodes.h5", circuits.CELLS[2:], "B", mode="a")
    return scene.build_circuit("segments", "--populations", "A,B")


# Indexes and queries

@case("absent")
def index_missing(scene):
    return ["query", scene.folder / "absent", "--box", "0,0,0", "1,1,1"]


@case("morphologies")
def folder_is_no_index(scene):
    return ["info", scene.morphologies]


@case("meta_data.json")
def metadata_is_no_json(scene):
    (scene.index() / "meta_data.json").write_text("{")
    return ["info", scene.folder / "index"]


@case("meta_data.json")
def metadata_of_another_program(scene):
    (scene.index() / "meta_data.json").write_text('{"name": "x"}')
    return ["info", scene.folder / "index"]


@case("old", "brain-indexer", "spatial-index-")
def index_of_brain_indexer(scene):
    old = scene.folder / "old"
    old.mkdir()
    (old / "meta_data.json").write_text(json.dumps(
        {"element_type": "morphology", "in_memory": {"heavy_data_path": "index.spi"}, "version": 0}))
    (old / "index.spi").write_bytes(b"serialization::archive")
    return ["query", old, "--box", "0,0,0", "1,1,1"]


def heavy_file(index):
    return next(path for path in index.iterdir() if path.name != "meta_data.json")


@case("index")
def heavy_file_missing(scene):
    heavy_file(scene.index()).unlink()
    return ["compare", scene.folder / "index", scene.folder / "index"]


@case("index")
def heavy_file_cut_off(scene):
    path = heavy_file(scene.index())
    path.write_bytes(path.read_bytes()[:-4096])
    return ["info", scene.folder / "index"]


@case("index")
def heavy_file_of_zeros(scene):
    path = heavy_file(scene.index())
    path.write_bytes(bytes(path.stat().st_size))
    return ["query", scene.folder / "index", "--sphere", "0,0,0", "1"]


@case("index", "'colour'", "a synapse index (id, pre_gid, post_gid, position)")
def field_unknown(scene):
    return scene.query("--fields", "id,colour")


@case("'gid'")
def field_of_another_kind(scene):
    return scene.query("--fields", "gid")


@case("'colour'")
def group_unknown(scene):
    return scene.query("--group-by", "colour")


@case("'conductance'")
def group_of_floats(scene):
    return scene.query("--group-by", "conductance")


@case("no population 'elsewhere', expected one of 'syn'")
def population_of_query_unknown(scene):
    return scene.query("--populations", "elsewhere")


@case("no population 'elsewhere', expected one of 'syn'")
def population_of_grid_unknown(scene):
    return ["grid", scene.index(), "--box", "0,0,0", "1,1,1", "--shape", "2", "--populations", "elsewhere"]


@case("no population 'C', expected one of 'A', 'B'")
def population_of_several_unknown(scene):
    both = scene.folder / "both"
    run("circuit", "segments", scene.config, "--populations", "A,B", "-o", both)
    return ["query", both, "--box", "0,0,0", "1,1,1", "--populations", "A,C"]


@case("'label'", "edges.h5")
def data_set_gone(scene):
    command = scene.query("--fields", "label")
    scene.edges.unlink()
    return command


@case("absent.txt")
def queries_missing(scene):
    return ["query", scene.index(), "--queries", "absent.txt"]


def queries(line, *fragments):
    def run_queries(scene):
        (scene.folder / "queries.txt").write_text("# ok\nsphere 0 0 0 1\n" + line + "\nsphere 0 0 0 1\n")
        return ["query", scene.index(), "--count", "--queries", scene.folder / "queries.txt"]
    return run_queries, ("queries.txt", "line 3", *fragments)


CASES |= {
    "query_of_unknown_shape": queries("cone 0 0 0 1", "'cone'"),
    "query_with_a_word": queries("sphere 0 0 zero 1", "'zero'"),
    "query_with_too_few_numbers": queries("box 0 0 0 1 1", "6", "5"),
    "query_with_too_many_numbers": queries("sphere 0 0 0 1 1", "4", "5"),
    "query_with_a_negative_radius": queries("sphere 0 0 0 -1", "radius"),
    "query_with_nan": queries("box 0 0 nan 1 1 1", "(0, 0, nan)"),
    "query_with_an_empty_number": queries("box 0,,0 1,1,1", "no number after a comma"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input(name, tmp_path):
    function, fragments = CASES[name]
    command = function(Scene(tmp_path))
    before = files_below(tmp_path)
    result = run(*command, code=2, cwd=tmp_path)
    lines = result.errors.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"spatial-index-{command[0]}: ")
    for fragment in fragments:
        assert fragment in lines[0]
    assert result.output == ""
    assert files_below(tmp_path) == before
