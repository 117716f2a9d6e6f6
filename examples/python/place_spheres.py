#!/usr/bin/env python3
"""Places somas at random so that none touches another: the index is asked before each is inserted.

Usage: place_spheres.py [COUNT [OUTPUT_FOLDER]]
"""
import sys
import time

import numpy as np

from spatial_index import SphereIndexBuilder

LEAST_RADIUS, GREATEST_RADIUS = 5.0, 9.0  # um
VOLUME_OF_EACH = 25.0**3  # of space for each soma
GAP = 0.5


def place(count, random):
    """An index of `count` spheres, and how often a place was taken already."""
    index = SphereIndexBuilder.create_empty()
    side = (count * VOLUME_OF_EACH) ** (1 / 3)
    rejected = 0
    while len(index) < count:
        center = random.uniform(0, side, 3)
        radius = random.uniform(LEAST_RADIUS, GREATEST_RADIUS)
        if index.sphere_empty(center, radius + GAP):
            index.insert(center, radius, len(index))
        else:
            rejected += 1
    return index, rejected


def main():
    if len(sys.argv) > 3:
        sys.exit(__doc__)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    begin = time.perf_counter()
    index, rejected = place(count, np.random.default_rng(1))
    seconds = time.perf_counter() - begin
    print(f"Placed {len(index)} spheres, {rejected} places were taken; {seconds:.1f} s")
    if len(sys.argv) == 3:
        index.write(sys.argv[2])


if __name__ == "__main__":
    main()
