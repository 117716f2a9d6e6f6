"""Queries by capsules, cylinders and turned boxes: many at once, and of several populations."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Tuple

import numpy as np

from . import _core
from .results import BatchResults

if TYPE_CHECKING:
    import numpy.typing as npt
    from typing_extensions import Unpack

    from ._core import Fields, GroupBy, Point, Populations, Wanted


class ManySolids:
    """What an index of one population can do with many of them at once."""

    def _batch(
        self,
        shape: int,
        parts: Tuple[npt.ArrayLike, ...],
        fields: Fields,
        accuracy: Optional[str],
        threads: Optional[int],
        wanted: Any,
    ) -> BatchResults:
        raise NotImplementedError

    def _count_batch(
        self,
        shape: int,
        parts: Tuple[npt.ArrayLike, ...],
        accuracy: Optional[str],
        threads: Optional[int],
        wanted: Any,
    ) -> npt.NDArray[np.uint64]:
        raise NotImplementedError

    def capsule_query_many(
        self,
        ends: npt.ArrayLike,
        other_ends: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> BatchResults:
        """What many capsules hold: ends, other_ends (N, 3), radii (N,) or one for all; otherwise as ``box_query_many``."""
        return self._batch(_core.SI_SHAPE_CAPSULE, (ends, other_ends, radii), fields, accuracy, threads, wanted)

    def capsule_counts_many(
        self,
        ends: npt.ArrayLike,
        other_ends: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> npt.NDArray[np.uint64]:
        """The number of elements in each of many capsules: uint64 (N,)."""
        return self._count_batch(_core.SI_SHAPE_CAPSULE, (ends, other_ends, radii), accuracy, threads, wanted)

    def cylinder_query_many(
        self,
        ends: npt.ArrayLike,
        other_ends: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> BatchResults:
        """What many cylinders hold: ends, other_ends (N, 3), radii (N,) or one for all; otherwise as ``box_query_many``."""
        return self._batch(_core.SI_SHAPE_CYLINDER, (ends, other_ends, radii), fields, accuracy, threads, wanted)

    def cylinder_counts_many(
        self,
        ends: npt.ArrayLike,
        other_ends: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> npt.NDArray[np.uint64]:
        """The number of elements in each of many cylinders: uint64 (N,)."""
        return self._count_batch(_core.SI_SHAPE_CYLINDER, (ends, other_ends, radii), accuracy, threads, wanted)

    def oriented_box_query_many(
        self,
        centers: npt.ArrayLike,
        half_sizes: npt.ArrayLike,
        orientations: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> BatchResults:
        """What many turned boxes hold: centers (N, 3), half_sizes (N, 3) or one (3,)
        for all, orientations quaternions (N, 4) or matrices (N, 3, 3), or one of these for all; otherwise as ``box_query_many``."""
        return self._batch(_core.SI_SHAPE_ORIENTED_BOX, (centers, half_sizes, orientations), fields, accuracy, threads, wanted)

    def oriented_box_counts_many(
        self,
        centers: npt.ArrayLike,
        half_sizes: npt.ArrayLike,
        orientations: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> npt.NDArray[np.uint64]:
        """The number of elements in each of many turned boxes: uint64 (N,)."""
        return self._count_batch(_core.SI_SHAPE_ORIENTED_BOX, (centers, half_sizes, orientations), accuracy, threads, wanted)


class SolidsByPopulation:
    """What an index of several populations can do with them."""

    def _by_population(self, populations: Any, mode: Any, method: str, *args: Any, **keywords: Any) -> Any:
        raise NotImplementedError

    def capsule_query(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The elements in a capsule, as ``Index.capsule_query``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, **wanted}
        return self._by_population(populations, population_mode, "capsule_query", end, other_end, radius, **keywords)

    def capsule_counts(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        accuracy: Optional[str] = None,
        group_by: GroupBy = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in a capsule, as ``Index.capsule_counts``, by population."""
        keywords = {"accuracy": accuracy, "group_by": group_by, **wanted}
        return self._by_population(populations, population_mode, "capsule_counts", end, other_end, radius, **keywords)

    def capsule_empty(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Whether a capsule holds no element, by population."""
        return self._by_population(populations, population_mode, "capsule_empty", end, other_end, radius, accuracy=accuracy, **wanted)

    def capsule_query_many(
        self,
        ends: npt.ArrayLike,
        other_ends: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """What many capsules hold, as ``Index.capsule_query_many``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(
            populations, population_mode, "capsule_query_many", ends, other_ends, radii, **keywords
        )

    def capsule_counts_many(
        self,
        ends: npt.ArrayLike,
        other_ends: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in each of many capsules, by population."""
        keywords = {"accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(
            populations, population_mode, "capsule_counts_many", ends, other_ends, radii, **keywords
        )

    def cylinder_query(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The elements in a cylinder, as ``Index.cylinder_query``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, **wanted}
        return self._by_population(populations, population_mode, "cylinder_query", end, other_end, radius, **keywords)

    def cylinder_counts(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        accuracy: Optional[str] = None,
        group_by: GroupBy = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in a cylinder, as ``Index.cylinder_counts``, by population."""
        keywords = {"accuracy": accuracy, "group_by": group_by, **wanted}
        return self._by_population(populations, population_mode, "cylinder_counts", end, other_end, radius, **keywords)

    def cylinder_empty(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Whether a cylinder holds no element, by population."""
        return self._by_population(populations, population_mode, "cylinder_empty", end, other_end, radius, accuracy=accuracy, **wanted)

    def cylinder_query_many(
        self,
        ends: npt.ArrayLike,
        other_ends: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """What many cylinders hold, as ``Index.cylinder_query_many``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(
            populations, population_mode, "cylinder_query_many", ends, other_ends, radii, **keywords
        )

    def cylinder_counts_many(
        self,
        ends: npt.ArrayLike,
        other_ends: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in each of many cylinders, by population."""
        keywords = {"accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(
            populations, population_mode, "cylinder_counts_many", ends, other_ends, radii, **keywords
        )

    def oriented_box_query(
        self,
        center: Point,
        half_size: Point,
        orientation: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The elements in a box that is turned, as ``Index.oriented_box_query``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, **wanted}
        return self._by_population(populations, population_mode, "oriented_box_query", center, half_size, orientation, **keywords)

    def oriented_box_counts(
        self,
        center: Point,
        half_size: Point,
        orientation: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        group_by: GroupBy = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in a box that is turned, as ``Index.oriented_box_counts``, by population."""
        keywords = {"accuracy": accuracy, "group_by": group_by, **wanted}
        return self._by_population(populations, population_mode, "oriented_box_counts", center, half_size, orientation, **keywords)

    def oriented_box_empty(
        self,
        center: Point,
        half_size: Point,
        orientation: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Whether a box that is turned holds no element, by population."""
        return self._by_population(populations, population_mode, "oriented_box_empty", center, half_size, orientation, accuracy=accuracy, **wanted)

    def oriented_box_query_many(
        self,
        centers: npt.ArrayLike,
        half_sizes: npt.ArrayLike,
        orientations: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """What many turned boxes hold, as ``Index.oriented_box_query_many``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(
            populations, population_mode, "oriented_box_query_many", centers, half_sizes, orientations, **keywords
        )

    def oriented_box_counts_many(
        self,
        centers: npt.ArrayLike,
        half_sizes: npt.ArrayLike,
        orientations: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in each of many turned boxes, by population."""
        keywords = {"accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(
            populations, population_mode, "oriented_box_counts_many", centers, half_sizes, orientations, **keywords
        )
