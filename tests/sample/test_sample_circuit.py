"""The sample circuit is valid SONATA, its synapses lie on its cells, and it is reproducible."""
import filecmp
import json
import os
import re
import subprocess
import time

import h5py
import numpy as np
import pytest
from circuit_reader import Circuit

PROGRAM = os.path.join(os.environ["SPATIAL_INDEX_COMMANDS"], "spatial-index-sample-circuit")


def run(*arguments, **options):
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, text=True, **options
    )


def make(folder, *options):
    result = run(*options, folder)
    assert result.returncode == 0, result.stderr
    return Circuit(folder)


@pytest.fixture(scope="module")
def circuit(tmp_path_factory):
    return make(tmp_path_factory.mktemp("sample") / "circuit", "--cells", 120)


def all_files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def same_files(left, right):
    names = all_files(left)
    assert names == all_files(right)
    return filecmp.cmpfiles(left, right, names, shallow=False)


def test_many_morphologies(tmp_path):
    """Each cell has a morphology of its own, and all three formats are there."""
    many = make(tmp_path / "many", "--cells", 40, "--morphologies", 40, "--synapses-per-cell", 2)
    files = many.morphology_files()
    assert len({file.stem for file in files}) == 40
    assert {file.suffix for file in files} == {".asc", ".swc", ".h5"}
    assert len({file.read_bytes() for file in files}) == 40
    names = many.enumeration("morphology")
    assert sorted(names[number] for number in many.cells["morphology"]) == sorted(file.stem for file in files)


# ---------------------------------------------------------------- configuration


def test_configuration(circuit):
    networks = circuit.config["networks"]
    assert circuit.config["manifest"]["$CIRCUIT_DIR"] == "."
    [nodes] = networks["nodes"]
    [edges] = networks["edges"]
    assert nodes["nodes_file"] == "$CIRCUIT_DIR/nodes.h5"
    assert edges["edges_file"] == "$CIRCUIT_DIR/edges.h5"
    assert {k: v["type"] for k, v in nodes["populations"].items()} == {
        "cortex": "biophysical",
        "thalamus": "virtual",
    }
    assert set(nodes["populations"]) == set(circuit.nodes)
    assert set(edges["populations"]) == set(circuit.edges)


# ---------------------------------------------------------------- nodes


def test_all_datasets_of_a_population_are_as_long(circuit):
    for population in [*circuit.nodes.values(), *circuit.edges.values()]:
        kind = "node" if population.name.startswith("/nodes") else "edge"
        count = len(population[kind + "_type_id"])
        assert np.all(population[kind + "_group_id"][:] == 0)
        assert np.array_equal(population[kind + "_group_index"][:], np.arange(count))
        lengths = {
            len(item)
            for name, item in population["0"].items()
            if name not in ("@library", "dynamics_params")
        }
        assert lengths == {count}
    assert len(circuit.cells["x"]) == 120
    assert {len(d) for d in circuit.cells["dynamics_params"].values()} == {120}
    assert len(circuit.nodes["thalamus/node_type_id"]) > 0


def test_enumerations_are_in_range(circuit):
    for population in circuit.nodes.values():
        for name, strings in population["0/@library"].items():
            numbers = population["0"][name][:]
            assert numbers.dtype.kind == "u"
            assert numbers.max() < len(strings), name
    assert set(circuit.nodes["thalamus/0/@library/model_type"][:]) == {b"virtual"}


def test_every_morphology_has_a_file(circuit):
    files = circuit.morphology_files()
    assert sorted(circuit.enumeration("morphology")) == sorted(f.stem for f in files)
    assert len(files) >= 10
    for suffix in (".swc", ".asc", ".h5"):
        assert sum(f.suffix == suffix for f in files) >= 3


def test_cells_stand_in_their_layers(circuit):
    names = np.array(circuit.enumeration("mtype"))[circuit.cells["mtype"][:]]
    layers = [layer.decode() for layer in circuit.cells["layer"][:]]
    assert [re.match(r"L(\d+)_", name).group(1) for name in names] == layers
    assert len(set(layers)) == 5
    height = circuit.positions()[:, 1]
    by_layer = {layer: height[np.array(layers) == layer] for layer in set(layers)}
    for upper, lower in zip(["1", "23", "4", "5"], ["23", "4", "5", "6"]):
        assert by_layer[upper].min() > by_layer[lower].max()
    assert height.min() >= 0 and height.max() <= 1200


def test_excitatory_cells_are_the_pyramids_and_stellates(circuit):
    names = np.array(circuit.enumeration("mtype"))[circuit.cells["mtype"][:]]
    classes = np.array(circuit.enumeration("synapse_class"))[circuit.cells["synapse_class"][:]]
    excitatory = np.array([name.endswith(("PC", "SSC")) for name in names])
    assert np.array_equal(classes == "EXC", excitatory)


