"""SONATA files as objects of libsonata, or of h5py where that is not installed."""
from __future__ import annotations

import importlib
import os
from typing import Any

from ..errors import NotFoundError, PopulationError, UnsupportedError


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _check_file(path: Any) -> None:
    if not os.path.exists(path):
        raise NotFoundError(f"{os.fspath(path)}: No such file")


def _chosen(names: Any, population: Any, path: Any) -> Any:
    """The population of this name, or the only one."""
    known = sorted(names)
    if population is None and len(known) == 1:
        return known[0]
    if population is None or population not in known:
        wanted = "several populations, expected a name" if population is None else f"no population {population!r}"
        raise PopulationError(f"{os.fspath(path)}: {wanted}; the file has: {', '.join(known) or 'none'}")
    return population


def _open(path: Any, population: Any, storage_class: str, group: str) -> Any:
    libsonata, h5py = _module("libsonata"), _module("h5py")
    _check_file(path)
    if libsonata:
        storage = getattr(libsonata, storage_class)(os.fspath(path))
        return storage.open_population(_chosen(storage.population_names, population, path))
    if h5py:
        populations = h5py.File(path, "r").get(group, {})
        return populations[_chosen(populations, population, path)]
    raise UnsupportedError(f"{os.fspath(path)}: opening it as an object takes libsonata or h5py; neither is installed")


def open_sonata_edges(sonata_filename: Any, population_name: Any = None) -> Any:
    """A population of an edges file: a libsonata.EdgePopulation, or the h5py.Group of it.

    population_name: None: the only one.
    """
    return _open(sonata_filename, population_name, "EdgeStorage", "edges")


def open_sonata_nodes(sonata_filename: Any, population_name: Any = None) -> Any:
    """A population of a nodes file: a libsonata.NodePopulation, or the h5py.Group of it."""
    return _open(sonata_filename, population_name, "NodeStorage", "nodes")
