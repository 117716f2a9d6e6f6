"""Builders of indexes of somas and segments."""
from __future__ import annotations

import warnings
from typing import Any, Optional, Union

from . import _core
from .building import MultiIndexBuilder, Progress, StepwiseBuilder, as_before, encoded, name_or_none
from .errors import ArgumentError
from .index import SegmentIndex
from .types import Path
from .selection import ids_of

_RECENTER = {"auto": 0, "on": 1, True: 1, "off": 2, False: 2}
_SOMA_RADIUS = {"contour": 0, "surface": 1}


def _choice(choices: Any, value: Any, option: Any) -> Any:
    try:
        return choices[value]
    except (KeyError, TypeError):
        raise ArgumentError(f"{option} is {value!r}, expected one of {', '.join(map(repr, choices))}") from None


def _cells(gids: Any, target_gids: Any) -> Any:
    if target_gids is None:
        return gids
    if gids is not None:
        raise ArgumentError("both gids and target_gids are given")
    warnings.warn("target_gids is called gids now", DeprecationWarning, stacklevel=4)
    return target_gids


def _build_segments(source: Any, folder: Any, options: Any) -> Any:
    renamed = {"morphologies": source["morphology_dir"], "node_types_file": source["node_types"]}
    with as_before(source["nodes_file"], False, source["population"], source["morphology_dir"]):
        return _core.build_segments({**source, **renamed}, folder, options)


class SegmentIndexBuilder(StepwiseBuilder):
    """Builds indexes of the somas and segments of the cells of a SONATA nodes file.

    At once, by the class methods, or step by step:

        builder = SegmentIndexBuilder("morphologies", "nodes.h5", "cortex")
        builder.process_range((0, 100))
        index = builder.index

    morphology_dir: the folder of the morphologies (SWC, ASC, HDF5), or an HDF5 container of them.
    nodes_file: the SONATA nodes file.
    population: name of the population; None or "": the only one, else "default".
    gids: the cells to index: ids, ranges [(first, end), ...] or a libsonata.Selection; None: all.
    node_types: the CSV of the node types; None: none.
    skip_bad_cells: whether cells that cannot be indexed are left out (and logged) instead of being an error.
    recenter: "auto", "on" or "off": whether morphologies are moved so that their soma is at the origin first.
    soma_radius: "contour" or "surface": what the radius of a soma is taken from.

    Other keywords are those of ``spatial_index.building.BuildOptions``: output_dir, progress, threads, replace,
    use_mem_map, disk_mem_map, multi_index.
    """

    def __init__(
        self,
        morphology_dir: Path,
        nodes_file: Path,
        population: Optional[str] = None,
        gids: Any = None,
        *,
        node_types: Optional[Path] = None,
        skip_bad_cells: bool = False,
        recenter: Union[str, bool] = "auto",
        soma_radius: str = "contour",
        **options: Any,
    ) -> None:
        super().__init__(_core.SEGMENT, ids_of(gids, "gids"), options)
        self._source = {
            "morphology_dir": encoded(morphology_dir),
            "nodes_file": encoded(nodes_file),
            "population": name_or_none(population),
            "node_types": encoded(node_types),
            "skip_bad_cells": bool(skip_bad_cells),
            "recenter": _choice(_RECENTER, recenter, "recenter"),
            "soma_radius": _choice(_SOMA_RADIUS, soma_radius, "soma_radius"),
        }

    def __len__(self) -> int:
        """The number of cells to index."""
        if self._chosen is not None:
            return len(self._chosen)
        with as_before(self._source["nodes_file"], False, self._source["population"]):
            return _core.population_size(self._source["nodes_file"], False, self._source["population"])

    def process_range(self, range_: Any = (None, None)) -> None:
        """Indexes the cells first .. end-1 of those to index: positions in ``gids``, not ids."""
        positions = range(*slice(*range_).indices(len(self)))
        if self._chosen is not None:
            self._add(self._chosen[positions.start : positions.stop])
            return
        nodes_file, population = self._source["nodes_file"], self._source["population"]
        self._add(_core.node_ids(nodes_file, population, positions.start, len(positions)))

    def _build(self, gids: Any, options: Any) -> Any:
        return options.run(_build_segments, {**self._source, "gids": gids})

    # ---- at once ----

    @classmethod
    def create(
        cls,
        morphology_dir: Path,
        nodes_file: Path,
        population: Optional[str] = None,
        gids: Any = None,
        progress: Progress = False,
        output_dir: Optional[Path] = None,
        **keywords: Any,
    ) -> SegmentIndex:
        """Indexes cells at once; gives the SegmentIndex, which is also in ``output_dir`` if that is given."""
        builder = cls(
            morphology_dir, nodes_file, population, gids, progress=progress, output_dir=output_dir, **keywords
        )
        builder.process_all()
        index: SegmentIndex = builder.index
        return index

    @classmethod
    def from_sonata_file(
        cls,
        morphology_dir: Path,
        node_filename: Path,
        pop_name: Optional[str] = None,
        gids: Any = None,
        output_dir: Optional[Path] = None,
        progress: Progress = False,
        **keywords: Any,
    ) -> SegmentIndex:
        """Index cells of a SONATA nodes file; return the SegmentIndex. Parameters as in the class."""
        if "target_gids" in keywords:  # the old name
            gids = _cells(gids, keywords.pop("target_gids"))
        return cls.create(morphology_dir, node_filename, pop_name, gids, progress, output_dir, **keywords)

    @classmethod
    def from_sonata_selection(
        cls,
        morphology_dir: Path,
        node_filename: Path,
        pop_name: Optional[str],
        selection: Any,
        output_dir: Optional[Path] = None,
        progress: Progress = False,
        **keywords: Any,
    ) -> SegmentIndex:
        """Indexes the cells of a selection: a libsonata.Selection, ids, or ranges; gives the SegmentIndex."""
        return cls.create(morphology_dir, node_filename, pop_name, selection, progress, output_dir, **keywords)


class SegmentMultiIndexBuilder(MultiIndexBuilder, SegmentIndexBuilder):
    """Builds multi-indexes of somas and segments, alone or with all processes of an MPI job.

    Everything is as in SegmentIndexBuilder, and the index holds the same elements in the same order, but it lies in
    several files of ``output_dir``, which must be given. See ``spatial_index.building.MultiIndexBuilder``.
    """
