"""What docs/migration.md tells of answers and of cells, row by row of its table."""
import json
import pathlib
import re

import circuits
import h5py
import numpy as np
import pytest
import small_circuits as small

import spatial_index as si

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "migration.md"
TESTS = [pathlib.Path(__file__), pathlib.Path(__file__).with_name("test_migration_circuits.py")]

SOMA = "1 1 0 0 0 1 -1\n"
STICK = SOMA + "2 2 0 0 0 1 1\n3 2 0 0 10 1 2\n"  # an axon from (0, 0, 0) to (0, 0, 10), radius 1


def stick_of(tmp_path, *points, radius=1):
    """The index of one cell with an axon through points."""
    lines = [f"{i} 2 {x} {y} {z} {radius} {i - 1}" for i, (x, y, z) in enumerate(points, 2)]
    return small.index_cells(tmp_path, {"cell.swc": SOMA.replace("0 0 0", "0 0 -99") + "\n".join(lines) + "\n"})


def test_every_row_of_the_page_has_a_test():
    rows = [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE.read_text(), re.MULTILINE)]
    assert set(range(1, 37)) <= set(rows) and len(rows) == len(set(rows))
    tested = {int(number) for path in TESTS for number in re.findall(r"^def test_row_(\d+)", path.read_text(), re.MULTILINE)}
    assert tested == set(rows)


def test_row_1_centroid_is_the_midpoint(tmp_path):
    found = small.everything(stick_of(tmp_path, (0, 0, 0), (0, 0, 10)), ["ids", "centroid"])
    assert found["centroid"][found["ids"]["section_id"] == 1].tolist() == [[0, 0, 5]]


def test_row_2_radius_of_somas(tmp_path):
    swc = {"cell.swc": "1 1 0 0 0 7 -1\n"}
    assert small.everything(small.index_cells(tmp_path, swc), "radius") == [0]
    assert small.everything(small.index_cells(tmp_path, swc, soma_radius="surface"), "radius") == [7]


def test_row_3_no_soma_without_soma(tmp_path, caplog):
    with caplog.at_level("INFO", "spatial_index"):
        index = small.index_cells(tmp_path, {"cell.swc": "1 2 0 0 0 1 -1\n2 2 5 0 0 1 1\n"})
    assert small.ids(index) == [(0, 1, 0)]
    assert np.isfinite(index.bounds()).all()
    assert "1 cells have no soma" in caplog.text


OFF_CENTER = {"cell.swc": "1 1 3 0 0 1 -1\n2 2 4 0 0 1 1\n3 2 6 0 0 1 2\n"}
HALF_TURN = {"orientation_w": [0.0], "orientation_x": [0.0], "orientation_y": [0.0], "orientation_z": [1.0]}


def soma_center(index):
    found = small.everything(index, ["is_soma", "centroid"])
    return found["centroid"][found["is_soma"]][0]


def test_row_4_somas_turn_with_their_cells(tmp_path):
    assert soma_center(small.index_cells(tmp_path, OFF_CENTER, HALF_TURN)) == pytest.approx([-3, 0, 0], abs=1e-5)


@pytest.mark.parametrize("attributes, recenter, x", [
    ({}, "auto", 3), ({}, "on", 0), ({}, "off", 3),
    (small.without_orientation(), "auto", 0), (small.without_orientation(), "off", 3),
    ({"recenter": [1]}, "auto", 0), (small.without_orientation(recenter=[0]), "auto", 3), ({"recenter": [1]}, "off", 3),
])
def test_row_4_recentring(tmp_path, attributes, recenter, x):
    assert soma_center(small.index_cells(tmp_path, OFF_CENTER, attributes, recenter=recenter))[0] == x


def test_row_5_cells_of_a_soma_only_and_sections_of_one_point(tmp_path):
    assert small.ids(small.index_cells(tmp_path, {"cell.swc": SOMA})) == [(0, 0, 0)]
    one_point_between = "2 3 1 0 0 1 1\n3 2 0 0 1 1 1\n4 2 0 0 2 1 3\n5 4 0 1 0 1 1\n"
    assert small.ids(small.index_cells(tmp_path, {"other.swc": SOMA + one_point_between})) == [(0, 0, 0), (0, 2, 0)]


