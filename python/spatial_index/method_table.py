"""The table of shapes and verbs from which the named methods (box_query, sphere_counts, ...) are generated.

``source`` gives the text of the methods, which named_methods.py compiles when the package is imported, and ``stub``
the text of named_methods.pyi, for type checkers. Run as a program, this module prints the stub.

A method is a shape and a verb. ``Index`` and ``MultiPopulationIndex`` have all of them, with the same signatures.
"""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Tuple


class Part(NamedTuple):
    """A parameter of a shape: its name for one shape and for many, its type, and what the docstrings say."""

    name: str
    plural: str
    type: str
    text: str
    plural_text: str


class ShapeRow(NamedTuple):
    name: str  # of methods: box_query
    class_name: str
    number: int  # as the extension numbers shapes
    what: str
    parts: Tuple[Part, ...]


_POINT = "three numbers in micrometers, rounded to float32{0}"
_POINTS = "array (N, 3), float, in micrometers{0}"


def _point(name: str, plural: str, what: str, more: str = "", plural_more: str = "") -> Part:
    return Part(name, plural, "Point", f"{what}: {_POINT.format(more)}.", f"{what} of each: {_POINTS.format(plural_more)}.")


_RADIUS = Part(
    "radius", "radii", "float", "The radius in micrometers; not negative.",
    "The radius of each, in micrometers: array (N,), or one number for all.",
)  # fmt: skip

SHAPES: Tuple[ShapeRow, ...] = (
    ShapeRow("box", "Box", 0, "an axis-aligned box", (
        _point("corner", "corners", "A corner", "; may be infinite"),
        _point("opposite_corner", "opposite_corners", "The opposite corner", "; any order of corners is valid"),
    )),
    ShapeRow("sphere", "Sphere", 1, "a sphere", (_point("center", "centers", "The center"), _RADIUS)),
    ShapeRow("capsule", "Capsule", 2, "a capsule: all points within a radius of a line segment", (
        _point("end", "ends", "One end of the line segment", "; finite"),
        _point("other_end", "other_ends", "The other end", "; finite"),
        _RADIUS,
    )),
    ShapeRow("cylinder", "Cylinder", 3, "a cylinder with flat ends", (
        _point("end", "ends", "The center of one flat end", "; finite"),
        _point("other_end", "other_ends", "The center of the other flat end", "; finite, and not the same point"),
        _RADIUS,
    )),
    ShapeRow("oriented_box", "OrientedBox", 4, "a rotated box", (
        _point("center", "centers", "The center", "; finite"),
        _point("half_size", "half_sizes", "Half the length of each of the three sides", "; not negative",
               ", or one (3,) for all"),
        Part("orientation", "orientations", "ArrayLike",
             "The rotation of the box: a quaternion (w, x, y, z), as SONATA stores it for cells, or a rotation matrix "
             "(3, 3), the columns of which are the directions of the sides.",
             "The rotation of each: quaternions (N, 4) or matrices (N, 3, 3), or one of these for all."),
    )),
)  # fmt: skip

# ---- keywords ----

_ACCURACY = """accuracy : {"best_effort", "exact", "bounding_box"}, optional
    Which elements match. ``"best_effort"`` (default): by their shapes; segments are capsules for boxes and flat-ended
    cylinders for all other shapes. ``"exact"``: segments are flat-ended cylinders for all shapes. ``"bounding_box"``:
    by their bounding boxes. Elements that touch the shape match."""
_CENTER_ACCURACY = """ ``"center"`` (boxes only): by their
    centers (of a segment the midpoint of its axis). Boxes are half-open then: each element is in one of several
    boxes side by side."""
_FIELDS = """fields : str or iterable of str, optional
    The fields to return: builtin ones or attributes of the SONATA data set (see ``available_fields``). Default: all
    builtin fields."""
_GROUP_BY = """group_by : str or iterable of str, optional
    Count by the values of a field of integers, or of an attribute of integers or text, or of several."""
_POPULATIONS = """populations : str or iterable of str, optional
    The populations to query, of those in ``populations``; default: all.
population_mode : str, optional
    ``"single"``: the plain result of the only population. Any other value: a dict {population: result}. Default:
    the plain result for an index of one population, else a dict."""
