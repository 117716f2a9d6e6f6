"""Comparing indexes, and what MPI programs call. Other names of the old module say what to use instead."""
from __future__ import annotations

from typing import Any

from ..cluster import register_mpi_excepthook  # noqa: F401  (scripts find it here)
from ..comparison import difference
from ..errors import ArgumentError
from .gone import raise_if_gone


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


def __getattr__(name: Any) -> None:
    raise_if_gone("util", name, _REPLACEMENTS)
