"""The other processes of an MPI job, together with which multi-indexes are built.

The library that knows MPI, libspatial_index_mpi.so, is loaded only by one of several processes. mpi4py is not needed;
where a program uses it, its MPI is the one that is used.
"""
from __future__ import annotations
from typing import Any, Dict, Optional

import atexit
import contextlib
import os
import sys

import numpy as np

from . import _core
from .errors import CancelledError, UnsupportedError

_LIBRARY = "libspatial_index_mpi.so.0"

# What launchers say of the number of processes: Open MPI, MVAPICH, MPICH and others, Slurm. The first one counts: mpirun
# may itself have been started by srun.
_LAUNCHERS_SIZES = ("OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS")

# The failure that all processes have raised last, and whether this is the one that tells of it.
_failure = None
_tells = True

_previous_hook = sys.__excepthook__
_ends_all = False


def _size_by_launcher() -> Any:
    size = next((os.environ[name] for name in _LAUNCHERS_SIZES if name in os.environ), "")
    return int(size) if size.isdecimal() else 1


def _size_expected() -> Any:
    """By mpi4py, where the program has started MPI with it; else by what the launcher says."""
    mpi = sys.modules.get("mpi4py.MPI")
    if mpi and mpi.Is_initialized() and not mpi.Is_finalized():
        return mpi.COMM_WORLD.size
    return _size_by_launcher()


def _library_paths() -> Any:
    """In the build folder, where it was installed, and wherever the system looks."""
    own = os.path.dirname(os.path.abspath(_core.__file__))
    folders = (os.path.join(own, "..", "..", "src"), _core.library_folder)
    return [*(os.path.join(folder, _LIBRARY) for folder in folders), _LIBRARY]


def _load() -> None:
    for path in _library_paths():
        problem = _core.mpi_load(os.fsencode(path))
        if problem is None:
            return
    raise UnsupportedError(f"this is one of several processes, but they cannot build together: {problem}")


def _start() -> None:
    _load()
    _hook_in()
    if _core.mpi_start():
        atexit.register(_core.mpi_end)
        register_mpi_excepthook()


@contextlib.contextmanager
def joined() -> Any:
    """All processes that this one builds with, or None; and its number among how many.

    What happens inside fails in all of them or in none.
    """
    size = _size_expected()
    if size <= 1:
        yield None, (0, 1)
        return
    _start()
    cluster, failure = _core.cluster_open(), None
    try:
        _check_size(_core.cluster_place(cluster)[1], size)
        yield cluster, _core.cluster_place(cluster)
    except BaseException as error:
        failure = error
        raise
    finally:
        _note(failure, _core.cluster_is_first(cluster, _is_own(failure)))
        _core.cluster_close(cluster)


def settled(cluster: Any, arguments: Dict[str, Any]) -> Dict[str, Any]:
    """The same arguments in all processes: what one gives as None is what the others give.

    Values are None, bool, int, bytes, tuples of bytes, and arrays of uint64. Two that differ are an ArgumentError in
    all processes.
    """
    if cluster is None:
        return arguments
    return {
        name: _decoded(_core.cluster_settle(cluster, name, _encoded(value))) for name, value in arguments.items()
    }


def _encoded(value: Any) -> Optional[bytes]:
    """Bytes whose first one tells the type."""
    if value is None:
        return None
    if isinstance(value, (bool, int)):
        return (b"b" if isinstance(value, bool) else b"i") + str(int(value)).encode()
    if isinstance(value, bytes):
        return b"t" + value
    if isinstance(value, tuple):
        return b"n" + b"\0".join(value)
    return str(value.ndim).encode() + bytes(value.tobytes())


def _decoded(value: Optional[bytes]) -> Any:
    if value is None:
        return None
    kind, rest = value[:1], value[1:]
    if kind in b"bi":
        return bool(int(rest)) if kind == b"b" else int(rest)
    if kind == b"t":
        return rest
    if kind == b"n":
        return tuple(rest.split(b"\0"))
    array = np.frombuffer(rest, dtype=np.uint64)
    return array.reshape(-1, 2) if kind == b"2" else array


def is_one_of_several() -> bool:
    """Whether this process was launched together with others."""
    return bool(_size_expected() > 1)


def last_rank() -> int:
    """The number of the last process of the job; 0 if there is one."""
    return int(_size_expected()) - 1


def _check_size(size: Any, launched: Any) -> None:
    """Else each process would build the whole index, all in the same place."""
    if size == 1:
        raise UnsupportedError(
            f"this is one of {launched} processes, but MPI reports only one: with Slurm, srun --mpi=pmix or --mpi=pmi2 "
            "may help"
        )


def _is_own(failure: Any) -> Any:
    """Whether something has failed here: what cancels a build is raised where it happened, and elsewhere this."""
    return failure is not None and not isinstance(failure, CancelledError)


def _note(failure: Any, tells: Any) -> None:
    global _failure, _tells
    _failure, _tells = failure, tells


def register_mpi_excepthook() -> None:
    """Lets an exception that nobody catches end all processes of an MPI job, which would wait for this one for ever.

    Where all of them have raised it, as when a build has failed, each ends by itself. It is done when a build starts
    MPI; a program that has started it by mpi4py may ask for it.
    """
    global _ends_all
    _ends_all = True
    _hook_in()


def _hook_in() -> None:
    global _previous_hook
    if sys.excepthook is not _except_hook:
        _previous_hook, sys.excepthook = sys.excepthook, _except_hook


def _except_hook(type_: Any, error: Any, traceback: Any) -> None:
    """One tells of what all have raised."""
    is_shared = error is not None and error is _failure
    if _tells or not is_shared:
        _previous_hook(type_, error, traceback)
        sys.stderr.flush()
    if _ends_all and not is_shared and _size_expected() > 1:
        _load()
        _core.mpi_abort(1)
