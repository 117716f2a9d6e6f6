"""Methods of indexes under old names: the queries of SpatialIndex 0.7, with their fields and their default accuracy."""
from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..errors import ArgumentError, SpatialIndexError
from .gone import GoneQueries

_DEFAULT_FIELDS = {
    "morphology": ("gid", "section_id", "segment_id", "endpoint1", "endpoint2", "radius", "kind"),
    "synapse": ("id", "pre_gid", "post_gid", "centroid"),
    "sphere": ("id", "centroid", "radius"),
    "point": ("id", "centroid"),
}

# Names of then and of now, where these differ.
_RENAMED = {
    "morphology": {"positions": "centroid"},
    "synapse": {"positions": "position", "centroid": "position", "ids": "id", "gid": "post_gid"},
    "sphere": {"positions": "centroid", "ids": "id"},
    "point": {"positions": "position", "centroid": "position", "ids": "id"},
}

_SOMA, _SEGMENT, _SYNAPSE = 0, 1, 2


def _warn(old: Any, new: Any) -> None:
    warnings.warn(f"{old}() is called {new}() now", DeprecationWarning, stacklevel=3)


def _or_bounding_box(accuracy: Any) -> Any:
    """The accuracy of 0.7 where none is given."""
    return "bounding_box" if accuracy is None else accuracy


_MEASURES = ("elements", "touching", "length")


def _check_measure(measure: Any) -> None:
    if not isinstance(measure, str) or measure not in _MEASURES:
        raise ArgumentError(f"measure is {measure!r}, expected 'elements', 'touching' or 'length'")


class OldQueries(GoneQueries):
    """Mixed into the classes of indexes."""

    @property
    def element_type(self: Any) -> str:
        """``kind``, in which segments are "morphology"."""
        return "morphology" if self.kind == "segment" else str(self.kind)

    @classmethod
    def open(cls, path: Any) -> Any:
        """``open_index``."""
        from ..index import open_index

        return open_index(path)

    @classmethod
    def create(cls, *arguments: Any, **keywords: Any) -> Any:
        """Raises: nothing is inserted into mapped files any more."""
        raise SpatialIndexError("Elements are not inserted into a mapped file any more: use a builder with output_dir=")

    def density_grid(self: Any, corner: Any, opposite_corner: Any, shape: Any, *, measure: Any = "elements", **keywords: Any) -> Any:
        """``grid_counts``, or with measure="length" ``grid_lengths``."""
        _check_measure(measure)
        if measure == "length":
            keywords.pop("accuracy", None)
            return self.grid_lengths(corner, opposite_corner, shape, **keywords)
        return self.grid_counts(corner, opposite_corner, shape, touching=measure == "touching", **keywords)

    def region_totals(self: Any, regions: Any, corner: Any, opposite_corner: Any, *, measure: Any = "elements", **keywords: Any) -> Any:
        """``region_counts``, or with measure="length" ``region_lengths``."""
        _check_measure(measure)
        if measure == "length":
            keywords.pop("accuracy", None)
            return self.region_lengths(regions, corner, opposite_corner, **keywords)
        return self.region_counts(regions, corner, opposite_corner, touching=measure == "touching", **keywords)

    def window_query(self: Any, min_corner: Any, max_corner: Any, *, fields: Any = None, accuracy: Any = None) -> Any:
        """Deprecated: ``box_query``, whose fields have other names and whose default is best_effort."""
        _warn("window_query", "box_query")
        return self._query_by_old_names(self.box_query, min_corner, max_corner, fields, accuracy)

    def vicinity_query(self: Any, center: Any, radius: Any, *, fields: Any = None, accuracy: Any = None) -> Any:
        """Deprecated: ``sphere_query``, whose fields have other names and whose default is best_effort."""
        _warn("vicinity_query", "sphere_query")
        return self._query_by_old_names(self.sphere_query, center, radius, fields, accuracy)

    def window_counts(self: Any, min_corner: Any, max_corner: Any, *, group_by: Any = None, accuracy: Any = None) -> Any:
        """Deprecated: ``box_counts``, whose default accuracy is best_effort."""
        _warn("window_counts", "box_counts")
        return self.box_counts(min_corner, max_corner, group_by=group_by, accuracy=_or_bounding_box(accuracy))

    def vicinity_counts(self: Any, center: Any, radius: Any, *, group_by: Any = None, accuracy: Any = None) -> Any:
        """Deprecated: ``sphere_counts``, whose default accuracy is best_effort."""
        _warn("vicinity_counts", "sphere_counts")
        return self.sphere_counts(center, radius, group_by=group_by, accuracy=_or_bounding_box(accuracy))

    def _query_by_old_names(self: Any, query: Any, first: Any, second: Any, fields: Any, accuracy: Any) -> Any:
        accuracy = _or_bounding_box(accuracy)
        if fields is None:
            fields = _DEFAULT_FIELDS[self.element_type]
        elif not isinstance(fields, str):
            fields = tuple(fields)
        names = (fields,) if isinstance(fields, str) else fields
        if fields == "raw_elements" or not names:
            return query(first, second, fields=fields, accuracy=accuracy)
        found = query(first, second, fields={self._new_name(name) for name in names}, accuracy=accuracy)
        if isinstance(fields, str):
            return self._old_values(found, fields)
        return {name: self._old_values(found, name) for name in names}

    def _new_name(self: Any, name: Any) -> Any:
        if name == "kind":
            return "is_soma" if self.element_type == "morphology" else self.builtin_fields[0]
        return _RENAMED[self.element_type].get(name, name)

    def _old_values(self: Any, found: Any, name: Any) -> Any:
        values = found[self._new_name(name)]
        if name != "kind":
            return values
        if self.element_type == "morphology":
            return np.where(values, np.int32(_SOMA), np.int32(_SEGMENT))
        return np.full(len(values), _SYNAPSE, dtype=np.int32)
