"""What callers choose cells and synapses by: ids, ranges of ids, or a libsonata.Selection."""
from typing import Any
import numpy as np

from .columns import integers
from .errors import ArgumentError


def _is_selection(chosen: Any) -> Any:
    return hasattr(chosen, "ranges") and hasattr(chosen, "flatten") and not isinstance(chosen, np.ndarray)


def _listed(chosen: Any, name: Any) -> Any:
    if isinstance(chosen, (int, float, np.integer, np.floating)) or isinstance(chosen, np.ndarray) and chosen.ndim == 0:
        return [chosen]
    if isinstance(chosen, (list, tuple, range, np.ndarray)):
        return chosen
    try:
        return list(chosen)
    except TypeError:
        raise TypeError(f"{name} is {chosen!r}, expected ids, ranges of ids, or a Selection") from None


def _integers(chosen: Any, name: Any) -> Any:
    array = integers(_listed(chosen, name), name)
    return array if array.size else np.empty(0, dtype=np.uint64)


def _is_ranges(array: Any) -> Any:
    return array.ndim == 2 and array.shape[1] == 2


def ids_of(chosen: Any, name: Any = "ids") -> Any:
    """An array of uint64 from an id, an iterable of ids, a list of ranges [(first, end), ...] or a Selection; None stays."""
    if chosen is None:
        return None
    array = _integers(chosen.ranges if _is_selection(chosen) else chosen, name)
    if _is_ranges(array):
        pieces = [np.arange(first, max(first, end), dtype=np.uint64) for first, end in array.tolist()]
        return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.uint64)
    if array.ndim != 1:
        raise ArgumentError(f"expected ids or ranges of ids, not an array of shape {array.shape}")
    return np.ascontiguousarray(array)


def ranges_of(chosen: Any) -> Any:
    """An array (N, 2) of uint64, each row a first id and one past the last, from the same; None stays."""
    if chosen is None:
        return None
    array = _integers(chosen.ranges if _is_selection(chosen) else chosen, "ids")
    if _is_ranges(array):
        return np.ascontiguousarray(array)
    if array.size == 0:
        return np.empty((0, 2), dtype=np.uint64)
    if array.ndim != 1:
        raise ArgumentError(f"expected ids or ranges of ids, not an array of shape {array.shape}")
    starts = np.flatnonzero(np.r_[True, array[1:] != array[:-1] + np.uint64(1)])
    ends = np.r_[starts[1:], len(array)] - 1
    return np.ascontiguousarray(np.stack([array[starts], array[ends] + np.uint64(1)], axis=1))
