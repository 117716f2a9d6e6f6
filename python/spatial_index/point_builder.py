"""Builders of indexes of spheres and points, from arrays."""
from __future__ import annotations

from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from . import _core
from .building import BuildOptions
from .columns import point_columns, sphere_columns
from .index import PointIndex, SphereIndex
from .old.builders import OldShapeBuilder, OldSphereBuilder
from .types import Path


def _build(kind: int, columns: Any, options: Any) -> Any:
    def build_elements(source: Any, folder: Any, options: Any) -> Any:
        return _core.build_elements(kind, (columns,), folder, options)

    return BuildOptions(**options).run(build_elements)


class SphereIndexBuilder(OldSphereBuilder):
    """Builds indexes of spheres."""

    @classmethod
    def from_numpy(
        cls,
        centroids: npt.ArrayLike,
        radii: npt.ArrayLike,
        ids: Optional[npt.ArrayLike] = None,
        output_dir: Optional[Path] = None,
        **options: Any,
    ) -> SphereIndex:
        """The SphereIndex of N spheres.

        centroids: (N, 3), radii: (N,), in micrometers, taken as float32; finite, radii not negative.
        ids: (N,) integers, taken as uint64; None: 0 .. N-1.
        output_dir and other keywords: those of ``spatial_index.building.BuildOptions``.
        """
        index: SphereIndex = _build(_core.SPHERE, sphere_columns(centroids, radii, ids), {"output_dir": output_dir, **options})
        return index

    @classmethod
    def create_empty(cls) -> SphereIndex:
        """A SphereIndex of no spheres."""
        return cls.from_numpy(np.empty((0, 3)), np.empty(0))


class PointIndexBuilder(OldShapeBuilder):
    """Builds indexes of points."""

    @classmethod
    def from_numpy(
        cls,
        positions: npt.ArrayLike,
        ids: Optional[npt.ArrayLike] = None,
        output_dir: Optional[Path] = None,
        **options: Any,
    ) -> PointIndex:
        """The PointIndex of N points; arguments as in ``SphereIndexBuilder.from_numpy``."""
        index: PointIndex = _build(_core.POINT, point_columns(positions, ids), {"output_dir": output_dir, **options})
        return index

    @classmethod
    def create_empty(cls) -> PointIndex:
        """A PointIndex of no points."""
        return cls.from_numpy(np.empty((0, 3)))
