#!/usr/bin/env python3
"""Draws results of queries: segments in a box, counts per voxel, and the synapses of a cell.

Usage: tutorial.py SEGMENT_INDEX SYNAPSE_INDEX [PICTURE]

docs/tutorial.md explains it step by step.
"""
import sys

import numpy as np

import spatial_index
from spatial_index import Box

try:
    import matplotlib
except ImportError:
    sys.exit("matplotlib is missing; the Debian package is python3-matplotlib.")
matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.collections import LineCollection, PatchCollection  # noqa: E402
from matplotlib.colors import LogNorm  # noqa: E402
from matplotlib.patches import Circle, Rectangle  # noqa: E402

# A box in layer 5, 20 um thick, seen along the z axis: (x, y, z) of two opposite corners.
CORNER, OPPOSITE_CORNER = (-75, 375, -10), (75, 525, 10)
BOX = Box(CORNER, OPPOSITE_CORNER)
VOXEL = 20.0
CELL_TYPE = "L5_TTPC"

SOMA, AXON, BASAL_DENDRITE, APICAL_DENDRITE = 1, 2, 3, 4
COLORS = {
    AXON: ("axon", "#0072b2"),
    BASAL_DENDRITE: ("basal dendrite", "#d55e00"),
    APICAL_DENDRITE: ("apical dendrite", "#009e73"),
}
SOMA_COLOR = "#333333"


# ---- step 1: the segments in a box ----


def segments_in_box(index):
    return index.query(BOX, fields=["endpoints", "centroid", "radius", "section_type", "is_soma"])


def lines_of(endpoints, chosen):
    """The axes of segments seen along z: (N, 2, 2)."""
    first, second = endpoints
    return np.stack([first[chosen, :2], second[chosen, :2]], axis=1)


def draw_segments(axes, found):
    for section_type, (label, color) in COLORS.items():
        chosen = found["section_type"] == section_type
        widths = np.clip(2 * found["radius"][chosen], 0.5, 4)
        axes.add_collection(LineCollection(lines_of(found["endpoints"], chosen), linewidths=widths, colors=color))
        axes.plot([], [], color=color, linewidth=2, label=label)
    somas = found["is_soma"]
    circles = [Circle(center[:2], radius) for center, radius in zip(found["centroid"][somas], found["radius"][somas])]
    axes.add_collection(PatchCollection(circles, facecolor=SOMA_COLOR, zorder=3))
    axes.plot([], [], "o", color=SOMA_COLOR, label="soma")
    axes.set_xlim(CORNER[0], OPPOSITE_CORNER[0])
    axes.set_ylim(CORNER[1], OPPOSITE_CORNER[1])
    axes.legend(loc="upper left", fontsize=8, framealpha=0.95)
    axes.set_title(f"1. {len(somas):,} somas and segments in a box")


# ---- step 2: counts per voxel ----


def voxel_counts(index):
    """The counts in a slice of voxels, [y, x], and their borders."""
    lower, upper = index.bounds()
    x, y = (np.arange(lower[axis], upper[axis], VOXEL) for axis in (0, 1))
    corners = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    corners = np.column_stack([corners, np.full(len(corners), CORNER[2])])
    sizes = np.array([VOXEL, VOXEL, OPPOSITE_CORNER[2] - CORNER[2]])
    counts = index.count_many(Box(corners, corners + sizes))
    return counts.reshape(len(y), len(x)), (x[0], x[-1] + VOXEL, y[0], y[-1] + VOXEL)


def draw_counts(axes, counts, extent):
    shown = np.ma.masked_equal(counts, 0)
    image = axes.imshow(shown, origin="lower", extent=extent, norm=LogNorm(), cmap="viridis", interpolation="nearest")
    axes.figure.colorbar(image, ax=axes, label="somas and segments in a voxel", fraction=0.05, pad=0.03)
    size = np.subtract(OPPOSITE_CORNER, CORNER)
    axes.add_patch(Rectangle(CORNER[:2], *size[:2], fill=False, edgecolor="#d62728", linewidth=1.5))
    axes.set_title(f"2. Counts in {counts.size:,} voxels")


# ---- step 3: the synapses of a cell ----


def pyramidal_cell_in_box(segments, synapses):
    """Of the cells of layer 5 whose soma is in the box, the one with most synapses."""
    found = segments.query(BOX, fields=["gid", "is_soma", "mtype"])
    cells = found["gid"][found["is_soma"] & (found["mtype"] == CELL_TYPE)]
    counts = synapses.count(Box(*synapses.bounds()), group_by="post_gid")
    return max(cells.tolist(), key=lambda cell: counts.get(cell, 0))


def draw_cell(axes, cell, segments, synapses):
    tree = segments.query(Box(*segments.bounds()), fields=["endpoints", "section_type"], gids=cell)
    dendrites = np.isin(tree["section_type"], [BASAL_DENDRITE, APICAL_DENDRITE])
    axes.add_collection(LineCollection(lines_of(tree["endpoints"], dendrites), linewidths=0.8, colors="#888888", zorder=1))
    received = synapses.query(Box(*synapses.bounds()), fields=["position", "conductance"], post_gids=cell)
    x, y, _ = received["position"].T
    points = axes.scatter(x, y, s=14, c=received["conductance"], cmap="plasma", zorder=2, edgecolor="black", linewidth=0.3)
    soma = tree["endpoints"][0][tree["section_type"] == SOMA][0]
    axes.plot(*soma[:2], "o", color=SOMA_COLOR, markersize=7, zorder=3)
    axes.figure.colorbar(points, ax=axes, label="conductance (nS)", fraction=0.05, pad=0.03)
    axes.margins(0.08)
    axes.set_title(f"3. {len(x)} synapses on cell {cell}")


# ---- all together ----


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    segments, synapses = (spatial_index.open_index(path) for path in sys.argv[1:3])
    figure, axes = pyplot.subplots(1, 3, figsize=(11, 4.8), constrained_layout=True, width_ratios=[1.5, 1, 1])

    found = segments_in_box(segments)
    print("In the box:", len(found["is_soma"]), "of which somas:", int(found["is_soma"].sum()))
    draw_segments(axes[0], found)

    counts, extent = voxel_counts(segments)
    print("Voxels:", counts.size, "most in one:", int(counts.max()))
    draw_counts(axes[1], counts, extent)

    cell = pyramidal_cell_in_box(segments, synapses)
    print("Cell with most synapses:", cell)
    draw_cell(axes[2], cell, segments, synapses)

    for one in axes:
        one.set_aspect("equal")
        one.set_xlabel("x (um)")
    axes[0].set_ylabel("y (um)")
    picture = sys.argv[3] if len(sys.argv) == 4 else "tutorial.png"
    figure.savefig(picture, dpi=90)
    print("Picture:", picture)


if __name__ == "__main__":
    main()
