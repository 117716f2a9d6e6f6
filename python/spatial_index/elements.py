"""Single elements, as ``fields="raw_elements"`` gives them."""
from typing import NamedTuple, Optional

import numpy as np


class MorphElement(NamedTuple):
    """A soma or a segment."""

    gid: int
    section_id: int
    segment_id: int
    centroid: np.ndarray
    """(3,) float32: the center of a soma, the midpoint of a segment's axis."""
    endpoints: Optional[np.ndarray]
    """(2, 3) float32; None for a soma."""
    radius: float
    section_type: int

    @property
    def ids(self):
        return self.gid, self.section_id, self.segment_id


class SynapseElement(NamedTuple):
    id: int
    pre_gid: int
    post_gid: int
    centroid: np.ndarray

    @property
    def ids(self):
        return self.id, self.post_gid


class SphereElement(NamedTuple):
    id: int
    centroid: np.ndarray
    radius: float

    @property
    def ids(self):
        return (self.id,)


class PointElement(NamedTuple):
    id: int
    position: np.ndarray

    @property
    def ids(self):
        return (self.id,)


def morphology_elements(fields):
    first, second = fields["endpoints"]
    endpoints = [
        None if is_soma else pair for is_soma, pair in zip(fields["is_soma"], np.stack([first, second], axis=1))
    ]
    names = ["gid", "section_id", "segment_id"]
    ids = [fields[name].tolist() for name in names]
    return [
        MorphElement(*element)
        for element in zip(*ids, fields["centroid"], endpoints, fields["radius"].tolist(), fields["section_type"].tolist())
    ]


def synapse_elements(fields):
    ids = [fields[name].tolist() for name in ("id", "pre_gid", "post_gid")]
    return [SynapseElement(*element) for element in zip(*ids, fields["position"])]


def sphere_elements(fields):
    columns = zip(fields["id"].tolist(), fields["centroid"], fields["radius"].tolist())
    return [SphereElement(*element) for element in columns]


def point_elements(fields):
    return [PointElement(*element) for element in zip(fields["id"].tolist(), fields["position"])]
