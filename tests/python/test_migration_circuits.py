"""What docs/migration.md tells of SONATA files, commands and indexes, row by row of its table."""
import json
import logging
import math
import os
import shutil
import subprocess
import sys

import circuits
import h5py
import numpy as np
import pytest
import small_circuits as small
from test_migration import SOMA, STICK, soma_center

import spatial_index as si


def index_edges(folder, synapses=circuits.SYNAPSES, population="syn", **options):
    edges = circuits.write_edges(folder / "edges.h5", synapses, population)
    return si.SynapseIndexBuilder.from_sonata_file(edges, population, **options)


def write_config(folder, nodes=None, edges=None, manifest=None, **more):
    networks = {name: entries for name, entries in (("nodes", nodes), ("edges", edges)) if entries is not None}
    path = folder / "circuit_config.json"
    path.write_text(json.dumps({"manifest": manifest or {}, "networks": networks, **more}))
    return path


def test_row_12_length_and_comparison_of_several_populations(tmp_path):
    config = circuits.write_circuit(tmp_path / "circuit")
    out = tmp_path / "out"
    small.command("circuit", "segments", config, "--populations", "A", "B", "-o", out)
    index = si.open_index(out)
    assert len(index) == len(index["A"]) + len(index["B"]) == 12
    small.command("compare", out, out)


@pytest.mark.parametrize("words", [["--populations", "A,B"], ["--populations=A,B"], ["--populations", "A", "B"]])
def test_row_13_populations_of_the_commands(tmp_path, words):
    config = circuits.write_circuit(tmp_path / "circuit")
    small.command("circuit", "segments", config, *words, "-o", tmp_path / "out")
    assert si.open_index(tmp_path / "out").populations == ["A", "B"]


def test_row_13_values_are_values(data, tmp_path):
    small.command("nodes", data.nodes, data.morphologies, "--out=off", cwd=tmp_path)
    assert len(si.open_index(tmp_path / "off")) == 12


@pytest.mark.parametrize("severity, level", [("WARN", logging.WARNING), ("warning", logging.WARNING), ("Debug", logging.DEBUG)])
def test_row_14_severities(severity, level):
    script = "import spatial_index; print(spatial_index.logger.level)"
    environment = {**os.environ, "SI_LOG_SEVERITY": severity}
    finished = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, encoding="utf-8")
    assert (finished.stdout, finished.stderr) == (f"{level}\n", "")


def test_row_18_types_of_hdf5(tmp_path):
    fixed = {"morphology": np.array([b"cell"], dtype="S8"), "x": np.array([1.5], dtype=">f8"),
             "is_it": np.array([True]), "half": np.array([0.5], dtype=np.float16), "word": np.array([b"ab"], dtype="S4")}
    index = small.index_cells(tmp_path, {"cell.swc": SOMA}, fixed)
    found = small.everything(index, ["is_it", "half", "word", "x"])
    assert found["x"] == [1.5] and found["half"] == [0.5] and found["word"] == ["ab"] and bool(found["is_it"][0])


@pytest.mark.parametrize("value", [-1, 7])
def test_row_18_enumerations_out_of_range(tmp_path, value):
    index = small.index_cells(tmp_path, {"cell.swc": SOMA}, {"mtype": np.array([value], dtype=np.int32)})
    with pytest.raises(si.FormatError, match=rf"mtype.*{value}"):
        small.everything(index, "mtype")


def test_row_19_population_without_edges(tmp_path):
    with h5py.File(tmp_path / "edges.h5", "w") as file:
        group = file.create_group("edges/none")
        for name in "edge_type_id", "source_node_id", "target_node_id":
            group[name] = np.empty(0, dtype=np.int64)
        for axis in "xyz":
            group[f"0/afferent_center_{axis}"] = np.empty(0, dtype=np.float32)
    assert len(si.SynapseIndexBuilder.from_sonata_file(tmp_path / "edges.h5", "none")) == 0


def test_row_20_variables_of_the_manifest(tmp_path):
    (tmp_path / "deep").mkdir()
    nodes, shapes = small.write_cells(tmp_path / "deep", {"cell.swc": STICK})
    config = write_config(
        tmp_path, [{"nodes_file": "$BASE_DIR/nodes.h5", "populations": {"cells": {"morphologies_dir": "$BASE_DIR/morphologies"}}}],
        manifest={"$BASE": "elsewhere", "$BASE_DIR": "deep"},
    )
    small.command("circuit", "segments", config, "-o", tmp_path / "out")
    assert len(si.open_index(tmp_path / "out")) == 2


