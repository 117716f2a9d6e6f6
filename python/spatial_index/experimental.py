"""What may change."""
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import _core
from .columns import vectors


def space_filling_order(points: npt.ArrayLike) -> npt.NDArray[np.uint64]:
    """A permutation (N,) of uint64 that sorts points (N, 3) along a space-filling curve: neighbors stay together.

    Queries in that order find in memory what the ones before have fetched. (``box_query_many`` and its like do it
    themselves.)
    """
    return _core.space_filling_order(vectors(points, "points"))
