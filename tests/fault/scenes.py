"""Builds that faults happen to: the command, what stands at its target before, and what each answers."""
import shutil

import circuits
from commands import COMMANDS, contents, run

EVERYTHING = ["--box", "-inf,-inf,-inf", "inf,inf,inf"]


def make_sample(folder):
    run(["sample-circuit", "--cells", "5", "--synapses-per-cell", "100", folder])
    return folder


def answer(target):
    """What an index answers; None where there is none."""
    if not (target / "meta_data.json").exists():
        return None
    return run(["query", target, *EVERYTHING])


class Scene:
    """A target folder in a folder of its own, put back to how it was before each build."""

    def __init__(self, folder, before, command):
        self.folder = folder
        self.place = folder / "place"
        self.target = self.place / "new" / "index" if before is None else self.place / "index"
        self.kept = folder / "kept"
        self.command = [*command, "-o", self.target, *([] if before is None else ["--force"])]
        self.kept.mkdir()
        if before is not None:
            run([*before, "-o", self.kept / "index"])
        self.reset()
        self.before = contents(self.place)
        self.old_answer = answer(self.target)
        run(self.command)
        self.after = contents(self.place)
        self.new_answer = answer(self.target)
        assert self.new_answer != self.old_answer

    def reset(self):
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.kept, self.place)

    def answer(self):
        return answer(self.target)


class Sources:
    """The data sets that scenes are built from."""

    def __init__(self, folder):
        sample = make_sample(folder / "sample")
        config = circuits.write_circuit(folder / "circuit")
        self.nodes = ["nodes", sample / "nodes.h5", sample / "morphologies", "--population", "cortex", "--threads", "1"]
        self.synapses = ["synapses", sample / "edges.h5", "--threads", "1"]
        self.circuit = ["circuit", "segments", sample / "circuit_config.json", "--threads", "1"]
        self.several = ["circuit", "segments", config, "--threads", "1", "--populations"]
        self.several_synapses = ["circuit", "synapses", config, "--threads", "1", "--populations"]


# Name: (what stands there before, the command), as functions of the sources.
SCENES = {
    "nodes": lambda s: (None, s.nodes),
    "synapses": lambda s: (None, s.synapses),
    "circuit": lambda s: (None, s.circuit),
    "several": lambda s: (None, [*s.several, "A,B"]),
    "nodes over nodes": lambda s: ([*s.nodes, "--gids", "0"], s.nodes),
    "synapses over synapses": lambda s: ([*s.synapses, "--gids", "1,2"], s.synapses),
    "synapses over nodes": lambda s: ([*s.nodes, "--gids", "0"], s.synapses),
    "several over several": lambda s: ([*s.several, "A,B", "--gids", "0"], [*s.several, "A,B"]),
    "several over one of them": lambda s: ([*s.several, "A"], [*s.several, "A,B"]),
    "several over others": lambda s: ([*s.several_synapses, "A__B,B__A"], [*s.several, "B,A"]),
    "one over several": lambda s: ([*s.several, "A,B"], s.synapses),
}

assert COMMANDS.is_dir()
