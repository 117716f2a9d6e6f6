"""The queries of SpatialIndex 0.7 under their names, with their fields and their default accuracy."""
import warnings

import numpy as np

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


def _warn(old, new):
    warnings.warn(f"{old}() is called {new}() now", DeprecationWarning, stacklevel=3)


class OldQueries(GoneQueries):
    """Mixed into the classes of indexes."""

    def window_query(self, min_corner, max_corner, *, fields=None, accuracy="bounding_box"):
        """Deprecated: ``box_query``, whose fields have other names and whose default is best_effort."""
        _warn("window_query", "box_query")
        return self._query_by_old_names(self.box_query, min_corner, max_corner, fields, accuracy)

    def vicinity_query(self, center, radius, *, fields=None, accuracy="bounding_box"):
        """Deprecated: ``sphere_query``, whose fields have other names and whose default is best_effort."""
        _warn("vicinity_query", "sphere_query")
        return self._query_by_old_names(self.sphere_query, center, radius, fields, accuracy)

    def window_counts(self, min_corner, max_corner, *, group_by=None, accuracy="bounding_box"):
        """Deprecated: ``box_counts``, whose default accuracy is best_effort."""
        _warn("window_counts", "box_counts")
        return self.box_counts(min_corner, max_corner, group_by=group_by, accuracy=accuracy)

    def vicinity_counts(self, center, radius, *, group_by=None, accuracy="bounding_box"):
        """Deprecated: ``sphere_counts``, whose default accuracy is best_effort."""
        _warn("vicinity_counts", "sphere_counts")
        return self.sphere_counts(center, radius, group_by=group_by, accuracy=accuracy)

    def _query_by_old_names(self, query, first, second, fields, accuracy):
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

    def _new_name(self, name):
        if name == "kind":
            return "is_soma" if self.element_type == "morphology" else self.builtin_fields[0]
        return _RENAMED[self.element_type].get(name, name)

    def _old_values(self, found, name):
        values = found[self._new_name(name)]
        if name != "kind":
            return values
        if self.element_type == "morphology":
            return np.where(values, np.int32(_SOMA), np.int32(_SEGMENT))
        return np.full(len(values), _SYNAPSE, dtype=np.int32)
