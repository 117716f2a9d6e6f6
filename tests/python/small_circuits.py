"""Circuits of a few cells, made for one test each."""
import os
import pathlib
import subprocess

import circuits
import h5py
import numpy as np

import spatial_index

COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])
EVERYTHING = (-1e9,) * 3, (1e9,) * 3


def write_cells(folder, morphologies, **attributes):
    """A nodes file with a cell at the origin for each morphology {file name: text}, which is written too.

    The attributes are written as given; None leaves out the one that a cell has otherwise.
    """
    shapes = folder / "morphologies"
    shapes.mkdir(exist_ok=True)
    for name, text in morphologies.items():
        (shapes / name).write_text(text)
    cells = [(pathlib.Path(name).stem, (0, 0, 0), circuits.UPRIGHT, "T", 1, 0) for name in morphologies]
    nodes = circuits.write_nodes(folder / "nodes.h5", cells, "cells")
    with h5py.File(nodes, "a") as file:
        for name, values in attributes.items():
            set_attribute(file["nodes/cells/0"], name, values)
    return nodes, shapes


def set_attribute(group, name, values):
    if name in group:
        del group[name]
    if values is not None:
        group[name] = values


def index_cells(folder, morphologies, attributes={}, **options):
    nodes, shapes = write_cells(folder, morphologies, **attributes)
    return spatial_index.MorphIndexBuilder.from_sonata_file(shapes, nodes, "cells", **options)


def without_orientation(**attributes):
    return {**{f"orientation_{part}": None for part in "wxyz"}, **attributes}


def write_hdf5_morphology(path, points, structure):
    with h5py.File(path, "w") as file:
        file["points"] = np.array(points, dtype=np.float32)
        file["structure"] = np.array(structure, dtype=np.int32)


def everything(index, fields=None):
    return index.box_query(*EVERYTHING, fields=fields, accuracy="bounding_box")


def ids(index):
    return sorted(everything(index, "ids").tolist())


def command(name, *words, **options):
    """Runs spatial-index-NAME; what it printed, after checking that it succeeded."""
    line = [COMMANDS / f"spatial-index-{name}", *map(str, words)]
    finished = subprocess.run(line, capture_output=True, encoding="utf-8", timeout=100, **options)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def refusal(name, *words, **options):
    """The sentence with which spatial-index-NAME fails."""
    line = [COMMANDS / f"spatial-index-{name}", *map(str, words)]
    finished = subprocess.run(line, capture_output=True, encoding="utf-8", timeout=100, **options)
    assert finished.returncode == 2, (finished.returncode, finished.stdout)
    return finished.stderr
