"""Shapes to query by: Box, Sphere, Capsule, Cylinder, OrientedBox.

A shape made of points is one shape; made of arrays of points (N, 3), it is N shapes, for ``query_many`` and
``count_many``.
"""
from __future__ import annotations

from typing import Any, ClassVar, Sequence, Tuple, Type, Union

import numpy as np
import numpy.typing as npt

from .errors import ShapeError
from .method_table import SHAPES, ShapeRow

_ROWS = {row.class_name: row for row in SHAPES}


def _frozen(value: npt.ArrayLike) -> npt.NDArray[np.float64]:
    array = np.array(value, dtype=np.float64)
    array.flags.writeable = False
    return array


class Shape:
    """The base of all shapes. Shapes do not change; equal ones compare equal."""

    __slots__ = ("_values",)
    _row: ClassVar[ShapeRow]
    _values: Tuple[npt.NDArray[np.float64], ...]

    def __init_subclass__(cls) -> None:
        cls._row = _ROWS[cls.__name__]

    def _set(self, *values: npt.ArrayLike) -> None:
        self._values = tuple(map(_frozen, values))
        first, name = self._values[0], self._row.parts[0].name
        if first.ndim not in (1, 2) or first.shape[-1] != 3:
            raise ShapeError(f"Invalid shape of {name}: {first.shape}, expected (3,) or (N, 3)")
        for part, value in zip(self._row.parts, self._values):
            single = 1 if part.type == "Point" else 0
            if self._values[0].ndim == 1 and part.type != "ArrayLike" and value.shape != (3,) * single:
                raise ShapeError(f"Invalid shape of {part.name}: {value.shape}, expected {(3,) * single}")

    @property
    def is_single(self) -> bool:
        """Whether this is one shape, not an array of shapes."""
        return self._values[0].ndim == 1

    def __len__(self) -> int:
        """The number of shapes, of an array of shapes."""
        if self.is_single:
            raise TypeError(f"this {type(self).__name__} is a single shape")
        return len(self._values[0])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Shape)
            and type(other) is type(self)
            and all(map(np.array_equal, self._values, other._values))
        )

    def __hash__(self) -> int:
        return hash((type(self).__name__, *(value.tobytes() for value in self._values)))

    def __repr__(self) -> str:
        if not self.is_single:
            return f"<{len(self)} of {type(self).__name__}>"
        values = (f"{part.name}={value.tolist()}" for part, value in zip(self._row.parts, self._values))
        return f"{type(self).__name__}({', '.join(values)})"

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), self._values


class Box(Shape):
    """An axis-aligned box, or N boxes.

    Parameters
    ----------
    corner, opposite_corner : array_like
        Two opposite corners in any order, (3,) or (N, 3), in micrometers. They may be infinite.
    """

    __slots__ = ()

    def __init__(self, corner: npt.ArrayLike, opposite_corner: npt.ArrayLike) -> None:
        self._set(corner, opposite_corner)


class Sphere(Shape):
    """A sphere, or N spheres.

    Parameters
    ----------
    center : array_like
        (3,) or (N, 3), in micrometers.
    radius : float or array_like
        In micrometers; for N spheres (N,) or one for all. Not negative.
    """

    __slots__ = ()

    def __init__(self, center: npt.ArrayLike, radius: npt.ArrayLike) -> None:
        self._set(center, radius)


class Capsule(Shape):
    """All points within a radius of a line segment, or N such shapes.

    Parameters
    ----------
    end, other_end : array_like
        The ends of the line segment, (3,) or (N, 3), in micrometers; finite.
    radius : float or array_like
        In micrometers; for N capsules (N,) or one for all. Not negative.
    """

    __slots__ = ()

    def __init__(self, end: npt.ArrayLike, other_end: npt.ArrayLike, radius: npt.ArrayLike) -> None:
        self._set(end, other_end, radius)


class Cylinder(Shape):
    """A cylinder with flat ends, or N cylinders.

    Parameters
    ----------
    end, other_end : array_like
        The centers of the flat ends, (3,) or (N, 3), in micrometers; finite, and not the same point.
    radius : float or array_like
        In micrometers; for N cylinders (N,) or one for all. Not negative.
    """

    __slots__ = ()

    def __init__(self, end: npt.ArrayLike, other_end: npt.ArrayLike, radius: npt.ArrayLike) -> None:
        self._set(end, other_end, radius)


class OrientedBox(Shape):
    """A rotated box, or N of them.

    Parameters
    ----------
    center : array_like
        (3,) or (N, 3), in micrometers; finite.
    half_size : array_like
        Half the length of each side, (3,) or (N, 3), in micrometers; not negative.
    orientation : array_like
        A quaternion (w, x, y, z), as SONATA stores it for cells, or a rotation matrix (3, 3), the columns of which are
        the directions of the sides; for N boxes (N, 4) or (N, 3, 3), or one for all.
    """

    __slots__ = ()

    def __init__(self, center: npt.ArrayLike, half_size: npt.ArrayLike, orientation: npt.ArrayLike) -> None:
        self._set(center, half_size, orientation)


def _add_property(cls: Type[Shape], number: int, name: str, text: str) -> None:
    setattr(cls, name, property(lambda self: self._values[number], doc=text))


_CLASSES: Tuple[Type[Shape], ...] = (Box, Sphere, Capsule, Cylinder, OrientedBox)
for _class in _CLASSES:
    for _number, _part in enumerate(_class._row.parts):
        _add_property(_class, _number, _part.name, f"{_part.text} float64, read-only.")

Shapes = Union[Shape, Sequence[Shape]]


def one_of(shape: Shape) -> Tuple[Any, ...]:
    """The number of a shape and its three parts, as the extension takes them."""
    if not isinstance(shape, Shape):
        raise TypeError(f"shape is {shape!r}, expected a Box, Sphere, Capsule, Cylinder or OrientedBox")
    if not shape.is_single:
        raise ShapeError(f"shape is {shape!r}, expected a single shape: use query_many() or count_many()")
    return (shape._row.number, *shape._values, None)[:4]


def many_of(shapes: Shapes) -> Tuple[int, Tuple[Any, ...]]:
    """The number of a shape and arrays of its parts; for a sequence of shapes -1 and what ``one_of`` gives of each."""
    if isinstance(shapes, Shape):
        if shapes.is_single:
            raise ShapeError(f"shapes is {shapes!r}, a single shape: use query() or count()")
        return shapes._row.number, shapes._values
    return -1, tuple(map(one_of, shapes))