def test_orientations_turn_about_the_vertical(circuit):
    quaternions = np.column_stack([circuit.cells["orientation_" + a][:] for a in "wxyz"])
    assert np.allclose(np.linalg.norm(quaternions, axis=1), 1, atol=1e-12)
    up = circuit.rotations()[:, :, 1]
    assert np.all(up[:, 1] > 0.9)
    assert len(np.unique(quaternions[:, 0])) > 100


# ---------------------------------------------------------------- morphologies


def read_morphologies(circuit):
    read = {f.stem: circuit.morphology(f.stem) for f in circuit.morphology_files()}
    return {name: content for name, content in read.items() if content is not None}


def test_morphologies_are_believable(circuit):
    for name, (soma_radius, sections) in read_morphologies(circuit).items():
        assert 4 < soma_radius < 12, name
        kinds = {section.kind for section in sections}
        assert kinds == ({2, 3, 4} if re.search("T?PC", name) else {2, 3}), name
        points = sum(len(section.points) for section in sections)
        assert 300 < points < 6000, name
        for section in sections:
            assert len(section.points) >= 2
            steps = np.linalg.norm(np.diff(section.points[:, :3], axis=0), axis=1)
            assert np.all((steps > 1) & (steps < 10)), name
            assert np.all((section.points[:, 3] > 0.05) & (section.points[:, 3] < 3)), name


def test_sections_join_and_branch(circuit):
    for name, (soma_radius, sections) in read_morphologies(circuit).items():
        children = [0] * len(sections)
        for number, section in enumerate(sections):
            assert section.parent < number
            if section.parent < 0:
                start = np.linalg.norm(section.points[0, :3])
                assert start == pytest.approx(soma_radius, rel=0.1), name
            else:
                children[section.parent] += 1
                end = sections[section.parent].points[-1]
                assert np.array_equal(section.points[0, :3], end[:3]), name
        assert set(children) == {0, 2}, name


def test_asc_files_are_balanced(circuit):
    for path in circuit.morphology_files():
        if path.suffix == ".asc":
            text = re.sub(";.*", "", path.read_text())
            depth = np.cumsum([{"(": 1, ")": -1}.get(c, 0) for c in text])
            assert depth.min() >= 0 and depth[-1] == 0
            assert text.count("(CellBody)") == 1 and text.count("(Axon)") >= 1
            assert len(re.findall(r"\(\s*-?\d+\.\d{3}\s", text)) > 300


# ---------------------------------------------------------------- edges


def test_node_ids_are_in_range(circuit):
    for name in ("source_node_id", "target_node_id"):
        ids = circuit.synapses[name]
        assert ids.attrs["node_population"] == "cortex"
        assert ids[:].max() < len(circuit.cells["x"])
    assert len(circuit.synapses["edge_type_id"]) > 3000
    assert np.all(circuit.synapses["source_node_id"][:] != circuit.synapses["target_node_id"][:])


def test_edges_are_sorted_by_target_then_source(circuit):
    target = circuit.synapses["target_node_id"][:].astype(np.int64)
    source = circuit.synapses["source_node_id"][:].astype(np.int64)
    assert np.all(np.diff(target * 10**6 + source) >= 0)


@pytest.mark.parametrize(
    "index, nodes",
    [("target_to_source", "target_node_id"), ("source_to_target", "source_node_id")],
)
def test_indices_find_the_edges_of_every_node(circuit, index, nodes):
    check_index(circuit.synapses, index, nodes, len(circuit.cells["x"]))


def check_index(population, index, nodes, node_count):
    ids = population[nodes][:]
    ranges_of_nodes = population["indices"][index]["node_id_to_ranges"][:]
    edges_of_ranges = population["indices"][index]["range_to_edge_id"][:]
    assert len(ranges_of_nodes) == node_count
    for node, (begin, end) in enumerate(ranges_of_nodes):
        found = [e for b, e_ in edges_of_ranges[begin:end] for e in range(b, e_)]
        assert found == np.flatnonzero(ids == node).tolist()
        own = edges_of_ranges[begin:end]
        assert np.all(own[:, 0] < own[:, 1])
        # Neighbouring ranges would be one.
        assert np.all(own[1:, 0] > own[:-1, 1])


def placed_segments(circuit, side):
    """For each synapse on a morphology that can be read: its row and its segment's ends and radius."""
    nodes = {"afferent": "target_node_id", "efferent": "source_node_id"}[side]
    cells = circuit.synapses[nodes][:]
    section_ids = circuit.synapses["0"][side + "_section_id"][:]
    segment_ids = circuit.synapses["0"][side + "_segment_id"][:]
    names = np.array(circuit.enumeration("morphology"))[circuit.cells["morphology"][:]]
    morphologies = read_morphologies(circuit)
    rotations, positions = circuit.rotations(), circuit.positions()
    for row, cell in enumerate(cells):
        if names[cell] in morphologies:
            section = morphologies[names[cell]][1][section_ids[row] - 1]
            ends = section.points[segment_ids[row] : segment_ids[row] + 2]
            placed = ends[:, :3] @ rotations[cell].T + positions[cell]
            yield row, section, placed, ends[:, 3].mean()


