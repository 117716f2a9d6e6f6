"""Counts by attributes of the data set."""
from typing import Any
import numpy as np

from .errors import ArgumentError


def _numbered(name: Any, values: Any) -> Any:
    """The distinct values, ascending, and of each value its number among them."""
    if values.dtype.kind == "f":
        raise ArgumentError(f"Unsupported argument: group_by={name!r}. Its values are neither integers nor text.")
    distinct, numbers = np.unique(values, return_inverse=True)
    return distinct.tolist(), numbers.reshape(-1)


def merge_groups(names: Any, columns: Any, counts: Any, several: Any) -> Any:
    """A dict {value: count}, or {(value, ...): count} for several, from a column of values for each name."""
    numbered = [_numbered(name, column) for name, column in zip(names, columns)]
    groups, of_each = np.unique(np.stack([numbers for _, numbers in numbered]), axis=1, return_inverse=True)
    sums = np.zeros(groups.shape[1], dtype=np.uint64)
    np.add.at(sums, of_each.reshape(-1), counts)
    values = [[distinct[number] for number in row] for (distinct, _), row in zip(numbered, groups.tolist())]
    return dict(zip(zip(*values) if several else values[0], sums.tolist()))
