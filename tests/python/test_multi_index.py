"""Every query on a multi-index: the answers of the single index of the same elements, in the same order."""
import pickle
from types import SimpleNamespace

import circuits
import h5py
import numpy as np
import pytest
import small_circuits as small

import spatial_index as si
from spatial_index.old.queries import OldQueries
from spatial_index.util import difference

COUNT = 600_000  # more than one part
KINDS = ["morphology", "synapse", "sphere", "point"]
SHAPES = ["box", "sphere", "capsule", "cylinder", "oriented_box"]
ACCURACIES = [None, "bounding_box", "best_effort", "exact", "center", "nonsense"]


# ---- indexes ----


def write_synapses(path):
    """At random places, with attributes."""
    random = np.random.default_rng(5)
    with h5py.File(path, "w") as file:
        group = file.create_group("edges/random")
        group["edge_type_id"] = np.full(COUNT, -1)
        group["source_node_id"] = random.integers(0, 500, COUNT)
        group["target_node_id"] = random.integers(0, 300, COUNT)
        for axis in "xyz":
            group[f"0/afferent_center_{axis}"] = random.normal(0, 100, COUNT).astype(np.float32)
        group["0/conductance"] = random.random(COUNT)
        circuits.write_strings(group["0"], "label", [f"label {number % 7}" for number in range(COUNT)])
    return path


def build_arrays(builder, arrays, folder):
    return [builder.from_numpy(*arrays, output_dir=folder / name, multi_index=name == "multi")
            for name in ("single", "multi")]


def build_pair(kind, folder):
    random = np.random.default_rng(6)
    places, radii = random.normal(0, 100, (COUNT, 3)), random.random(COUNT)
    if kind == "point":
        return build_arrays(si.PointIndexBuilder, [places], folder)
    if kind == "sphere":
        return build_arrays(si.SphereIndexBuilder, [places, radii], folder)
    if kind == "synapse":
        file = write_synapses(folder / "edges.h5")
        return [si.SynapseIndexBuilder.from_sonata_file(file, output_dir=folder / "single"),
                si.SynapseMultiIndexBuilder.from_sonata_file(file, output_dir=folder / "multi")]
    small.command("sample-circuit", "--cells", 700, folder / "circuit")
    files = folder / "circuit" / "morphologies", folder / "circuit" / "nodes.h5", "cortex"
    return [si.MorphIndexBuilder.from_sonata_file(*files, output_dir=folder / "single"),
            si.MorphMultiIndexBuilder.from_sonata_file(*files, output_dir=folder / "multi")]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folders = {}

    def folder_of(kind):
        if kind not in folders:
            folders[kind] = tmp_path_factory.mktemp(kind)
            build_pair(kind, folders[kind])
        return folders[kind]

    return folder_of


@pytest.fixture(params=KINDS)
def pair(built, request):
    """Opened anew, so that no part has been reached."""
    folder = built(request.param)
    return SimpleNamespace(kind=request.param, single=si.open_index(folder / "single"), answers=[],
                           multi=si.open_index(folder / "multi"))


# ---- comparing ----


