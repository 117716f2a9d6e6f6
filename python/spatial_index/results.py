"""What queries return."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, Tuple

import numpy as np

from . import arrow

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas


class Results(Dict[str, Any]):
    """Fields by name: a dict of arrays of the same length, in index order."""

    __slots__ = ()

    def to_pandas(self) -> pandas.DataFrame:
        """The same as a pandas.DataFrame, one row for each result.

        A vector becomes three columns (``position_x``, ``position_y``, ``position_z``), ``endpoints`` become
        six (``endpoint1_x`` ... ``endpoint2_z``), and structured ``ids`` one for each of their parts.
        """
        import pandas

        return pandas.DataFrame(dict(_flat_columns(self)))


    def __arrow_c_schema__(self) -> Any:
        """The type of the Arrow array, for programs that take such (a PyCapsule)."""
        return _core_module().arrow_schema(self._arrow_description())

    def __arrow_c_array__(self, requested_schema: Any = None) -> Tuple[Any, Any]:
        """The same as an Arrow array of structs, through the Arrow C data interface: a pair of PyCapsules.

        Each field is a column: numbers share the memory of the NumPy arrays, which must not be changed then; positions
        are lists of fixed size, ``endpoints`` are two columns ``endpoint1`` and ``endpoint2``, ``ids`` a struct, and
        text is large_string. ``requested_schema`` makes no difference.
        """
        description = self._arrow_description()
        return _core_module().arrow_schema(description), _core_module().arrow_array(description)

    def _arrow_description(self) -> Any:
        return arrow.table(self)


class BatchResults(Results):
    """The results of many queries: fields by name, each a flat array, one query's results after the other's.

    Those of query i are ``batch[name][batch.offsets[i]:batch.offsets[i + 1]]``; ``batch.of(i)`` gives them as Results.
    """

    __slots__ = ("offsets",)

    def __init__(self, fields: Any, offsets: npt.NDArray[np.int64]) -> None:
        super().__init__(fields)
        self.offsets = offsets
        """int64 (N + 1,): where the results of each query begin; the last one is the number of all results."""

    @property
    def query_count(self) -> int:
        """The number of queries."""
        return len(self.offsets) - 1

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """int64 (N,): the number of results of each query."""
        return np.diff(self.offsets)

    def of(self, query: int) -> Results:
        """The results of one query, as Results; the arrays are views."""
        if not -self.query_count <= query < self.query_count:
            raise IndexError(f"query {query} of {self.query_count}")
        query %= self.query_count
        part = slice(self.offsets[query], self.offsets[query + 1])
        return Results(
            (name, tuple(v[part] for v in values) if isinstance(values, tuple) else values[part])
            for name, values in self.items()
        )

    def to_pandas(self) -> pandas.DataFrame:
        """As ``Results.to_pandas``, with the number of the query in the first column, ``query``."""
        frame = super().to_pandas()
        frame.insert(0, "query", np.repeat(np.arange(self.query_count), self.counts))
        return frame

    def _arrow_description(self) -> Any:
        """A row for each query: each column holds lists. ``Results(batch)`` has a row for each result."""
        return arrow.lists(self, self.offsets)

    def __reduce__(self) -> Any:
        return BatchResults, (dict(self), self.offsets)


def _core_module() -> Any:
    from . import _core  # which imports this module

    return _core


def _flat_columns(fields: Dict[str, Any]) -> Iterator[Tuple[str, Any]]:
    for name, values in fields.items():
        if isinstance(values, tuple):
            for number, endpoint in enumerate(values, 1):
                yield from _flat_column(f"endpoint{number}", endpoint)
        else:
            yield from _flat_column(name, values)


def _flat_column(name: str, values: Any) -> Iterator[Tuple[str, Any]]:
    if values.dtype.names:
        for part in values.dtype.names:
            yield part, values[part]
    elif values.ndim == 2:
        for axis, letter in enumerate("xyz"):
            yield f"{name}_{letter}", values[:, axis]
    else:
        yield name, values


def spread_rows(found: Any, counts: npt.NDArray[np.uint64], k: int, rest: Any = 0) -> Any:
    """Arrays of rows that follow each other, `counts` for each point, as arrays of k rows for each point.

    Where a point has fewer rows, `rest` fills them (None, where the values are objects).
    """
    if isinstance(found, dict):
        return {name: spread_rows(values, counts, k, rest) for name, values in found.items()}
    if isinstance(found, (tuple, list)):
        return tuple(spread_rows(values, counts, k, rest) for values in found)
    shape = (len(counts), k) + found.shape[1:]
    if len(found) == len(counts) * k:
        return found.reshape(shape)
    spread = np.full(shape, None if found.dtype == object else rest, found.dtype)
    spread[np.arange(k) < counts[:, None]] = found
    return spread