def test_row_20_populations_that_are_numbers(tmp_path):
    circuits.write_edges(tmp_path / "edges.h5", population="0")
    config = write_config(tmp_path, edges=[{"edges_file": "edges.h5", "populations": {"0": {"type": "chemical"}}}])
    small.command("circuit", "synapses", config, "-o", tmp_path / "out")
    assert si.open_index(tmp_path / "out").population == "0"


def test_row_21_entry_without_populations(tmp_path):
    circuits.write_edges(tmp_path / "edges.h5")
    config = write_config(tmp_path, edges=[{"edges_file": "edges.h5"}])
    small.command("circuit", "synapses", config, "-o", tmp_path / "out")
    assert si.open_index(tmp_path / "out").population == "syn"


def test_row_21_population_without_morphologies(tmp_path):
    nodes, shapes = small.write_cells(tmp_path, {"cell.swc": STICK})
    with h5py.File(nodes, "a") as file:
        group = file.create_group("nodes/input")
        group["node_type_id"] = np.zeros(2, dtype=np.int64)
        circuits.write_strings(group.create_group("0"), "model_type", ["virtual", "virtual"])
    config = write_config(tmp_path, [{"nodes_file": "nodes.h5"}], components={"morphologies_dir": "morphologies"})
    small.command("circuit", "segments", config, "-o", tmp_path / "out")
    assert si.open_index(tmp_path / "out").population == "cells"


def test_row_22_alternate_morphologies(tmp_path):
    small.write_cells(tmp_path, {"cell.swc": SOMA})
    (tmp_path / "asc").mkdir()
    (tmp_path / "asc" / "cell.asc").write_text(circuits.STICK_ASC)
    (tmp_path / "morphologies" / "cell.swc").unlink()
    population = {"alternate_morphologies": {"neurolucida-asc": "asc"}}
    config = write_config(tmp_path, [{"nodes_file": "nodes.h5", "populations": {"cells": population}}])
    small.command("circuit", "segments", config, "-o", tmp_path / "out")
    assert small.ids(si.open_index(tmp_path / "out")) == [(0, 0, 0), (0, 1, 0)]


def test_row_23_node_types(tmp_path):
    nodes, shapes = small.write_cells(tmp_path, {"cell.swc": STICK}, morphology=None)
    with h5py.File(nodes, "a") as file:
        file["nodes/cells/node_type_id"][...] = 5
    (tmp_path / "types.csv").write_text("node_type_id morphology dendrite\n5 cell spiny\n")
    index = si.MorphIndexBuilder.from_sonata_file(shapes, nodes, "cells", node_types=tmp_path / "types.csv")
    assert small.everything(index, "dendrite").tolist() == ["spiny", "spiny"]


def test_row_23_rotation_angles(tmp_path):
    attributes = small.without_orientation(rotation_angle_zaxis=[math.pi])
    off_center = {"cell.swc": "1 1 3 0 0 1 -1\n"}
    index = small.index_cells(tmp_path, off_center, attributes, recenter="off")
    assert soma_center(index) == pytest.approx([-3, 0, 0], abs=1e-5)


def test_row_23_rotation_angles_about_z_first(tmp_path):
    """A quarter about z takes the soma from x to y, where a quarter about y leaves it."""
    attributes = small.without_orientation(rotation_angle_yaxis=[math.pi / 2], rotation_angle_zaxis=[math.pi / 2])
    off_center = {"cell.swc": "1 1 3 0 0 1 -1\n"}
    index = small.index_cells(tmp_path, off_center, attributes, recenter="off")
    assert soma_center(index) == pytest.approx([0, 3, 0], abs=1e-5)


def test_row_23_cells_without_morphology(tmp_path):
    nodes, shapes = small.write_cells(tmp_path, {"a.swc": STICK, "b.swc": STICK, "c.swc": STICK})
    with h5py.File(nodes, "a") as file:
        circuits.write_strings(file["nodes/cells/0"], "model_type", ["biophysical", "point_neuron", "biophysical"])
        file["nodes/cells/0/morphology"][2] = "NULL"
    index = si.MorphIndexBuilder.from_sonata_file(shapes, nodes, "cells")
    assert set(small.everything(index, "gid")) == {0}


def index_with_node_ids(folder, ids):
    shapes = {"a.swc": STICK, "b.swc": STICK, "c.swc": STICK}
    nodes, folder_of_shapes = small.write_cells(folder, shapes, layer=np.array([1, 2, 3]))
    with h5py.File(nodes, "a") as file:
        file["nodes/cells/node_id"] = np.array(ids)
    return nodes, folder_of_shapes


