"""A build that is interrupted cleans up and tells so by its exit code."""
import signal
import time

import pytest

import circuits
from conftest import files_below, run, start


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A circuit that takes seconds to index."""
    folder = tmp_path_factory.mktemp("large")
    morphologies = circuits.write_morphologies(folder / "morphologies")
    lines = ["1 1 0 0 0 1 -1"] + [f"{i} 2 {i} {i % 7} {i % 11} .1 {i - 1}" for i in range(2, 10_000)]
    (morphologies / "long.swc").write_text("\n".join(lines) + "\n")
    cells = [("long", (i, 0, 0), circuits.UPRIGHT, "m", 1, 0.0) for i in range(4000)]
    return circuits.write_nodes(folder / "nodes.h5", cells), morphologies


def interrupt(large, folder, number, *options):
    with start("nodes", *large, "-o", folder / "out", *options) as process:
        time.sleep(0.7)
        assert process.poll() is None, "the build is over before it is interrupted"
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    return process.returncode, errors


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signal_during_a_build(large, tmp_path, number, code):
    returned, errors = interrupt(large, tmp_path, number)
    assert returned == code
    assert errors == f"spatial-index-nodes: interrupted by {number.name}, nothing was written\n"
    assert files_below(tmp_path) == []


def test_signal_during_a_replacement(large, data, tmp_path):
    run("nodes", data.nodes, data.morphologies, "-o", tmp_path / "out")
    before = files_below(tmp_path)
    assert interrupt(large, tmp_path, signal.SIGINT, "--force")[0] == 130
    assert files_below(tmp_path) == before
    assert run("compare", "-v", tmp_path / "out", data.segments).output == "same\n"


def test_signal_during_a_query(data):
    with start("query", data.segments, "--queries", "-", stdin=-1) as process:
        time.sleep(0.2)  # it waits for input
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
