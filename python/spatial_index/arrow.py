"""Results as Arrow arrays: what the extension is to export, described as trees of tuples.

A node is (name, format, is_nullable, length, null_count, buffers, children); formats are those of the Arrow C data
interface. Buffers are the arrays of the results themselves wherever Arrow lays values out as NumPy does.
"""
from typing import Any
import numpy as np

_FORMATS = {
    "i1": "c", "u1": "C", "i2": "s", "u2": "S", "i4": "i", "u4": "I", "i8": "l", "u8": "L",
    "f2": "e", "f4": "f", "f8": "g",
}  # fmt: skip


def table(fields: Any) -> Any:
    """A struct array with a child for each column; the columns have one length."""
    columns = dict(_columns(fields))
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"the columns have different lengths: {lengths}")
    children = tuple(_column(name, values) for name, values in columns.items())
    return _node("", "+s", max(lengths.values(), default=0), (None,), children)


def lists(fields: Any, offsets: Any) -> Any:
    """A struct array with a row for each query, of lists of what it found."""
    offsets = np.ascontiguousarray(offsets, dtype=np.int64)
    count = len(offsets) - 1
    flat = table(fields)
    if flat[3] != offsets[-1] and flat[6]:
        raise ValueError(f"the columns have {flat[3]} values, but the offsets end at {offsets[-1]}")
    children = tuple(_node(child[0], "+L", count, (None, offsets), (("item", *child[1:]),)) for child in flat[6])
    return _node("", "+s", count, (None,), children)


def _node(name: Any, code: Any, length: Any, buffers: Any, children: Any = (), nulls: Any = 0, is_nullable: Any = False) -> Any:
    return name, code, is_nullable, length, nulls, buffers, children


def _columns(fields: Any) -> Any:
    for name, values in fields.items():
        if isinstance(values, tuple):  # endpoints
            for number, endpoint in enumerate(values, 1):
                yield f"endpoint{number}", endpoint
        else:
            yield name, np.asarray(values)


def _column(name: Any, values: Any) -> Any:
    if values.dtype.names:
        parts = tuple(_column(part, values[part]) for part in values.dtype.names)
        return _node(name, "+s", len(values), (None,), parts)
    if values.ndim == 2:
        return _node(name, f"+w:{values.shape[1]}", len(values), (None,), (_column("item", values.reshape(-1)),))
    if values.dtype.kind in "OU":
        return _text(name, values)
    if values.dtype.kind == "b":
        bits = np.packbits(values, bitorder="little")
        return _node(name, "b", len(values), (None, bits))
    code = _FORMATS.get(values.dtype.str[1:])
    if code is None or values.ndim != 1:
        raise TypeError(f"Arrow has no type for {name!r}, an array of {values.dtype} of shape {values.shape}")
    native = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))
    return _node(name, code, len(values), (None, native))


def _text(name: Any, values: Any) -> Any:
    missing = np.array([value is None for value in values], dtype=bool)
    encoded = [b"" if value is None else str(value).encode() for value in values]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(value) for value in encoded], out=offsets[1:])
    text = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    valid = np.packbits(~missing, bitorder="little") if missing.any() else None
    return _node(name, "U", len(values), (valid, offsets, text), (), int(missing.sum()), True)
