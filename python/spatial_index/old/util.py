"""Comparing indexes, and what MPI programs call. Other names of the old module say what to use instead."""
from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from typing import Any, Optional, Tuple

from ..cluster import register_mpi_excepthook  # noqa: F401  (scripts find it here)
from ..comparison import difference
from ..errors import ArgumentError, UnsupportedError
from .gone import raise_if_gone
from .tolerant_comparison import is_same_within


def is_likely_same_index(
    lhs: Any, rhs: Any, confidence: float = 0.99, error_rate: float = 0.001, rtol: Optional[float] = None
) -> bool:
    """Whether two indexes (or folders of indexes) hold the same elements.

    All of them are compared, so the answer is certain; ``confidence`` and ``error_rate`` are checked and not needed.
    rtol: where they differ, whether they hold elements of the same ids in the same places, within this share of the
    extent of the index. That is found out by samples, of which ``confidence`` and ``error_rate`` give the number.
    """
    if not 0 < confidence <= 1 or not 0 <= error_rate < 1:
        raise ArgumentError(f"confidence is {confidence!r} and error_rate {error_rate!r}, expected shares of 1")
    if difference(lhs, rhs) is None:
        return True
    return rtol is not None and is_same_within(lhs, rhs, rtol, confidence, error_rate)


def get_dirname(path: Any) -> str:
    """The folder of a path, "." where it names none."""
    return os.path.dirname(path) or "."


def is_strictly_sensible_filename(filename: str) -> bool:
    """Whether a name has only letters of ASCII, digits, and the characters ``_``, ``.``, ``-``."""
    return re.fullmatch(r"[a-zA-Z0-9_.\-]+", filename) is not None


def is_non_string_iterable(x: Any) -> bool:
    """Whether something is iterable and no string; bytes raise NotImplementedError, all else ValueError."""
    if isinstance(x, str):
        return False
    if isinstance(x, bytes):
        raise UnsupportedError("bytes are not supported, expected a str")
    if isinstance(x, Iterable):
        return True
    raise ArgumentError(f"{x!r} is neither a string nor an iterable")


def strip_singleton_non_string_iterable(x: Any) -> Any:
    """The only value of an iterable, of which more or fewer are a ValueError; anything else as it is."""
    if isinstance(x, str) or not isinstance(x, Iterable):
        return x
    values = list(x)
    if len(values) != 1:
        raise ArgumentError(f"{x!r} has {len(values)} values, expected one")
    return values[0]


def factor(n: int, *, dims: Optional[int] = None) -> Tuple[int, int]:
    """Two factors of a number, as close to each other as can be, the smaller one first. dims: 2."""
    if dims != 2:
        raise ArgumentError(f"dims is {dims!r}, expected 2")
    smaller = next((i for i in range(math.isqrt(n), 0, -1) if n % i == 0), n)
    return smaller, n // smaller if smaller else 1


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
