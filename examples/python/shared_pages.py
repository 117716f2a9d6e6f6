#!/usr/bin/env python3
"""Opens an index in eight processes at once, and measures that they share its pages.

Usage: shared_pages.py INDEX [PROCESSES]

Rss is what of the index's file a process has mapped and used, Pss its share of that: a page that n processes use
counts as one n-th in each. If each had its own copy, Pss would be Rss.
"""
import multiprocessing
import sys

import spatial_index


def mapped_kibibytes(path):
    """Rss and Pss of all mappings of a file in this process."""
    sums = {"Rss": 0, "Pss": 0}
    is_file = False
    with open("/proc/self/smaps") as smaps:
        for line in smaps:
            name, _, rest = line.partition(":")
            if "-" in name and " " in name:  # the first line of a mapping, which ends in the path
                is_file = line.rstrip("\n").endswith(path)
            elif is_file and name in sums:
                sums[name] += int(rest.split()[0])
    return sums["Rss"], sums["Pss"]


def meet_at(barrier):
    global everyone
    everyone = barrier


def use_index(folder):
    index = spatial_index.open_index(folder)
    lower, upper = index.bounds()
    count = index.box_counts(lower, upper)
    found = index.sphere_query((lower + upper) / 2, 50, fields="ids")
    everyone.wait()  # all have used it, and none is gone
    measured = mapped_kibibytes(index.info()["heavy_data_path"])
    everyone.wait()
    return count, len(found), *measured


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    processes = int(sys.argv[2]) if len(sys.argv) == 3 else 8
    context = multiprocessing.get_context("spawn")  # as programs that know nothing of each other
    barrier = context.Barrier(processes, timeout=60)
    with context.Pool(processes, meet_at, (barrier,)) as pool:
        rows = pool.map(use_index, [sys.argv[1]] * processes, chunksize=1)
    print("elements, in the sphere, Rss KiB, Pss KiB")
    for row in rows:
        print(*row, sep=", ")
    rss, pss = (sum(row[column] for row in rows) for column in (2, 3))
    if pss == 0:
        sys.exit("No process maps the file: it is read explicitly, which shares no memory.")
    print(f"{processes} processes use {rss} KiB of the file and take up {pss} KiB: each page is shared by {rss / pss:.1f}")


if __name__ == "__main__":
    main()
