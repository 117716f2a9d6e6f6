"""Reads sample circuits without this project's readers."""
import json
import pathlib

import h5py
import numpy as np


class Section:
    """Points as rows x, y, z, radius, from the end of the parent section on."""

    def __init__(self, kind, parent, points):
        self.kind = kind
        self.parent = parent
        self.points = np.array(points, dtype=np.float64)


def read_swc(path):
    """The soma's radius and the sections, numbered depth-first; one that has no parent is a root."""
    samples, children = {}, {}
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            number, kind, x, y, z, radius, parent = line.split()
            samples[int(number)] = int(kind), [float(v) for v in (x, y, z, radius)]
            children.setdefault(int(parent), []).append(int(number))
    sections = []

    def walk(number, parent, points):
        kind = samples[number][0]
        points.append(samples[number][1])
        while len(children.get(number, [])) == 1:
            number = children[number][0]
            assert samples[number][0] == kind
            points.append(samples[number][1])
        sections.append(Section(kind, parent, points))
        own = len(sections) - 1
        for child in children.get(number, []):
            walk(child, own, [samples[number][1]])

    for number in children[1]:
        if samples[number][0] != 1:
            walk(number, -1, [])
    return samples[1][1][3], sections


def read_hdf5(path):
    with h5py.File(path) as file:
        points, structure = file["points"][:], file["structure"][:]
        assert file["metadata"].attrs["version"].tolist() == [1, 1]
        assert file["metadata"].attrs["cell_family"].tolist() == [0]
    points[:, 3] /= 2
    assert structure[0].tolist() == [0, 1, -1]
    bounds = [*structure[:, 0], len(points)]
    soma = points[: bounds[1]]
    sections = [
        Section(kind, parent - 1, points[bounds[row] : bounds[row + 1]])
        for row, (_, kind, parent) in enumerate(structure)
        if row > 0
    ]
    return np.linalg.norm(soma[:, :3], axis=1).mean(), sections


def rotation_matrices(w, x, y, z):
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    ).transpose(2, 0, 1)


class Circuit:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.config = json.loads((self.folder / "circuit_config.json").read_text())
        self.nodes = h5py.File(self.folder / "nodes.h5")["nodes"]
        self.edges = h5py.File(self.folder / "edges.h5")["edges"]
        self.cells = self.nodes["cortex/0"]
        self.synapses = self.edges["cortex__cortex__chemical"]

    def enumeration(self, name):
        return [s.decode() for s in self.cells["@library"][name][:]]

    def morphology_files(self):
        return sorted((self.folder / "morphologies").iterdir())

    def morphology(self, name):
        """None where the format is ASC."""
        for suffix, read in ((".swc", read_swc), (".h5", read_hdf5)):
            path = self.folder / "morphologies" / (name + suffix)
            if path.exists():
                return read(path)
        return None

    def rotations(self):
        return rotation_matrices(*(self.cells["orientation_" + axis][:] for axis in "wxyz"))

    def positions(self):
        return np.column_stack([self.cells[axis][:] for axis in "xyz"])

    def sites(self, prefix):
        return np.column_stack([self.synapses["0"][f"{prefix}_{axis}"][:] for axis in "xyz"])
