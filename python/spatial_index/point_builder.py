"""Builders of indexes of spheres and points, from arrays."""
import numpy as np

from . import _core
from .building import BuildOptions
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


def _build(kind, columns, options):
    return BuildOptions(**options).run(lambda *args: _core.build_elements(kind, (columns,), *args))


class SphereIndexBuilder:
    """Builds indexes of spheres."""

    @classmethod
    def from_numpy(cls, centroids, radii, ids=None, output_dir=None, **options):
        """The SphereIndex of N spheres.

        centroids: (N, 3), radii: (N,), in micrometres, taken as float32; finite, radii not negative.
        ids: (N,) integers, taken as uint64; None: 0 .. N-1.
        output_dir and other keywords: those of ``spatial_index.building.BuildOptions``.
        """
        return _build(_core.SI_SPHERE, sphere_columns(centroids, radii, ids), {"output_dir": output_dir, **options})

    @classmethod
    def create_empty(cls):
        """A SphereIndex of no spheres."""
        return cls.from_numpy(np.empty((0, 3)), np.empty(0))


class PointIndexBuilder:
    """Builds indexes of points."""

    @classmethod
    def from_numpy(cls, positions, ids=None, output_dir=None, **options):
        """The PointIndex of N points; arguments as in ``SphereIndexBuilder.from_numpy``."""
        return _build(_core.SI_POINT, point_columns(positions, ids), {"output_dir": output_dir, **options})

    @classmethod
    def create_empty(cls):
        """A PointIndex of no points."""
        return cls.from_numpy(np.empty((0, 3)))
