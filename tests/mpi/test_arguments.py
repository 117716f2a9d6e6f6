"""Processes of one job that are given different arguments."""
import pytest

from launch import alone, finish, needs_mpirun, start_each

pytestmark = needs_mpirun


def build(*commands, good):
    job = finish(start_each(*commands))
    assert (job.code == 0) == good, job.errors
    return job.said


@pytest.fixture
def sources(circuit):
    folder = circuit / "circuit"
    return {
        "segments": ["segments", folder / "circuit_config.json"],
        "synapses": ["synapses", folder / "circuit_config.json"],
        "nodes": [folder / "nodes.h5", folder / "morphologies"],
        "edges": [folder / "edges.h5"],
    }


@pytest.mark.parametrize("giver, command, source, some", [
    (2, "synapses", "edges", ["--post-gids", "0-99"]), (0, "circuit", "synapses", ["--gids", "3,5,8"]),
    (1, "nodes", "nodes", ["--gids", "5-7", "--population", "cortex", "--recenter", "on", "--soma-radius", "surface"]),
    (2, "circuit", "segments", ["--gids", "1", "--populations", "cortex"]),
])
def test_what_one_is_given_holds_for_all(sources, tmp_path, giver, command, source, some):
    both = [command, *sources[source], "--multi-index", "--threads", 1, "-o", tmp_path / "multi"]
    build(*([*both, *(some if rank == giver else [])] for rank in range(3)), good=True)
    alone(command, *sources[source], *some, "-o", tmp_path / "single")
    alone("compare", tmp_path / "single", tmp_path / "multi")


@pytest.mark.parametrize("command, source, one, other, name", [
    ("synapses", "edges", ["--post-gids", "0-99"], ["--post-gids", "0-98"], "--post-gids"),
    ("nodes", "nodes", ["--skip-bad-cells"], [], "--skip-bad-cells"),
    ("nodes", "nodes", ["--recenter", "on"], ["--recenter", "off"], "--recenter"),
    ("circuit", "segments", ["--populations", "cortex"], ["--populations", "other"], "--population"),
    ("synapses", "edges", ["-o", "other"], [], "--output"),
])
def test_different_values_are_refused(sources, tmp_path, command, source, one, other, name):
    both = [command, *sources[source], "--multi-index", "-o", tmp_path / "multi"]
    said = build([*both, *one], [*both, *other], [*both, *other], good=False)
    assert len(said) == 1 and f"different values of {name}:" in said[0] and "processes 0 and 1" in said[0]
    assert not (tmp_path / "multi").exists()


def test_different_sources_are_refused(sources, tmp_path):
    options = ["--multi-index", "-o", tmp_path / "multi"]
    said = build(["circuit", *sources["segments"], *options], ["circuit", *sources["synapses"], *options], good=False)
    assert len(said) == 1 and "the source of elements" in said[0]
    copy = tmp_path / "copy.json"
    copy.write_text("{}")
    said = build(["circuit", *sources["segments"], *options], ["circuit", "segments", copy, *options], good=False)
    assert len(said) == 1 and "the file to index" in said[0]
    assert not (tmp_path / "multi").exists()
