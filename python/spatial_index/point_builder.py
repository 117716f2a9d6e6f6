"""Builders of indexes of spheres and points, from arrays."""
import numpy as np

from . import _core
from .building import BuildOptions
from .columns import point_columns, sphere_columns


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
