"""What the package raises. Every class is also one of Python's own, and one that older scripts catch."""


from typing import Any
class SpatialIndexError(RuntimeError):
    """Anything that the library refuses or that fails in it."""


class ArgumentError(SpatialIndexError, ValueError):
    """A value that makes no sense."""


class ShapeError(ArgumentError, IndexError):
    """What should be a point, or an array of points, has another shape."""


class FieldError(ArgumentError, KeyError):
    """A field that neither the index nor its data set has."""

    def __str__(self) -> str:
        return RuntimeError.__str__(self)


class NotFoundError(SpatialIndexError, FileNotFoundError):
    """No such file, population, data set, attribute or morphology."""


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