_WANTED = """section_types : str, int or iterable of these, optional
    Segments: only of these section types: ``"soma"``, ``"axon"``, ``"basal_dendrite"``, ``"apical_dendrite"`` or numbers.
somas : bool, optional
    Segments: True: only somas; False: no somas.
gids : ids, optional
    Segments: only of these cells. Ids are an integer, an iterable or array of integers, ranges (N, 2), or a
    libsonata.Selection. Unknown ids match nothing.
pre_gids, post_gids : ids, optional
    Synapses: only with these source or target cells.
ids : ids, optional
    Synapses, spheres, points: only these."""
_THREADS = """threads : int, optional
    The number of threads; default: one for each processor. Results do not depend on it."""

_RAISES = """Raises
------
ArgumentError
    NaN, a negative radius, an unknown accuracy. (Also a ValueError and RuntimeError.)
ShapeError
    {0} (Also a ValueError and IndexError.){1}
PopulationError
    A population that the index does not have. (Also a KeyError.)
ValueError
    The index is closed."""
_FIELD_ERROR = """
FieldError
    An unknown field. (Also a KeyError and ValueError.)"""

_WANTED_NAMES = ("section_types", "somas", "gids", "pre_gids", "post_gids", "ids")
_WANTED_TYPES = {
    "section_types": "SectionTypes", "somas": "Optional[bool]", "gids": "Ids", "pre_gids": "Ids", "post_gids": "Ids", "ids": "Ids",
}  # fmt: skip


class Verb(NamedTuple):
    """``name`` is a format: of "box_query" for a shape, of "query" for the method that takes shape objects."""

    suffix: str
    generic: str
    summary: str
    keywords: Tuple[str, ...]
    many: bool
    returns: str
    call: str  # of the extension or of Index, with {arguments}


_WANTED_VALUES = ", ".join(_WANTED_NAMES)
_WANTED_DICT = "{" + ", ".join(f'"{name}": {name}' for name in _WANTED_NAMES) + "}"

VERBS: Tuple[Verb, ...] = (
    Verb("query", "query", "Find the elements in {what}.", ("fields", "accuracy"), False,
         """Results, ndarray, tuple or list
    By `fields`: None or an iterable gives Results, a dict {field: array} with arrays of the same length; a string gives
    the array of that field alone; ``"endpoints"`` alone gives a tuple of two arrays, ``"raw_elements"`` a list of named
    tuples. Elements are in index order. Arrays: ids uint64 (N,); section_id, segment_id uint32 (N,); ids structured
    (N,); positions and centroids float32 (N, 3); endpoints two float32 (N, 3), of somas the center and NaN; radius
    float32 (N,); section_type uint8 (N,); is_soma bool (N,); attributes as stored, text as objects.""",
         f"self._query({{arguments}}, accuracy, fields, {_WANTED_VALUES})"),
    Verb("counts", "count", "Count the elements in {what}.", ("group_by", "accuracy"), False,
         """int or dict
    The number of elements; with `group_by` a dict {value: count}, or {(value, ...): count} for an iterable, with
    ascending keys and without empty groups.""",
         f"self._counts({{arguments}}, accuracy, group_by, {_WANTED_VALUES})"),
    Verb("empty", "any", "Test whether no element is in {what}.", ("accuracy",), False,
         """bool
    Stops at the first element found.""",
         f"self._empty({{arguments}}, accuracy, None, {_WANTED_VALUES})"),
    Verb("query_many", "query_many", "Find the elements in each of many shapes in one call ({what}).",
         ("fields", "accuracy", "threads"), True,
         """BatchResults
    A dict {field: array} of the results of all shapes, one after the other, with ``offsets`` int64 (N + 1,): the
    results of shape i are rows ``offsets[i]`` to ``offsets[i + 1]``.""",
         f"self._batch({{arguments}}, fields, accuracy, threads, {_WANTED_DICT})"),
    Verb("counts_many", "count_many", "Count the elements in each of many shapes in one call ({what}).",
         ("accuracy", "threads"), True,
         """ndarray
    uint64 (N,), the number of elements in each shape.""",
         f"self._count_batch({{arguments}}, accuracy, threads, {_WANTED_DICT})"),
)  # fmt: skip

