"""Numbers and names that callers give."""
from __future__ import annotations

import difflib
import inspect
import operator
from typing import Any, Iterable

from .errors import ArgumentError

# More are taken for so many; the library does not start more than have something to do.
_MOST_THREADS = 2**31 - 1


def whole_number(value: Any, name: Any) -> Any:
    """An int that is not negative, from anything that is one."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, expected a whole number") from None
    if number < 0:
        raise ArgumentError(f"{name} is {value!r}, expected a number that is not negative")
    return number


def thread_count(threads: Any) -> Any:
    """As the library takes it: 0 for as many as there are processors."""
    return 0 if threads is None else min(whole_number(threads, "threads"), _MOST_THREADS)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """": did you mean 'gid'?", or nothing where no known name is similar."""
    similar = difflib.get_close_matches(name, list(known), 1)
    return f": did you mean {similar[0]!r}?" if similar else ""


def refuse_keywords(unknown: Any, function: Any) -> None:
    """Raises a TypeError for keywords that a function has collected because it does not have them."""
    for name in unknown:
        own = [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]
        suggestion = did_you_mean(name, own) or ","
        raise TypeError(f"unknown keyword {name!r}{suggestion} expected one of {', '.join(own)}")
