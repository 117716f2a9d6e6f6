"""Where the old names are: names of the package, and modules that are here now."""
from __future__ import annotations

import functools
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
    "SectionType": ("old.core", "SectionType"),
    "IndexResolver": ("old.resolver", "IndexResolver"),
    "MorphIndexResolver": ("old.resolver", "MorphIndexResolver"),
    "SynapseIndexResolver": ("old.resolver", "SynapseIndexResolver"),
    "SphereIndexResolver": ("old.resolver", "SphereIndexResolver"),
    "PointIndexResolver": ("old.resolver", "PointIndexResolver"),
    "logger": ("logs", "logger"),  # the one that is registered
}

# The same for names in modules that are still there.
_NAMES_IN_MODULES: Dict[str, Dict[str, Tuple[str, str]]] = {
    "index": {
        "IndexInterface": ("old.interfaces", "IndexInterface"),
        "SONATAIndex": ("old.interfaces", "SONATAIndex"),
        "MorphIndex": ("index", "SegmentIndex"),
        "MorphIndexBase": ("index", "SegmentIndex"),
        "MorphMultiIndex": ("index", "SegmentIndex"),
        "SynapseIndexBase": ("index", "SynapseIndex"),
        "SynapseMultiIndex": ("index", "SynapseIndex"),
        "SphereIndexBase": ("index", "SphereIndex"),
        "PointIndexBase": ("index", "PointIndex"),
        "MultiPopulationIndex": ("populations", "MultiPopulationIndex"),
    },
    "synapse_builder": {
        "SynapseIndexBuilderBase": ("synapse_builder", "SynapseIndexBuilder"),
        "SynapseIndexMemDiskBuilder": ("synapse_builder", "SynapseIndexBuilder"),
    },
}

# Module of spatial_index: module now.
_MODULES = {
    "builder": "old.builder",
    "chunked_builder": "old.chunked_builder",
    "commands": "old.commands",
    "core": "old.core",
    "index_common": "old.index_common",
    "io": "old.io",
    "logging_settings": "old.logging_settings",
    "morphology_builder": "old.morphology_builder",
    "resolver": "old.resolver",
    "synthetic_index": "old.synthetic_index",
    "util": "old.util",
}

_PACKAGE = __name__.rpartition(".old.")[0]


def find(name: str) -> Any:
    """What ``spatial_index.name`` is; AttributeError where there is no such old name."""
    if name in _MODULES:
        return importlib.import_module(f"{_PACKAGE}.{_MODULES[name]}")
    return _find_among(_NAMES, name, _PACKAGE)


def _find_among(names: Dict[str, Tuple[str, str]], name: str, where: str) -> Any:
    if name not in names:
        raise AttributeError(f"module {where!r} has no attribute {name!r}")
    module, now = names[name]
    return getattr(importlib.import_module(f"{_PACKAGE}.{module}"), now)


def add_modules(package: str = _PACKAGE) -> None:
    """Lets ``import spatial_index.io`` find the modules that are elsewhere now, also in a package of another name."""
    for name in _MODULES:
        sys.modules[f"{package}.{name}"] = find(name)


def add_names_to_modules() -> None:
    """Lets ``from spatial_index.index import MorphIndex`` find what has another name or place now."""
    for module, names in _NAMES_IN_MODULES.items():
        where = f"{_PACKAGE}.{module}"
        # Python asks a function of this name for what a module does not have.
        vars(sys.modules[where])["__getattr__"] = functools.partial(_find_among, names, where=where)
