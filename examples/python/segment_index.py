#!/usr/bin/env python3
"""Indexes some cells of a circuit, keeps the index in a folder, and asks it for somas and segments.

Usage: segment_index.py [NODES_FILE MORPHOLOGY_DIR [POPULATION]]
"""
import os
import sys

import spatial_index
from spatial_index import SegmentIndexBuilder

NODES_FILE = "my-circuit/nodes.h5"
MORPHOLOGY_DIR = "my-circuit/morphologies"
POPULATION = "cortex"
INDEX_FOLDER = "example_segment_index"

CORNER, OPPOSITE_CORNER = (-20, 400, -20), (20, 440, 20)
CENTER, RADIUS = (0, 420, 0), 10
SHOWN = 5


def build(nodes_file, morphology_dir, population):
    builder = SegmentIndexBuilder(morphology_dir, nodes_file, population)
    print("Cells in the file:", len(builder))
    builder.process_range((0, 100))  # the first hundred; process_all() takes all
    print("Elements of the first hundred:", len(builder.index))
    builder.index.write(INDEX_FOLDER)


def query(index):
    # The ids alone, as one structured array.
    ids = index.box_query(CORNER, OPPOSITE_CORNER, fields="ids")
    print("Elements in the box:", len(ids))
    for gid, section_id, segment_id in ids[:SHOWN]:
        print(f"  cell {gid}, section {section_id}, segment {segment_id}")

    # One field is an array, several are a dict of arrays.
    centroids = index.sphere_query(CENTER, RADIUS, fields="centroid")
    print("Elements in the sphere:", len(centroids))
    found = index.box_query(CORNER, OPPOSITE_CORNER, fields=["gid", "radius", "endpoints", "is_soma"])
    print("Somas among them:", int(found["is_soma"].sum()))
    first, second = found["endpoints"]
    print("The first goes from", first[0], "to", second[0], "with radius", found["radius"][0])

    # Without `fields` there are all that the index itself holds.
    print("All fields:", ", ".join(index.box_query(CORNER, OPPOSITE_CORNER)))

    # Objects, one for each element, are handy but slow.
    for element in index.sphere_query(CENTER, 3, fields="raw_elements")[:SHOWN]:
        print("  object:", element.ids, element.centroid)

    # Counting needs no arrays.
    print("Count:", index.box_counts(CORNER, OPPOSITE_CORNER), "Empty:", index.box_empty(CORNER, OPPOSITE_CORNER))


def main():
    given = sys.argv[1:]
    if len(given) not in (0, 2, 3):
        sys.exit(__doc__)
    if not os.path.exists(INDEX_FOLDER):
        build(*given, *(NODES_FILE, MORPHOLOGY_DIR, POPULATION)[len(given) :])
    query(spatial_index.open_index(INDEX_FOLDER))


if __name__ == "__main__":
    main()
