"""Index files that earlier releases have written stay readable, and answer as they did."""
import pathlib
import zlib

import pytest
from conftest import EVERYTHING, run

HERE = pathlib.Path(__file__).parent

# Folder, number of elements, check sum of all fields of all of them, and what a box and a ball find.
FILES = [
    ("version_1/synapses", 73, "ec2bf207", 6, 2),
    ("version_1/segments", 1295, "7bb2ba3d", 158, 202),
]


def count_of(folder, *query):
    return int(run("query", HERE / folder, *query, "--count").splitlines()[-1])


@pytest.mark.parametrize("folder, count, checksum, box, ball", FILES)
def test_file(folder, count, checksum, box, ball):
    everything = run("query", HERE / folder, *EVERYTHING)
    assert len(everything.splitlines()) == 1 + count
    assert f"{zlib.crc32(everything.encode()):08x}" == checksum
    assert count_of(folder, "--box", "-60,400,-60", "60,700,60") == box
    assert count_of(folder, "--sphere", "-50,500,0", "150") == ball