def test_row_37_node_ids_are_gids(tmp_path):
    nodes, shapes = index_with_node_ids(tmp_path, [30, 10, 20])
    index = si.SegmentIndexBuilder.from_sonata_file(shapes, nodes, "cells")
    found = small.everything(index, ["gid", "layer"])
    assert set(zip(found["gid"].tolist(), found["layer"].tolist())) == {(30, 1), (10, 2), (20, 3)}
    assert index.box_counts(*small.EVERYTHING, group_by="gid") == {10: 2, 20: 2, 30: 2}
    assert index.box_counts(*small.EVERYTHING, group_by="layer") == {1: 2, 2: 2, 3: 2}
    chosen = si.SegmentIndexBuilder.from_sonata_file(shapes, nodes, "cells", [20])
    assert small.ids(chosen) == [(20, 0, 0), (20, 1, 0)]
    with pytest.raises(si.SpatialIndexError, match="gid 1 is not in population 'cells' .* with the ids that its node_id"):
        si.SegmentIndexBuilder.from_sonata_file(shapes, nodes, "cells", [1])


def test_row_37_node_ids_of_a_range(tmp_path):
    nodes, shapes = index_with_node_ids(tmp_path, [30, 10, 20])
    builder = si.SegmentIndexBuilder(shapes, nodes, "cells")
    builder.process_range((1, 3))
    assert set(small.everything(builder.index, "gid")) == {10, 20}


def test_row_38_an_index_that_does_not_fit_the_edges(tmp_path):
    synapses = [(i, 0, target, (i, 0, 0), 0, "") for i, target in enumerate((0, 0, 1, 1, 2, 2))]
    edges = circuits.write_edges(tmp_path / "edges.h5", synapses)
    with h5py.File(edges, "a") as file:
        ranges = file["edges/syn/indices/target_to_source/node_id_to_ranges"]
        ranges[...] = np.roll(ranges[...], 1, axis=0)
    with pytest.raises(si.FormatError, match="edge 4 of population 'syn' ends on node 2, but its index"):
        si.SynapseIndexBuilder.from_sonata_file(edges, "syn", [0])
    with pytest.raises(si.FormatError, match="edge 2 ends on node 1, but is in none of the ranges"):
        si.SynapseIndexBuilder.from_sonata_file(edges, "syn", [1])
    assert len(si.SynapseIndexBuilder.from_sonata_file(edges, "syn")) == len(synapses)


def test_row_38_rows_without_edges(tmp_path):
    edges = circuits.write_edges(tmp_path / "edges.h5")
    with h5py.File(edges, "a") as file:
        group = file["edges/syn/indices/target_to_source"]
        rows = np.vstack([group["node_id_to_ranges"][...].astype(np.int64), [[-1, -1], [2, 1]]])
        del group["node_id_to_ranges"]
        group["node_id_to_ranges"] = rows
        file.move("edges/syn/indices", "edges/syn/indicies")
    index = si.SynapseIndexBuilder.from_sonata_file(edges, "syn", [1, 3, 4])
    assert sorted(small.everything(index, "id")) == [0, 1, 5]


def test_row_39_variables_in_braces(tmp_path):
    small.write_cells(tmp_path, {"cell.swc": STICK})
    cells = {"cells": {"morphologies_dir": "${configdir}/morphologies"}}
    config = write_config(tmp_path, [{"nodes_file": "${BASE_DIR}/nodes.h5", "populations": cells}],
                          manifest={"$BASE_DIR": "${configdir}"})
    small.command("circuit", "segments", config, "-o", tmp_path / "out")
    assert len(si.open_index(tmp_path / "out")) == 2


def test_row_40_positions_in_one_data_set(tmp_path):
    places = np.array([[0, 0, 0], [100, 0, 0]], np.float32)
    nodes, shapes = small.write_cells(tmp_path, {"a.swc": SOMA, "b.swc": SOMA}, x=None, y=None, z=None,
                                      positions=places)
    index = si.SegmentIndexBuilder.from_sonata_file(shapes, nodes, "cells")
    assert small.everything(index, "centroid").tolist() == places.tolist()


def test_row_43_the_circuit_of_a_simulation(tmp_path):
    small.write_cells(tmp_path, {"cell.swc": STICK})
    cells = {"cells": {"morphologies_dir": "morphologies"}}
    write_config(tmp_path, [{"nodes_file": "nodes.h5", "populations": cells}])
    simulation = tmp_path / "simulation_config.json"
    simulation.write_text(json.dumps({"network": "circuit_config.json", "run": {"tstop": 100}}))
    small.command("circuit", "segments", simulation, "-o", tmp_path / "out")
    assert len(si.open_index(tmp_path / "out")) == 2


def test_several_populations_without_morphologies(tmp_path):
    small.write_cells(tmp_path, {"cell.swc": STICK})
    entries = [{"nodes_file": "nodes.h5", "populations": {"A": {}, "B": {}, "V": {"type": "virtual"}}}]
    config = write_config(tmp_path, entries)
    assert ("networks.nodes: A (biophysical), B (biophysical): the configuration does not give a folder of morphologies; "
            "V (virtual): cells of this type have no morphology") in small.refusal("circuit", "segments", config, "-o", "x")