def test_row_6_ids_that_are_too_large(tmp_path):
    def swc(points):
        return SOMA + "".join(f"{i} 2 0 0 {i} 1 {i - 1}\n" for i in range(2, points + 2))

    assert len(small.index_cells(tmp_path, {"cell.swc": swc(16385)})) == 16385  # a soma and 16,384 segments
    with pytest.raises(si.LimitError, match=r"cell 0.*16384.*16383"):
        small.index_cells(tmp_path, {"cell.swc": swc(16386)})


def test_row_7_touching_points_count():
    assert si.PointIndexBuilder.from_numpy([[1, 1, 1]]).box_counts((1, 1, 1), (2, 2, 2)) == 1


def test_row_8_touching_segments_count(tmp_path):
    index = stick_of(tmp_path, (0, 0, 0), (0, 0, 10))
    assert index.box_counts((1, -1, 4), (2, 1, 6)) == 1
    assert index.box_counts((1.001, -1, 4), (2, 1, 6)) == 0
    # The other condition, as ever: the capsule reaches there, the flat end does not.
    assert index.box_counts((-0.1, -0.1, 10.5), (0.1, 0.1, 11)) == 0


def test_row_8_small_segments_are_found(tmp_path):
    index = stick_of(tmp_path, (0, 0, 0), (0.01, 0, 0), radius=0.0205)
    assert index.box_counts((0.0049, 0.02, -0.05), (0.0051, 0.1, 0.05)) == 1


def test_row_9_segments_without_length_or_radius(tmp_path):
    ball = stick_of(tmp_path, (0, 0, 0), (0, 0, 0))
    assert ball.sphere_counts((2, 0, 0), 1) == 1 and ball.sphere_counts((2.1, 0, 0), 1) == 0
    line = stick_of(tmp_path, (0, 0, 0), (0, 0, 10), radius=0)
    assert line.sphere_counts((0.5, 0, 10.5), 1) == 1


def test_row_10_exact_cylinders(tmp_path):
    index = stick_of(tmp_path, (0, 0, 0), (10, 10, 0))
    beyond_the_end = (10.58, 10.58, -0.01), (10.62, 10.62, 0.01)
    assert index.box_counts(*beyond_the_end, accuracy="exact") == 0
    assert index.box_counts(*beyond_the_end, accuracy="best_effort") == 1
    assert index.box_counts((9.9, 9.9, 0.9), (10, 10, 2), accuracy="exact") == 1


def test_row_11_groups_of_every_index(data, segments, synapses):
    assert segments.box_counts(*small.EVERYTHING, group_by="gid") == {0: 4, 1: 2, 2: 2, 3: 4}
    assert segments.box_counts(*small.EVERYTHING, group_by="section_type") == {1: 4, 2: 2, 3: 6}
    assert synapses.sphere_counts((0, 0, 0), 10, group_by="pre_gid") == {2: 1, 3: 1, 5: 1, 6: 1, 7: 1}


def test_row_12_spheres_and_points_open(tmp_path):
    large = 2**63 + 1
    si.SphereIndexBuilder.from_numpy([[0, 0, 0]], [1], [large], output_dir=tmp_path / "spheres")
    si.PointIndexBuilder.from_numpy([[0, 0, 0]], [large], output_dir=tmp_path / "points")
    si.PointIndexBuilder.from_numpy([], output_dir=tmp_path / "empty")
    for name in "spheres", "points":
        assert small.everything(si.open_index(tmp_path / name), "id") == [large]
        small.command("compare", tmp_path / name, tmp_path / name)  # flat in every direction
    small.command("compare", tmp_path / "empty", tmp_path / "empty")


def test_row_15_swc_columns_of_integers(tmp_path):
    with_point = STICK.replace("3 2 0", "3 2.0 0")
    assert len(small.index_cells(tmp_path, {"a.swc": with_point})) == 2
    assert len(small.index_cells(tmp_path, {"b.swc": STICK.replace("\n", "\r")})) == 2
    for text in "3 2.5 0", "3 - 0", "3 2 0 0 10 1 4294967293\n# ":
        with pytest.raises(si.SpatialIndexError, match=r"c\.swc:3"):
            small.index_cells(tmp_path, {"c.swc": STICK.replace("3 2 0", text)})


