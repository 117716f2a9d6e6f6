"""Columns of elements as the library takes them, from what callers have."""
import numpy as np

from . import _core
from .errors import ArgumentError, ShapeError


def vectors(values, name):
    """A contiguous array (N, 3) of float32."""
    array = np.asarray(values)
    if array.size == 0 and array.ndim < 2:
        array = array.reshape(0, 3)
    if array.ndim != 2 or array.shape[1] != 3:
        raise ShapeError(f"Invalid shape of {name}: {array.shape}, expected (N, 3)")
    return np.ascontiguousarray(array, dtype=np.float32)


def scalars(values, count, type_, name):
    """A contiguous array (count,)."""
    array = np.asarray(values)
    if array.shape != (count,):
        raise ShapeError(f"Invalid shape of {name}: {array.shape}, expected ({count},)")
    if type_ is np.uint64 and array.size and (array.dtype.kind not in "iu" or array.min() < 0):
        raise ArgumentError(f"{name} are integers that are not negative")
    return np.ascontiguousarray(array, dtype=type_)


def _ids(ids, count):
    if ids is None:
        return np.arange(count, dtype=np.uint64)
    return scalars(ids, count, np.uint64, "ids")


def sphere_columns(centroids, radii, ids=None):
    centroids = vectors(centroids, "centroids")
    count = len(centroids)
    return (
        (_core.SI_FIELD_CENTROID, centroids),
        (_core.SI_FIELD_RADIUS, scalars(radii, count, np.float32, "radii")),
        (_core.SI_FIELD_ID, _ids(ids, count)),
    )


def point_columns(positions, ids=None):
    positions = vectors(positions, "positions")
    return (_core.SI_FIELD_POSITION, positions), (_core.SI_FIELD_ID, _ids(ids, len(positions)))
