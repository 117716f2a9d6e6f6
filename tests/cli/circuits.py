"""Small SONATA circuits whose elements are known by heart."""
import json
import math

import h5py
import numpy as np

# A soma of one point off the origin, a section of one segment and two sections after it.
TREE_SWC = """# a tree
1 1 1 0 0 2 -1
2 3 1 0 0 1 1
3 3 4 0 0 .5 2
4 3 5 1 0 .25 3
5 3 6 -1 0 .25 3
"""
# A square soma and an axon of one segment.
STICK_ASC = """("soma" (CellBody) (-1 -1 0 0) (1 -1 0 0) (1 1 0 0) (-1 1 0 0))
((Axon) (0 0 0 1) (0 0 10 1))
"""
NO_SOMA_SWC = "1 2 0 0 0 1 -1\n2 2 5 0 0 1 1\n"

QUARTER_TURN = (math.sqrt(0.5), 0, 0, math.sqrt(0.5))
UPRIGHT = (1, 0, 0, 0)

# (morphology, position, orientation, mtype, layer, weight) of each cell
CELLS = [
    ("tree", (10, 20, 30), QUARTER_TURN, "L1_DAC", 1, 0.1),
    ("stick", (0, 0, 0), UPRIGHT, "L23_PC", 2, -1.5),
    ("stick", (100, 0, 0), UPRIGHT, "L1_DAC", 1, 1 / 3),
    ("tree", (-50, -50, -50), UPRIGHT, "L4_SS", -4, float("nan")),
]

# (gid, section_id, segment_id): (endpoint1, endpoint2, radius, section_type)
SOMA_END = (math.nan,) * 3
ELEMENTS = {
    (0, 0, 0): ((10, 21, 30), SOMA_END, 0, 1),
    (0, 1, 0): ((10, 21, 30), (10, 24, 30), .75, 3),
    (0, 2, 0): ((10, 24, 30), (9, 25, 30), .375, 3),
    (0, 3, 0): ((10, 24, 30), (11, 26, 30), .375, 3),
    (1, 0, 0): ((0, 0, 0), SOMA_END, math.sqrt(2), 1),
    (1, 1, 0): ((0, 0, 0), (0, 0, 10), .5, 2),
    (2, 0, 0): ((100, 0, 0), SOMA_END, math.sqrt(2), 1),
    (2, 1, 0): ((100, 0, 0), (100, 0, 10), .5, 2),
    (3, 0, 0): ((-49, -50, -50), SOMA_END, 0, 1),
    (3, 1, 0): ((-49, -50, -50), (-46, -50, -50), .75, 3),
    (3, 2, 0): ((-46, -50, -50), (-45, -49, -50), .375, 3),
    (3, 3, 0): ((-46, -50, -50), (-44, -51, -50), .375, 3),
}

# (id, pre_gid, post_gid, afferent center, conductance, label)
SYNAPSES = [
    (0, 7, 1, (0, 0, 0), 0.5, "plain"),
    (1, 6, 1, (1, 0.1, -2.5), 1.25, "a,b"),
    (2, 5, 0, (2, 0, 0), float("nan"), 'say "hi"'),
    (3, 4, 2, (3, 1e-7, 1e10), 2, "tab\there"),
    (4, 3, 2, (4, 0, 0), 3, "back\\slash"),
    (5, 2, 1, (5, 0, 0), 4, "µm"),
]


def write_morphologies(folder):
    folder.mkdir(exist_ok=True)
    (folder / "tree.swc").write_text(TREE_SWC)
    (folder / "stick.asc").write_text(STICK_ASC)
    (folder / "no_soma.swc").write_text(NO_SOMA_SWC)
    return folder


def write_strings(group, name, texts):
    group.create_dataset(name, data=np.array(texts, dtype=object), dtype=h5py.string_dtype())


def write_nodes(path, cells=CELLS, population="All", mode="w"):
    with h5py.File(path, mode) as file:
        group = file.create_group(f"nodes/{population}")
        group["node_type_id"] = np.full(len(cells), -1, dtype=np.int64)
        attributes = group.create_group("0")
        write_strings(attributes, "morphology", [cell[0] for cell in cells])
        for axis, name in enumerate("xyz"):
            attributes[name] = np.array([cell[1][axis] for cell in cells], dtype=np.float32)
        for part, name in enumerate("wxyz"):
            attributes[f"orientation_{name}"] = np.array([cell[2][part] for cell in cells], dtype=np.float64)
        mtypes = sorted({cell[3] for cell in cells})
        attributes["mtype"] = np.array([mtypes.index(cell[3]) for cell in cells], dtype=np.uint32)
        write_strings(attributes.create_group("@library"), "mtype", mtypes)
        attributes["layer"] = np.array([cell[4] for cell in cells], dtype=np.int32)
        attributes["weight"] = np.array([cell[5] for cell in cells], dtype=np.float64)
    return path


def write_target_index(group, targets):
    """The index from target nodes to their edges, one range for each edge."""
    node_ranges, edges = [], []
    for node in range(max(targets) + 1):
        begin = len(edges)
        edges += [[edge, edge + 1] for edge, target in enumerate(targets) if target == node]
        node_ranges.append([begin, len(edges)])
    group.create_dataset("indices/target_to_source/node_id_to_ranges", data=np.array(node_ranges, dtype=np.uint64))
    group.create_dataset("indices/target_to_source/range_to_edge_id", data=np.array(edges, dtype=np.uint64))


def write_edges(path, synapses=SYNAPSES, population="syn", mode="w"):
    with h5py.File(path, mode) as file:
        group = file.create_group(f"edges/{population}")
        group["edge_type_id"] = np.full(len(synapses), -1, dtype=np.int64)
        group["source_node_id"] = np.array([synapse[1] for synapse in synapses], dtype=np.uint64)
        group["target_node_id"] = np.array([synapse[2] for synapse in synapses], dtype=np.uint64)
        attributes = group.create_group("0")
        for axis, name in enumerate("xyz"):
            positions = np.array([synapse[3][axis] for synapse in synapses], dtype=np.float32)
            attributes[f"afferent_center_{name}"] = positions
            attributes[f"elsewhere_{name}"] = positions + np.float32(1000)
        attributes["conductance"] = np.array([synapse[4] for synapse in synapses], dtype=np.float32)
        write_strings(attributes, "label", [synapse[5] for synapse in synapses])
        write_target_index(group, [synapse[2] for synapse in synapses])
    return path


def write_circuit(folder):
    """A configuration of two populations of cells and two of synapses; its path."""
    folder.mkdir(exist_ok=True)
    write_morphologies(folder / "morphologies")
    write_nodes(folder / "nodes.h5", CELLS[:2], "A")
    write_nodes(folder / "nodes.h5", CELLS[2:], "B", mode="a")
    write_edges(folder / "edges.h5", SYNAPSES[:4], "A__B")
    write_edges(folder / "edges.h5", SYNAPSES[4:], "B__A", mode="a")
    cells = {"type": "biophysical", "morphologies_dir": "$BASE/morphologies", "biophysical_neuron_models_dir": "x"}
    synapses = {"type": "chemical"}
    config = {
        "manifest": {"$BASE": "."},
        "networks": {
            "nodes": [{"nodes_file": "$BASE/nodes.h5", "populations": {"A": cells, "B": cells}}],
            "edges": [{"edges_file": "$BASE/edges.h5", "populations": {"A__B": synapses, "B__A": synapses}}],
        },
    }
    path = folder / "circuit_config.json"
    path.write_text(json.dumps(config))
    return path
