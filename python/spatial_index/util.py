"""Comparing indexes, and what MPI programs call. What else programs used of the module of this name says what to do instead."""
from __future__ import annotations

import os
from typing import Any, Optional

from .cluster import register_mpi_excepthook  # noqa: F401  (programs find it here)
from .errors import ArgumentError
from .gone import raise_if_gone
from .index import MultiPopulationIndex, open_index


def _opened(index):
    return open_index(index) if isinstance(index, (str, bytes, os.PathLike)) else index


def difference(lhs: Any, rhs: Any) -> Optional[str]:
    """What differs between two indexes (or folders of indexes), as a sentence; None: they hold the same elements."""
    lhs, rhs = _opened(lhs), _opened(rhs)
    if isinstance(lhs, MultiPopulationIndex) != isinstance(rhs, MultiPopulationIndex):
        return "one of them holds several populations, the other one does not"
    if not isinstance(lhs, MultiPopulationIndex):
        return lhs._packed()._difference(rhs._packed())
    if set(lhs.populations) != set(rhs.populations):
        return f"they hold the populations {', '.join(lhs.populations)} and {', '.join(rhs.populations)}"
    for name in lhs.populations:
        found = difference(lhs[name], rhs[name])
        if found:
            return f"population {name}: {found}"
    return None


def is_likely_same_index(lhs: Any, rhs: Any, confidence: float = 0.99, error_rate: float = 0.001) -> bool:
    """Whether two indexes (or folders of indexes) hold the same elements.

    All of them are compared, so the answer is certain; ``confidence`` and ``error_rate`` are checked and not needed.
    """
    if not 0 < confidence <= 1 or not 0 <= error_rate < 1:
        raise ArgumentError(f"confidence is {confidence!r} and error_rate {error_rate!r}, expected shares of 1")
    return difference(lhs, rhs) is None


_REPLACEMENTS = {
    "balanced_chunk": "builders share the work out among threads themselves",
    "check_free_space": "builders check it themselves",
    "docopt_get_args": "the commands are programs",
    "gen_ranges": "builders do all ranges at once",
    "ranges_with_progress": "give builders progress=True",
    "MultiIndexWorkQueue": "builders share the work out among processes themselves",
}


def __getattr__(name):
    raise_if_gone(__name__, name, _REPLACEMENTS)
