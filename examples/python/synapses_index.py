#!/usr/bin/env python3
"""Indexes the synapses of a SONATA edges file and asks for them, their cells and their attributes.

Usage: synapses_index.py [EDGES_FILE [POPULATION]]
"""
import sys

from spatial_index import SynapseIndexBuilder

EDGES_FILE = "my-circuit/edges.h5"
POPULATION = "cortex__cortex__chemical"

CORNER, OPPOSITE_CORNER = (-40, 410, -40), (40, 430, 40)
SHOWN = 5


def main():
    given = sys.argv[1:]
    if len(given) > 2:
        sys.exit(__doc__)
    edges_file, population = (*given, *(EDGES_FILE, POPULATION)[len(given) :])

    index = SynapseIndexBuilder.from_sonata_file(edges_file, population)
    print("Index size:", len(index))
    print("Fields:", ", ".join(index.available_fields))

    ids = index.box_query(CORNER, OPPOSITE_CORNER, fields="id")
    print("Synapses in the box:", len(ids))

    # Fields of the index and attributes of the edges file, in one query.
    found = index.box_query(CORNER, OPPOSITE_CORNER, fields=["id", "pre_gid", "post_gid", "position", "conductance"])
    for id_, pre_gid, post_gid, conductance in list(
        zip(found["id"], found["pre_gid"], found["post_gid"], found["conductance"])
    )[:SHOWN]:
        print(f"  synapse {id_} from cell {pre_gid} to cell {post_gid}: {conductance:.2f} nS")

    counts = index.box_counts(CORNER, OPPOSITE_CORNER, group_by="post_gid")
    most = max(counts, key=counts.get)
    print(f"Of {len(counts)} cells that receive them, cell {most} has the most: {counts[most]}")

    # Only the synapses on some cells.
    some = SynapseIndexBuilder.from_sonata_file(edges_file, population, post_gids=[most])
    print(f"All synapses on cell {most}:", len(some))


if __name__ == "__main__":
    main()