def distance_to_segment(point, ends):
    axis = ends[1] - ends[0]
    fraction = np.clip((point - ends[0]) @ axis / (axis @ axis), 0, 1)
    return np.linalg.norm(point - ends[0] - fraction * axis)


@pytest.mark.parametrize("side, kinds", [("afferent", {3, 4}), ("efferent", {2})])
def test_synapses_lie_on_their_segments(circuit, side, kinds):
    centers, surfaces = circuit.sites(side + "_center"), circuit.sites(side + "_surface")
    columns = circuit.synapses["0"]
    types = columns[side + "_section_type"][:]
    offsets = columns[side + "_segment_offset"][:]
    places = columns[side + "_section_pos"][:]
    checked = 0
    for row, section, ends, radius in placed_segments(circuit, side):
        assert section.kind == types[row] and section.kind in kinds
        assert distance_to_segment(centers[row], ends) < 0.01
        assert np.linalg.norm(centers[row] - ends[0]) == pytest.approx(offsets[row], abs=0.01)
        assert np.linalg.norm(surfaces[row] - centers[row]) == pytest.approx(radius, abs=0.01)
        assert 0 <= places[row] <= 1
        checked += 1
    assert checked > 1000


def test_axon_and_dendrite_are_close_to_each_other(circuit):
    gap = np.linalg.norm(circuit.sites("afferent_center") - circuit.sites("efferent_center"), axis=1)
    assert gap.max() <= 4.001


# ---------------------------------------------------------------- several populations


NAMES = ["cortex_1", "cortex_2", "cortex_3"]


@pytest.fixture(scope="module")
def divided(tmp_path_factory):
    folder = tmp_path_factory.mktemp("divided") / "circuit"
    result = run("--cells", 120, "--populations", 3, folder)
    assert result.returncode == 0, result.stderr
    return folder


def centers_of(population):
    return np.column_stack([population[f"0/afferent_center_{axis}"][:] for axis in "xyz"])


def test_the_configuration_names_all_populations(divided):
    networks = json.loads((divided / "circuit_config.json").read_text())["networks"]
    [nodes], [edges] = networks["nodes"], networks["edges"]
    assert list(nodes["populations"]) == [*NAMES, "thalamus"]
    assert list(edges["populations"]) == [f"{a}__{b}__chemical" for a in NAMES for b in NAMES]
    with h5py.File(divided / "nodes.h5") as file:
        assert set(file["nodes"]) == set(nodes["populations"])
    with h5py.File(divided / "edges.h5") as file:
        assert set(file["edges"]) == set(edges["populations"])


def test_populations_share_the_cells_of_one_column(circuit, divided):
    """Each cell of the undivided circuit is in one population, with its attributes; sizes differ."""
    with h5py.File(divided / "nodes.h5") as file:
        populations = [file["nodes"][name]["0"] for name in NAMES]
        sizes = [len(population["x"]) for population in populations]
        assert sizes == [60, 40, 20]
        for name in ("x", "orientation_y", "morphology", "mtype", "minicolumn"):
            values = np.concatenate([population[name][:] for population in populations])
            assert sorted(values) == sorted(circuit.cells[name][:]), name


def test_synapses_run_between_all_populations(circuit, divided):
    """They are those of the undivided circuit, between the same cells."""
    positions = circuit.positions()
    whole = {
        tuple(center): (*positions[source], *positions[target])
        for center, source, target in zip(
            circuit.sites("afferent_center"), circuit.synapses["source_node_id"][:], circuit.synapses["target_node_id"][:]
        )
    }
    found = {}
    with h5py.File(divided / "nodes.h5") as nodes, h5py.File(divided / "edges.h5") as edges:
        places = {
            name: np.column_stack([nodes["nodes"][name]["0"][axis][:] for axis in "xyz"]) for name in NAMES
        }
        for name, population in edges["edges"].items():
            source, target, _ = name.split("__")
            assert population["source_node_id"].attrs["node_population"] == source
            assert population["target_node_id"].attrs["node_population"] == target
            assert len(population["edge_type_id"]) > 50
            for center, i, j in zip(centers_of(population), population["source_node_id"][:], population["target_node_id"][:]):
                found[tuple(center)] = (*places[source][i], *places[target][j])
            check_index(population, "target_to_source", "target_node_id", len(places[target]))
            check_index(population, "source_to_target", "source_node_id", len(places[source]))
    assert found == whole


