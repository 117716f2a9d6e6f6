"""Compares the elements of real circuits with known answers, and with arithmetic done here.

Usage: check_circuits.py DUMP_ELEMENTS
"""
import csv
import os
import subprocess
import sys
import tempfile
import unittest
import zlib

import h5py
import numpy as np

DATA = os.environ.get("SPATIAL_INDEX_TEST_DATA")
DUMP_ELEMENTS = sys.argv.pop(1)

ELEMENT = np.dtype([("gid", "<u8"), ("section_id", "<u4"), ("segment_id", "<u4"), ("p1", "<f4", 3),
                    ("p2", "<f4", 3), ("radius", "<f4"), ("section_type", "u1")], align=True)
SYNAPSE = np.dtype([("id", "<u8"), ("post_gid", "<u8"), ("pre_gid", "<u8"), ("position", "<f4", 3)],
                   align=True)


def data(*path):
    return os.path.join(DATA, "data", "circuits", *path)


def dump(what, dtype, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "elements")
        arguments = [argument or os.path.join(folder, "index") for argument in arguments]
        subprocess.run([DUMP_ELEMENTS, what, path, *arguments], check=True)
        return np.fromfile(path, dtype)


def elements_of_nodes(nodes, morphologies, population, gids=()):
    return dump("nodes", ELEMENT, nodes, morphologies, population, *map(str, gids))


def elements_of_circuit(config):
    return dump("segments", ELEMENT, config, None)


def id_checksum(elements):
    names = ["gid", "section_id", "segment_id", "section_type"]
    return zlib.crc32(np.stack([elements[name].astype("<u8") for name in names], axis=1).tobytes())


def geometry_checksum(elements):
    p2 = np.where(elements["section_id"][:, None] == 0, np.float32(0), elements["p2"])
    return zlib.crc32(np.hstack([elements["p1"], p2, elements["radius"][:, None]]).tobytes())


def synapse_checksums(synapses):
    ids = np.stack([synapses[name] for name in ("id", "pre_gid", "post_gid")], axis=1)
    return zlib.crc32(ids.tobytes()), zlib.crc32(synapses["position"].tobytes())


def ulps(left, right):
    """Distance in steps from one float32 to the next."""
    def steps(values):
        bits = np.asarray(values, np.float32).view(np.int32).astype(np.int64)
        return np.where(bits < 0, -(bits & 0x7fffffff), bits)
    return np.abs(steps(left) - steps(right))


@unittest.skipUnless(DATA, "SPATIAL_INDEX_TEST_DATA names no folder of real circuits")
class KnownAnswers(unittest.TestCase):
    def check_elements(self, elements, name):
        with np.load(os.path.join(DATA, "golden", "circuits", name)) as file:
            golden = {key: file[key] for key in file.files}
        self.assertEqual(len(elements), len(golden["gid"]))
        order = np.lexsort((golden["segment_id"], golden["section_id"], golden["gid"]))
        golden = {key: values[order] if len(values) == len(order) else values
                  for key, values in golden.items()}
        for key in ("gid", "section_id", "segment_id", "section_type"):
            np.testing.assert_array_equal(elements[key], golden[key])
        soma = elements["section_id"] == 0
        np.testing.assert_array_equal(soma, golden["is_soma"])
        self.assertLessEqual(np.abs(elements["p1"][soma] - golden["p1"][soma]).max(), 2e-5)
        for key in ("p1", "p2", "radius"):
            self.assertLessEqual(ulps(elements[key][~soma], golden[key][~soma]).max(), 2)
        self.assertLessEqual(ulps(elements["radius"], golden["radius"]).max(), 2)

    def test_ten_cells_of_one_morphology(self):
        elements = elements_of_nodes(data("circuit-10", "nodes.h5"),
                                     data("circuit-10", "morphologies", "ascii"), "All")
        self.assertEqual(len(elements), 21990)
        self.assertEqual(id_checksum(elements), 0xa607c6d7)
        self.check_elements(elements, "circuit-10_elements.npz")

    def test_twenty_cells_of_a_circuit(self):
        elements = elements_of_nodes(data("nodes.h5"), data("ascii_sonata"), "All", range(700, 720))
        self.check_elements(elements, "nodes_700_719_elements.npz")

    def test_hundred_cells_of_a_circuit(self):
        elements = elements_of_nodes(data("nodes.h5"), data("ascii_sonata"), "All", range(700, 800))
        self.assertEqual(len(elements), 588961)
        self.assertEqual(id_checksum(elements), 0x3dc1240e)
        self.assertEqual(geometry_checksum(elements), 0x170cee93)

    def test_six_cells_of_a_circuit(self):
        elements = elements_of_nodes(data("nodes.h5"), data("ascii_sonata"), "All",
                                     (42, 4, 23, 8, 16, 15))
        self.assertEqual(len(elements), 25618)
        self.assertEqual(id_checksum(elements), 0x6a810779)
        self.assertEqual(geometry_checksum(elements), 0x1f8ba9dd)

    def test_synapses(self):
        synapses = dump("edges", SYNAPSE, data("edges.h5"), "neocortex_neurons__chemical_synapse",
                        "afferent_center")
        self.assertEqual(len(synapses), 1931)
        self.assertEqual(synapse_checksums(synapses), (0x3f63a1b5, 0xb323caf7))

    def test_synapses_of_four_populations(self):
        expected = {"NodeA__NodeA__chemical": (0x084890e6, 0xaccd8701),
                    "NodeB__NodeB__chemical": (0x418e1b86, 0xa8346cc2),
                    "NodeA__NodeB__chemical": (0x3f4de518, 0xd14bf9e4),
                    "NodeB__NodeA__chemical": (0x0a646a3e, 0xb4d8e756)}
        for population, checksums in expected.items():
            synapses = dump("synapses", SYNAPSE, data("usecase3", "circuit_sonata.json"), None,
                            population)
            self.assertEqual(len(synapses), 4)
            self.assertEqual(synapse_checksums(synapses), checksums)


