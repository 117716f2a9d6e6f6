"""The metadata of an index, for programs that look into it."""
from typing import Any
import json
import os

from ..errors import FormatError, NotFoundError
from .gone import raise_if_gone

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


_SONATA = "use libsonata, or ask queries for the attributes as fields"
_BUILD = "builders write all metadata"

_REPLACEMENTS = {
    "open_core_from_meta_data": "use spatial_index.open_index()",
    "open_sonata_edges": _SONATA,
    "open_sonata_nodes": _SONATA,
    "validated_sonata_nodes_population_name": _SONATA,
    "write_multi_population_meta_data": _BUILD,
    "write_sonata_meta_data_section": _BUILD,
    "shared_temporary_directory": "use tempfile.TemporaryDirectory",
}


def __getattr__(name: Any) -> None:
    raise_if_gone("io", name, _REPLACEMENTS)
