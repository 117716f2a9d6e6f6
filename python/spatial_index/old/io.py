"""The metadata of an index, for programs that look into it."""
from typing import Any, Iterator
import contextlib
import json
import os
import tempfile

import numpy as np

from ..errors import FormatError, NotFoundError
from .gone import raise_if_gone
from .sonata_files import open_sonata_edges, open_sonata_nodes  # noqa: F401  (scripts find them here)

_FILE_NAME = "meta_data.json"
# The section of the metadata in which an index of this version names its file.
_OWN_SECTION = "spatial_index"
_VARIANTS = ("in_memory", "memory_mapped", "multi_index")


class MetaData:
    """The metadata of the index in a folder, which may also be given by the path of its JSON file."""

    def __init__(self, path: Any) -> None:
        path = os.fspath(path)
        self.path = os.path.realpath(os.path.join(path, _FILE_NAME) if os.path.isdir(path) else path)
        self._content = _read_object(self.path)

    @property
    def element_type(self) -> Any:
        """ "morphology", "synapse", "sphere" or "point"."""
        return self._content["element_type"]

    @property
    def index_variant(self) -> Any:
        """What kind of file it is: "memory_mapped", or the "in_memory" or "multi_index" of an older program.

        None for an index of several populations.
        """
        return next((name for name in _VARIANTS if self._section(name)), None)

    @property
    def in_memory(self) -> Any:
        return self._section("in_memory")

    @property
    def memory_mapped(self) -> Any:
        return self._section("memory_mapped")

    @property
    def multi_index(self) -> Any:
        return self._section("multi_index")

    @property
    def multi_population(self) -> Any:
        """The populations of the index of several: ``multi_population.index_paths``; or None."""
        return self._section("multi_population")

    @property
    def extended(self) -> Any:
        """Where the data set is: ``extended.path("dataset_path")`` and ``extended.value("population")``; or None."""
        return self._section("extended")

    def resolve_path(self, path: Any) -> Any:
        """A path in the metadata: relative ones are relative to the folder of the JSON file."""
        return os.path.join(os.path.dirname(self.path), path)

    def _section(self, name: Any) -> Any:
        content = self._content.get(name)
        if content is None and name == "memory_mapped":
            content = self._content.get(_OWN_SECTION)
        return None if content is None else _Section(self, content)


class _Section:
    def __init__(self, meta_data: Any, content: Any) -> None:
        self._meta_data = meta_data
        self._content = content

    @property
    def index_path(self) -> Any:
        """The path of the JSON file."""
        return self._meta_data.path

    def value(self, key: Any) -> Any:
        return self._content[key]

    def path(self, key: Any) -> Any:
        return self._meta_data.resolve_path(self._content[key])

    @property
    def index_paths(self) -> Any:
        """Of ``multi_population``: {population: the folder of its index}."""
        listed = self._content["populations"]
        return {name: self._meta_data.resolve_path(entry["index_path"]) for name, entry in listed.items()}


def _read_object(path: Any) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except FileNotFoundError:
        raise NotFoundError(f"{path}: No such file") from None
    except ValueError as error:
        raise FormatError(f"{path}: not JSON: {error}") from None
    if not isinstance(content, dict):
        raise FormatError(f"{path}: a JSON {type(content).__name__}, expected an object")
    return content


def read_json(filename: Any) -> Any:
    """What a JSON file holds."""
    with open(filename, encoding="utf-8") as file:
        return json.load(file)


class NumpyEncoder(json.JSONEncoder):
    """Writes arrays and numbers of NumPy as lists and numbers."""

    def default(self, value: Any) -> Any:
        if isinstance(value, (np.ndarray, np.generic)):
            return value.tolist()
        return super().default(value)


def write_json(filename: Any, obj: Any) -> None:
    """Writes a JSON file."""
    with open(filename, "w", encoding="utf-8") as file:
        json.dump(obj, file, indent=2, cls=NumpyEncoder)


@contextlib.contextmanager
def shared_temporary_directory(*arguments: Any, mpi_comm: Any = None, **keywords: Any) -> Iterator[str]:
    """A tempfile.TemporaryDirectory, to which other arguments go, that all processes of a communicator of mpi4py share.

    The first process makes and removes it. mpi_comm: None: this process alone.
    """
    if mpi_comm is not None and mpi_comm.Get_rank() != 0:
        yield mpi_comm.bcast(None, root=0)
        return
    with tempfile.TemporaryDirectory(*arguments, **keywords) as folder:
        if mpi_comm is not None:
            mpi_comm.bcast(folder, root=0)
        yield folder


_SONATA = "use libsonata, or ask queries for the attributes as fields"
_BUILD = "builders write all metadata"

_REPLACEMENTS = {
    "open_core_from_meta_data": "use spatial_index.open_index()",
    "validated_sonata_nodes_population_name": _SONATA,
    "write_multi_population_meta_data": _BUILD,
    "write_sonata_meta_data_section": _BUILD,
}


def __getattr__(name: Any) -> None:
    raise_if_gone("io", name, _REPLACEMENTS)
