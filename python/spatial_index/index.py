"""Indexes and their queries."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple, Union

import numpy as np

from . import _core, elements
from .arguments import thread_count, whole_number
from .columns import point_columns, sphere_columns
from .errors import ArgumentError, FieldError, SpatialIndexError
from .grids import Grids
from .old_queries import OldQueries
from .results import BatchResults
from .solids import ManySolids, SolidsByPopulation
from .wanted import reusable

if TYPE_CHECKING:
    import numpy.typing as npt
    from typing_extensions import Unpack

    from ._core import Fields, GroupBy, Point, Populations, Wanted

Path = Union[str, bytes, "os.PathLike[str]"]


class Index(_core.Index, Grids, OldQueries, ManySolids):
    """An index of one population.

    Queries return results in index order, which depends on the index alone. An index may be used by many threads at
    once, and survives ``fork`` and pickling (opened again where it is unpickled).
    """

    _opened_with: Dict[str, Any] = {}

    @property
    def info(self) -> Dict[str, Any]:
        """What the library tells of the index: a dict of counts, sizes and paths."""
        return self._information()

    def stats(self) -> Dict[str, Any]:
        """What was asked of the index since it was opened, and what that took.

        A dict: ``reading``, "mapped" or "explicit"; ``queries``; of explicit reading ``blocks_touched``, of them
        ``blocks_cached`` and ``blocks_read``, of ``info["block_bytes"]`` each, ``blocks_evicted``, ``reads`` (calls),
        ``rounds`` of reads under way together, ``cache_bytes`` now and ``max_cache_bytes``; of a multi-index
        ``part_count`` and ``parts_touched``, those that a query has reached; of a mapped index ``pages_touched``, of
        ``page_bytes`` each, those that the system has put into the memory of this process. With SI_REPORT_USAGE_STATS=1 in the environment the same is written to
        ``si_cache_stats_<time>.json`` in the current folder when an index is closed.
        """
        return self._usage()

    @property
    def path(self) -> Optional[str]:
        """The folder of the index; None: it was built without one."""
        return self._information()["path"]

    @property
    def population(self) -> Optional[str]:
        """The name of the SONATA population that was indexed; None: none is recorded."""
        return self._information()["population"]

    @property
    def populations(self) -> List[Optional[str]]:
        """``[None]``: this index has one population, which queries need not name."""
        return [None]

    @property
    def available_fields(self) -> List[str]:
        """Names of all fields: builtin ones and the attributes of the data set (list of str)."""
        builtin = self.builtin_fields
        return builtin + [name for name in self._attribute_names() if name not in builtin]

    def nearest(
        self,
        point: Point,
        k: int = 1,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        max_distance: float = np.inf,
        **wanted: Unpack[Wanted],
    ) -> Tuple[Any, npt.NDArray[np.float64]]:
        """The elements nearest to a point.

        point: three numbers, finite.
        k: so many, or as many as there are.
        fields, accuracy: as in ``box_query``. With "best_effort" a segment is the capsule around its axis.
        max_distance: none that is farther, in micrometres.
        wanted: section_types, somas, gids, pre_gids, post_gids, ids as in ``box_query``: the nearest of those.

        Returns (found, distances): what ``fields`` asked for, the nearest first, those at the same distance in index
        order, and the distances to the surfaces of the elements, 0 inside, in micrometres, float64 (N,).

        Raises ArgumentError (a ValueError) for a point that is not finite, a negative k, or a distance that is NaN or
        negative, ShapeError for what is no point, FieldError (a KeyError) for an unknown field.
        """
        k = min(whole_number(k, "k"), len(self))
        return self._nearest(point, k, max_distance, accuracy, fields, wanted)

    # ---- many queries at once ----

    def box_query_many(
        self,
        corners: npt.ArrayLike,
        opposite_corners: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> BatchResults:
        """What many boxes hold, in one call.

        corners, opposite_corners: (N, 3) each.
        fields, accuracy: as in ``box_query``; the name of one field gives that field alone, too.
        threads: None or 0: as many as there are processors.
        wanted: section_types, somas, gids, pre_gids, post_gids, ids as in ``box_query``.

        Returns BatchResults: a dict of flat arrays, with ``offsets`` (N + 1,). The boxes are asked about in an order
        that keeps neighbours together, which does not show in the results.
        """
        return self._batch(_core.SI_SHAPE_BOX, (corners, opposite_corners), fields, accuracy, threads, wanted)

    def sphere_query_many(
        self,
        centers: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> BatchResults:
        """What many spheres hold: centers (N, 3), radii (N,) or one for all; otherwise as ``box_query_many``."""
        return self._batch(_core.SI_SHAPE_SPHERE, (centers, radii), fields, accuracy, threads, wanted)

    def box_counts_many(
        self,
        corners: npt.ArrayLike,
        opposite_corners: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> npt.NDArray[np.uint64]:
        """The number of elements in each of many boxes: uint64 (N,)."""
        return self._count_batch(_core.SI_SHAPE_BOX, (corners, opposite_corners), accuracy, threads, wanted)

    def sphere_counts_many(
        self,
        centers: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        **wanted: Unpack[Wanted],
    ) -> npt.NDArray[np.uint64]:
        """The number of elements in each of many spheres: uint64 (N,)."""
        return self._count_batch(_core.SI_SHAPE_SPHERE, (centers, radii), accuracy, threads, wanted)

    def _batch(
        self,
        shape: int,
        parts: Tuple[npt.ArrayLike, ...],
        fields: Fields,
        accuracy: Optional[str],
        threads: Optional[int],
        wanted: Any,
    ) -> BatchResults:
        if isinstance(fields, str) and fields not in ("", "raw_elements"):
            fields = (fields,)
        elif fields == "raw_elements":
            raise FieldError("'raw_elements' are objects, which many queries at once do not give")
        found, offsets = self._query_many(shape, parts, fields, accuracy, thread_count(threads), wanted)
        return BatchResults(found, offsets)

    def _count_batch(
        self,
        shape: int,
        parts: Tuple[npt.ArrayLike, ...],
        accuracy: Optional[str],
        threads: Optional[int],
        wanted: Any,
    ) -> npt.NDArray[np.uint64]:
        return self._counts_many(shape, parts, accuracy, thread_count(threads), wanted)

    # ---- files ----

    def write(self, path: Optional[Path], *, replace: bool = False) -> None:
        """Writes the index into a folder, which must not exist or be empty unless ``replace`` is true.

        None does nothing. Raises ExistsError where the folder holds something.
        """
        if path is None:
            return
        if self._has_grown:
            self._repack(path, replace)
        else:
            self._write(os.fsencode(path), replace)

    def _repack(self, path: Optional[Path] = None, replace: bool = False) -> Any:
        options = {"replace": bool(replace), **self._recorded()}
        return _core.build_elements(_KINDS[self.element_type], (self,), _encoded(path), options)[0]

    def _packed(self) -> Any:
        return self._repack() if self._has_grown else self

    def _recorded(self) -> Dict[str, Optional[bytes]]:
        """What the index records of its data set, for an index made of it."""
        info = self._information()
        recorded = {name: info[name] for name in ("population", "dataset_path", "types_path")}
        return {name: None if value is None else os.fsencode(value) for name, value in recorded.items()}

    # ---- memory-mapped files of SpatialIndex 0.7 ----

    @classmethod
    def open(cls, path: Path) -> Any:
        """Opens an index; the old name of ``open_index``."""
        return open_index(path)

    @classmethod
    def create(cls, *args: Any, **keywords: Any) -> Any:
        """Raises: nothing is inserted into mapped files any more."""
        raise SpatialIndexError("Elements are not inserted into a mapped file any more: use a builder with output_dir=")

    def __reduce__(self):
        if self.path is None or self._has_grown:
            raise TypeError("This index lies in no folder, or has grown since, so it cannot be pickled: write() it and open it again.")
        return _reopen, (self.path, self._opened_with)

    def __repr__(self):
        where = f"in {self.path!r}" if self.path else "in no folder"
        return f"<{type(self).__name__} of {len(self)} elements {where}>"


class MorphIndex(Index):
    """Somas and segments of cells.

    Fields: gid, section_id (0 is the soma), segment_id, ids, centroid, endpoints, radius, section_type, is_soma.
    """

    def _raw_elements(self, fields):
        return elements.morphology_elements(fields)


class SynapseIndex(Index):
    """Synapses. Fields: id, pre_gid, post_gid, position."""

    def _raw_elements(self, fields):
        return elements.synapse_elements(fields)


class SphereIndex(Index):
    """Spheres. Fields: id, centroid, radius.

    ``SphereIndex(centroids, radii, ids=None)`` makes one of arrays, ``SphereIndex()`` an empty one.
    """

    def __new__(
        cls, centroids: npt.ArrayLike = (), radii: npt.ArrayLike = (), ids: Optional[npt.ArrayLike] = None
    ) -> SphereIndex:
        return _core.build_elements(_core.SI_SPHERE, (sphere_columns(centroids, radii, ids),), None, {})[0]

    def insert(self, centroid: Any, radius: Any, id: Any = None) -> None:
        """Inserts a sphere, or several.

        centroid: three numbers, or (N, 3); radius: a number, or (N,); finite, radii not negative.
        id: an integer, or (N,); None: numbers from ``len`` of the index on.

        Inserting is quick, and so are queries in between. Inserted spheres come after the others in results, in the
        order of their insertion. They are in no file until ``write`` packs them all into a new index.
        """
        if np.ndim(radius) == 0 and np.ndim(centroid) == 1:
            self._insert(centroid, radius, id)
        else:
            self._insert_many(sphere_columns(centroid, radius, id, len(self)))

    def _raw_elements(self, fields):
        return elements.sphere_elements(fields)


class PointIndex(Index):
    """Points. Fields: id, position.

    ``PointIndex(positions, ids=None)`` makes one of an array, ``PointIndex()`` an empty one.
    """

    def __new__(cls, positions: npt.ArrayLike = (), ids: Optional[npt.ArrayLike] = None) -> PointIndex:
        return _core.build_elements(_core.SI_POINT, (point_columns(positions, ids),), None, {})[0]

    def insert(self, position: Any, id: Any = None) -> None:
        """Inserts a point, three numbers, or several, (N, 3); otherwise as ``SphereIndex.insert``."""
        if np.ndim(position) == 1:
            self._insert(position, None, id)
        else:
            self._insert_many(point_columns(position, id, len(self)))

    def _raw_elements(self, fields):
        return elements.point_elements(fields)


_KINDS = {
    "point": _core.SI_POINT,
    "sphere": _core.SI_SPHERE,
    "synapse": _core.SI_SYNAPSE,
    "morphology": _core.SI_MORPHOLOGY,
}

_core.set_index_classes((PointIndex, SphereIndex, SynapseIndex, MorphIndex))


class MultiPopulationIndex(SolidsByPopulation):
    """The indexes of several populations of a circuit, in one folder.

    Queries take ``populations`` (None: all, a name, or an iterable of names) and ``population_mode``: by default the
    result is a dict {population: result}; with "single", which needs exactly one population, it is the plain result.
    """

    def __init__(self, indexes: Any, path: Optional[str] = None) -> None:
        self._indexes = dict(indexes)
        self._path = path
        self._opened_with: Dict[str, Any] = {}

    def stats(self) -> Dict[str, Dict[str, Any]]:
        """``Index.stats`` of each population: {population: dict}."""
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
        except KeyError:
            raise KeyError(f"No population {population!r}; there are {', '.join(self._indexes)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._indexes)

    def __len__(self) -> int:
        """The number of elements of all populations together."""
        return sum(map(len, self._indexes.values()))

    @property
    def _first(self):
        return next(iter(self._indexes.values()))

    @property
    def element_type(self) -> str:
        """That of the first population."""
        return self._first.element_type

    @property
    def builtin_fields(self) -> List[str]:
        """Those of the first population."""
        return self._first.builtin_fields

    @property
    def available_fields(self) -> List[str]:
        """Those of the first population."""
        return self._first.available_fields

    def bounds(self) -> Tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The bounding box of all populations: two float32 arrays (3,)."""
        lower, upper = zip(*(index.bounds() for index in self._indexes.values()))
        return np.min(lower, axis=0), np.max(upper, axis=0)

    def box_query(
        self,
        corner: Point,
        opposite_corner: Point,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The elements in a box, as ``Index.box_query``, by population."""
        return self._by_population(
            populations, population_mode, "box_query", corner, opposite_corner, fields=fields, accuracy=accuracy, **wanted
        )

    def sphere_query(
        self,
        center: Point,
        radius: float,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The elements in a sphere, as ``Index.sphere_query``, by population."""
        return self._by_population(
            populations, population_mode, "sphere_query", center, radius, fields=fields, accuracy=accuracy, **wanted
        )

    def box_counts(
        self,
        corner: Point,
        opposite_corner: Point,
        *,
        accuracy: Optional[str] = None,
        group_by: GroupBy = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in a box, as ``Index.box_counts``, by population."""
        return self._by_population(
            populations, population_mode, "box_counts", corner, opposite_corner, accuracy=accuracy, group_by=group_by, **wanted
        )

    def sphere_counts(
        self,
        center: Point,
        radius: float,
        *,
        accuracy: Optional[str] = None,
        group_by: GroupBy = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in a sphere, as ``Index.sphere_counts``, by population."""
        return self._by_population(
            populations, population_mode, "sphere_counts", center, radius, accuracy=accuracy, group_by=group_by, **wanted
        )

    def box_empty(
        self,
        corner: Point,
        opposite_corner: Point,
        *,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Whether a box holds no element, by population."""
        return self._by_population(
            populations, population_mode, "box_empty", corner, opposite_corner, accuracy=accuracy, **wanted
        )

    def sphere_empty(
        self,
        center: Point,
        radius: float,
        *,
        accuracy: Optional[str] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """Whether a sphere holds no element, by population."""
        return self._by_population(populations, population_mode, "sphere_empty", center, radius, accuracy=accuracy, **wanted)

    def nearest(
        self,
        point: Point,
        k: int = 1,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        max_distance: float = np.inf,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The elements of each population that are nearest to a point, as ``Index.nearest``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, "max_distance": max_distance, **wanted}
        return self._by_population(populations, population_mode, "nearest", point, k, **keywords)

    def density_grid(
        self,
        corner: Point,
        opposite_corner: Point,
        shape: Any,
        *,
        measure: str = "elements",
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """What is in each voxel of a grid, as ``Index.density_grid``, by population."""
        keywords = {"measure": measure, "accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(
            populations, population_mode, "density_grid", corner, opposite_corner, shape, **keywords
        )

    def region_totals(
        self,
        regions: npt.ArrayLike,
        corner: Point,
        opposite_corner: Point,
        *,
        measure: str = "elements",
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """What is in each region of a volume, as ``Index.region_totals``, by population."""
        keywords = {"measure": measure, "accuracy": accuracy, "threads": threads, **wanted}
        return self._by_population(
            populations, population_mode, "region_totals", regions, corner, opposite_corner, **keywords
        )

    def _by_population(self, populations, mode, method, *args, **keywords):
        if populations is None:
            populations = self._indexes
        keywords = reusable(keywords)
        names = [populations] if isinstance(populations, str) else list(populations)
        if mode == "single":
            if len(names) != 1:
                raise ArgumentError(f"population_mode='single' needs exactly one population, not {len(names)}")
            return getattr(self[names[0]], method)(*args, **keywords)
        return {name: getattr(self[name], method)(*args, **keywords) for name in names}

    def box_query_many(
        self,
        corners: npt.ArrayLike,
        opposite_corners: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """What many boxes hold, as ``Index.box_query_many``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, "threads": threads}
        return self._by_population(
            populations, population_mode, "box_query_many", corners, opposite_corners, **keywords, **wanted
        )

    def sphere_query_many(
        self,
        centers: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """What many spheres hold, as ``Index.sphere_query_many``, by population."""
        keywords = {"fields": fields, "accuracy": accuracy, "threads": threads}
        return self._by_population(populations, population_mode, "sphere_query_many", centers, radii, **keywords, **wanted)

    def box_counts_many(
        self,
        corners: npt.ArrayLike,
        opposite_corners: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in each of many boxes, by population."""
        keywords = {"accuracy": accuracy, "threads": threads}
        return self._by_population(
            populations, population_mode, "box_counts_many", corners, opposite_corners, **keywords, **wanted
        )

    def sphere_counts_many(
        self,
        centers: npt.ArrayLike,
        radii: npt.ArrayLike,
        *,
        accuracy: Optional[str] = None,
        threads: Optional[int] = None,
        populations: Populations = None,
        population_mode: Optional[str] = None,
        **wanted: Unpack[Wanted],
    ) -> Any:
        """The number of elements in each of many spheres, by population."""
        keywords = {"accuracy": accuracy, "threads": threads}
        return self._by_population(populations, population_mode, "sphere_counts_many", centers, radii, **keywords, **wanted)

    def write(self, path: Path) -> None:
        """Raises: the index of several populations is written when it is built."""
        raise SpatialIndexError("Indexes of several populations are written by the build: copy their folder.")

    def __reduce__(self):
        return _reopen, (self._path, self._opened_with)

    def __repr__(self):
        return f"<MultiPopulationIndex of {', '.join(self._indexes)} in {self._path!r}>"


# A memory-mapped file is what every index is now, and there is one class for it.
MorphMultiIndex = MorphIndexMemDisk = MorphIndex
SynapseMultiIndex = SynapseIndexMemDisk = SynapseIndex


def _reopen(path, options):
    return open_index(path, **options)


def _encoded(path):
    return None if path is None else os.fsencode(path)


def _cache_bytes(size):
    """Of MiB; 0 is the library's default."""
    if not size:
        return 0
    if not 0 < size < 2**40:
        raise ArgumentError(f"max_cache_size_mb is {size!r}, expected a number that is not negative")
    return max(int(size * 2**20), 1)


_READINGS = {"auto": 0, "mapped": 1, "explicit": 2}


def _reading_number(reading):
    try:
        return _READINGS[reading]
    except (KeyError, TypeError):
        raise ArgumentError(f"reading is {reading!r}, expected 'auto', 'mapped' or 'explicit'") from None


def open_index(
    path: Path,
    max_cache_size_mb: Optional[float] = None,
    *,
    dataset_path: Optional[Path] = None,
    types_path: Optional[Path] = None,
    verify: bool = False,
    reading: str = "auto",
    guard: bool = False,
) -> Any:
    """Opens the index in a folder (or named by the path of its meta_data.json).

    Returns a MorphIndex, SynapseIndex, SphereIndex, PointIndex, or a MultiPopulationIndex. The file of the index is
    not read before it is asked: opening takes no time.

    max_cache_size_mb: the most memory, in MiB, for what is read explicitly; of several populations, for each. Default:
        1024, or a quarter of the memory that there is, if that is less.
    reading: "mapped": the system brings the file into memory, where processes share it. "explicit": queries read what
        they need, many pieces at the same time, into a cache of this process, which threads share. "auto": explicit on
        network file systems, else mapped. Answers do not depend on it.
    guard: whether a mapped file that shrinks or cannot be read any more is a SpatialIndexError instead of the end of
        the process. It wants a signal handler (of SIGBUS), which is why one has to ask for it. With explicit reading
        it always is.
    dataset_path, types_path: where the SONATA file that was indexed, and the CSV of its types, lie now. Default:
        where the index says. Only attributes as fields need them.
    verify: whether all of the file is read and checked first; damage is a FormatError.

    Raises NotFoundError (a FileNotFoundError and RuntimeError) where there is no index, FormatError for a damaged
    one, UnsupportedError for one of brain-indexer or SpatialIndex 0.x, which has to be built again.
    """
    is_multi, members = _core.open(
        os.fsencode(path),
        _encoded(dataset_path),
        _encoded(types_path),
        bool(verify),
        _reading_number(reading),
        _cache_bytes(max_cache_size_mb),
        bool(guard),
    )
    index = MultiPopulationIndex(members, os.path.abspath(os.fsdecode(path))) if is_multi else members[0][1]
    how = {"max_cache_size_mb": max_cache_size_mb, "reading": reading, "guard": guard}
    for _, member in members:
        member._opened_with = how
    index._opened_with = {**how, "dataset_path": dataset_path, "types_path": types_path}
    return index
