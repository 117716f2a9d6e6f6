"""Indexes of the populations of a SONATA circuit configuration."""
from __future__ import annotations

from typing import Any, Iterable, Optional, Union

from . import _core
from .building import BuildOptions, encoded, name_or_none
from .errors import ArgumentError
from .index import open_index
from .types import Path
from .selection import ids_of

_WHATS = {"segments": False, "synapses": True}


def _names(populations: Any) -> Any:
    if populations is None:
        return None
    return tuple(name.encode() for name in ([populations] if isinstance(populations, str) else populations)) or None


def _build_circuit(source: Any, folder: Any, options: Any) -> Any:
    is_synapses = _WHATS[source["what"].decode()]
    names = source["populations"] or ()
    chosen = {**source, "position_prefix": source["position"]}
    return _core.build_circuit(source["circuit_config"], is_synapses, names, chosen, folder, options)


def index_circuit(
    what: str,
    circuit_config: Path,
    output_dir: Path,
    populations: Union[None, str, Iterable[str]] = None,
    *,
    gids: Any = None,
    post_gids: Any = None,
    skip_bad_cells: bool = False,
    position: Optional[str] = None,
    **options: Any,
) -> Any:
    """Build an index of the segments or synapses of a SONATA circuit.

    Parameters
    ----------
    what : {"segments", "synapses"}
        What to index.
    circuit_config : path
        The SONATA circuit configuration, a JSON file.
    output_dir : path
        The folder of the index, which must not exist or be empty.
    populations : str or iterable of str, optional
        The populations to index; default: the only one that can be indexed. Several give a MultiPopulationIndex.
    gids : ids, optional
        Segments: only of these cells: ids, ranges [(first, end), ...] or a libsonata.Selection.
    post_gids : ids, optional
        Synapses: only with these target cells.
    skip_bad_cells, position
        As in SegmentIndexBuilder and SynapseIndexBuilder.
    **options
        Those of ``spatial_index.building.BuildOptions``.

    Returns
    -------
    SegmentIndex, SynapseIndex or MultiPopulationIndex
        The opened index.

    Raises
    ------
    ArgumentError, NotFoundError, FormatError, ExistsError
        See ``spatial_index.errors``.
    """
    if what not in _WHATS:
        raise ArgumentError(f"what is {what!r}, expected 'segments' or 'synapses'")
    is_synapses = _WHATS[what]
    if is_synapses and post_gids is None:
        post_gids, gids = gids, None  # their old name
    source = {
        "what": what.encode(),
        "circuit_config": encoded(circuit_config),
        "populations": _names(populations),
        "gids": ids_of(gids, "gids"),
        "post_gids": ids_of(post_gids, "post_gids"),
        "skip_bad_cells": bool(skip_bad_cells),
        "position": name_or_none(position),
    }
    wanted = BuildOptions(output_dir=output_dir, **options)
    wanted.run(_build_circuit, source)
    return open_index(wanted.output_dir)
