"""Density grids and totals of regions."""
import numpy as np
import pytest

import spatial_index as si

LOWER, UPPER, SHAPE = (-20.0, 0.0, 5.0), (30.0, 60.0, 45.0), (10, 12, 8)


def faces(axis):
    step = (UPPER[axis] - LOWER[axis]) / SHAPE[axis]
    return np.append(LOWER[axis] + np.arange(SHAPE[axis]) * step, UPPER[axis])


def histogram(places, weights=None):
    """What NumPy makes of the places; its last bins are closed, ours are not."""
    inside = np.all(places < np.array(UPPER), axis=1)
    return np.histogramdd(places[inside].astype(float), bins=[faces(axis) for axis in range(3)])[0]


@pytest.fixture(scope="module")
def places():
    random = np.random.default_rng(3)
    cloud = random.uniform(-40, 70, (20_000, 3))
    cloud[::3] = np.round(cloud[::3] / 5) * 5  # on faces, edges and corners
    return cloud.astype(np.float32)


def make(kind, places):
    if kind == "point":
        return si.PointIndex(places)
    if kind == "sphere":
        return si.SphereIndex(places, np.full(len(places), 1.5))
    half = len(places) // 2  # the other half is inserted
    index = si.PointIndex(places[:half]) if kind == "grown point" else si.SphereIndex(places[:half], np.full(half, 1.5))
    if kind == "grown point":
        index.insert(places[half:])
    else:
        index.insert(places[half:], np.full(len(places) - half, 1.5))
    return index


@pytest.mark.parametrize("kind", ["point", "sphere", "grown point", "grown sphere"])
def test_elements(kind, places):
    index = make(kind, places)
    grid = index.density_grid(LOWER, UPPER, SHAPE)
    assert grid.dtype == np.uint64 and grid.shape == SHAPE and grid.flags.c_contiguous
    assert np.array_equal(grid, histogram(places))
    assert np.array_equal(index.density_grid(UPPER, LOWER, SHAPE, threads=1), grid)
    some = index.density_grid(LOWER, UPPER, SHAPE, ids=range(5000, 15_000))
    assert np.array_equal(some, histogram(places[5000:15_000]))
    touching = index.density_grid(LOWER, UPPER, SHAPE, measure="touching")
    steps = [faces(axis) for axis in range(3)]
    for voxel in (0, 0, 0), (3, 4, 5), (9, 11, 7):
        lower = [steps[axis][voxel[axis]] for axis in range(3)]
        upper = [steps[axis][voxel[axis] + 1] for axis in range(3)]
        assert touching[voxel] == index.box_counts(lower, upper)


def clip(starts, ends, lower, upper):
    """Lengths of lines in a box, by the parameters at which they enter and leave it."""
    first, last = np.zeros(len(starts)), np.ones(len(starts))
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in range(3):
            way = ends[:, axis] - starts[:, axis]
            a, b = (lower[axis] - starts[:, axis]) / way, (upper[axis] - starts[:, axis]) / way
            inside = (starts[:, axis] >= lower[axis]) & (starts[:, axis] < upper[axis])
            first = np.maximum(first, np.where(way == 0, np.where(inside, 0, 2), np.minimum(a, b)))
            last = np.minimum(last, np.where(way == 0, 1, np.maximum(a, b)))
    return np.linalg.norm(ends - starts, axis=1) * np.clip(last - first, 0, None)


def test_segments(segments):
    lower, upper = (np.array(bound, dtype=float) for bound in segments.bounds())
    upper += 1
    found = segments.box_query(lower, upper, fields=["endpoints", "is_soma", "centroid", "section_type"])
    starts, ends = (values[~found["is_soma"]].astype(float) for values in found["endpoints"])
    grid = segments.density_grid(lower, upper, 4)
    assert grid.sum() == len(segments)
    assert segments.density_grid(lower, upper, 4, somas=True).sum() == found["is_soma"].sum()
    types = segments.density_grid(lower, upper, 4, section_types="axon")
    assert types.sum() == (found["section_type"] == 2).sum() > 0
    lengths = segments.density_grid(lower, upper, (5, 3, 2), measure="length")
    assert lengths.dtype == np.float64 and lengths.sum() == pytest.approx(np.linalg.norm(ends - starts, axis=1).sum())
    step = (upper - lower) / (5, 3, 2)
    for voxel in np.ndindex(5, 3, 2):
        expected = clip(starts, ends, lower + voxel * step, lower + (np.array(voxel) + 1) * step).sum()
        assert lengths[voxel] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, ">i2", np.uint16, np.int32, "<u4", np.int64, np.uint64])
