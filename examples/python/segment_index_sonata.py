#!/usr/bin/env python3
"""Indexes chosen cells of a SONATA nodes file, by their ids and by a selection.

Usage: segment_index_sonata.py [NODES_FILE MORPHOLOGY_DIR [POPULATION]]
"""
import sys

from spatial_index import SegmentIndexBuilder

NODES_FILE = "my-circuit/nodes.h5"
MORPHOLOGY_DIR = "my-circuit/morphologies"
POPULATION = "cortex"

BOX = (-100, 300, -100), (100, 500, 100)
SHOWN = 5


def selection_of(gids):
    """A libsonata.Selection where there is libsonata; ids do as well."""
    try:
        import libsonata
    except ImportError:
        return gids
    return libsonata.Selection(values=gids)


def show(index):
    print("Index size:", len(index))
    elements = index.box_query(*BOX, fields="raw_elements")
    print("Found:", len(elements))
    for element in elements[:SHOWN]:
        print(f"  gid {element.gid}, section {element.section_id}, segment {element.segment_id}, at {element.centroid}")


def main():
    given = sys.argv[1:]
    if len(given) not in (0, 2, 3):
        sys.exit(__doc__)
    nodes_file, morphology_dir, population = (*given, *(NODES_FILE, MORPHOLOGY_DIR, POPULATION)[len(given) :])

    index = SegmentIndexBuilder.from_sonata_file(morphology_dir, nodes_file, population, gids=range(100, 200), progress=True)
    show(index)

    # Attributes of the nodes file are fields too, once for each element.
    found = index.box_query(*BOX, fields=["gid", "mtype", "layer"])
    print("Types of the cells in the box:", ", ".join(sorted(set(found["mtype"]))))

    selection = selection_of([4, 8, 15, 16, 23, 42])
    show(SegmentIndexBuilder.from_sonata_selection(morphology_dir, nodes_file, population, selection))


if __name__ == "__main__":
    main()
