"""Whether two indexes agree but for rounding, found out by random boxes."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..index import open_index
from ..populations import MultiPopulationIndex

_MOST_SAMPLES = 1_000_000


def _opened(index: Any) -> Any:
    return index if hasattr(index, "bounds") else open_index(index)


def is_same_within(lhs: Any, rhs: Any, rtol: float, confidence: float, error_rate: float) -> bool:
    """Whether elements of one are in the other, within a share of the extent; both may be paths."""
    if not rtol >= 0:
        raise ArgumentError(f"rtol is {rtol!r}, expected a share that is not negative")
    lhs, rhs = _opened(lhs), _opened(rhs)
    if isinstance(lhs, MultiPopulationIndex) and isinstance(rhs, MultiPopulationIndex):
        return set(lhs.populations) == set(rhs.populations) and all(
            is_same_within(lhs[name], rhs[name], rtol, confidence, error_rate) for name in lhs.populations
        )
    if isinstance(lhs, MultiPopulationIndex) or isinstance(rhs, MultiPopulationIndex):
        return False
    if lhs.kind != rhs.kind or len(lhs) != len(rhs):
        return False
    return len(lhs) == 0 or _agree(lhs, rhs, rtol, _sample_count(confidence, error_rate))


def _sample_count(confidence: float, error_rate: float) -> int:
    """So many elements show with this confidence a share of wrong ones that is not smaller."""
    if confidence == 1 or error_rate == 0:
        return _MOST_SAMPLES
    return min(math.ceil(math.log(1 - confidence) / math.log(1 - error_rate)), _MOST_SAMPLES)


def _agree(lhs: Any, rhs: Any, rtol: float, samples: int) -> bool:
    (lower, upper), others = lhs.bounds(), rhs.bounds()
    extent = upper - lower
    tolerance = rtol * np.maximum(extent, others[1] - others[0])
    if (np.abs(lower - others[0]) > tolerance).any() or (np.abs(upper - others[1]) > tolerance).any():
        return False
    # On average there is one element in such a box.
    half = extent / np.cbrt(len(lhs)) / 2
    centers = np.random.default_rng().uniform(lower, upper, (samples, 3))
    box = centers - half, centers + half
    return _contains(lhs, rhs, *box, tolerance) and _contains(rhs, lhs, *box, tolerance)


def _contains(part: Any, whole: Any, lower: Any, upper: Any, tolerance: Any) -> bool:
    """Whether what is in boxes of one index is in those of the other, which are larger."""
    name = "ids" if part.kind == "segment" else "id"
    found = part.box_query_many(lower, upper, fields=name)
    candidates = whole.box_query_many(lower - tolerance, upper + tolerance, fields=name)
    return all(
        set(found.of(i)[name].tolist()) <= set(candidates.of(i)[name].tolist()) for i in range(found.query_count)
    )
