"""Columns of elements as the library takes them, from what callers have."""
from typing import Any
import numpy as np

from . import _core
from .errors import ArgumentError, ShapeError


def vectors(values: Any, name: Any) -> Any:
    """A contiguous array (N, 3) of float32."""
    array = np.asarray(values)
    if array.size == 0 and array.ndim < 2:
        array = array.reshape(0, 3)
    if array.ndim != 2 or array.shape[1] != 3:
        raise ShapeError(f"Invalid shape of {name}: {array.shape}, expected (N, 3)")
    return _floats(array)


def _floats(array: Any) -> Any:
    """As float32, in which what is too large is infinite: the library says so."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, dtype=np.float32)


def integers(values: Any, name: Any) -> Any:
    """An array of uint64 of the same shape, of integers or of floats that are whole numbers.

    ``name`` is for the sentence of the error.
    """
    array = np.asarray(values)
    if array.size == 0:
        return np.empty(array.shape, dtype=np.uint64)
    if array.dtype.kind not in "iu" and not isinstance(values, np.ndarray):
        array = _from_large_integers(values, array.shape)
    is_id = array >= 0 if array.dtype.kind in "iu" else _are_whole(array)
    if not is_id.all():
        wrong = array.astype(object)[~is_id].flat[0]
        raise ArgumentError(f"{name} has {wrong!r}, expected integers from 0 to 2**64 - 1")
    return array.astype(np.uint64)


def _are_whole(array: Any) -> Any:
    """Which values of an array that is none of integers are ids."""
    if array.dtype.kind == "f":
        return (array >= 0) & (array < 2.0**64) & (np.floor(array) == array)
    flags = [_is_id(value) for value in array.astype(object).flat]
    return np.array(flags, dtype=bool).reshape(array.shape)


def _is_id(value: Any) -> Any:
    if isinstance(value, (float, np.floating)):
        return 0 <= value < 2.0**64 and float(value).is_integer()
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and 0 <= value < 2**64


def _from_large_integers(values: Any, shape: Any) -> Any:
    """Lists in which some number needs all 64 bits NumPy makes arrays of float64."""
    objects = np.array(values, dtype=object)
    if objects.shape == shape and all(map(_is_id, objects.flat)):
        return np.array([int(value) for value in objects.flat], dtype=np.uint64).reshape(shape)
    return objects


def check_shape(array: Any, shape: Any, name: Any) -> None:
    if array.shape != shape:
        raise ShapeError(f"Invalid shape of {name}: {array.shape}, expected {shape}")


def _radii(radii: Any, count: Any) -> Any:
    array = np.asarray(radii)
    check_shape(array, (count,), "radii")
    return _floats(array)


def _ids(ids: Any, count: Any, first: Any) -> Any:
    if ids is None:
        return np.arange(first, first + count, dtype=np.uint64)
    array = integers(ids, "ids")
    check_shape(array, (count,), "ids")
    return np.ascontiguousarray(array)


def sphere_columns(centroids: Any, radii: Any, ids: Any = None, first_id: Any = 0) -> Any:
    """Those of spheres, whose ids are numbers from ``first_id`` on where none are given."""
    centroids = vectors(centroids, "centroids")
    count = len(centroids)
    return (
        (_core.FIELD_CENTROID, centroids),
        (_core.FIELD_RADIUS, _radii(radii, count)),
        (_core.FIELD_ID, _ids(ids, count, first_id)),
    )


def point_columns(positions: Any, ids: Any = None, first_id: Any = 0) -> Any:
    positions = vectors(positions, "positions")
    return (_core.FIELD_POSITION, positions), (_core.FIELD_ID, _ids(ids, len(positions), first_id))
