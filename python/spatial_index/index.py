"""Indexes of one population, and how they are opened."""
from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Dict, List, Optional, Set, Tuple, Type, TypeVar, Unpack

import numpy as np
import numpy.typing as npt

from . import _core, elements
from .arguments import thread_count, whole_number
from .columns import point_columns, sphere_columns
from .errors import ArgumentError, FieldError
from .grids import Grids
from .named_methods import QueryMethods
from .old.queries import OldQueries
from .population_names import by_population, single_population
from .results import BatchResults, spread_rows
from .types import Fields, IndexInfo, IndexStats, Path, Point, Populations, Wanted

_Self = TypeVar("_Self", bound="Index")
_OLD_NAMES: Set[str] = {name for name in dir(OldQueries) if not name.startswith("__")}


class _IndexClass(type):
    """Completion and help() do not show the old names, which work."""

    def __dir__(cls) -> List[str]:
        return [name for name in super().__dir__() if name not in _OLD_NAMES]


class Index(QueryMethods, Grids, OldQueries, metaclass=_IndexClass):
    """An opened index of one population.

    ``open_index`` and the builders make indexes. Results are in index order, which depends on the indexed elements alone.
    Any number of threads may use an index at once. It survives ``fork``, and pickling, which opens it again.

    An index is closed with the last reference to it, by ``close``, or at the end of a ``with`` block.
    """

    _opened_with: Dict[str, Any] = {}

    def __dir__(self) -> List[str]:
        return [name for name in super().__dir__() if name not in _OLD_NAMES]

    # ---- closing ----

    def close(self) -> None:
        """Close the index. Queries that run in other threads finish first; later ones raise ValueError."""
        self._close()

    def __enter__(self: _Self) -> _Self:
        if self.closed:
            raise ValueError("the index is closed")
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    # ---- about the index ----

    def info(self) -> IndexInfo:
        """Describe the index.

        Returns
        -------
        dict
            ``kind``, ``element_count``, ``format_version``, ``levels``, ``fan_out``, ``leaf_capacity``, ``block_bytes``,
            ``file_bytes``, ``part_count`` (0: a single file), ``path``, ``heavy_data_path``, ``population``,
            ``dataset_path``, ``types_path``.
        """
        return self._information()

    def stats(self) -> IndexStats:
        """Tell what was asked of the index since it was opened, and what that took.

        Returns
        -------
        dict
            ``reading``: "mapped" or "explicit". ``queries``: their number. Explicit reading: ``blocks_touched``, of these
            ``blocks_cached`` and ``blocks_read``, of ``info()["block_bytes"]`` each; ``blocks_evicted``; ``reads``
            (system calls); ``rounds`` of reads under way together; ``cache_bytes`` now; ``max_cache_bytes``.
            Multi-indexes: ``part_count``; ``parts_touched``, those that a query has reached. Mapped indexes:
            ``pages_touched``, the resident pages of ``page_bytes`` each.

        Notes
        -----
        With SPATIAL_INDEX_REPORT_USAGE_STATS=1 in the environment, the same is written to
        ``si_cache_stats_<time>.json`` in the working folder when an index is closed.
        """
        return self._statistics()

    def bounds(self, populations: Populations = None, population_mode: Optional[str] = None) -> Any:
        """Return the bounding box of all elements.

        Parameters
        ----------
        populations, population_mode
            As in ``query``.

        Returns
        -------
        tuple of ndarray
            The smallest and the largest corner, float32 (3,) each, in micrometers. If the index is empty, the first is
            greater than the second.
        """
        keys = single_population(self, populations, population_mode)
        return by_population(keys, self._bounds()) if keys else self._bounds()

    @property
    def path(self) -> Optional[str]:
        """The folder of the index; None if it was built without one."""
        return self._information()["path"]

    @property
    def population(self) -> Optional[str]:
        """The name of the SONATA population that was indexed; None if none is recorded."""
        return self._information()["population"]

    @property
    def populations(self) -> List[Optional[str]]:
        """The name of the only population, in a list; ``[None]`` if none is recorded."""
        return [self.population]

    @property
    def available_fields(self) -> List[str]:
        """Names of all fields: the builtin ones and the attributes of the SONATA data set."""
        builtin = self.builtin_fields
        return builtin + [name for name in self._attribute_names() if name not in builtin]

    # ---- queries ----

    def nearest(
        self,
        point: Point,
        k: int = 1,
        *,
        fields: Fields = None,
        accuracy: Optional[str] = None,
        max_distance: float = np.inf,
        offsets: bool = False,
        **wanted: Unpack[Wanted],
    ) -> Tuple[Any, ...]:
        """Find the elements nearest to a point.

        Parameters
        ----------
        point : array_like
            Three finite numbers, in micrometers.
        k : int
            The number of elements; fewer are returned if there are fewer.
        fields : str or iterable of str, optional
            As in ``query``.
        accuracy : {"best_effort", "exact", "bounding_box"}, optional
            Distances to what: with "best_effort" (default) a segment is the capsule around its axis, with "exact" a
            flat-ended cylinder, with "bounding_box" its bounding box.
        max_distance : float
            Only elements within this distance, in micrometers.
        offsets : bool
            Return `offsets`, too.
        **wanted
            section_types, somas, gids, pre_gids, post_gids, ids as in ``query``.

        Returns
        -------
        found : Results, ndarray, tuple or list
            By `fields`, as in ``query``, the nearest first; elements at the same distance are in index order.
        distances : ndarray
            float64 (N,), the distances to the surfaces of the elements, in micrometers; 0 inside.
        offsets : ndarray
            Only if asked for: float64 (N,), the distances along the axes of segments, from their first ends to the places
            nearest to the point, in micrometers; 0 for somas and all other elements.

        Raises
        ------
        ArgumentError
            A point that is not finite, a negative k, a max_distance that is negative or NaN.
        ShapeError
            A point that is not three numbers.
        FieldError
            An unknown field.
        """
        k = min(whole_number(k, "k"), len(self))
        if not offsets:
            return self._nearest(point, k, max_distance, accuracy, fields, wanted)
        points = np.asarray(point, np.float32).reshape(1, -1)
        return self._nearest_many(points, k, max_distance, accuracy, fields, wanted, 1)[:3]

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
        **wanted: Unpack[Wanted],
    ) -> Tuple[Any, ...]:
        """Find the elements nearest to each of many points.

        Parameters
        ----------
        points : array_like
            (N, 3) finite numbers, in micrometers.
        k : int
            The number of elements for each point.
        fields, accuracy, max_distance, offsets, **wanted
            As in ``nearest``; `fields` other than "raw_elements".
        threads : int, optional
            As many as there are processors by default.

        Returns
        -------
        found : dict, ndarray or tuple
            By `fields`, as in ``query``; all arrays are (N, k), of vectors (N, k, 3). Row i holds what ``nearest`` finds
            for point i. Where fewer than k elements are found, the other values are 0 (None for texts).
        distances : ndarray
            float64 (N, k); infinite where there is no element.
        offsets : ndarray
            Only if asked for: float64 (N, k); 0 where there is no element.

        Raises
        ------
        ArgumentError
            As ``nearest``.
        ShapeError
            Points that are not (N, 3).
        FieldError
            An unknown field, or "raw_elements".
        """
        if isinstance(fields, str) and fields == "raw_elements":
            raise FieldError("fields='raw_elements' is not supported for many points in one call")
        k = whole_number(k, "k")
        places = np.ascontiguousarray(points, np.float32)
        if not np.isfinite(places).all():
            number = int(np.argmin(np.isfinite(places).all(axis=-1)))
            raise ArgumentError(f"point {number} is {places[number]}, expected three finite 32-bit floats")
        found, distances, along, counts = self._nearest_many(
            places, k, max_distance, accuracy, fields, wanted, thread_count(threads)
        )
        answer = (spread_rows(found, counts, k), spread_rows(distances, counts, k, np.inf))
        return answer + (spread_rows(along, counts, k),) if offsets else answer

    def _batch(
        self, shape: int, parts: Tuple[Any, ...], fields: Fields, accuracy: Optional[str], threads: Optional[int], wanted: Wanted
    ) -> BatchResults:
        if isinstance(fields, str) and fields not in ("", "raw_elements"):
            fields = (fields,)
        elif fields == "raw_elements":
            raise FieldError("fields='raw_elements' is not supported for many shapes in one call")
        found, offsets = self._query_many(shape, parts, fields, accuracy, thread_count(threads), wanted)
        return BatchResults(found, offsets)

    def _count_batch(
        self, shape: int, parts: Tuple[Any, ...], accuracy: Optional[str], threads: Optional[int], wanted: Wanted
    ) -> npt.NDArray[np.uint64]:
        return self._counts_many(shape, parts, accuracy, thread_count(threads), wanted)

    # ---- files ----

    def write(
        self,
        path: Optional[Path],
        *,
        replace: bool = False,
        sonata_filename: Optional[Path] = None,
        population: Optional[str] = None,
    ) -> None:
        """Write the index, with all inserted elements, into a folder.

        Parameters
        ----------
        path : path
            The folder, which must not exist or be empty. None does nothing.
        replace : bool
            Replace an index that is already in the folder.
        sonata_filename, population : path and str, optional
            The SONATA file and the population in it that the written index records as its data set; both or none.
            Default: what this index records.

        Raises
        ------
        ExistsError
            The folder is not empty.
        """
        if (sonata_filename is None) != (population is None):
            raise ArgumentError("sonata_filename and population are given together or not at all")
        if path is None:
            return
        if sonata_filename is not None and population is not None:
            dataset_path: Optional[bytes] = os.fsencode(os.path.abspath(sonata_filename))
            recorded = {"population": population.encode(), "dataset_path": dataset_path}
            self._repack(path, replace, recorded)
        elif self._has_grown:
            self._repack(path, replace)
        else:
            self._write(os.fsencode(path), replace)

    def _repack(
        self, path: Optional[Path] = None, replace: bool = False, recorded: Optional[Dict[str, Optional[bytes]]] = None
    ) -> Any:
        options: Dict[str, Any] = {"replace": bool(replace), **(self._recorded() if recorded is None else recorded)}
        return _core.build_elements(_KINDS[self.kind], (self,), _encoded(path), options)[0]

    def _packed(self) -> Any:
        return self._repack() if self._has_grown else self

    def _recorded(self) -> Dict[str, Optional[bytes]]:
        """What the index records of its data set, for an index made of it."""
        info = self._information()
        recorded = (info["population"], info["dataset_path"], info["types_path"])
        names = ("population", "dataset_path", "types_path")
        return {name: None if value is None else os.fsencode(value) for name, value in zip(names, recorded)}

    def __reduce__(self) -> Tuple[Any, ...]:
        if self.path is None or self._has_grown:
            raise TypeError(
                "An index in no folder, or with inserted elements, cannot be pickled: write() it and open it again."
            )
        return _reopen, (self.path, self._opened_with)

    def __repr__(self) -> str:
        if self.closed:
            return f"<closed {type(self).__name__}>"
        where = f"in {self.path!r}" if self.path else "in no folder"
        return f"<{type(self).__name__} of {len(self)} elements {where}>"


