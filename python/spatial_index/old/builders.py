"""Methods of builders under old names."""
from __future__ import annotations

import warnings
from typing import Any

from .hiding import OldNames
from .index_common import DiskMemMapProps


class OldStepwiseBuilder(OldNames):
    """Mixed into builders of cells and of synapses."""

    DiskMemMapProps = DiskMemMapProps

    def n_elements_to_import(self: Any) -> int:
        """The number of cells, or of ranges of synapses, to index: ``len(builder)``."""
        return len(self)

    def local_size(self: Any) -> int:
        """The number of elements that this process has indexed so far."""
        return sum(map(len, self._parts)) + (0 if self._index is None else len(self._index))

    @classmethod
    def load_disk_mem_map(cls, path: Any) -> Any:
        """Opens an index; the old name of ``open_index``."""
        from ..index import open_index

        return open_index(path)


class OldMultiIndexBuilder(OldNames):
    """Mixed into builders of multi-indexes."""

    @classmethod
    def constructor_rank(cls, mpi_comm: Any = None) -> int:
        """The process whose arguments count, as it was: the last one.

        Arguments that only some processes give, as it does, are those of all. mpi_comm: an mpi4py communicator; None:
        all processes of the job.
        """
        from ..cluster import last_rank

        return last_rank() if mpi_comm is None else int(mpi_comm.Get_size()) - 1


class OldShapeBuilder(OldNames):
    """Mixed into builders of spheres and of points."""

    @classmethod
    def create(cls: Any, *arguments: Any, **keywords: Any) -> Any:
        """``from_numpy``."""
        return cls.from_numpy(*arguments, **keywords)


class OldSphereBuilder(OldShapeBuilder):
    """Mixed into the builder of spheres."""

    def add_sphere(self, *arguments: Any, **keywords: Any) -> None:
        """Raises: the builder takes all spheres at once."""
        from ..errors import UnsupportedError

        warnings.warn("add_sphere() is gone: use from_numpy()", DeprecationWarning, stacklevel=2)
        raise UnsupportedError("add_sphere() is gone: use from_numpy(), or insert() of an index")
