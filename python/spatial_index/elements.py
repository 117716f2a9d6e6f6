"""Single elements, as ``fields="raw_elements"`` gives them."""
from typing import Any, NamedTuple, Optional

import numpy as np
import numpy.typing as npt


class SegmentElement(NamedTuple):
    """A soma or a segment."""

    gid: int
    section_id: int
    segment_id: int
    centroid: npt.NDArray[np.float32]
    """(3,) float32: the center of a soma, the midpoint of a segment's axis."""
    endpoints: Optional[npt.NDArray[np.float32]]
    """(2, 3) float32; None for a soma."""
    radius: float
    section_type: int

    @property
    def ids(self) -> Any:
        return self.gid, self.section_id, self.segment_id


class SynapseElement(NamedTuple):
    id: int
    pre_gid: int
    post_gid: int
    centroid: npt.NDArray[np.float32]

    @property
    def ids(self) -> Any:
        return self.id, self.post_gid


class SphereElement(NamedTuple):
    id: int
    centroid: npt.NDArray[np.float32]
    radius: float

    @property
    def ids(self) -> Any:
        return (self.id,)


class PointElement(NamedTuple):
    id: int
    position: npt.NDArray[np.float32]

    @property
    def ids(self) -> Any:
        return (self.id,)


def segment_elements(fields: Any) -> Any:
    first, second = fields["endpoints"]
    endpoints = [
        None if is_soma else pair for is_soma, pair in zip(fields["is_soma"], np.stack([first, second], axis=1))
    ]
    names = ["gid", "section_id", "segment_id"]
    ids = [fields[name].tolist() for name in names]
    return [
        SegmentElement(*element)
        for element in zip(*ids, fields["centroid"], endpoints, fields["radius"].tolist(), fields["section_type"].tolist())
    ]


def synapse_elements(fields: Any) -> Any:
    ids = [fields[name].tolist() for name in ("id", "pre_gid", "post_gid")]
    return [SynapseElement(*element) for element in zip(*ids, fields["position"])]


def sphere_elements(fields: Any) -> Any:
    columns = zip(fields["id"].tolist(), fields["centroid"], fields["radius"].tolist())
    return [SphereElement(*element) for element in columns]


def point_elements(fields: Any) -> Any:
    return [PointElement(*element) for element in zip(fields["id"].tolist(), fields["position"])]
