"""Builds that faults happen to: the command, what stands at its target before, and what each answers."""
import shutil

import h5py
import numpy as np

import circuits
from commands import contents, run

EVERYTHING = ["--box", "-inf,-inf,-inf", "inf,inf,inf"]
A_PART = ["--box", "0,0,0", "100,100,100"]


def make_sample(folder):
    run(["sample-circuit", "--cells", "5", "--synapses-per-cell", "100", folder])
    return folder


class Scene:
    """A target folder in a folder of its own, put back to how it was before each build."""

    def __init__(self, folder, before, command, question=EVERYTHING):
        self.folder = folder
        self.place = folder / "place"
        self.target = self.place / "new" / "index" if before is None else self.place / "index"
        self.kept = folder / "kept"
        self.question = question
        self.cost = 1 if question is EVERYTHING else 5
        self.kept.mkdir()
        self.command = self.complete(command, before)
        if before is not None:
            run([*before, "-o", self.kept / "index"])
        self.reset()
        self.before = contents(self.place)
        self.old_answer = self.answer()
        run(self.command)
        self.after = contents(self.place)
        self.new_answer = self.answer()
        assert self.new_answer != self.old_answer

    def complete(self, command, before):
        if "--temp-dir" in command:
            (self.kept / "temp").mkdir()
            command = [self.place / "temp" if word == "temp" else word for word in command]
        return [*command, "-o", self.target, *([] if before is None else ["--force"])]

    def reset(self):
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.kept, self.place)

    def answer(self):
        """What the index answers; None where there is none."""
        if not (self.target / "meta_data.json").exists():
            return None
        return run(["query", self.target, *self.question])


def write_many_synapses(path, count=800_000):
    numbers = np.random.default_rng(1)
    with h5py.File(path, "w") as file:
        group = file.create_group("edges/many")
        group["edge_type_id"] = np.full(count, -1)
        for name in ("source_node_id", "target_node_id"):
            group[name] = numbers.integers(0, 1000, count).astype(np.uint64)
        for axis in "xyz":
            group[f"0/afferent_center_{axis}"] = numbers.uniform(-500, 500, count).astype(np.float32)
    return path


def write_cells_in_hdf5(folder):
    """Three cells with HDF5 morphologies of version 1.1: a soma and one section."""
    folder.mkdir()
    for name in ("a", "b", "c"):
        with h5py.File(folder / f"{name}.h5", "w") as file:
            points = [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 9, 1]]
            file["points"] = np.array(points, np.float32)
            file["structure"] = np.array([[0, 1, -1], [3, 2, 0]], np.int32)
            file.create_group("metadata").attrs["version"] = np.array([1, 1], np.uint32)
            file["metadata"].attrs["cell_family"] = np.array([0], np.uint32)
    cells = [(name, (i, 0, 0), circuits.UPRIGHT, "T", 1, 0) for i, name in enumerate("abc")]
    return [circuits.write_nodes(folder / "nodes.h5", cells), folder]


class Sources:
    """The data sets that scenes are built from."""

    def __init__(self, folder):
        self.folder = folder
        sample = make_sample(folder / "sample")
        config = circuits.write_circuit(folder / "circuit")
        self.nodes = ["nodes", sample / "nodes.h5", sample / "morphologies", "--population", "cortex", "--threads", "1"]
        self.synapses = ["synapses", sample / "edges.h5", "--threads", "1"]
        self.circuit = ["circuit", "segments", sample / "circuit_config.json", "--threads", "1"]
        self.several = ["circuit", "segments", config, "--threads", "1", "--populations"]
        self.several_synapses = ["circuit", "synapses", config, "--threads", "1", "--populations"]

    def cells_in_hdf5(self):
        return ["nodes", *write_cells_in_hdf5(self.folder / "cells"), "--threads", "1"]

    def many_synapses(self):
        return ["synapses", write_many_synapses(self.folder / "many.h5")]


SPILLED = ["points", "600000", "--threads", "1"]

# Name: what stands there before, the command, and maybe the query, as functions of the sources.
SCENES = {
    "nodes": lambda s: (None, s.nodes),
    "cells in hdf5": lambda s: (None, s.cells_in_hdf5()),
    "synapses": lambda s: (None, s.synapses),
    "circuit": lambda s: (None, s.circuit),
    "several": lambda s: (None, [*s.several, "A,B"]),
    "nodes over nodes": lambda s: ([*s.nodes, "--gids", "0"], s.nodes),
    "synapses over synapses": lambda s: ([*s.synapses, "--gids", "1,2"], s.synapses),
    "synapses over nodes": lambda s: ([*s.nodes, "--gids", "0"], s.synapses),
    "several over several": lambda s: ([*s.several, "A,B", "--gids", "0"], [*s.several, "A,B"]),
    "several over one of them": lambda s: ([*s.several, "A"], [*s.several, "A,B"]),
    "several over others": lambda s: ([*s.several_synapses, "A__B,B__A"], [*s.several, "B,A"]),
    "one over several": lambda s: ([*s.several, "A,B"], s.synapses),
    # More elements than the memory that they are given holds, sorted on the disk.
    "spilled": lambda s: (None, SPILLED, A_PART),
    "spilled synapses": lambda s: (None, [*s.many_synapses(), "--threads", "1", "--max-memory", "48M"], A_PART),
    "spilled elsewhere over nodes": lambda s: ([*s.nodes, "--gids", "0"], [*SPILLED, "--temp-dir", "temp"], A_PART),
}
