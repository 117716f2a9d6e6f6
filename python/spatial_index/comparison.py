"""Comparing two indexes, element by element."""
from __future__ import annotations

import os
from typing import Any, Optional

from .index import open_index
from .populations import MultiPopulationIndex


def _opened(index: Any) -> Any:
    return open_index(index) if isinstance(index, (str, bytes, os.PathLike)) else index


def difference(lhs: Any, rhs: Any) -> Optional[str]:
    """Compare two indexes.

    Parameters
    ----------
    lhs, rhs : index or path
        Indexes, or the folders of indexes.

    Returns
    -------
    str or None
        A sentence about the first difference found; None: they hold the same elements.
    """
    lhs, rhs = _opened(lhs), _opened(rhs)
    if isinstance(lhs, MultiPopulationIndex) != isinstance(rhs, MultiPopulationIndex):
        return "one of them holds several populations, the other one does not"
    if not isinstance(lhs, MultiPopulationIndex):
        found: Optional[str] = lhs._packed()._difference(rhs._packed())
        return found
    if set(lhs.populations) != set(rhs.populations):
        return f"they hold the populations {', '.join(lhs.populations)} and {', '.join(rhs.populations)}"
    for name in lhs.populations:
        found = difference(lhs[name], rhs[name])
        if found:
            return f"population {name}: {found}"
    return None
