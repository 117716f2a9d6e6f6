"""Indexes of several populations in one folder."""
from __future__ import annotations

from types import TracebackType
from typing import Any, Dict, Iterator, List, Optional, Tuple, Type, Unpack

import numpy as np
import numpy.typing as npt

from .errors import SpatialIndexError
from .index import Index, _reopen
from .named_methods import PopulationQueryMethods
from .population_names import check_single, chosen, no_population
from .types import Fields, IndexInfo, IndexStats, Path, Point, Populations, Wanted
from .wanted import reusable

_OLD_NAMES = {"element_type", "density_grid", "region_totals"}


class _PopulationsClass(type):
    """Completion and help() do not show the old names, which work."""

    def __dir__(cls) -> List[str]:
        return [name for name in super().__dir__() if name not in _OLD_NAMES]


class MultiPopulationIndex(PopulationQueryMethods, metaclass=_PopulationsClass):
    """The indexes of several populations of a circuit, in one folder.

    All queries of ``Index`` take `populations` (default: all; a name or an iterable of names) and `population_mode`:
    by default they return a dict {population: result}; with "single", for exactly one population, the plain result.
    ``index[name]`` is the index of one population.
    """

    def __init__(self, indexes: Any, path: Optional[str] = None) -> None:
        self._indexes: Dict[str, Index] = dict(indexes)
        self._path = path
        self._opened_with: Dict[str, Any] = {}

    def __dir__(self) -> List[str]:
        return [name for name in super().__dir__() if name not in _OLD_NAMES]

    def close(self) -> None:
        """Close the indexes of all populations; later queries raise ValueError."""
        for index in self._indexes.values():
            index.close()

    @property
    def closed(self) -> bool:
        """Whether the index is closed."""
        return all(index.closed for index in self._indexes.values())

    def __enter__(self) -> MultiPopulationIndex:
        if self.closed:
            raise ValueError("the index is closed")
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def info(self) -> Dict[str, IndexInfo]:
        """Describe the index of each population: {population: ``Index.info()``}."""
        return {name: index.info() for name, index in self._indexes.items()}

    def stats(self) -> Dict[str, IndexStats]:
        """Tell what was asked of the index of each population: {population: ``Index.stats()``}."""
        return {name: index.stats() for name, index in self._indexes.items()}

    @property
    def path(self) -> Optional[str]:
        """The folder."""
        return self._path

    @property
    def populations(self) -> List[str]:
        """Names of the populations, in the order of the metadata."""
        return list(self._indexes)

    def __getitem__(self, population: str) -> Index:
        """The index of one population."""
        try:
            return self._indexes[population]
        except (KeyError, TypeError):
            raise no_population(population, self._indexes) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._indexes)

    def __len__(self) -> int:
        """The number of elements of all populations together."""
        return sum(map(len, self._indexes.values()))

    @property
    def _first(self) -> Index:
        return next(iter(self._indexes.values()))

    @property
    def kind(self) -> str:
        """The kind of elements, which all populations share."""
        return self._first.kind

    @property
    def element_type(self) -> str:
        return self._first.element_type

    @property
    def builtin_fields(self) -> List[str]:
        """Names of the fields stored in the index of the first population."""
        return self._first.builtin_fields

    @property
    def available_fields(self) -> List[str]:
        """Names of all fields of the first population."""
        return self._first.available_fields

    def bounds(self, populations: Populations = None, population_mode: Optional[str] = None) -> Any:
        """Return the bounding box of each population, as ``Index.bounds``, by population."""
        return self._by_population(populations, population_mode, "bounds", (), {})

    # ---- queries that take no shape ----

    def nearest(
        self,
        point: Point,
        k: int = 1,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        max_distance: float = np.inf,
        offsets: bool = False,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Find the elements of each population that are nearest to a point, as ``Index.nearest``, by population."""
        keywords: Dict[str, Any] = {
            "fields": fields, "accuracy": accuracy, "max_distance": max_distance, "offsets": offsets, **wanted
        }
        return self._by_population(populations, population_mode, "nearest", (point, k), keywords)

    def nearest_many(
        self,
        points: npt.ArrayLike,
        k: int = 1,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        max_distance: float = np.inf,
        offsets: bool = False,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Find the elements nearest to each of many points, as ``Index.nearest_many``, by population."""
        keywords: Dict[str, Any] = {
            "fields": fields, "accuracy": accuracy, "max_distance": max_distance, "offsets": offsets, "threads": threads,
            **wanted,
        }
        return self._by_population(populations, population_mode, "nearest_many", (points, k), keywords)

    def grid_counts(
        self,
        corner: Point,
        opposite_corner: Point,
        shape: Any,
        *,
        touching: bool = False,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Count the elements in each voxel of a grid, as ``Index.grid_counts``, by population."""
        keywords: Dict[str, Any] = {"touching": touching, "accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(populations, population_mode, "grid_counts", (corner, opposite_corner, shape), keywords)

    def grid_lengths(
        self,
        corner: Point,
        opposite_corner: Point,
        shape: Any,
        *,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Add up the lengths of segments in each voxel of a grid, as ``Index.grid_lengths``, by population."""
        keywords: Dict[str, Any] = {"threads": threads, **wanted}
        return self._by_population(populations, population_mode, "grid_lengths", (corner, opposite_corner, shape), keywords)

    def region_counts(
        self,
        regions: npt.ArrayLike,
        corner: Point,
        opposite_corner: Point,
        *,
        touching: bool = False,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Count the elements in each region of a volume, as ``Index.region_counts``, by population."""
        keywords: Dict[str, Any] = {"touching": touching, "accuracy": accuracy, "threads": threads, **wanted}
        arguments = (regions, corner, opposite_corner)
        return self._by_population(populations, population_mode, "region_counts", arguments, keywords)

    def region_lengths(
        self,
        regions: npt.ArrayLike,
        corner: Point,
        opposite_corner: Point,
        *,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Add up the lengths of segments in each region of a volume, as ``Index.region_lengths``, by population."""
        arguments = (regions, corner, opposite_corner)
        return self._by_population(populations, population_mode, "region_lengths", arguments, {"threads": threads, **wanted})

    def density_grid(
        self, *arguments: Any, populations: Populations = None, population_mode: Optional[str] = None, **keywords: Any
    ) -> Any:
        return self._by_population(populations, population_mode, "density_grid", arguments, keywords)

    def region_totals(
        self, *arguments: Any, populations: Populations = None, population_mode: Optional[str] = None, **keywords: Any
    ) -> Any:
        return self._by_population(populations, population_mode, "region_totals", arguments, keywords)

    def _by_population(
        self, populations: Populations, mode: Optional[str], method: str, arguments: Tuple[Any, ...], keywords: Dict[str, Any]
    ) -> Any:
        keywords = reusable(keywords)
        names = chosen(populations, self.populations)
        if mode == "single":
            check_single(names, names)
            return getattr(self[names[0]], method)(*arguments, **keywords)
        return {name: getattr(self[name], method)(*arguments, **keywords) for name in names}

    def write(self, path: Path) -> None:
        """Raise SpatialIndexError: the build writes the index of several populations; copy its folder."""
        raise SpatialIndexError("Indexes of several populations are written by the build: copy their folder.")

    def __reduce__(self) -> Tuple[Any, ...]:
        return _reopen, (self._path, self._opened_with)

    def __repr__(self) -> str:
        return f"<MultiPopulationIndex of {', '.join(self._indexes)} in {self._path!r}>"
