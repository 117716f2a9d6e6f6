"""Density grids: what is in each voxel, or in each region of an annotated volume."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Tuple, Union

import numpy as np

from .arguments import thread_count, whole_number
from .errors import ArgumentError, LimitError, ShapeError

if TYPE_CHECKING:
    import numpy.typing as npt
    from typing_extensions import Unpack

    from ._core import Point, Wanted

# As the extension numbers them.
_MEASURES = {"elements": 0, "touching": 1, "length": 2}


class Grids:
    """Mixed into the classes of indexes."""

    def density_grid(
        self,
        corner: Point,
        opposite_corner: Point,
        shape: Union[int, Sequence[int]],
        *,
        measure: str = "elements",
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """What is in each voxel of a regular grid over a box, in one pass.

        corner, opposite_corner: two opposite corners of the grid, finite. They are not rounded to float32.
        shape: the number of voxels along x, y and z, or one number for all three.
        measure: "elements": each element counts once, in the voxel that holds its center. Voxels are half-open: one
            holds what lies on its lower faces but not what lies on its upper ones, so grids side by side divide all
            elements between them. "touching": each element counts in every voxel that it touches, as ``box_counts``
            of the voxel finds it. "length": the lengths of the axes of segments, cut at the faces of voxels.
        accuracy: of "touching", as in ``box_query``.
        threads: None or 0: as many as there are processors. The result does not depend on it.
        wanted: section_types, somas, gids, pre_gids, post_gids, ids as in ``box_query``.

        Returns an array of the shape, whose first voxel is the one at the least coordinates: uint64, or of "length"
        float64, in micrometres.

        Raises ArgumentError (a ValueError) for corners that are not finite or span nothing, less than one voxel along an
        axis, voxels too small for float64, and lengths of elements that have none; ShapeError for corners or a shape that
        are not three numbers; LimitError (an OverflowError) for more voxels than an array can have.
        """
        counts = (shape,) * 3 if np.ndim(shape) == 0 else tuple(shape)
        if len(counts) != 3:
            raise ShapeError(f"the grid has the shape {shape!r}, expected one number or three")
        counts = tuple(whole_number(count, "shape") for count in counts)
        return self._sums(measure, corner, opposite_corner, counts, None, accuracy, threads, wanted)

    def region_totals(
        self,
        regions: npt.ArrayLike,
        corner: Point,
        opposite_corner: Point,
        *,
        measure: str = "elements",
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> Dict[int, Any]:
        """What is in each region of an annotated volume, such as an atlas.

        regions: array (X, Y, Z) of integers, for each voxel of a grid the id of the region that it belongs to.
        corner, opposite_corner: of the grid: where the atlas begins, and that plus its shape times the size of a voxel.
        measure, accuracy, threads, wanted: as in ``density_grid``.

        Returns {region: total}, ascending, without regions in which there is nothing. Of "touching", an element counts
        once in each voxel of a region that it touches.

        Raises what ``density_grid`` does; ShapeError also for regions that are no integers or not of three dimensions.
        """
        volume = np.asarray(regions)
        if volume.dtype.kind == "b":
            volume = volume.view(np.uint8)
        if volume.ndim != 3 or volume.dtype.kind not in "iu":
            raise ShapeError(
                f"regions are an array of {volume.dtype} of shape {volume.shape}, expected integers of three dimensions"
            )
        volume = np.ascontiguousarray(volume, dtype=volume.dtype.newbyteorder("="))
        return self._sums(measure, corner, opposite_corner, volume.shape, volume, accuracy, threads, wanted)

    def _sums(self, measure, corner, opposite_corner, shape, regions, accuracy, threads, wanted):
        if not isinstance(measure, str) or measure not in _MEASURES:
            raise ArgumentError(f"measure is {measure!r}, expected 'elements', 'touching' or 'length'")
        if math.prod(shape) >= 2**60:
            raise LimitError(f"a grid of {' x '.join(map(str, shape))} voxels is too large")
        lower, upper = _corners(corner, opposite_corner)
        return self._grid(
            _MEASURES[measure], lower, upper, shape, regions, accuracy, thread_count(threads), wanted
        )


def _corners(corner: Point, opposite_corner: Point) -> Tuple[Tuple[float, ...], Tuple[float, ...]]:
    corners = [np.asarray(place, dtype=np.float64) for place in (corner, opposite_corner)]
    if any(place.shape != (3,) for place in corners):
        raise ShapeError(f"the corners of the grid are {corner!r} and {opposite_corner!r}, expected three numbers each")
    return tuple(np.minimum(*corners).tolist()), tuple(np.maximum(*corners).tolist())