@pytest.mark.parametrize("order", "CF")
def test_regions(segments, dtype, order):
    lower, upper = (np.array(bound, dtype=float) for bound in segments.bounds())
    ids = np.random.default_rng(4).integers(-5 if np.dtype(dtype).kind == "i" else 3, 12, (6, 7, 8))
    regions = np.array(ids, dtype=dtype, order=order)
    for measure in "elements", "touching", "length":
        grid = segments.density_grid(lower, upper, (6, 7, 8), measure=measure)
        totals = segments.region_totals(regions, lower, upper, measure=measure)
        assert list(totals) == sorted(totals) == [id for id in np.unique(ids) if grid[ids == id].any()]
        for region, total in totals.items():
            assert total == pytest.approx(grid[ids == region].sum(), rel=1e-12)


def test_region_masks_and_growing(places):
    index = make("grown sphere", places)
    mask = np.zeros(SHAPE, dtype=bool)
    mask[2:5, 3:9, 1:7] = True
    totals = index.region_totals(mask, LOWER, UPPER)
    grid = index.density_grid(LOWER, UPPER, SHAPE)
    assert totals == {0: grid[~mask].sum(), 1: grid[mask].sum()}


def test_synapses(synapses):
    lower, upper = (np.array(bound, dtype=float) for bound in synapses.bounds())
    assert synapses.density_grid(lower, upper + 1, 3).sum() == len(synapses)
    with pytest.raises(si.ArgumentError, match="synapse have no length"):
        synapses.density_grid(lower, upper + 1, 3, measure="length")


def test_populations(data):
    index = si.MultiPopulationIndex({"a": si.open_index(data.segments), "b": si.open_index(data.segments)})
    lower, upper = index["a"].bounds()
    grids = index.density_grid(lower, upper + 1, 3)
    assert list(grids) == ["a", "b"] and grids["a"].sum() == len(index["a"])
    only = index.density_grid(lower, upper + 1, 3, populations="b", population_mode="single")
    assert np.array_equal(only, grids["b"])
    totals = index.region_totals(np.full((2, 2, 2), 7), lower, upper + 1)
    assert totals == {"a": {7: len(index["a"])}, "b": {7: len(index["b"])}}


@pytest.mark.parametrize("change, error, sentence", [
    ({"shape": (1, 2)}, si.ShapeError, "one number or three"),
    ({"shape": 0}, si.ArgumentError, "0 voxels along x"),
    ({"shape": -1}, si.ArgumentError, "not negative"),
    ({"shape": (2**64, 1, 1)}, si.LimitError, "too large"),
    ({"shape": 2.5}, TypeError, "whole number"),
    ({"shape": 2**21 + 1}, si.LimitError, "2097153 x 2097153 x 2097153 voxels is too large"),
    ({"corner": (0, 0)}, si.ShapeError, "three numbers each"),
    ({"corner": (0, 0), "opposite_corner": (1, 1)}, si.ShapeError, "three numbers each"),
    ({"corner": None}, si.ShapeError, "three numbers each"),
    ({"corner": ("a", 0, 0)}, ValueError, "'a'"),
    ({"measure": ["length"]}, si.ArgumentError, "measure is"),
    ({"corner": (np.nan, 0, 0)}, si.ArgumentError, "along x"),
    ({"corner": (1, 0, 0)}, si.ArgumentError, "from 1 to 1 along x"),
    ({"measure": "mass"}, si.ArgumentError, "'elements', 'touching' or 'length'"),
    ({"accuracy": "rough"}, si.ArgumentError, "rough"),
    ({"gids": [1]}, si.ArgumentError, "gids"),
])
def test_errors(change, error, sentence):
    index = si.PointIndex([[0.5, 0.5, 0.5]])
    arguments = {"corner": (0, 0, 0), "opposite_corner": (1, 1, 1), "shape": 2, **change}
    with pytest.raises(error, match=sentence):
        index.density_grid(**arguments)


def test_wrong_regions():
    index = si.PointIndex([[0.5, 0.5, 0.5]])
    for regions in np.zeros((2, 2)), np.zeros((2, 2, 2)), np.array("x"):
        with pytest.raises(si.ShapeError, match="integers of three dimensions"):
            index.region_totals(regions, (0, 0, 0), (1, 1, 1))
    assert index.region_totals(np.zeros((1, 1, 1), int), (0, 0, 0), (1, 1, 1), threads=2**40) == {0: 1}