class SegmentIndex(Index):
    """An index of segments and somas of cells.

    Fields: gid, section_id (0 is the soma), segment_id, ids, centroid, endpoints, radius, section_type, is_soma; and
    endpoint1, endpoint2.
    """

    def _raw_elements(self, fields: Any) -> Any:
        return elements.segment_elements(fields)


class SynapseIndex(Index):
    """An index of synapses. Fields: id, pre_gid, post_gid, position."""

    def _raw_elements(self, fields: Any) -> Any:
        return elements.synapse_elements(fields)


class SphereIndex(Index):
    """An index of spheres. Fields: id, centroid, radius.

    ``SphereIndex(centroids, radii, ids=None)`` builds one from arrays, ``SphereIndex()`` an empty one.
    """

    def __new__(
        cls, centroids: npt.ArrayLike = (), radii: npt.ArrayLike = (), ids: Optional[npt.ArrayLike] = None
    ) -> SphereIndex:
        index: SphereIndex = _core.build_elements(_core.SPHERE, (sphere_columns(centroids, radii, ids),), None, {})[0]
        return index

    def insert(self, centroid: npt.ArrayLike, radius: npt.ArrayLike, id: Any = None) -> None:
        """Insert one sphere, or several.

        Queries find inserted spheres at once, after all others, in the order of insertion. ``write`` packs all into a
        new index; the file of this one does not change.

        Parameters
        ----------
        centroid : array_like
            (3,) or (N, 3), in micrometers; finite.
        radius : float or array_like
            In micrometers; not negative; (N,) for several, or one number for all.
        id : int or array_like, optional
            Default: numbers from the length of the index on.
        """
        if np.ndim(radius) == 0 and np.ndim(centroid) == 1 and np.ndim(id) == 0:
            self._insert(centroid, radius, id)
            return
        centroids = np.atleast_2d(centroid)
        radii = np.full(len(centroids), radius) if np.ndim(radius) == 0 else radius
        self._insert_many(sphere_columns(centroids, radii, _listed_ids(id), len(self)))

    def _raw_elements(self, fields: Any) -> Any:
        return elements.sphere_elements(fields)


