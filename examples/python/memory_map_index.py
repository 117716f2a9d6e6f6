#!/usr/bin/env python3
"""Builds an index straight into a memory-mapped file, and opens it again, as one that is larger than memory.

Usage: memory_map_index.py segments|synapses [CIRCUIT_FOLDER]

Every index is a memory-mapped file, whatever builds it; DiskMemMapProps, which older programs use, says where it
goes and how large it may become. In new programs `output_dir=` is enough.
"""
import sys

from spatial_index import SegmentIndexBuilder, SynapseIndexBuilder

CIRCUIT_FOLDER = "my-circuit"
MOST_MEBIBYTES = 2048
CORNER, OPPOSITE_CORNER = (-20, 400, -20), (20, 440, 20)


def build_segments(circuit):
    index_folder = "example_mapped_segments"
    props = SegmentIndexBuilder.DiskMemMapProps(index_folder, MOST_MEBIBYTES, True)
    index = SegmentIndexBuilder.from_sonata_file(
        f"{circuit}/morphologies", f"{circuit}/nodes.h5", "cortex", disk_mem_map=props, progress=True
    )
    return index, SegmentIndexBuilder.load_disk_mem_map(index_folder)


def build_synapses(circuit):
    index_folder = "example_mapped_synapses"
    props = SynapseIndexBuilder.DiskMemMapProps(index_folder, MOST_MEBIBYTES, True)
    index = SynapseIndexBuilder.from_sonata_file(
        f"{circuit}/edges.h5", "cortex__cortex__chemical", disk_mem_map=props, progress=True
    )
    return index, SynapseIndexBuilder.load_disk_mem_map(index_folder)


def main():
    builds = {"segments": build_segments, "synapses": build_synapses}
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in builds:
        sys.exit(__doc__)
    built, opened = builds[sys.argv[1]](sys.argv[2] if len(sys.argv) == 3 else CIRCUIT_FOLDER)
    print("Elements:", len(built))
    print("Bytes of the file:", opened.info()["file_bytes"])
    for index in built, opened:
        print("In the box:", index.box_counts(CORNER, OPPOSITE_CORNER))


if __name__ == "__main__":
    main()