def read_swc(path):
    with open(path) as file:
        rows = [line.split()[:7] for line in file if line.strip() and line.strip()[0] != "#"]
    return {int(row[0]): (int(float(row[1])), np.array(row[2:5], np.float32), np.float32(row[5]),
                          int(row[6])) for row in rows}


def swc_segments(samples):
    """(start, end, mean radius) of each pair of neurite samples that are parent and child."""
    segments = []
    for type_code, point, radius, parent in samples.values():
        if type_code == 1 or parent == -1 or samples[parent][0] == 1:
            continue
        start, start_radius = samples[parent][1:3]
        segments.append((start, point, (radius + start_radius) / np.float32(2)))
    return [np.array(column) for column in zip(*segments)]


def rotation(angles):
    """About z first, then y, then x, about the axes of the world."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_x @ about_y @ about_z


class AllenCell:
    """A cell of a circuit in the style of the Allen Institute, placed by the rules of the SONATA
    guide: recentered on its soma, turned by rotation angles, moved to its position."""

    def __init__(self, nodes, node_types, morphologies, gid):
        with open(node_types) as file:
            types = {row["node_type_id"]: row for row in csv.DictReader(file, delimiter=" ")}
        with h5py.File(nodes) as file:
            population = next(iter(file["nodes"].values()))
            row = types[str(population["node_type_id"][gid])]
            group = population["0"]
            self.position = np.array([group[axis][gid] for axis in "xyz"], np.float64)
            self.angles = np.array([
                group[name][gid] if name in group else float(row.get(name, 0))
                for name in (f"rotation_angle_{axis}axis" for axis in "xyz")], np.float64)
        self.samples = read_swc(os.path.join(morphologies, row["morphology"] + ".swc"))
        soma = [sample[1] for sample in self.samples.values() if sample[0] == 1]
        self.center = np.mean(np.array(soma, np.float32), axis=0, dtype=np.float32)

    def place(self, points):
        centered = points.astype(np.float64) - self.center.astype(np.float64)
        return (centered @ rotation(self.angles).T + self.position).astype(np.float32)

    def segments(self):
        start, end, radius = swc_segments(self.samples)
        return sorted_rows(np.hstack([self.place(start), self.place(end), radius[:, None]]))


def sorted_rows(rows):
    return rows[np.lexsort(np.round(rows, 2).T)]


@unittest.skipUnless(DATA, "SPATIAL_INDEX_TEST_DATA names no folder of real circuits")
class AllenCircuits(unittest.TestCase):
    def check_circuit(self, circuit, nodes, node_types):
        elements = elements_of_circuit(data("allen", circuit, "circuit_config.json"))
        network = data("allen", circuit, "network")
        morphologies = data("allen", "shared_components", "morphologies")
        gids = np.unique(elements["gid"])
        for gid in gids:
            cell = AllenCell(os.path.join(network, nodes), os.path.join(network, node_types),
                             morphologies, int(gid))
            self.check_cell(elements[elements["gid"] == gid], cell)
        return gids

    def check_cell(self, elements, cell):
        soma = elements[elements["section_id"] == 0]
        self.assertEqual(len(soma), 1)
        np.testing.assert_array_equal(soma["p1"][0], cell.position.astype(np.float32))
        found = elements[elements["section_id"] > 0]
        rows = sorted_rows(np.hstack([found["p1"], found["p2"], found["radius"][:, None]]))
        expected = cell.segments()
        self.assertEqual(rows.shape, expected.shape)
        np.testing.assert_allclose(rows, expected, rtol=0, atol=1e-4)

    def test_five_cells(self):
        gids = self.check_circuit("5_cells_iclamp", "biophysical_nodes.h5",
                                  "biophysical_node_types.csv")
        self.assertEqual(list(gids), [0, 1, 2, 3, 4])

    def test_nine_cells(self):
        gids = self.check_circuit("9_cells", "cortex_nodes.h5", "cortex_node_types.csv")
        self.assertEqual(list(gids), list(range(9)))

    def test_synapse_positions_of_nine_cells(self):
        for name in ("excvirt", "inhvirt"):
            path = data("allen", "9_cells", "network", f"{name}_cortex_edges.h5")
            with h5py.File(path) as file:
                population, edges = next(iter(file["edges"].items()))
                columns = [edges["0"][f"pos_{axis}"][()] for axis in "xyz"]
                sources = edges["source_node_id"][()]
            synapses = dump("edges", SYNAPSE, path, population, "pos")
            np.testing.assert_array_equal(synapses["id"], np.arange(len(sources)))
            np.testing.assert_array_equal(synapses["pre_gid"], sources)
            np.testing.assert_array_equal(synapses["position"],
                                          np.stack(columns, axis=1).astype(np.float32))


if __name__ == "__main__":
    unittest.main()
