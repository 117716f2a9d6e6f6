"""Grids: what is in each voxel of a grid, or in each region of an annotated volume."""
from __future__ import annotations

import math
from typing import Any, Dict, Optional, Sequence, Tuple, Union, Unpack

import numpy as np
import numpy.typing as npt

from . import _core
from .arguments import thread_count, whole_number
from .errors import LimitError, ShapeError
from .types import Point, Wanted

# As the extension numbers them.
_ELEMENTS, _TOUCHING, _LENGTH = 0, 1, 2


class Grids(_core.Index):
    """The methods of Index for grids."""

    def grid_counts(
        self,
        corner: Point,
        opposite_corner: Point,
        shape: Union[int, Sequence[int]],
        *,
        touching: bool = False,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> npt.NDArray[np.uint64]:
        """Count the elements in each voxel of a regular grid, in one pass.

        Parameters
        ----------
        corner, opposite_corner : array_like
            Two opposite corners of the grid, in micrometers; finite. They are not rounded to float32.
        shape : int or sequence of int
            The number of voxels along x, y and z, or one number for all three.
        touching : bool
            False: each element counts once, in the voxel that contains its center. Voxels are half-open: they contain
            their lower faces, not their upper ones. True: each element counts in every voxel that it touches, as
            ``box_counts`` of the voxel finds it.
        accuracy : str, optional
            With touching=True, as in ``box_query``.
        threads : int, optional
            The number of threads; default: one for each processor. Results do not depend on it.
        **wanted
            section_types, somas, gids, pre_gids, post_gids, ids as in ``query``.

        Returns
        -------
        ndarray
            uint64, of the shape of the grid; the first voxel is the one with the smallest coordinates.

        Raises
        ------
        ArgumentError
            Corners that are not finite or span no volume, no voxel along an axis, voxels too small for float64.
        ShapeError
            Corners or a shape that are not three numbers.
        LimitError
            More voxels than an array can have. (Also an OverflowError.)
        """
        measure = _TOUCHING if touching else _ELEMENTS
        found: npt.NDArray[np.uint64] = self._voxels(measure, corner, opposite_corner, shape, accuracy, threads, wanted)
        return found

    def grid_lengths(
        self,
        corner: Point,
        opposite_corner: Point,
        shape: Union[int, Sequence[int]],
        *,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> npt.NDArray[np.float64]:
        """Add up the lengths of the axes of segments in each voxel of a regular grid, cut at the faces of voxels.

        Parameters, errors: as in ``grid_counts``.

        Returns
        -------
        ndarray
            float64, of the shape of the grid, in micrometers.
        """
        found: npt.NDArray[np.float64] = self._voxels(_LENGTH, corner, opposite_corner, shape, None, threads, wanted)
        return found

    def region_counts(
        self,
        regions: npt.ArrayLike,
        corner: Point,
        opposite_corner: Point,
        *,
        touching: bool = False,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> Dict[int, int]:
        """Count the elements in each region of an annotated volume, such as an atlas.

        Parameters
        ----------
        regions : array_like
            Integers (X, Y, Z): for each voxel of a grid the id of its region.
        corner, opposite_corner : array_like
            Of the grid: the origin of the atlas, and that plus its shape times the size of a voxel, in micrometers.
        touching, accuracy, threads, **wanted
            As in ``grid_counts``. With touching=True an element counts once in each voxel of a region that it touches.

        Returns
        -------
        dict
            {region: count}, ascending, without regions that contain nothing.

        Raises
        ------
        ShapeError
            Regions that are not integers of three dimensions.
        ArgumentError, LimitError
            As in ``grid_counts``.
        """
        measure = _TOUCHING if touching else _ELEMENTS
        found: Dict[int, int] = self._regions(measure, regions, corner, opposite_corner, accuracy, threads, wanted)
        return found

    def region_lengths(
        self,
        regions: npt.ArrayLike,
        corner: Point,
        opposite_corner: Point,
        *,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> Dict[int, float]:
        """Add up the lengths of the axes of segments in each region of an annotated volume.

        Parameters, errors: as in ``region_counts``.

        Returns
        -------
        dict
            {region: length in micrometers}, ascending, without regions that contain nothing.
        """
        found: Dict[int, float] = self._regions(_LENGTH, regions, corner, opposite_corner, None, threads, wanted)
        return found

    def _voxels(
        self,
        measure: int,
        corner: Point,
        opposite_corner: Point,
        shape: Any,
        accuracy: Optional[str],
        threads: Optional[int],
        wanted: Wanted,
    ) -> Any:
        counts = (shape,) * 3 if np.ndim(shape) == 0 else tuple(shape)
        if len(counts) != 3:
            raise ShapeError(f"the grid has the shape {shape!r}, expected one number or three")
        counts = tuple(whole_number(count, "shape") for count in counts)
        return self._sums(measure, corner, opposite_corner, counts, None, accuracy, threads, wanted)

    def _regions(
        self,
        measure: int,
        regions: npt.ArrayLike,
        corner: Point,
        opposite_corner: Point,
        accuracy: Optional[str],
        threads: Optional[int],
        wanted: Wanted,
    ) -> Any:
        volume = np.asarray(regions)
        if volume.dtype.kind == "b":
            volume = volume.view(np.uint8)
        if volume.ndim != 3 or volume.dtype.kind not in "iu":
            raise ShapeError(
                f"regions are an array of {volume.dtype} of shape {volume.shape}, expected integers of three dimensions"
            )
        volume = np.ascontiguousarray(volume, dtype=volume.dtype.newbyteorder("="))
        return self._sums(measure, corner, opposite_corner, volume.shape, volume, accuracy, threads, wanted)

    def _sums(
        self,
        measure: int,
        corner: Point,
        opposite_corner: Point,
        shape: Tuple[int, ...],
        regions: Optional[npt.NDArray[Any]],
        accuracy: Optional[str],
        threads: Optional[int],
        wanted: Wanted,
    ) -> Any:
        if math.prod(shape) >= 2**60:
            raise LimitError(f"a grid of {' x '.join(map(str, shape))} voxels is too large")
        lower, upper = _corners(corner, opposite_corner)
        return self._grid(measure, lower, upper, shape, regions, accuracy, thread_count(threads), wanted)


def _corners(corner: Point, opposite_corner: Point) -> Tuple[Tuple[float, ...], Tuple[float, ...]]:
    first, second = (np.asarray(place, dtype=np.float64) for place in (corner, opposite_corner))
    if first.shape != (3,) or second.shape != (3,):
        raise ShapeError(
            f"corner and opposite_corner of the grid are {corner!r} and {opposite_corner!r}, expected three numbers each"
        )
    return tuple(np.minimum(first, second).tolist()), tuple(np.maximum(first, second).tolist())
