"""Spatial index for brain circuits: what is inside this box or sphere?

    index = spatial_index.open_index("my-segments")
    found = index.box_query((-20, 400, -20), (20, 440, 20), fields=["gid", "section_id", "endpoints"])

Lengths are in micrometres; coordinates are 32-bit floats. Ids are those of the SONATA files.
"""
from . import errors, logs
from ._core import version as __version__
from .circuit import index_circuit
from .errors import (
    ArgumentError,
    BusyError,
    CancelledError,
    ExistsError,
    FieldError,
    FormatError,
    LimitError,
    NotFoundError,
    ShapeError,
    SpatialIndexError,
    StorageError,
    UnsupportedError,
)
from .index import (
    Index,
    MorphIndex,
    MorphIndexMemDisk,
    MorphMultiIndex,
    MultiPopulationIndex,
    PointIndex,
    SphereIndex,
    SynapseIndex,
    SynapseIndexMemDisk,
    SynapseMultiIndex,
    open_index,
)
from .logs import register_logger
from .results import BatchResults, Results
from .gone import GoneError
from .index_common import DiskMemMapProps
from .morphology_builder import MorphIndexBuilder, MorphIndexMemDiskBuilder, MorphMultiIndexBuilder
from .point_builder import PointIndexBuilder, SphereIndexBuilder
from .synapse_builder import SynapseIndexBuilder, SynapseIndexMemDiskBuilder, SynapseMultiIndexBuilder
from . import core, experimental, io, resolver, util  # older programs use them without importing them


def __getattr__(name):
    if name == "logger":  # the one that is registered
        return logs.logger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
