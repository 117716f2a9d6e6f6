"""Indexes of the populations of a SONATA circuit configuration."""
from __future__ import annotations

import os
from typing import Any, Iterable, Optional, Union

from . import _core
from .building import BuildOptions, encoded, name_or_none
from .errors import ArgumentError
from .index import open_index
from .types import Path
from .selection import ids_of

_WHATS = {"segments": False, "synapses": True}


def _names(populations):
    if populations is None:
        return ()
    return tuple(name.encode() for name in ([populations] if isinstance(populations, str) else populations))


def index_circuit(
    what: str,
    circuit_config: Path,
    output_dir: Path,
    populations: Union[None, str, Iterable[str]] = None,
    *,
    gids: Any = None,
    skip_bad_cells: bool = False,
    position: Optional[str] = None,
    **options: Any,
) -> Any:
    """Indexes the cells ("segments") or the synapses ("synapses") of a circuit; gives the opened index.

    circuit_config: the SONATA circuit configuration, a JSON file.
    output_dir: the folder of the index, which must not exist or be empty.
    populations: a name or several; None: the only one that can be indexed. Several give a MultiPopulationIndex.
    gids: of the cells, or of those that the synapses are on; None: all.
    skip_bad_cells, position: as in SegmentIndexBuilder and SynapseIndexBuilder.

    Other keywords are those of ``spatial_index.building.BuildOptions``.
    """
    if what not in _WHATS:
        raise ArgumentError(f"a circuit has segments and synapses, not {what!r}")
    source = {"gids": ids_of(gids, "gids"), "skip_bad_cells": bool(skip_bad_cells), "position_prefix": name_or_none(position)}
    BuildOptions(output_dir=output_dir, **options).run(
        lambda *args: _core.build_circuit(encoded(circuit_config), _WHATS[what], _names(populations), source, *args)
    )
    return open_index(os.fspath(output_dir))
