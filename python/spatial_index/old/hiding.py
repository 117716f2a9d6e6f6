"""Classes with old names, which work but do not show in completion and help()."""
from __future__ import annotations

from typing import Any, List, Set

_PACKAGE = __name__.rpartition(".")[0]


def _old_names(cls: Any) -> Set[str]:
    """What only the classes of this package define."""
    old: Set[str] = set()
    current: Set[str] = set()
    for base in cls.__mro__:
        (old if base.__module__.startswith(_PACKAGE) else current).update(vars(base))
    return old - current


class HidesOldNames(type):
    """The class of classes that do not list what the mixins of this package bring."""

    def __dir__(cls) -> List[str]:
        return sorted(set(super().__dir__()) - _old_names(cls))


class OldNames(metaclass=HidesOldNames):
    """The same for their objects."""

    def __dir__(self) -> List[str]:
        return sorted(set(super().__dir__()) - _old_names(type(self)))
