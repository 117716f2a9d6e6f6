"""Types of parameters and results, for type checkers."""
from __future__ import annotations

import os
from typing import AbstractSet, Any, Iterable, List, Literal, Optional, Sequence, Tuple, TypedDict, Union

import numpy as np
import numpy.typing as npt

Path = Union[str, bytes, "os.PathLike[str]"]
Point = Union[Sequence[float], npt.NDArray[Any]]
FieldNames = Union[List[str], Tuple[str, ...], AbstractSet[str]]
Fields = Union[None, str, Iterable[str]]
GroupBy = Union[None, str, Iterable[str]]
Populations = Union[None, str, Iterable[str]]
Ids = Any
SectionTypes = Union[None, int, str, Iterable[Union[int, str]]]
ArrayField = Literal[
    "id", "gid", "pre_gid", "post_gid", "section_id", "segment_id", "ids", "position", "centroid", "radius",
    "section_type", "is_soma", "endpoint1", "endpoint2",
]  # fmt: skip
Corners = Tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


class Wanted(TypedDict, total=False):
    """The keywords by which queries choose elements."""

    section_types: SectionTypes
    somas: Optional[bool]
    gids: Ids
    pre_gids: Ids
    post_gids: Ids
    ids: Ids


class IndexInfo(TypedDict):
    """What ``Index.info()`` returns."""

    kind: str
    element_count: int
    format_version: int
    levels: int
    fan_out: int
    leaf_capacity: int
    block_bytes: int
    file_bytes: int
    part_count: int
    path: Optional[str]
    heavy_data_path: Optional[str]
    population: Optional[str]
    dataset_path: Optional[str]
    types_path: Optional[str]


class IndexStats(TypedDict):
    """What ``Index.stats()`` returns."""

    reading: str
    queries: int
    blocks_touched: int
    blocks_cached: int
    blocks_read: int
    blocks_evicted: int
    reads: int
    rounds: int
    cache_bytes: int
    max_cache_bytes: int
    part_count: int
    parts_touched: int
    pages_touched: int
    page_bytes: int
