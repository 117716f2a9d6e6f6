#!/usr/bin/env python3
"""Asks one box for each voxel of a grid, and adds up the length of axons and dendrites in it.

Usage: voxel_fields.py INDEX [VOXEL_SIZE]

A segment counts in every voxel that it meets, with the part of its axis that is inside.
"""
import sys

import numpy as np

import spatial_index
from spatial_index.core import SectionType

FIELDS = {"gid", "endpoints", "section_type"}


def voxel_corners(bounds, size):
    """The least corners of the voxels that cover the bounds (N, 3)."""
    lower, upper = (np.asarray(corner, dtype=float) for corner in bounds)
    axes = [np.arange(low, high, size) for low, high in zip(lower, upper)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)


def clipped_lengths(first, second, lower, upper):
    """The lengths of the parts of segments (N, 3) - (N, 3) that lie in a box."""
    direction = second - first
    with np.errstate(divide="ignore", invalid="ignore"):
        towards_lower, towards_upper = (lower - first) / direction, (upper - first) / direction
    is_inside = (first >= lower) & (first <= upper)
    begins = np.where(direction == 0, np.where(is_inside, 0, np.inf), np.minimum(towards_lower, towards_upper))
    ends = np.where(direction == 0, np.where(is_inside, 1, -np.inf), np.maximum(towards_lower, towards_upper))
    part = np.clip(ends.min(axis=1), 0, 1) - np.clip(begins.max(axis=1), 0, 1)
    return np.maximum(part, 0) * np.linalg.norm(direction, axis=1)


def lengths_in_voxel(index, lower, upper):
    """The length by section type, and how many cells there are."""
    found = index.box_query(lower, upper, fields=FIELDS)
    is_segment = found["section_type"] != SectionType.soma
    first, second = (points[is_segment].astype(float) for points in found["endpoints"])
    lengths = clipped_lengths(first, second, lower, upper)
    by_type = np.bincount(found["section_type"][is_segment], weights=lengths, minlength=len(SectionType))
    return by_type, len(np.unique(found["gid"]))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    index = spatial_index.open_index(sys.argv[1])
    size = float(sys.argv[2]) if len(sys.argv) == 3 else 50.0
    corners = voxel_corners(index.bounds(), size)
    total = np.zeros(len(SectionType))
    most_cells = 0
    for corner in corners:
        by_type, cells = lengths_in_voxel(index, corner, corner + size)
        total[: len(by_type)] += by_type[: len(total)]
        most_cells = max(most_cells, cells)
    print(f"{len(corners)} voxels of {size:g} um; at most {most_cells} cells meet in one")
    for section_type in SectionType:
        if total[section_type]:
            print(f"{section_type.name}: {total[section_type] / 1000:.2f} mm")


if __name__ == "__main__":
    main()
