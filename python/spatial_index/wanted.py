"""Which elements are wanted: what the keywords of queries say, as conditions that the library takes."""
from collections.abc import Iterator

import numpy as np

from .errors import ArgumentError
from .selection import ids_of

_SECTION_TYPES = {"soma": 1, "axon": 2, "basal": 3, "apical": 4, "basal_dendrite": 3, "apical_dendrite": 4}


def _section_type(value):
    if isinstance(value, str):
        value = _SECTION_TYPES.get(value, value)
    if not isinstance(value, (int, np.integer)) or not 0 <= value <= 255:
        raise ArgumentError(f"section_types has {value!r}, expected soma, axon, basal, apical or a number from 0 to 255")
    return int(value)


def _section_types(wanted):
    values = [wanted] if isinstance(wanted, str) or np.ndim(wanted) == 0 and not _is_iterable(wanted) else wanted
    return np.array([_section_type(value) for value in values], dtype=np.uint64)


def _somas(wanted):
    if not isinstance(wanted, (bool, np.bool_)):
        raise ArgumentError(f"somas is {wanted!r}, expected True (only somas), False (only segments) or None")
    return np.array([wanted], dtype=np.uint64)


def _is_iterable(value):
    return hasattr(value, "__iter__") or hasattr(value, "ranges")


def _ids(wanted):
    single = isinstance(wanted, (int, np.integer)) or isinstance(wanted, np.ndarray) and wanted.ndim == 0
    return ids_of([wanted] if single else wanted)


def conditions_of(section_types=None, somas=None, gids=None, pre_gids=None, post_gids=None, ids=None):
    """Triples of a keyword, the field that it is about, and the values wanted (uint64)."""
    conditions = []
    if section_types is not None:
        conditions.append(("section_types", "section_type", _section_types(section_types)))
    if somas is not None:
        conditions.append(("somas", "is_soma", _somas(somas)))
    for keyword, wanted in (("gids", gids), ("pre_gids", pre_gids), ("post_gids", post_gids), ("ids", ids)):
        if wanted is not None:
            conditions.append((keyword, keyword[:-1], _ids(wanted)))
    return tuple(conditions)


def reusable(keywords):
    """The same keywords, of which each may be gone through several times."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in keywords.items()}
