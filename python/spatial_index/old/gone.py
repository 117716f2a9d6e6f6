"""Names of SpatialIndex 0.x and brain-indexer that are gone: asking for one says what to do instead."""
from typing import Any
from ..errors import UnsupportedError


class GoneError(UnsupportedError, ImportError):
    """A name of an older version, which this one does not have."""


def raise_if_gone(module: Any, name: Any, replacements: Any) -> None:
    """Raises GoneError for a name in ``replacements``, else AttributeError, for a module's ``__getattr__``."""
    if name in replacements:
        raise GoneError(f"spatial_index.{module}.{name} is gone: {replacements[name]}. See docs/migration.md.")
    raise AttributeError(f"module 'spatial_index.{module}' has no attribute {name!r}")


_METHODS = {
    "find_intersecting": "use sphere_query(center, radius, fields='ids')",
    "find_intersecting_np": "use sphere_query(center, radius)",
    "find_intersecting_objs": "use sphere_query(center, radius, fields='raw_elements')",
    "find_intersecting_window": "use box_query(corner, opposite_corner, fields='ids')",
    "find_intersecting_window_np": "use box_query(corner, opposite_corner)",
    "find_intersecting_window_objs": "use box_query(corner, opposite_corner, fields='raw_elements')",
    "find_intersecting_window_pos": "use box_query(corner, opposite_corner, fields='centroid')",
    "find_nearest": "use nearest(point, k)",
    "is_intersecting": "use sphere_empty(), which is its opposite",
    "count_intersecting": "use box_counts() or sphere_counts()",
    "count_intersecting_agg_gid": "use box_counts(..., group_by='post_gid')",
    "dump": "use write(folder)",
}


def _method(name: Any, replacement: Any) -> Any:
    def gone(self: Any, *args: Any, **keywords: Any) -> None:
        raise GoneError(f"{name}() is gone: {replacement}. See docs/migration.md.")

    gone.__name__ = name
    gone.__doc__ = f"Gone: {replacement}."
    return gone


class GoneQueries:
    """Mixed into the classes of indexes: methods of versions before 0.7, each of which says what to use now."""


for _name, _replacement in _METHODS.items():
    setattr(GoneQueries, _name, _method(_name, _replacement))