def same(left, right):
    if isinstance(left, BaseException) or isinstance(right, BaseException):
        return type(left) is type(right) and str(left) == str(right)
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and (
            left.tolist() == right.tolist() if left.dtype.hasobject else left.tobytes() == right.tobytes())
    if isinstance(left, si.BatchResults) and not same(left.offsets, right.offsets):
        return False
    if isinstance(left, (dict, si.Results)):
        return list(left) == list(right) and all(same(left[name], right[name]) for name in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and (left == right or left != left)


def outcome(index, method, arguments, keywords):
    try:
        return getattr(index, method)(*arguments, **keywords)
    except si.SpatialIndexError as error:
        return error


def check(pair, method, arguments, **keywords):
    left, right = (outcome(index, method, arguments, keywords) for index in (pair.single, pair.multi))
    assert same(left, right), (method, arguments, keywords, left, right)
    pair.answers.append(left)


# ---- what is asked ----


def places(index, count, seed=1):
    """Where elements are, and outside."""
    random = np.random.default_rng(seed)
    lower, upper = index.bounds()
    center, extent = (lower + upper) / 2, upper - lower
    found = [center + random.normal(0, 0.15, 3) * extent for _ in range(count - 1)]
    return [*found, upper + extent]


def arguments_of(shape, place, size):
    random = np.random.default_rng(int(size * 100))
    way = random.normal(0, 1, 3) * size
    return {
        "box": (place - size, place + size),
        "sphere": (place, size),
        "capsule": (place, place + way, size / 3),
        "cylinder": (place, place + way, size / 3),
        "oriented_box": (place, (size, size / 2, size / 3), random.normal(0, 1, 4)),
    }[shape]


def some_queries(index, shape, sizes=(2, 15, 60)):
    return [arguments_of(shape, place, size) for size in sizes for place in places(index, 3, int(size))]


FILTERS = {
    "morphology": [{"section_types": "axon"}, {"somas": True}, {"gids": [(0, 100), (500, 501)], "somas": False}],
    "synapse": [{"pre_gids": [7, 8, 9]}, {"post_gids": range(100)}, {"ids": [(0, 1000)], "post_gids": 5}, {"gids": 1}],
    "sphere": [{"ids": [(100, 90000)]}, {"ids": []}],
    "point": [{"ids": [(100, 90000)]}, {"gids": [1]}],
}


def all_filters(pair):
    return [{}, *FILTERS[pair.kind]]


def accuracies_and_filters(pair):
    yield from ({"accuracy": accuracy} for accuracy in ACCURACIES)
    yield from FILTERS[pair.kind]
    yield {"accuracy": "exact", **FILTERS[pair.kind][0]}


def all_fields(index):
    names = index.available_fields
    return [None, "raw_elements", *names, names, list(reversed(names)), "no such field", []]


def all_groups(index):
    names = [name for name in index.builtin_fields if name != "ids"]
    return [*names, names[:2], names[-2:], "nonsense"]


# ---- one query for each public function ----


def check_query(pair, method, shape):
    """Of the first ones parts are still unknown."""
    for arguments in some_queries(pair.single, shape):
        for keywords in accuracies_and_filters(pair):
            check(pair, method, arguments, **keywords)
    arguments = arguments_of(shape, places(pair.single, 2)[0], 8)
    for fields in all_fields(pair.single):
        check(pair, method, arguments, fields=fields)
    for mode in {"population_mode": "multi", "populations": pair.single.population}, {"population_mode": "single"}:
        check(pair, method, arguments, **mode)


def check_counts(pair, method, shape):
    for arguments in some_queries(pair.single, shape):
        for keywords in accuracies_and_filters(pair):
            check(pair, method, arguments, **keywords)
    arguments = arguments_of(shape, places(pair.single, 2)[0], 60)
    for group in all_groups(pair.single):
        for keywords in all_filters(pair):
            check(pair, method, arguments, group_by=group, **keywords)


def check_empty(pair, method, shape):
    for arguments in some_queries(pair.single, shape, (0.01, 1, 60)):
        for keywords in accuracies_and_filters(pair):
            check(pair, method, arguments, **keywords)


def many(pair, shape):
    queries = [arguments_of(shape, place, 5) for place in places(pair.single, 50)]
    return [np.array(part) for part in zip(*queries)]


def check_query_many(pair, method, shape):
    for keywords in accuracies_and_filters(pair):
        check(pair, method, many(pair, shape), **keywords)
    for fields in all_fields(pair.single):
        check(pair, method, many(pair, shape), fields=fields)
    for threads in 1, 3:
        check(pair, method, many(pair, shape), threads=threads)


def check_counts_many(pair, method, shape):
    for keywords in [*accuracies_and_filters(pair), {"threads": 1}, {"threads": 3}]:
        check(pair, method, many(pair, shape), **keywords)


def check_nearest(pair, method, _):
    for place in places(pair.single, 4):
        for keywords in accuracies_and_filters(pair):
            check(pair, method, (place, 20), **keywords)
        for keywords in {"k": 1}, {"k": 3000}, {"k": 10, "max_distance": 2.5}, {"k": 0}:
            check(pair, method, (place,), **keywords)
    for fields in all_fields(pair.single):
        check(pair, method, (place, 5), fields=fields)


def check_nearest_many(pair, method, _):
    points = np.array(places(pair.single, 4))
    for keywords in accuracies_and_filters(pair):
        check(pair, method, (points, 20), **keywords)
    for keywords in {"k": 1}, {"k": 10, "max_distance": 2.5, "offsets": True}, {"k": 0}, {"threads": 1}:
        check(pair, method, (points,), **keywords)


MEASURES = ["elements", "touching", "length", "nonsense"]


def check_density_grid(pair, method, _):
    corners = pair.single.bounds()
    inner = [corner / 3 for corner in corners]
    for measure in MEASURES:
        for keywords in [*all_filters(pair), {"accuracy": "exact"}, {"threads": 1}, {"threads": 3}]:
            check(pair, method, (*inner, (7, 6, 5)), measure=measure, **keywords)
        check(pair, method, (*corners, 4), measure=measure)


def check_region_totals(pair, method, _):
    regions = np.random.default_rng(3).integers(0, 5, (7, 6, 5))
    for measure in MEASURES:
        for keywords in [*all_filters(pair), {"threads": 1}, {"threads": 3}]:
            check(pair, method, (regions, *pair.single.bounds()), measure=measure, **keywords)


def check_grid(pair, method, _):
    for keywords in [*all_filters(pair), {"threads": 3}, {"touching": True}, {"touching": True, "accuracy": "exact"}]:
        if "touching" not in keywords or method.endswith("counts"):
            check(pair, method, (*pair.single.bounds(), (7, 6, 5)), **keywords)


def check_regions(pair, method, _):
    regions = np.random.default_rng(3).integers(0, 5, (7, 6, 5))
    for keywords in [*all_filters(pair), {"threads": 3}]:
        check(pair, method, (regions, *pair.single.bounds()), **keywords)


CLASSES = {"box": si.Box, "sphere": si.Sphere, "capsule": si.Capsule, "cylinder": si.Cylinder, "oriented_box": si.OrientedBox}


def check_shape(pair, method, _):
    for shape, class_ in CLASSES.items():
        for arguments in some_queries(pair.single, shape, (2, 60)):
            for keywords in all_filters(pair):
                check(pair, method, (class_(*arguments),), **keywords)
            named = getattr(pair.single, f"{shape}_{ {'query': 'query', 'count': 'counts', 'any': 'empty'}[method]}")(*arguments)
            assert same(getattr(pair.single, method)(class_(*arguments)), not named if method == "any" else named)


def check_shapes(pair, method, _):
    for shape, class_ in CLASSES.items():
        for keywords in all_filters(pair):
            check(pair, method, (class_(*many(pair, shape)),), **keywords)
    mixed = [class_(*arguments) for shape, class_ in CLASSES.items() for arguments in some_queries(pair.single, shape)]
    check(pair, method, (mixed,), threads=2)
    counts = [pair.single.count(one) for one in mixed]
    found = getattr(pair.single, method)(mixed)
    assert (found.counts if method == "query_many" else found).tolist() == counts


def check_bounds(pair, method, _):
    check(pair, method, ())


def check_old_query(pair, method, shape):
    for arguments in some_queries(pair.single, shape, (8,)):
        for fields in [None, "ids", "positions", "raw_elements", "kind", "centroid"]:
            check(pair, method, arguments, fields=fields)
        check(pair, method, arguments, accuracy="best_effort")


def check_old_counts(pair, method, shape):
    for arguments in some_queries(pair.single, shape):
        check(pair, method, arguments)
        check(pair, method, arguments, group_by="gid")


CHECKS = {
    **{f"{shape}_{ending}": (check_, shape) for shape in SHAPES for ending, check_ in [
        ("query", check_query), ("counts", check_counts), ("empty", check_empty), ("query_many", check_query_many),
        ("counts_many", check_counts_many)]},
    **{name: (check_shape, None) for name in ("query", "count", "any")},
    **{name: (check_shapes, None) for name in ("query_many", "count_many")},
    **{name: (check_grid, None) for name in ("grid_counts", "grid_lengths")},
    **{name: (check_regions, None) for name in ("region_counts", "region_lengths")},
    "nearest": (check_nearest, None),
    "nearest_many": (check_nearest_many, None),
    "density_grid": (check_density_grid, None),
    "region_totals": (check_region_totals, None),
    "bounds": (check_bounds, None),
    "window_query": (check_old_query, "box"),
    "vicinity_query": (check_old_query, "sphere"),
    "window_counts": (check_old_counts, "box"),
    "vicinity_counts": (check_old_counts, "sphere"),
}
NOTHING = {"0", "{}", "True"}
NOT_QUERIES = {"create", "open", "stats", "write", "insert", "info", "close"}


def is_query(name):
    value = getattr(si.Index, name)
    return not name.startswith("_") and callable(value) and not (value.__doc__ or "").startswith("Gone: ")


def test_every_public_function_is_compared():
    names = {*dir(si.Index), *dir(OldQueries)}  # which are not shown
    assert {name for name in names if is_query(name)} - NOT_QUERIES == set(CHECKS)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("method", CHECKS)
def test_same_answers(pair, method):
    check_, shape = CHECKS[method]
    check_(pair, method, shape)
    if method.endswith("lengths") and pair.kind != "morphology":
        assert all(isinstance(answer, si.ArgumentError) for answer in pair.answers)  # only segments have lengths
        return
    assert any(not isinstance(answer, si.SpatialIndexError) and repr(answer) not in NOTHING for answer in pair.answers)
    assert method == "bounds" or pair.multi.stats()["parts_touched"] > 0


# ---- what else an index can do ----


def test_same_elements_and_description(pair):
    assert difference(pair.single, pair.multi) is None
    assert len(pair.single) == len(pair.multi) and pair.multi.info()["part_count"] > 1
    for name in "builtin_fields", "available_fields", "element_type", "population", "populations":
        assert same(getattr(pair.single, name), getattr(pair.multi, name))
    assert set(pair.single.info()) == set(pair.multi.info())
    for name in "bounds", "element_count", "levels", "dataset_path", "population":
        assert pair.single.info().get(name) == pair.multi.info().get(name)


def test_arrow(pair):
    arrow_consumer = pytest.importorskip("arrow_consumer", reason="the consumer is not built: run the tests by meson")
    arguments = arguments_of("sphere", places(pair.single, 2)[0], 8)
    found = [index.sphere_query(*arguments) for index in (pair.single, pair.multi)]
    (schema, rows, *_), (other_schema, other_rows, *_) = [arrow_consumer.take(one.__arrow_c_array__()) for one in found]
    assert repr(schema) == repr(other_schema) and repr(rows) == repr(other_rows) and len(rows) > 0


def test_pickled_copied_and_grown(pair, tmp_path):
    again = pickle.loads(pickle.dumps(pair.multi))
    assert difference(again, pair.single) is None and again.info()["part_count"] > 1
    pair.multi.write(tmp_path / "copy")
    assert difference(tmp_path / "copy", pair.single) is None
    if pair.kind not in ("sphere", "point"):
        return
    for index in pair.single, pair.multi:
        index.insert((0, 0, 0), *([1.5] if pair.kind == "sphere" else []), 10**9)
    for method in "sphere_query", "box_counts", "nearest", "density_grid":
        check_, shape = CHECKS[method]
        check_(pair, method, shape)


def test_usage(pair):
    count = pair.multi.info()["part_count"]
    assert pair.multi.stats()["parts_touched"] == 0 and pair.multi.stats()["part_count"] == count
    pair.multi.box_query(*small.EVERYTHING, accuracy="bounding_box")
    stats = pair.multi.stats()
    assert stats["parts_touched"] == count
    if stats["reading"] == "mapped":
        assert 0.9 * pair.multi.info()["file_bytes"] < stats["pages_touched"] * stats["page_bytes"]
    assert pair.single.stats()["part_count"] == pair.single.stats()["parts_touched"] == 0
