"""Indexes of random segments, for tests."""
from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .util import factor

# What an index can number.
_MOST_SECTIONS = 16_383


class UniformFactory:
    """Makes indexes of segments that are spread evenly in a cube.

    n_elements: the number of segments.
    boundary: the cube is that from -boundary to boundary along each axis; segments begin in it.
    """

    def __init__(self, n_elements: int, boundary: float) -> None:
        self.n_elements = n_elements
        self.boundary = boundary

    def morph_index(self, n_sections: Any = None, n_segments_per_section: Any = None, random_state: Any = None) -> Any:
        """A SegmentIndex of n_elements segments, or of n_sections times n_segments_per_section of them.

        Radii are 1, gids 0, section types 0 (undefined), and ids are not unique. random_state: a seed, or a generator
        of NumPy.
        """
        if n_sections is None or n_segments_per_section is None:
            n_sections, n_segments_per_section = factor(self.n_elements, dims=2)
        count = n_sections * n_segments_per_section
        generator = np.random.default_rng(random_state)
        starts = generator.uniform(-self.boundary, self.boundary, (count, 3)).astype(np.float32)
        ends = starts + generator.uniform(-10.0, 10.0, (count, 3)).astype(np.float32)
        numbers = np.arange(count) % n_segments_per_section % _MOST_SECTIONS
        columns = (
            (_core.FIELD_ENDPOINT1, starts),
            (_core.FIELD_ENDPOINT2, ends),
            (_core.FIELD_RADIUS, np.ones(count, dtype=np.float32)),
            (_core.FIELD_GID, np.zeros(count, dtype=np.uint64)),
            (_core.FIELD_SECTION_ID, (1 + numbers).astype(np.uint32)),
            (_core.FIELD_SEGMENT_ID, np.zeros(count, dtype=np.uint32)),
            (_core.FIELD_SECTION_TYPE, np.zeros(count, dtype=np.uint8)),
        )
        return _core.build_elements(_core.SEGMENT, (columns,), None, {})[0]
