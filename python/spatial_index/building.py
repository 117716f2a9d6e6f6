"""What all builders share: options, progress, reports."""
from __future__ import annotations

import os
import re
import time
from typing import Any, Callable, Dict, List, Optional, Union

import numpy as np

from . import _core, cluster, logs
from .arguments import refuse_keywords, thread_count
from .errors import ArgumentError, MorphologyFolderError, NotFoundError, PopulationError, SpatialIndexError
from .index import open_index
from .old.builders import OldMultiIndexBuilder, OldStepwiseBuilder
from .progress import ProgressBar

_MEBIBYTE = 1 << 20
_UNITS = {"": _MEBIBYTE, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
Progress = Union[None, bool, Callable[[str, int, int], Any]]

_NO_BOUND = ("off", "false", "auto", "")


def encoded(path: Any) -> Any:
    """A path as the library takes it; None stays."""
    return None if path is None else os.fsencode(path)


def name_or_none(name: Any) -> Any:
    """The name of a population as the library takes it; an empty one means the only population."""
    return name.encode() if name else None


def bytes_of_size(size: Union[None, bool, int, float, str], option: str) -> Optional[int]:
    """Bytes of a size: a number of MiB, or a text such as "500", "64K" or "20G". None: no bound."""
    if size is None or size is False or (isinstance(size, str) and size.lower() in _NO_BOUND):
        return None
    if isinstance(size, str):
        matched = re.fullmatch(r"(\d+)([KMGT]?)B?", size.strip().upper())
        if matched:
            return int(matched[1]) * _UNITS[matched[2]]
    elif size is not True and size > 0:
        return int(size * _MEBIBYTE)
    raise ArgumentError(f"{option} is {size!r}, expected a number of MiB, or a text such as '64K' or '20G'")


def _merge_disk_mem_map(output_dir: Any, use_mem_map: Any, props: Any) -> Any:
    if props is None:
        return output_dir, use_mem_map
    if output_dir is not None or use_mem_map is not None:
        raise ArgumentError("disk_mem_map is given together with output_dir or use_mem_map: it stands for both")
    return props.map_file, props.file_size


class BuildOptions:
    """The keywords that every builder takes.

    output_dir: the folder of the index, which must not exist or be empty. None: the index lives in a temporary file
        and is gone with the last object that uses it; ``write`` keeps it.
    progress: True for a progress bar on stderr (in a log file, a line now and then), or a function called with (phase, done, total), where total is 0
        while it is unknown. An exception in it cancels the build.
    threads: None or 0: as many as there are processors.
    replace: whether an index that is in ``output_dir`` already is replaced.
    use_mem_map: the most that the file of the index may take: a number of MiB or a text such as "20G". More is a
        LimitError. (Every index is a memory-mapped file; this is only the bound.)
    max_memory: the most memory that the build may take, a size as in use_mem_map; what does not fit is sorted on the
        disk, and the index is the same. Default: half of what the machine has available.
    temp_dir: the folder for what does not fit; default: that of the index.
    disk_mem_map, mem_map_props: a DiskMemMapProps, in place of output_dir and use_mem_map.
    multi_index: whether a multi-index is built, which lies in several files of ``output_dir``. Under ``mpirun`` or
        ``srun`` all processes build it together: all make the same call, get the same index, or raise the same error.
        ``progress``, ``threads``, ``temp_dir`` and the memory are those of each process. Other arguments must be the
        same in all processes, except that what one gives as None is what the others give: large ones, such as
        ``post_gids``, may be given in one process alone.
    """

    def __init__(
        self,
        output_dir: Any = None,
        progress: Any = False,
        threads: Any = None,
        replace: Any = False,
        use_mem_map: Any = None,
        max_memory: Any = None,
        temp_dir: Any = None,
        disk_mem_map: Any = None,
        mem_map_props: Any = None,
        multi_index: Any = False,
        **unknown: Any,
    ) -> None:
        refuse_keywords(unknown, BuildOptions.__init__)
        props = disk_mem_map if disk_mem_map is not None else mem_map_props
        self.output_dir, self._use_mem_map = _merge_disk_mem_map(output_dir, use_mem_map, props)
        self.progress = progress
        self._threads = threads
        self._replace = replace
        self._max_memory = max_memory
        self._temp_dir = temp_dir
        self.multi_index = bool(multi_index)
        # Of several processes another one may give it.
        if self.multi_index and not cluster.is_one_of_several():
            self._check_folder()
        bytes_of_size(self._use_mem_map, "use_mem_map")
        bytes_of_size(max_memory, "max_memory")

    def without_folder(self, progress: Any = None) -> Any:
        """The same for a part of the index, which lives in a temporary file."""
        part = BuildOptions(
            threads=self._threads, use_mem_map=self._use_mem_map, max_memory=self._max_memory, temp_dir=self._temp_dir
        )
        part.progress = self.progress if progress is None else progress
        return part

    def _check_folder(self) -> None:
        if self.output_dir is None:
            raise ArgumentError("a multi-index needs an output_dir")

    def run(self, build: Any, source: Optional[Dict[str, Any]] = None, **recorded: Any) -> Any:
        """Calls a function that builds; gives the index, after logging what the report has to tell.

        build: it takes the arguments in ``source``, by the names that callers know, the folder, and options.

        It may be called by all processes of a job together: then ``options["place"]`` says which of how many it is, and
        the arguments are those of all: what some give as None the others give.
        """
        if not self.multi_index:
            return self._run(build, source or {}, recorded, None, (0, 1))
        with cluster.joined() as (others, place):
            source = self._settled(others, build, source or {})
            index = self._run(build, source, recorded, others, place)
        return index if others is None else open_index(self.output_dir)

    def _settled(self, others: Any, build: Any, source: Dict[str, Any]) -> Dict[str, Any]:
        cluster.settled(others, {"the method that builds": build.__name__.encode()})
        own = {"output_dir": encoded(self.output_dir), "replace": bool(self._replace)}
        together = cluster.settled(others, {**own, **source})
        self.output_dir, self._replace = together.pop("output_dir"), together.pop("replace")
        self._check_folder()
        return together

    def _run(self, build: Any, source: Any, recorded: Any, others: Any, place: Any) -> Any:
        bar = ProgressBar() if self.progress is True and place[0] == 0 else None
        options = {
            "progress": bar or (self.progress if callable(self.progress) else None),
            "threads": thread_count(self._threads),
            "replace": bool(self._replace),
            "max_file_bytes": bytes_of_size(self._use_mem_map, "use_mem_map"),
            "max_memory_bytes": bytes_of_size(self._max_memory, "max_memory"),
            "temp_folder": encoded(self._temp_dir),
            "multi_index": self.multi_index,
            "cluster": others,
            "place": place,
            **recorded,
        }
        start = time.monotonic()
        try:
            index, report = build(source, encoded(self.output_dir), options)
        finally:
            if bar:
                bar.close()
        if place[0] == 0:
            _log_numbers(report, time.monotonic() - start, self.output_dir)
        _log_bad_cells(report)
        return index


def as_before(file: Any, is_edges: bool, population: Any, morphologies: Any = None) -> Any:
    """A context in which a missing population or folder of morphologies raises its own class of NotFoundError."""
    return _AsBefore(file, is_edges, population, morphologies)


class _AsBefore:
    def __init__(self, *source: Any) -> None:
        self._source = source

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if type(error) is NotFoundError:
            raise self._class()(*error.args).with_traceback(trace) from None

    def _class(self) -> Any:
        file, is_edges, population, morphologies = self._source
        try:
            _core.population_size(file, is_edges, population)
        except NotFoundError:
            return PopulationError if os.path.exists(file) else NotFoundError
        except SpatialIndexError:
            return NotFoundError
        is_folder_missing = morphologies is not None and not os.path.exists(morphologies)
        return MorphologyFolderError if is_folder_missing else NotFoundError


class MultiIndexBuilder(OldMultiIndexBuilder):
    """Mixed into builders of multi-indexes.

    Under ``mpirun`` or ``srun`` all processes of the job make the same calls: ``create`` and its like, ``process_all``,
    ``index`` and ``finalize`` share the work out among them. ``process_range`` is each process's own: the index
    holds what all of them have processed.
    """

    _builds_multi_index = True

    def finalize(self) -> None:
        """Writes the multi-index of all that has been processed; ``index`` does so, too."""
        getattr(self, "index")


class StepwiseBuilder(OldStepwiseBuilder):
    """What builders of cells and of synapses share: an index of all at once, or of parts, one after another."""

    _builds_multi_index = False

    def __init__(self, kind: Any, chosen: Any, options: Any) -> None:
        self._kind = kind
        self._chosen = chosen  # None: all
        self._options = BuildOptions(**{"multi_index": self._builds_multi_index, **options})
        self._parts: List[Any] = []
        self._index = None

    def process_all(self, progress: Progress = None) -> None:
        """Indexes everything that was chosen."""
        if self._parts or self._index is not None:
            self._add(self._chosen, progress)
            return
        if progress is not None:
            self._options.progress = progress
        self._index = self._build(self._chosen, self._options)

    @property
    def index(self) -> Any:
        """The index of all that has been processed."""
        if self._index is None:
            self._index = self._merged()
        return self._index

    def _add(self, chosen: Any, progress: Any = None) -> None:
        if self._index is not None:
            if self._options.output_dir is not None:
                raise SpatialIndexError(f"{self._options.output_dir}: the index is written already")
            self._parts.append(self._index)
            self._index = None
        self._parts.append(self._build(chosen, self._options.without_folder(progress)))

    def _build(self, chosen: Any, options: Any) -> Any:
        """An index of what is chosen, of which nothing is None."""
        raise NotImplementedError

    def _empty(self, options: Any) -> Any:
        return self._build(np.empty((0, 2) if self._kind == _core.SYNAPSE else 0, np.uint64), options)

    def _merged(self) -> Any:
        if not self._parts and self._options.multi_index:
            # Other processes may have some, and all make the same calls.
            self._parts.append(self._empty(self._options.without_folder()))
        if not self._parts:
            return self._empty(self._options)
        parts, self._parts = tuple(self._parts), []
        if len(parts) == 1 and self._options.output_dir is None and not self._options.multi_index:
            return parts[0]
        info = parts[0].info()

        def merge(source: Any, folder: Any, options: Any) -> Any:
            return _core.build_elements(self._kind, parts, folder, options)

        return self._options.run(
            merge,
            population=name_or_none(info["population"]),
            dataset_path=encoded(info["dataset_path"]),
            types_path=encoded(info["types_path"]),
        )


def _log_bad_cells(report: Any) -> None:
    for gid, message in report["bad_cells"]:
        logs.logger.warning("cell %d is left out: %s", gid, message)


def _log_numbers(report: Any, seconds: float, folder: Any) -> None:
    """What the commands say with ``--verbose``."""
    cells = f" of {report['cell_count']} cells" if report["cell_count"] else ""
    place = f" in {os.fsdecode(folder)}" if folder is not None else ""
    logs.logger.info("indexed %d elements%s%s in %.2f s", report["element_count"], cells, place, seconds)
    if report["cells_without_soma"]:
        logs.logger.info("%d cells have no soma", report["cells_without_soma"])
    if report["cells_without_morphology"]:
        logs.logger.info("%d cells without morphology are left out", report["cells_without_morphology"])