def test_filters_that_hdf5_does_not_have(tmp_path):
    nodes, shapes = small.write_cells(tmp_path, {"cell.swc": STICK}, x=None)
    with h5py.File(nodes, "a") as file:
        file["nodes/cells/0"].create_dataset("x", data=np.zeros(1000), chunks=(1000,), compression="lzf")
    # In another process: h5py brings this filter along.
    said = small.refusal("nodes", nodes, shapes, "-o", tmp_path / "out")
    assert "/nodes/cells/0/x: rows 0 to" in said
    assert "cannot be read: compressed with 'lzf' (filter 32000), which this HDF5 library does not have" in said
    assert "'h5repack -f GZIP=4" in said


def test_row_23_older_name_of_the_index(tmp_path):
    edges = circuits.write_edges(tmp_path / "edges.h5")
    with h5py.File(edges, "a") as file:
        group = file["edges/syn/indices/target_to_source"]
        group.move("node_id_to_ranges", "node_id_to_range")
    assert len(si.SynapseIndexBuilder.from_sonata_file(edges, "syn", target_gids=[1])) == 3


def test_row_26_positions(data):
    index = si.SynapseIndexBuilder.from_sonata_file(data.edges, "syn", position="elsewhere")
    assert index.sphere_query((1000, 1000, 1000), 0.5, fields="id") == [0]


def test_row_28_ids_of_64_bit_and_names(tmp_path):
    large = 2**40 + 1
    index = index_edges(tmp_path, [(0, large, 1, (0, 0, 0), 0, "")], "a name, with blanks")
    assert small.everything(index, "pre_gid") == [large]
    with pytest.deprecated_call():
        assert index.window_query(*small.EVERYTHING, fields="pre_gid") == [large]


def test_row_30_data_sets_that_have_moved(data, tmp_path):
    nodes = shutil.copy(data.nodes, tmp_path / "nodes.h5")
    si.MorphIndexBuilder.from_sonata_file(data.morphologies, nodes, "All", output_dir=tmp_path / "index")
    os.rename(nodes, tmp_path / "moved.h5")
    index = si.open_index(tmp_path / "index")
    assert len(small.everything(index, "gid")) == 12
    with pytest.raises(si.SpatialIndexError, match=r"nodes\.h5"):
        small.everything(index, "mtype")
    index = si.open_index(tmp_path / "index", dataset_path=tmp_path / "moved.h5")
    assert set(small.everything(index, "mtype")) == {"L1_DAC", "L23_PC", "L4_SS"}


def test_row_31_bound_of_the_file(data, tmp_path):
    build = si.MorphIndexBuilder.from_sonata_file
    build(data.morphologies, data.nodes, "All", output_dir=tmp_path / "index", use_mem_map=1000)
    assert sum(path.stat().st_size for path in (tmp_path / "index").iterdir()) < 100_000
    with pytest.raises(si.LimitError, match="use_mem_map|bytes"):
        build(data.morphologies, data.nodes, "All", output_dir=tmp_path / "bounded", use_mem_map="1K")
    assert not (tmp_path / "bounded").exists()


def test_row_32_circuits_without_edges(tmp_path):
    small.write_cells(tmp_path, {"cell.swc": STICK})
    config = write_config(tmp_path, [{"nodes_file": "nodes.h5", "populations": {"cells": {"morphologies_dir": "morphologies"}}}])
    small.command("circuit", "segments", config, "-o", tmp_path / "out")
    assert len(si.open_index(tmp_path / "out")) == 2


def test_row_33_population_that_is_not_named(data, tmp_path):
    edges = circuits.write_edges(tmp_path / "edges.h5", population="one")
    assert si.SynapseIndexBuilder.from_sonata_file(edges).population == "one"
    circuits.write_edges(edges, population="two", mode="a")
    with pytest.raises(si.SpatialIndexError, match="one.*two"):
        si.SynapseIndexBuilder.from_sonata_file(edges)
    circuits.write_edges(edges, population="default", mode="a")
    assert si.SynapseIndexBuilder.from_sonata_file(edges).population == "default"


def test_row_35_mvd3(tmp_path):
    with h5py.File(tmp_path / "circuit.mvd3", "w") as file:
        file["cells/positions"] = np.zeros((1, 3))
        file["cells/properties/morphology"] = np.zeros(1, dtype=np.int32)
        circuits.write_strings(file, "library/morphology", ["cell"])
    with pytest.raises(si.UnsupportedError, match=r"circuit\.mvd3.*MVD3.*SONATA"):
        si.MorphIndexBuilder.from_sonata_file(tmp_path, tmp_path / "circuit.mvd3")
