"""Spatial index for brain circuits: which segments and synapses are in this box, sphere or other shape?

    import spatial_index as si

    with si.open_index("my-segments") as index:
        found = index.query(si.Sphere((0, 400, 0), 20), fields=["gid", "section_id", "endpoints"])
        count = index.count(si.Box((-20, 400, -20), (20, 440, 20)))

Lengths are in micrometers, coordinates are 32-bit floats, ids are those of the SONATA files.
"""
from __future__ import annotations

from typing import Any, List

from . import errors, logs
from ._core import version as __version__
from .index import Index, PointIndex, SegmentIndex, SphereIndex, SynapseIndex, open_index
from .populations import MultiPopulationIndex
from .circuit import index_circuit
from .comparison import difference
from .errors import (
    ArgumentError,
    BusyError,
    CancelledError,
    ExistsError,
    FieldError,
    FormatError,
    LimitError,
    NotFoundError,
    PopulationError,
    ShapeError,
    SpatialIndexError,
    StorageError,
    UnsupportedError,
)
from .logs import register_logger
from .point_builder import PointIndexBuilder, SphereIndexBuilder
from .results import BatchResults, Results
from .segment_builder import SegmentIndexBuilder, SegmentMultiIndexBuilder
from .shapes import Box, Capsule, Cylinder, OrientedBox, Shape, Sphere
from .synapse_builder import SynapseIndexBuilder, SynapseMultiIndexBuilder
from . import experimental
from .old import names as _old_names

_old_names.add_modules()
_old_names.add_names_to_modules()

__all__ = [
    "open_index", "index_circuit", "difference", "register_logger",
    "Box", "Sphere", "Capsule", "Cylinder", "OrientedBox", "Shape",
    "Index", "SegmentIndex", "SynapseIndex", "SphereIndex", "PointIndex", "MultiPopulationIndex",
    "SegmentIndexBuilder", "SynapseIndexBuilder", "SphereIndexBuilder", "PointIndexBuilder",
    "SegmentMultiIndexBuilder", "SynapseMultiIndexBuilder",
    "Results", "BatchResults",
    "SpatialIndexError", "ArgumentError", "ShapeError", "FieldError", "NotFoundError", "PopulationError",
    "StorageError", "ExistsError", "FormatError", "UnsupportedError", "LimitError", "BusyError", "CancelledError",
    "errors", "experimental", "logs", "__version__",
]  # fmt: skip


def __dir__() -> List[str]:
    return sorted({*__all__, "__doc__", "__file__", "__name__", "__path__", "__spec__"})


def __getattr__(name: str) -> Any:
    return _old_names.find(name)