def test_row_16_samples_that_no_root_reaches(tmp_path):
    with pytest.raises(si.FormatError, match=r"cell\.swc:4.*cycle"):
        small.index_cells(tmp_path, {"cell.swc": STICK + "4 2 1 0 0 1 5\n5 2 2 0 0 1 4\n"})


def test_row_17_block_inside_a_block(tmp_path):
    text = '("soma" (CellBody) (-1 -1 0 0) (1 -1 0 0) (1 1 0 0))\n((Axon) (0 0 0 1) ( ( (1 0 0 1) | (2 0 0 1) ) | (3 0 0 1) ))\n'
    with pytest.raises(si.FormatError, match=r"cell\.asc:2"):
        small.index_cells(tmp_path, {"cell.asc": text})


def test_row_24_nothing_at_all():
    assert len(si.SphereIndexBuilder.from_numpy(np.empty((0, 3)), np.empty(0))) == 0
    assert len(si.PointIndexBuilder.from_numpy(np.empty((0, 3)))) == 0


@pytest.mark.parametrize("centroids, radii", [
    ([[0, 0, 0], [np.nan, 0, 0]], [1, 1]), ([[0, 0, 0], [0, 0, np.inf]], [1, 1]), ([[0, 0, 0], [0, 0, 0]], [1, -1]),
])
def test_row_25_values_that_poison(centroids, radii):
    with pytest.raises(si.SpatialIndexError, match=r"\b1\b"):
        si.SphereIndexBuilder.from_numpy(centroids, radii)


def test_row_25_negative_radius_of_a_segment(tmp_path):
    with pytest.raises(si.SpatialIndexError, match="cell 0"):
        stick_of(tmp_path, (0, 0, 0), (0, 0, 10), radius=-1)


def test_row_27_order_is_that_of_the_index():
    centroids = np.random.default_rng(1).random((5000, 3))
    one, many = (si.PointIndexBuilder.from_numpy(centroids, threads=threads) for threads in (1, 4))
    box = (0.2, 0.2, 0.2), (0.9, 0.9, 0.9)
    assert np.array_equal(one.box_query(*box, fields="id"), many.box_query(*box, fields="id"))


def test_row_29_broken_morphologies(tmp_path, caplog):
    nodes, shapes = small.write_cells(tmp_path, {"good.swc": STICK, "torn.swc": SOMA + "2 2 0\n"})
    with pytest.raises(si.SpatialIndexError, match=r"cell 1 .*torn\.swc:2"):
        si.MorphIndexBuilder.from_sonata_file(shapes, nodes, "cells")
    index = si.MorphIndexBuilder.from_sonata_file(shapes, nodes, "cells", skip_bad_cells=True)
    assert set(small.everything(index, "gid")) == {0}
    assert "cell 1 is left out" in caplog.text and "torn.swc:2" in caplog.text


def test_row_34_names_with_their_suffix(tmp_path):
    names = np.array(["cell.swc"], dtype=h5py.string_dtype())
    assert len(small.index_cells(tmp_path, {"cell.swc": STICK}, {"morphology": names})) == 2


def test_row_36_empty_and_decreasing_sections_of_hdf5(tmp_path):
    soma = [[0, 1, 0, 1], [1, 0, 0, 1], [-1, 0, 0, 1]]
    points = soma + [[0, 0, z, 1] for z in range(4)]
    nodes, shapes = small.write_cells(tmp_path, {"cell.swc": SOMA})
    (shapes / "cell.swc").unlink()
    small.write_hdf5_morphology(shapes / "cell.h5", points, [[0, 1, -1], [3, 2, 0], [5, 2, 0], [5, 2, 0]])
    index = si.MorphIndexBuilder.from_sonata_file(shapes, nodes, "cells")
    assert small.ids(index) == [(0, 0, 0), (0, 1, 0), (0, 3, 0)]
    small.write_hdf5_morphology(shapes / "cell.h5", points, [[0, 1, -1], [5, 2, 0], [3, 2, 0]])
    with pytest.raises(si.FormatError, match=r"cell\.h5.*section"):
        si.MorphIndexBuilder.from_sonata_file(shapes, nodes, "cells")


