"""Builders of indexes of synapses."""
from __future__ import annotations

import importlib
import itertools
import os
from typing import Any, Optional

import numpy as np

from . import _core
from .building import MultiIndexBuilder, Progress, StepwiseBuilder, as_before, encoded, name_or_none
from .errors import ArgumentError
from .index import SynapseIndex
from .types import Path
from .selection import ids_of, ranges_of

# Rows that are asked for at once of a population object.
_ROWS_AT_ONCE = 1 << 20


class _EdgesFile:
    """A population in a SONATA edges file, which the library reads."""

    def __init__(self, path: Any, population: Any = None) -> None:
        self._source = {"edges_file": encoded(path), "population": name_or_none(population)}

    def __len__(self) -> int:
        with as_before(self._source["edges_file"], True, self._source["population"]):
            return _core.population_size(self._source["edges_file"], True, self._source["population"])

    def build(self, options: Any, chosen: Any) -> Any:
        return options.run(_build_synapses, {**self._source, **chosen})

    def adopt(self, index: Any) -> Any:
        return index


def _build_synapses(source: Any, folder: Any, options: Any) -> Any:
    renamed = {
        "position_prefix": source["position"],
        "edge_types_file": source["edge_types"],
        "edge_ranges": source["selection"],
    }
    with as_before(source["edges_file"], True, source["population"]):
        return _core.build_synapses({**source, **renamed}, folder, options)


class _EdgesObject:
    """A population that is an object, such as a libsonata.EdgePopulation, which reads itself."""

    def __init__(self, edges: Any) -> None:
        self._edges = edges

    def __len__(self) -> int:
        return int(self._edges.size)

    def build(self, options: Any, chosen: Any) -> Any:
        population = name_or_none(getattr(self._edges, "name", None))
        described = {"population": population, "the number of edges": len(self)}
        return self.adopt(options.run(self._build_of_object, {**described, **chosen}, population=population))

    def _build_of_object(self, source: Any, folder: Any, options: Any) -> Any:
        ranges = self._ranges(source["selection"], source["post_gids"])
        pieces = _own_pieces(ranges, *options["place"])
        parts = (self._columns(piece, source["position"]) for piece in pieces)
        return _core.build_elements(_core.SYNAPSE, parts, folder, options)

    def _ranges(self, selection: Any, post_gids: Any) -> Any:
        if post_gids is None:
            return np.array([[0, len(self)]], dtype=np.uint64) if selection is None else selection
        if selection is not None:
            raise ArgumentError("both post_gids and selection are given")
        return ranges_of(self._edges.afferent_edges([int(gid) for gid in post_gids]))

    # ---- attributes of synapses: such an index records no data set ----

    def adopt(self, index: Any) -> Any:
        """The index, which reads attributes from this population unless it records a data set."""
        if hasattr(self._edges, "attribute_names") and index.info()["dataset_path"] is None:
            index._set_attributes(self)
        return index

    def attribute_names(self) -> Any:
        return sorted(self._edges.attribute_names)

    def read_attribute(self, name: Any, ids: Any) -> Any:
        module = _module_of(self._edges)
        values = self._edges.get_attribute(name, module.Selection(ids))
        if isinstance(values, np.ndarray) and values.dtype.kind not in "US":
            return values
        return np.array(values, dtype=object)

    def _columns(self, piece: Any, position_prefix: Any) -> Any:
        prefix = position_prefix.decode() if position_prefix else "afferent_center"
        selection = _module_of(self._edges).Selection([piece])
        axes = [self._edges.get_attribute(f"{prefix}_{axis}", selection) for axis in "xyz"]
        columns = [
            (_core.FIELD_ID, np.arange(*piece), np.uint64),
            (_core.FIELD_POST_GID, self._edges.target_nodes(selection), np.uint64),
            (_core.FIELD_PRE_GID, self._edges.source_nodes(selection), np.uint64),
            (_core.FIELD_POSITION, np.stack(axes, axis=1), np.float32),
        ]
        return tuple((field, np.ascontiguousarray(values, dtype=type_)) for field, values, type_ in columns)


def _module_of(edges: Any) -> Any:
    """The module that the population comes from, which has Selection."""
    return importlib.import_module(type(edges).__module__.partition(".")[0])


def _pieces(ranges: Any, most_rows: Any) -> Any:
    for first, end in ranges.tolist():
        for start in range(first, end, most_rows):
            yield start, min(start + most_rows, end)


