"""The methods that query by shape, compiled from method_table.py. Their types are in named_methods.pyi."""
from typing import Any
import linecache

from . import method_table
from .population_names import by_population, single_population
from .shapes import many_of, one_of


def _compiled(class_name: Any, is_by_population: Any) -> Any:
    text = method_table.source(is_by_population)
    file_name = f"<spatial_index.{class_name}>"
    # Tracebacks and inspect.getsource() find the text here.
    linecache.cache[file_name] = (len(text), None, text.splitlines(keepends=True), file_name)
    methods = {}
    names = {"many_of": many_of, "one_of": one_of, "by_population": by_population, "single_population": single_population}
    names["__name__"] = __name__
    exec(compile(text, file_name, "exec"), names, methods)
    for method in methods.values():
        method.__qualname__ = f"{class_name}.{method.__name__}"
    methods.update({"__slots__": (), "__module__": __name__, "__doc__": "Queries by shape."})
    return type(class_name, (), methods)


QueryMethods = _compiled("QueryMethods", False)
PopulationQueryMethods = _compiled("PopulationQueryMethods", True)