def test_every_population_has_a_cell(tmp_path):
    result = run("--cells", 4, "--populations", 4, tmp_path / "circuit")
    assert result.returncode == 0, result.stderr
    with h5py.File(tmp_path / "circuit/nodes.h5") as file:
        assert [len(file[f"nodes/cortex_{i}/0/x"]) for i in range(1, 5)] == [1, 1, 1, 1]


# ---------------------------------------------------------------- the program


def test_the_same_options_give_the_same_bytes(circuit, tmp_path):
    # A time stamp in a file would have changed by now.
    time.sleep(1.1)
    make(tmp_path / "again", "--cells", 120, "--seed", 1)
    _, different, errors = same_files(circuit.folder, tmp_path / "again")
    assert different == [] and errors == []


def test_another_seed_gives_another_circuit(circuit, tmp_path):
    make(tmp_path / "other", "--cells", 120, "--seed", 2)
    same, _, errors = same_files(circuit.folder, tmp_path / "other")
    assert same == ["circuit_config.json"] and errors == []


def test_more_cells_keep_the_morphologies(circuit, tmp_path):
    make(tmp_path / "more", "--cells", 130)
    same, different, _ = same_files(circuit.folder, tmp_path / "more")
    assert different == ["edges.h5", "nodes.h5"]


def test_one_cell_has_no_synapses(tmp_path):
    circuit = make(tmp_path / "one", "--cells", 1)
    assert len(circuit.cells["x"]) == 1
    assert circuit.synapses["0/afferent_center_x"].shape == (0,)
    assert circuit.synapses["indices/target_to_source/range_to_edge_id"].shape == (0, 2)
    assert circuit.synapses["indices/target_to_source/node_id_to_ranges"].shape == (1, 2)


def test_synapses_can_be_left_out(tmp_path):
    circuit = make(tmp_path / "none", "--cells", 20, "--synapses-per-cell", 0)
    assert len(circuit.synapses["edge_type_id"]) == 0


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    (tmp_path / "notes").write_text("mine")
    result = run(tmp_path)
    assert result.returncode == 2
    assert "not empty" in result.stderr and "notes" in result.stderr
    assert all_files(tmp_path) == ["notes"]


def test_force_replaces_files_and_leaves_others(tmp_path):
    (tmp_path / "notes").write_text("mine")
    (tmp_path / "nodes.h5").write_text("old")
    make(tmp_path, "--force", "--cells", 5)
    assert (tmp_path / "notes").read_text() == "mine"
    assert not list(tmp_path.glob(".incomplete*"))
    make(tmp_path / "plain", "--cells", 5)
    assert filecmp.cmp(tmp_path / "nodes.h5", tmp_path / "plain/nodes.h5", shallow=False)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ([], "FOLDER"),
        (["a", "b"], "'b'"),
        ([""], "FOLDER"),
        (["--cells", "0", "x"], "--cells"),
        (["--cells", "-5", "x"], "--cells"),
        (["--cells", "10001", "x"], "--cells"),
        (["--cells", "12x", "x"], "--cells"),
        (["--populations", "0", "x"], "--populations"),
        (["--populations", "11", "x"], "--populations"),
        (["--populations", "3", "--cells", "2", "x"], "2 cells are too few for 3 populations"),
        (["--seed", "", "x"], "--seed"),
        (["--seed", "18446744073709551616", "x"], "--seed"),
        (["--colour", "x"], "colour"),
    ],
)
def test_wrong_use(tmp_path, arguments, sentence):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert sentence in result.stderr and result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in ("file", "file/inner"):
        result = run(tmp_path / folder)
        assert result.returncode == 2
        assert "Not a directory" in result.stderr
    assert all_files(tmp_path) == ["file"]


def test_a_failing_write_leaves_nothing(tmp_path):
    command = f'ulimit -f 100; exec "{PROGRAM}" "{tmp_path}/deep/er/folder"'
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert result.returncode == 2
    assert "cannot write" in result.stderr and "File too large" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_signal_leaves_nothing(tmp_path):
    folder = tmp_path / "folder"
    process = subprocess.Popen([PROGRAM, "--cells", "3000", folder], stderr=subprocess.PIPE)
    while not folder.exists():
        time.sleep(0.005)
    process.terminate()
    assert b"interrupted" in process.communicate()[1]
    assert process.returncode == 143
    assert list(tmp_path.iterdir()) == []


def test_help_and_version():
    assert "--synapses-per-cell" in run("--help").stdout
    assert re.match(r"spatial-index-sample-circuit \d+\.\d+\.\d+\n", run("--version").stdout)
    with open("/dev/full", "w") as full:
        assert subprocess.run([PROGRAM, "--help"], stdout=full, stderr=-3).returncode == 2