def _own_pieces(ranges: Any, number: Any, count: Any) -> Any:
    """What the process of this number, of ``count``, reads."""
    rows = sum(end - first for first, end in ranges.tolist())
    most_rows = max(1, min(_ROWS_AT_ONCE, -(-rows // count)))
    return itertools.islice(_pieces(ranges, most_rows), number, None, count)


def _edges_of(edges: Any) -> Any:
    if isinstance(edges, (_EdgesFile, _EdgesObject)):
        return edges
    if isinstance(edges, (str, bytes, os.PathLike)):
        return _EdgesFile(edges)
    if isinstance(edges, tuple) and len(edges) == 2:
        return _EdgesFile(*edges)
    if hasattr(edges, "get_attribute"):
        return _EdgesObject(edges)
    raise ArgumentError(f"edges are {edges!r}, expected a path, a pair (path, population) or a libsonata.EdgePopulation")


def _one_of(post_gids: Any, old: Any, old_name: str) -> Any:
    if post_gids is not None and old is not None:
        raise ArgumentError(f"both post_gids and {old_name}, which is its old name, are given")
    return old if post_gids is None else post_gids


class SynapseIndexBuilder(StepwiseBuilder):
    """Builds indexes of the synapses of a SONATA edges file.

    At once, by the class methods, or step by step:

        builder = SynapseIndexBuilder(("edges.h5", "cortex__chemical"))
        builder.process_range((0, 100))
        index = builder.index

    edges: a path, a pair (path, population), or a libsonata.EdgePopulation. (An index made of an object records no
        data set. The index that the builder gives reads attributes from the object; opened from its folder, it has
        none.)
    selection: the synapses to index: a libsonata.Selection, edge ids, or ranges [(first, end), ...]; None: all.
    position: prefix of the columns of positions: "afferent_center", "afferent_surface", "efferent_center", ...
    edge_types: the CSV of the edge types; None: none.

    Other keywords are those of ``spatial_index.building.BuildOptions``: output_dir, progress, threads, replace,
    use_mem_map, disk_mem_map, multi_index.
    """

    def __init__(
        self,
        edges: Any,
        selection: Any = None,
        *,
        position: Optional[str] = None,
        edge_types: Optional[Path] = None,
        **options: Any,
    ) -> None:
        super().__init__(_core.SYNAPSE, ranges_of(selection), options)
        self._edges = _edges_of(edges)
        self._source = {"position": name_or_none(position), "edge_types": encoded(edge_types)}

    def __len__(self) -> int:
        """The number of ranges to index."""
        return 1 if self._chosen is None else len(self._chosen)

    def process_range(self, range_: Any = (None, None)) -> None:
        """Indexes the ranges first .. end-1 of the selection."""
        ranges = self._chosen if self._chosen is not None else np.array([[0, len(self._edges)]], dtype=np.uint64)
        self._add(np.ascontiguousarray(ranges[slice(*range_)]))

    @property
    def index(self) -> Any:
        """The index of all that has been processed."""
        return self._edges.adopt(super().index)

    def _build(self, ranges: Any, options: Any, post_gids: Any = None) -> Any:
        return self._edges.build(options, {**self._source, "selection": ranges, "post_gids": post_gids})

    # ---- at once ----

    @classmethod
    def create(
        cls,
        edges: Any,
        selection: Any = None,
        progress: Progress = False,
        output_dir: Optional[Path] = None,
        **keywords: Any,
    ) -> SynapseIndex:
        """Indexes synapses at once; gives the SynapseIndex, which is also in ``output_dir`` if that is given."""
        builder = cls(edges, selection, progress=progress, output_dir=output_dir, **keywords)
        builder.process_all()
        index: SynapseIndex = builder.index
        return index

    @classmethod
    def from_sonata_selection(
        cls,
        edges: Any,
        selection: Any,
        progress: Progress = False,
        output_dir: Optional[Path] = None,
        **keywords: Any,
    ) -> SynapseIndex:
        """Indexes the synapses of a selection; gives the SynapseIndex."""
        return cls.create(edges, selection, progress, output_dir, **keywords)

    @classmethod
    def from_sonata_tgids(
        cls, edges: Any, post_gids: Any = None, progress: Progress = False, output_dir: Optional[Path] = None, **keywords: Any
    ) -> SynapseIndex:
        """Index the synapses with the target cells ``post_gids`` (ids, ranges or a Selection; None: all)."""
        if "gids" in keywords:  # the old name
            post_gids = _one_of(post_gids, keywords.pop("gids"), "gids")
        builder = cls(edges, None, progress=progress, output_dir=output_dir, **keywords)
        index: SynapseIndex = builder._build(None, builder._options, ids_of(post_gids, "post_gids"))
        return index

    @classmethod
    def from_sonata_file(
        cls,
        edge_filename: Path,
        population_name: Optional[str] = None,
        post_gids: Any = None,
        output_dir: Optional[Path] = None,
        progress: Progress = False,
        **keywords: Any,
    ) -> SynapseIndex:
        """Index the synapses of a SONATA edges file.

        Parameters
        ----------
        edge_filename : path
            The SONATA edges file.
        population_name : str, optional
            Default: the only population, or the one called "default".
        post_gids : ids, optional
            Only synapses with these target cells: ids, ranges [(first, end), ...] or a libsonata.Selection.
        output_dir, progress, **keywords
            As in the class.

        Returns
        -------
        SynapseIndex
        """
        if "target_gids" in keywords:  # the old name
            post_gids = _one_of(post_gids, keywords.pop("target_gids"), "target_gids")
        edges = _EdgesFile(edge_filename, population_name)
        return cls.from_sonata_tgids(edges, post_gids, progress, output_dir, **keywords)


class SynapseMultiIndexBuilder(MultiIndexBuilder, SynapseIndexBuilder):
    """Builds multi-indexes of synapses, alone or with all processes of an MPI job.

    Everything is as in SynapseIndexBuilder, and the index holds the same elements in the same order, but it lies in
    several files of ``output_dir``, which must be given. See ``spatial_index.building.MultiIndexBuilder``.
    """