class PointIndex(Index):
    """An index of points. Fields: id, position.

    ``PointIndex(positions, ids=None)`` builds one from an array, ``PointIndex()`` an empty one.
    """

    def __new__(cls, positions: npt.ArrayLike = (), ids: Optional[npt.ArrayLike] = None) -> PointIndex:
        index: PointIndex = _core.build_elements(_core.POINT, (point_columns(positions, ids),), None, {})[0]
        return index

    def insert(self, position: npt.ArrayLike, id: Any = None) -> None:
        """Insert one point, (3,), or several, (N, 3), in micrometers; otherwise as ``SphereIndex.insert``."""
        if np.ndim(position) == 1 and np.ndim(id) == 0:
            self._insert(position, None, id)
        else:
            self._insert_many(point_columns(np.atleast_2d(position), _listed_ids(id), len(self)))

    def _raw_elements(self, fields: Any) -> Any:
        return elements.point_elements(fields)


def _listed_ids(ids: Any) -> Any:
    return [ids] if ids is not None and np.ndim(ids) == 0 else ids


_KINDS = {"point": _core.POINT, "sphere": _core.SPHERE, "synapse": _core.SYNAPSE, "segment": _core.SEGMENT}

_core.set_index_classes((PointIndex, SphereIndex, SynapseIndex, SegmentIndex))


