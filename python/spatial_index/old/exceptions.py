"""Classes of exceptions that scripts for older versions catch, and that only other packages have."""
from __future__ import annotations

import sys
from typing import Any, Dict, Tuple

_classes: Dict[Tuple[Any, Any], Any] = {}


def with_sonata_error(wanted: Any) -> Any:
    """A class that is also libsonata.SonataError, where the program has imported libsonata; else the same one."""
    sonata_error = getattr(sys.modules.get("libsonata"), "SonataError", None)
    if not isinstance(sonata_error, type) or issubclass(wanted, sonata_error):
        return wanted
    if (wanted, sonata_error) not in _classes:
        names = {"__module__": wanted.__module__, "__doc__": wanted.__doc__}
        _classes[wanted, sonata_error] = type(wanted.__name__, (wanted, sonata_error), names)
    return _classes[wanted, sonata_error]
