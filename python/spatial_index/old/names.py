"""Where the old names are: names of the package, and modules that are here now."""
from __future__ import annotations

import importlib
import sys
from typing import Any, Dict, Tuple

# Name in spatial_index: module and name now.
_NAMES: Dict[str, Tuple[str, str]] = {
    "MorphIndex": ("index", "SegmentIndex"),
    "MorphIndexMemDisk": ("index", "SegmentIndex"),
    "MorphMultiIndex": ("index", "SegmentIndex"),
    "SynapseIndexMemDisk": ("index", "SynapseIndex"),
    "SynapseMultiIndex": ("index", "SynapseIndex"),
    "MorphIndexBuilder": ("segment_builder", "SegmentIndexBuilder"),
    "MorphIndexMemDiskBuilder": ("segment_builder", "SegmentIndexBuilder"),
    "MorphMultiIndexBuilder": ("segment_builder", "SegmentMultiIndexBuilder"),
    "SynapseIndexMemDiskBuilder": ("synapse_builder", "SynapseIndexBuilder"),
    "DiskMemMapProps": ("old.index_common", "DiskMemMapProps"),
    "GoneError": ("old.gone", "GoneError"),
    "logger": ("logs", "logger"),  # the one that is registered
}

# Module of spatial_index: module now.
_MODULES = {
    "commands": "old.commands",
    "core": "old.core",
    "index_common": "old.index_common",
    "io": "old.io",
    "morphology_builder": "old.morphology_builder",
    "resolver": "old.resolver",
    "util": "old.util",
}

_PACKAGE = __name__.rpartition(".old.")[0]


def find(name: str) -> Any:
    """What ``spatial_index.name`` is; AttributeError where there is no such old name."""
    if name in _MODULES:
        return importlib.import_module(f"{_PACKAGE}.{_MODULES[name]}")
    if name in _NAMES:
        module, now = _NAMES[name]
        return getattr(importlib.import_module(f"{_PACKAGE}.{module}"), now)
    raise AttributeError(f"module {_PACKAGE!r} has no attribute {name!r}")


def add_modules(package: str = _PACKAGE) -> None:
    """Lets ``import spatial_index.io`` find the modules that are elsewhere now, also in a package of another name."""
    for name in _MODULES:
        sys.modules[f"{package}.{name}"] = find(name)