def _reopen(path: Path, options: Dict[str, Any]) -> Any:
    return open_index(path, **options)


def _encoded(path: Optional[Path]) -> Optional[bytes]:
    return None if path is None else os.fsencode(path)


def _cache_bytes(size: Optional[float]) -> int:
    """Of MiB; 0 is the library's default."""
    if not size:
        return 0
    if not 0 < size < 2**40:
        raise ArgumentError(f"max_cache_size_mb is {size!r}, expected a number that is not negative")
    return max(int(size * 2**20), 1)


_READINGS = {"auto": 0, "mapped": 1, "explicit": 2}


def _reading_number(reading: str) -> int:
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
    """Open an index.

    Only the header is read and checked, so opening takes microseconds. The index may be used in a ``with`` block.

    Parameters
    ----------
    path : path
        The folder of the index, or its meta_data.json.
    max_cache_size_mb : float, optional
        Explicit reading: the largest cache, in MiB, for each population. Default: 1024, or a quarter of the available
        memory if that is less.
    dataset_path, types_path : path, optional
        Where the SONATA file that was indexed, and the CSV of its types, are now. Default: where the index says. Only
        attributes as fields need them.
    verify : bool
        Read and check all of the file first.
    reading : {"auto", "mapped", "explicit"}
        "mapped": the file is mapped into memory, which processes share. "explicit": queries read what they need, many
        pieces at the same time, into a cache of this process, which threads share. "auto": explicit on network file
        systems, else mapped. Results do not depend on it.
    guard : bool
        Mapped indexes: raise StorageError where the file shrinks or cannot be read, instead of ending the process. This
        installs a handler of SIGBUS. Explicit reading always raises.

    Returns
    -------
    SegmentIndex, SynapseIndex, SphereIndex, PointIndex or MultiPopulationIndex

    Raises
    ------
    NotFoundError
        There is no index. (Also a FileNotFoundError and RuntimeError.)
    FormatError
        The index is damaged.
    UnsupportedError
        The index was built by brain-indexer or SpatialIndex 0.x: build it again.

    Examples
    --------
    >>> with spatial_index.open_index("my-segments") as index:
    ...     found = index.query(spatial_index.Sphere((0, 400, 0), 20), fields=["gid", "section_id"])
    """
    from .populations import MultiPopulationIndex

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
