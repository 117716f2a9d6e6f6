"""Nothing is left of the module of this name: the commands are programs."""
from typing import Any
from .gone import raise_if_gone

_COMMANDS = ("nodes", "synapses", "circuit", "compare")
_REPLACEMENTS = {
    f"{package}_{command}": f"run the program spatial-index-{command}"
    for package in ("spatial_index", "brain_indexer")
    for command in _COMMANDS
}


def __getattr__(name: Any) -> None:
    raise_if_gone("commands", name, _REPLACEMENTS)
