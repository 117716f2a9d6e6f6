"""What older programs use of the module of this name."""
from typing import Any
import enum

from .gone import raise_if_gone
from ..logs import minimum_severity as _minimum_log_severity  # noqa: F401


class SectionType(enum.IntEnum):
    """Values of the field ``section_type``; a morphology may have others."""

    undefined = 0
    soma = 1
    axon = 2
    basal_dendrite = 3
    apical_dendrite = 4


class EntryKind(enum.IntEnum):
    """Values of the field ``kind`` of ``window_query`` and ``vicinity_query``."""

    soma = 0
    segment = 1
    synapse = 2


# There is no class below that of an index.
_INDEX_CLASSES = {
    "MorphIndex": "SegmentIndex",
    "MorphIndexMemDisk": "SegmentIndex",
    "MorphMultiIndex": "SegmentIndex",
    "PointIndex": "PointIndex",
    "SphereIndex": "SphereIndex",
    "SynapseIndex": "SynapseIndex",
    "SynapseIndexMemDisk": "SynapseIndex",
    "SynapseMultiIndex": "SynapseIndex",
}

_ELEMENT = "elements of fields='raw_elements' are plain named tuples"

_REPLACEMENTS = {
    "IndexedSphere": _ELEMENT,
    "MorphoEntry": _ELEMENT,
    "Segment": _ELEMENT,
    "Soma": _ELEMENT,
    "Synapse": _ELEMENT,
    "deduce_meta_data_path": "spatial_index.io.MetaData(path) finds the file",
    "_MetaDataConstants": "the keys of meta_data.json are in docs/format.md",
}


# Not among these, because programs ask by hasattr() whether they are there: Morph- and SynapseMultiIndexBulkBuilder.
def __getattr__(name: Any) -> Any:
    if name in _INDEX_CLASSES:
        from .. import index

        return getattr(index, _INDEX_CLASSES[name])
    raise_if_gone("core", name, _REPLACEMENTS)