_KEYWORD_TEXTS = {"fields": _FIELDS, "group_by": _GROUP_BY, "threads": _THREADS}


# ---- the text of a method ----


def _indent(text: str, spaces: int) -> str:
    return "\n".join(" " * spaces + line if line else line for line in text.split("\n"))


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(text, 112, initial_indent="    ", subsequent_indent="    ")


def _parameters(shape: Optional[ShapeRow], verb: Verb) -> List[Tuple[str, str, str]]:
    """(name, type for the docstring, text) of the positional parameters."""
    if shape is None and verb.many:
        text = (
            "One shape object made of arrays, such as ``Box(corners, opposite_corners)`` with arrays (N, 3), or a sequence of "
            "single shapes, which may be of different classes."
        )
        return [("shapes", "Shape or sequence of Shape", _wrapped(text))]
    if shape is None:
        return [("shape", "Box, Sphere, Capsule, Cylinder or OrientedBox", "    The shape.")]
    kinds = {"Point": "array_like", "float": "float", "ArrayLike": "array_like"}
    if verb.many:
        return [(part.plural, "array_like", _wrapped(part.plural_text)) for part in shape.parts]
    return [(part.name, kinds[part.type], _wrapped(part.text)) for part in shape.parts]


def _docstring(shape: Optional[ShapeRow], verb: Verb, has_populations: bool) -> str:
    what = shape.what if shape else "a shape"
    summary = verb.summary.format(what=what)
    if shape is None and verb.generic == "any":
        summary = "Test whether any element is in a shape."
    parameters = [f"{name} : {kind}\n{text}" for name, kind, text in _parameters(shape, verb)]
    for keyword in verb.keywords:
        if keyword == "accuracy":
            by_center = shape is None or shape.name == "box"
            parameters.append(_ACCURACY.replace('"bounding_box"}', '"bounding_box", "center"}') + _CENTER_ACCURACY
                              if by_center else _ACCURACY)  # fmt: skip
        else:
            parameters.append(_KEYWORD_TEXTS[keyword])
    if has_populations:
        parameters.append(_POPULATIONS)
    parameters.append(_WANTED)
    subject = "An array of the wrong shape." if verb.many else "A point that is not three numbers."
    raises = _RAISES.format(subject, _FIELD_ERROR if "fields" in verb.keywords else "")
    joined = "\n".join(parameters)
    return f"{summary}\n\nParameters\n----------\n{joined}\n\nReturns\n-------\n{verb.returns}\n\n{raises}\n"


def _has_populations(verb: Verb, by_population: bool) -> bool:
    return by_population or not verb.many


def _method(shape: Optional[ShapeRow], verb: Verb, by_population: bool) -> str:
    name = f"{shape.name}_{verb.suffix}" if shape else verb.generic
    names = [parameter[0] for parameter in _parameters(shape, verb)]
    keywords = list(verb.keywords)
    if _has_populations(verb, by_population):
        keywords += ["populations", "population_mode"]
    keywords += _WANTED_NAMES
    signature = ", ".join(["self", *names, "*", *(f"{keyword}=None" for keyword in keywords)])
    docstring = _indent(_docstring(shape, verb, _has_populations(verb, by_population)), 4).strip()
    if by_population:
        passed = [keyword for keyword in keywords if keyword not in ("populations", "population_mode")]
        given = "{" + ", ".join(f'"{keyword}": {keyword}' for keyword in passed) + "}"
        body = f"return self._by_population(populations, population_mode, {name!r}, ({', '.join(names)},), {given})"
    else:
        if shape is None:
            arguments = "*many_of(shapes)" if verb.many else "*one_of(shape)"
        elif verb.many:
            arguments = f"{shape.number}, ({', '.join(names)})"
        else:
            arguments = ", ".join([str(shape.number), *(names + ["None"])[:3]])
        call = verb.call.replace("{arguments}", arguments)
        if shape is None and verb.generic == "any":
            call = f"not {call}"
        if verb.many:
            body = f"return {call}"
        else:
            body = (
                "keys = () if populations is None and population_mode is None "
                "else single_population(self, populations, population_mode)\n"
                f"    found = {call}\n"
                "    return by_population(keys, found) if keys else found"
            )
    return f'def {name}({signature}):\n    """{docstring}\n    """\n    {body}\n'


