from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, TypedDict, Union

import numpy as np
import numpy.typing as npt
from typing_extensions import Unpack

from .results import Results

version: str
library_folder: str

Point = Union[Sequence[float], npt.NDArray[Any]]
Fields = Union[None, str, Iterable[str]]
Found = Union[Results, npt.NDArray[Any], Tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]], List[Any]]
Populations = Union[None, str, Iterable[str]]
GroupBy = Union[None, str, Iterable[str]]
Ids = Any

class Wanted(TypedDict, total=False):
    section_types: Union[None, int, str, Iterable[Union[int, str]]]
    somas: Optional[bool]
    gids: Ids
    pre_gids: Ids
    post_gids: Ids
    ids: Ids

Columns = Tuple[Tuple[int, npt.NDArray[Any]], ...]
Report = Dict[str, Any]

SI_SHAPE_BOX: int
SI_SHAPE_SPHERE: int
SI_SHAPE_CAPSULE: int
SI_SHAPE_CYLINDER: int
SI_SHAPE_ORIENTED_BOX: int
SI_POINT: int
SI_SPHERE: int
SI_SYNAPSE: int
SI_MORPHOLOGY: int
SI_FIELD_ID: int
SI_FIELD_POST_GID: int
SI_FIELD_PRE_GID: int
SI_FIELD_POSITION: int
SI_FIELD_CENTROID: int
SI_FIELD_RADIUS: int

class Index:
    @property
    def builtin_fields(self) -> List[str]: ...
    @property
    def element_type(self) -> str: ...
    @property
    def _has_grown(self) -> bool: ...
    def __len__(self) -> int: ...
    def bounds(self) -> Tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]: ...
    def box_query(
        self,
        corner: Point,
        opposite_corner: Point,
        *,
        fields: Fields = ...,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def sphere_query(
        self,
        center: Point,
        radius: float,
        *,
        fields: Fields = ...,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def box_counts(
        self,
        corner: Point,
        opposite_corner: Point,
        *,
        accuracy: Optional[str] = ...,
        group_by: GroupBy = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def sphere_counts(
        self,
        center: Point,
        radius: float,
        *,
        accuracy: Optional[str] = ...,
        group_by: GroupBy = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def box_empty(
        self,
        corner: Point,
        opposite_corner: Point,
        *,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def sphere_empty(
        self,
        center: Point,
        radius: float,
        *,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def capsule_query(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        fields: Fields = ...,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def capsule_counts(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        accuracy: Optional[str] = ...,
        group_by: GroupBy = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def capsule_empty(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def cylinder_query(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        fields: Fields = ...,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def cylinder_counts(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        accuracy: Optional[str] = ...,
        group_by: GroupBy = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def cylinder_empty(
        self,
        end: Point,
        other_end: Point,
        radius: float,
        *,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def oriented_box_query(
        self,
        center: Point,
        half_size: Point,
        orientation: npt.ArrayLike,
        *,
        fields: Fields = ...,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def oriented_box_counts(
        self,
        center: Point,
        half_size: Point,
        orientation: npt.ArrayLike,
        *,
        accuracy: Optional[str] = ...,
        group_by: GroupBy = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def oriented_box_empty(
        self,
        center: Point,
        half_size: Point,
        orientation: npt.ArrayLike,
        *,
        accuracy: Optional[str] = ...,
        populations: Populations = ...,
        population_mode: Optional[str] = ...,
        **wanted: Unpack[Wanted],
    ) -> Any: ...
    def _attribute_names(self) -> List[str]: ...
    def _counts_many(
        self,
        shape: int,
        parts: Tuple[Any, ...],
        accuracy: Optional[str],
        threads: int,
        wanted: Wanted,
    ) -> npt.NDArray[np.uint64]: ...
    def _difference(self, other: Index) -> Optional[str]: ...
    def _nearest(
        self,
        point: Point,
        k: int,
        max_distance: float,
        accuracy: Optional[str],
        fields: Fields,
        wanted: Wanted,
    ) -> Tuple[Any, npt.NDArray[np.float64]]: ...
    def _grid(
        self,
        measure: int,
        lower: Tuple[float, ...],
        upper: Tuple[float, ...],
        shape: Tuple[int, ...],
        regions: Optional[npt.NDArray[Any]],
        accuracy: Optional[str],
        threads: int,
        wanted: Wanted,
    ) -> Any: ...
    def _information(self) -> Dict[str, Any]: ...
    def _usage(self) -> Dict[str, Any]: ...
    def _insert(self, place: Point, radius: Optional[float], id: Optional[int]) -> None: ...
    def _insert_many(self, columns: Columns) -> None: ...
    def _query_many(
        self,
        shape: int,
        parts: Tuple[Any, ...],
        fields: Fields,
        accuracy: Optional[str],
        threads: int,
        wanted: Wanted,
    ) -> Tuple[Results, npt.NDArray[np.int64]]: ...
    def _write(self, folder: bytes, replace: bool) -> None: ...

def open(
    path: bytes,
    dataset_path: Optional[bytes],
    types_path: Optional[bytes],
    verify: bool,
    reading: int,
    max_cache_bytes: int,
    guard: bool,
) -> Tuple[bool, List[Tuple[Optional[str], Any]]]: ...
def set_index_classes(classes: Tuple[type, type, type, type]) -> None: ...
def population_size(file: bytes, edges: bool, population: Optional[bytes]) -> int: ...
def space_filling_order(points: npt.NDArray[np.float32]) -> npt.NDArray[np.uint64]: ...
def arrow_schema(description: Tuple[Any, ...]) -> Any: ...
def arrow_array(description: Tuple[Any, ...]) -> Any: ...
def build_segments(
    source: Dict[str, Any], folder: Optional[bytes], options: Dict[str, Any]
) -> Tuple[Any, Report]: ...
def build_synapses(
    source: Dict[str, Any], folder: Optional[bytes], options: Dict[str, Any]
) -> Tuple[Any, Report]: ...
def build_circuit(
    config_file: bytes,
    synapses: bool,
    populations: Tuple[bytes, ...],
    source: Dict[str, Any],
    folder: bytes,
    options: Dict[str, Any],
) -> Tuple[None, Report]: ...
def build_elements(
    kind: int, parts: Iterable[Union[Columns, Index]], folder: Optional[bytes], options: Dict[str, Any]
) -> Tuple[Any, Report]: ...
def mpi_load(path: bytes) -> Optional[str]: ...
def mpi_start() -> bool: ...
def mpi_end() -> None: ...
def mpi_abort(exit_code: int) -> None: ...
def cluster_open() -> Any: ...
def cluster_close(cluster: Any) -> None: ...
def cluster_place(cluster: Any) -> Tuple[int, int]: ...
def cluster_is_first(cluster: Any, is_one: bool) -> bool: ...
