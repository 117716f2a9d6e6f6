"""Numbers that callers give."""
from typing import Any
import operator

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