def test_row_41_cr_ends_comments_of_asc(tmp_path):
    text = '; a comment\r("soma" (CellBody) (-1 -1 0 0) (1 -1 0 0) (0 1 0 0)) ; another\r((Axon) (0 0 0 1) (0 0 9 1))\r'
    assert len(small.index_cells(tmp_path, {"a.asc": text})) == 2
    with pytest.raises(si.FormatError, match=r"b\.asc:1:16: found '\.5', expected a number with digits on both sides"):
        small.index_cells(tmp_path, {"b.asc": "((Axon) (0 0 0 .5))"})


def test_row_42_integers_in_scientific_notation(tmp_path):
    samples = np.array([[1, 1, 0, 0, 0, 1, -1], [2, 2, 0, 0, 0, 1, 1], [3, 2, 0, 0, 10, 1, 2]])
    text = "\n".join(" ".join(f"{value:.18e}" for value in sample) for sample in samples)
    assert len(small.index_cells(tmp_path, {"a.swc": text})) == 2


def test_row_44_structures_without_signs(tmp_path):
    nodes, shapes = small.write_cells(tmp_path, {"cell.swc": SOMA})
    (shapes / "cell.swc").unlink()
    with h5py.File(shapes / "cell.h5", "w") as file:
        file["points"] = np.array([[0, 0, 0, 1], [0, 0, 9, 1]], np.float32)
        file["structure"] = np.array([[0, 2, 2**32 - 1]], np.uint32)
    assert small.ids(si.SegmentIndexBuilder.from_sonata_file(shapes, nodes, "cells")) == [(0, 1, 0)]


@pytest.mark.parametrize("text", ["", "# a comment\n\n"])
def test_row_47_empty_morphologies(tmp_path, text):
    nodes, shapes = small.write_cells(tmp_path, {"a.swc": STICK, "empty.swc": text})
    with pytest.raises(si.FormatError, match=r"cell 1 .*empty\.swc: has neither a soma nor a section"):
        si.SegmentIndexBuilder.from_sonata_file(shapes, nodes, "cells")
    index = si.SegmentIndexBuilder.from_sonata_file(shapes, nodes, "cells", skip_bad_cells=True)
    assert set(small.everything(index, "gid")) == {0}


def test_row_49_radii_and_corners_that_are_none(points):
    for radius in -0.5, np.nan:
        with pytest.raises(si.ArgumentError, match="radius"):
            points.sphere_counts((0, 0, 0), radius)
    with pytest.raises(si.ArgumentError):
        points.box_counts((np.nan, 0, 0), (1, 1, 1))


def test_row_50_names_of_the_only_population(segments):
    assert segments.populations == ["All"] and segments.box_counts(*small.EVERYTHING, populations="All") == 12
    with pytest.raises(si.PopulationError, match="All"):
        segments.box_counts(*small.EVERYTHING, populations="typo")


def test_row_51_astrocytes(tmp_path):
    config = circuits.write_circuit(tmp_path / "circuit")
    content = json.loads(config.read_text())
    content["networks"]["nodes"][0]["populations"]["A"]["type"] = "astrocyte"
    config.write_text(json.dumps(content))
    assert len(si.index_circuit("segments", config, tmp_path / "cells", "A")) == 6
    content["networks"]["nodes"][0]["populations"]["A"]["type"] = "vasculature"
    config.write_text(json.dumps(content))
    with pytest.raises(si.UnsupportedError, match="vasculature"):
        si.index_circuit("segments", config, tmp_path / "vessels", "A")


def test_row_52_morphologies_without_a_name(tmp_path, caplog):
    nodes, shapes = small.write_cells(tmp_path, {"good.swc": STICK, "other.swc": STICK})
    with h5py.File(nodes, "a") as file:
        small.set_attribute(file["nodes/cells/0"], "morphology", np.array(["good", ""], dtype=h5py.string_dtype()))
    with caplog.at_level("INFO", "spatial_index"):
        index = si.MorphIndexBuilder.from_sonata_file(shapes, nodes, "cells")
    assert set(small.everything(index, "gid")) == {0} and "1 cells without morphology are left out" in caplog.text
