"""Which populations a query asks for: names that the index has, or PopulationError."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from .errors import ArgumentError, PopulationError
from .types import Populations


def listed(populations: Any) -> List[Any]:
    """The names that are given as one name, or as several."""
    return [populations] if populations is None or isinstance(populations, str) else list(populations)


def no_population(name: Any, known: Any) -> PopulationError:
    """The error about a name that is not among those known."""
    names = [str(one) for one in known if one is not None]
    there_are = f"this index has {', '.join(names)}" if names else "this index records no name of its population"
    return PopulationError(f"No population {name!r}: {there_are}")


def chosen(populations: Populations, known: List[str]) -> List[str]:
    """The names that are asked for, which is all where none is; each is known."""
    names = known if populations is None else listed(populations)
    for name in names:
        if name not in known:
            raise no_population(name, known)
    return names


def check_single(names: List[Any], populations: Any) -> None:
    """One population is asked for, by `population_mode` or because there is no other."""
    if len(names) != 1:
        raise ArgumentError(f"Invalid populations={populations!r}: expected exactly one population, not {len(names)}")


class OnlyPopulation(Dict[Any, Any]):
    """{population: result} of an index of one population. It is also found under None, as older scripts look for it."""

    __slots__ = ()

    def __missing__(self, name: Any) -> Any:
        if name is None:
            return next(iter(self.values()))
        raise KeyError(name)


def by_population(keys: Tuple[Any, ...], result: Any) -> OnlyPopulation:
    """The result of an index of one population, listed under its name."""
    return OnlyPopulation({keys[0]: result})


def single_population(index: Any, populations: Any, mode: Optional[str]) -> Tuple[Any, ...]:
    """What the result of an index of one population is listed under: nothing, or the name in a tuple."""
    names = listed(populations)
    check_single(names, populations)
    if names[0] is not None and names[0] != index.population:
        raise no_population(names[0], [index.population])
    return () if mode is None or mode == "single" else (index.population,)
