"""What the package raises. Every class is also one of Python's own, and one that older scripts catch."""
from __future__ import annotations

from typing import Any, Tuple

from .old import exceptions as _old


class SpatialIndexError(RuntimeError):
    """Anything that the library refuses or that fails in it."""


class ArgumentError(SpatialIndexError, ValueError):
    """A value that makes no sense."""


class ShapeError(ArgumentError, IndexError):
    """What should be a point, or an array of points, has another shape."""


class AccuracyTypeError(ArgumentError, TypeError):
    """An accuracy that is no string."""


class FieldError(ArgumentError, KeyError):
    """A field that neither the index nor its data set has. Where libsonata is imported, also its SonataError."""

    def __new__(cls, *arguments: Any) -> FieldError:
        made: FieldError = super().__new__(_old.with_sonata_error(cls), *arguments)
        return made

    def __str__(self) -> str:
        return RuntimeError.__str__(self)

    def __reduce__(self) -> Tuple[Any, ...]:
        return FieldError, self.args


class NotFoundError(SpatialIndexError, FileNotFoundError):
    """No such file, population, data set, attribute or morphology."""


class PopulationError(NotFoundError, KeyError, AssertionError):
    """A population that neither the index nor the SONATA file has, or none is named where there are several."""

    def __str__(self) -> str:
        return RuntimeError.__str__(self)


class MorphologyFolderError(NotFoundError, ValueError):
    """There is no such folder or container of morphologies."""


class StorageError(SpatialIndexError, OSError):
    """The operating system refused to read, write, create or map."""


class ExistsError(SpatialIndexError, FileExistsError):
    """The folder to write into holds something already."""


class FormatError(SpatialIndexError):
    """The content of a file breaks the rules of its format."""


class UnsupportedError(SpatialIndexError, NotImplementedError):
    """Well-formed, but nothing that this version reads."""


class LimitError(SpatialIndexError, OverflowError):
    """An id, a count or a size is beyond a limit."""


class BusyError(SpatialIndexError):
    """Another build writes the same folder."""


class CancelledError(SpatialIndexError):
    """A build was cancelled."""