def _methods(by_population: bool) -> List[str]:
    shapes: Tuple[Optional[ShapeRow], ...] = (None, *SHAPES)
    return [_method(shape, verb, by_population) for shape in shapes for verb in VERBS]


def source(by_population: bool) -> str:
    """The text of the methods of Index, or of MultiPopulationIndex, as functions."""
    return "\n".join(_methods(by_population))


# ---- the stub ----

_STUB_HEAD = '''# Generated by method_table.py; scripts/check-python-types checks that it is up to date.
# fmt: off
from typing import Any, Dict, List, Literal, Optional, Tuple, Union, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .results import BatchResults, Results
from .shapes import Shape, Shapes
from .types import ArrayField, FieldNames, Fields, GroupBy, Ids, Point, Populations, SectionTypes

'''

# What `fields` and `group_by` make of the result.
_CHOICES: Dict[str, Tuple[Tuple[str, str], ...]] = {
    "query": (
        ("fields: Optional[FieldNames] = ...", "Results"),
        ('fields: Literal["endpoints"]', "Tuple[NDArray[np.float32], NDArray[np.float32]]"),
        ('fields: Literal["raw_elements"]', "List[Any]"),
        ("fields: ArrayField", "NDArray[Any]"),
        ("fields: str", "Any"),
    ),
    "counts": (
        ("group_by: None = ...", "int"),
        ("group_by: str", "Dict[Any, int]"),
        ("group_by: FieldNames", "Dict[Tuple[Any, ...], int]"),
    ),
    "empty": (("", "bool"),),
    "query_many": (("fields: Fields = ...", "BatchResults"),),
    "counts_many": (("", "NDArray[np.uint64]"),),
}


def _stub_method(shape: Optional[ShapeRow], verb: Verb, by_population: bool) -> List[str]:
    name = f"{shape.name}_{verb.suffix}" if shape else verb.generic
    if shape is None:
        positional = ["shapes: Shapes" if verb.many else "shape: Shape"]
    elif verb.many:
        positional = [f"{part.plural}: ArrayLike" for part in shape.parts]
    else:
        positional = [f"{part.name}: {part.type}" for part in shape.parts]
    common = ["accuracy: Optional[str] = ..."]
    if "threads" in verb.keywords:
        common.append("threads: Optional[int] = ...")
    wanted = [f"{keyword}: {_WANTED_TYPES[keyword]} = ..." for keyword in _WANTED_NAMES]
    variants = []
    for choice, result in _CHOICES[verb.suffix]:
        if by_population:
            modes = [("population_mode: None = ...", f"Dict[str, {result}]"), ('population_mode: Literal["single"]', result)]
        elif verb.many:
            modes = [("", result)]
        else:
            modes = [('population_mode: Optional[Literal["single"]] = ...', result)]
        for mode, returned in modes:
            middle = [choice] if choice else []
            populations = ["populations: Populations = ...", mode] if mode else []
            variants.append((positional + ["*"] + middle + common + populations + wanted, returned))
    if not by_population and not verb.many:
        key = {"query": "fields: Fields = ...", "counts": "group_by: GroupBy = ..."}.get(verb.suffix)
        middle = [key] if key else []
        other_modes = ["populations: Populations = ...", "population_mode: str"]
        variants.append((positional + ["*"] + middle + common + other_modes + wanted, "Any"))
    lines: List[str] = []
    for parameters, returned in variants:
        if len(variants) > 1:
            lines.append("    @overload")
        lines.append(f"    def {name}(self, {', '.join(parameters)}) -> {returned}: ...")
    return lines


def stub() -> str:
    """The text of named_methods.pyi."""
    shapes: Tuple[Optional[ShapeRow], ...] = (None, *SHAPES)
    text = _STUB_HEAD
    for class_name, by_population in (("QueryMethods", False), ("PopulationQueryMethods", True)):
        lines = [line for shape in shapes for verb in VERBS for line in _stub_method(shape, verb, by_population)]
        text += f"class {class_name}:\n" + "\n".join(lines) + "\n\n"
    return text.rstrip("\n") + "\n"


if __name__ == "__main__":
    print(stub(), end="")
