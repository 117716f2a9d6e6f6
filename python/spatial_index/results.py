"""What queries return."""


class Results(dict):
    """Fields by name: a dict of arrays of the same length, in index order."""

    __slots__ = ()

    def to_pandas(self):
        """The same as a pandas.DataFrame, one row for each result.

        A vector becomes three columns (``position_x``, ``position_y``, ``position_z``), ``endpoints`` become
        six (``endpoint1_x`` ... ``endpoint2_z``), and structured ``ids`` one for each of their parts.
        """
        import pandas

        return pandas.DataFrame(dict(_flat_columns(self)))


def _flat_columns(fields):
    for name, values in fields.items():
        if isinstance(values, tuple):
            for number, endpoint in enumerate(values, 1):
                yield from _flat_column(f"endpoint{number}", endpoint)
        else:
            yield from _flat_column(name, values)


def _flat_column(name, values):
    if values.dtype.names:
        for part in values.dtype.names:
            yield part, values[part]
    elif values.ndim == 2:
        for axis, letter in enumerate("xyz"):
            yield f"{name}_{letter}", values[:, axis]
    else:
        yield name, values
