import os
import pathlib
import signal
import subprocess
from types import SimpleNamespace

import pytest

pytest.importorskip("h5py")
import circuits  # noqa: E402  (needs h5py)

COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])
# The names that are links to spatial-index, and the commands as its first words.
NAMES = ["nodes", "synapses", "circuit", "query", "grid", "info", "compare", "verify"]
WORDS = ["index segments", "index synapses", "query", "grid", "info", "compare", "verify", "sample-circuit"]


def default_signals():
    """Whatever the test runner ignores, a command is started as from a shell."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


def start(name, *arguments, **options):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8", **options}
    command = [str(COMMANDS / f"spatial-index-{name}"), *map(str, arguments)]
    return subprocess.Popen(command, preexec_fn=default_signals, **options)


def run(name, *arguments, input=None, code=0, **options):
    """Runs spatial-index-NAME and checks its exit code."""
    options.setdefault("stdin", subprocess.PIPE if input is not None else subprocess.DEVNULL)
    with start(name, *arguments, **options) as process:
        output, errors = process.communicate(input, timeout=400)
    assert process.returncode == code, (name, arguments, output, errors)
    return SimpleNamespace(code=process.returncode, output=output, errors=errors)


def run_main(*arguments, code=0, **options):
    """Runs spatial-index itself and checks its exit code."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    done = subprocess.run([COMMANDS / "spatial-index", *map(str, arguments)], encoding="utf-8",
                          preexec_fn=default_signals, timeout=400, **options)
    assert done.returncode == code, (arguments, done.stdout, done.stderr)
    return SimpleNamespace(code=done.returncode, output=done.stdout, errors=done.stderr)


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """Cells, synapses and their indexes, for tests that only read."""
    folder = tmp_path_factory.mktemp("data")
    made = SimpleNamespace(
        folder=folder,
        morphologies=circuits.write_morphologies(folder / "morphologies"),
        nodes=circuits.write_nodes(folder / "nodes.h5"),
        edges=circuits.write_edges(folder / "edges.h5"),
        segments=folder / "segments",
        synapses=folder / "synapses",
    )
    run("nodes", made.nodes, made.morphologies, "--out", made.segments)
    run("synapses", made.edges, "--out", made.synapses)
    return made


@pytest.fixture(scope="session")
def circuit(tmp_path_factory):
    """A circuit of two populations of cells, and the indexes of both."""
    folder = tmp_path_factory.mktemp("circuit")
    made = SimpleNamespace(config=circuits.write_circuit(folder / "circuit"), both=folder / "both")
    run("circuit", "segments", made.config, "--populations", "A,B", "--out", made.both)
    return made
