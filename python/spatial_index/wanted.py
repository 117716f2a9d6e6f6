"""Which elements are wanted: the values that keywords of queries give, as the library takes them."""
from typing import Any
from collections.abc import Iterator

import numpy as np

from .errors import ArgumentError
from .selection import ids_of

_SECTION_TYPES: Any = {
    "soma": 1, "axon": 2, "basal_dendrite": 3, "apical_dendrite": 4, "basal": 3, "dendrite": 3, "apical": 4,
}  # fmt: skip


def _section_type(value: Any) -> Any:
    if isinstance(value, str):
        is_number = value.isascii() and value.isdigit() and len(value) <= 3
        value = int(value) if is_number else _SECTION_TYPES.get(value, value)
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not 0 <= value <= 255:
        raise ArgumentError(f"section_types has {value!r}, expected soma, axon, basal_dendrite, apical_dendrite or a number from 0 to 255")
    return int(value)


def _section_types(wanted: Any) -> Any:
    several = hasattr(wanted, "__iter__") and not isinstance(wanted, str) and np.ndim(wanted) > 0 or isinstance(wanted, set)
    return np.array([_section_type(value) for value in (wanted if several else [wanted])], dtype=np.uint64)


def _somas(wanted: Any) -> Any:
    if not isinstance(wanted, (bool, np.bool_)):
        raise ArgumentError(f"somas is {wanted!r}, expected True (only somas), False (only segments) or None")
    return np.array([wanted], dtype=np.uint64)


def values_of(keyword: Any, wanted: Any) -> Any:
    """The values that elements are to have, uint64, from what is given for a keyword; None is not."""
    if keyword == "section_types":
        return _section_types(wanted)
    return _somas(wanted) if keyword == "somas" else ids_of(wanted, keyword)


def reusable(keywords: Any) -> Any:
    """The same keywords, of which each may be gone through several times."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in keywords.items()}
