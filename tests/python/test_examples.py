"""The examples run as their README says, and what they print is true."""
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import spatial_index

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "examples" / "python"
COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where the commands of the README have been run."""
    folder = tmp_path_factory.mktemp("examples")
    for line in readme_commands():
        if not line.startswith("export"):
            run(folder, line.split())
    return folder


@pytest.fixture(scope="session")
def segments(folder):
    return spatial_index.open_index(folder / "my-segments")


@pytest.fixture(scope="session")
def synapses(folder):
    return spatial_index.open_index(folder / "my-synapses")


def readme_commands():
    text = (EXAMPLES / "README.md").read_text()
    return re.search(r"```sh\n(.*?)```", text, re.DOTALL)[1].splitlines()


def run(folder, words):
    environment = {**os.environ, "PATH": f"{COMMANDS}:{os.environ['PATH']}", "TMPDIR": str(folder)}
    finished = subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=100)
    assert finished.returncode == 0, (words, finished.stdout, finished.stderr)
    return finished.stdout


def run_example(folder, name, *arguments):
    return run(folder, [sys.executable, EXAMPLES / name, *arguments])


def number_after(text, what):
    return int(re.search(rf"{what}\D*?(\d+)", text)[1])


def test_readme_tells_every_example():
    told = set(re.findall(r"examples/python/(\w+\.\w+)", (EXAMPLES / "README.md").read_text()))
    assert told == {path.name for path in EXAMPLES.iterdir() if path.suffix in (".py", ".sh")}


BOX = (-20, 400, -20), (20, 440, 20)


def of_cells(index, first, end):
    gids = index.box_query(*BOX, fields="gid")
    return int(((gids >= first) & (gids < end)).sum())


def test_segment_index(folder, segments):
    for _ in range(2):  # the second time from the index that the first has written
        output = run_example(folder, "segment_index.py")
        assert number_after(output, "Elements in the box") == of_cells(segments, 0, 100) > 0
        assert number_after(output, "Count") == of_cells(segments, 0, 100)
    assert len(spatial_index.open_index(folder / "example_segment_index")) < len(segments)


def test_segment_index_of_given_files(folder, tmp_path):
    output = run_example(tmp_path, "segment_index.py", folder / "my-circuit/nodes.h5", folder / "my-circuit/morphologies")
    assert number_after(output, "Cells in the file") == 300


def test_segment_index_sonata(folder, segments):
    output = run_example(folder, "segment_index_sonata.py")
    gids = segments.box_query((-1e9,) * 3, (1e9,) * 3, fields="gid")
    sizes = [int(size) for size in re.findall(r"Index size: (\d+)", output)]
    assert sizes == [((gids >= 100) & (gids < 200)).sum(), np.isin(gids, [4, 8, 15, 16, 23, 42]).sum()]
    assert all(int(found) > 0 for found in re.findall(r"Found: (\d+)", output))


def test_synapses_index(folder, synapses):
    output = run_example(folder, "synapses_index.py")
    box = (-40, 410, -40), (40, 430, 40)
    assert number_after(output, "Index size") == len(synapses)
    assert number_after(output, "Synapses in the box") == synapses.box_counts(*box) > 0
    cell = number_after(output, "All synapses on cell")
    on_cell = synapses.box_counts((-1e9,) * 3, (1e9,) * 3, group_by="post_gid")[cell]
    assert output.rstrip().endswith(f": {on_cell}")


@pytest.mark.parametrize("kind", ["segments", "synapses"])
def test_memory_map_index(folder, tmp_path, kind, request):
    index = request.getfixturevalue(kind)
    output = run_example(tmp_path, "memory_map_index.py", kind, folder / "my-circuit")
    assert number_after(output, "Elements") == len(index)
    assert re.findall(r"In the box: (\d+)", output) == [str(index.box_counts(*BOX))] * 2
    assert len(spatial_index.open_index(tmp_path / f"example_mapped_{kind}")) == len(index)


@pytest.mark.parametrize("kind", ["segments", "synapses"])
def test_memory_map_index_of_the_commands(folder, tmp_path, kind, request):
    index = request.getfixturevalue(kind)
    output = run(tmp_path, ["bash", EXAMPLES / "memory_map_index.sh", kind, folder / "my-circuit"])
    assert number_after(output, "elements") == len(index)
    assert os.listdir(tmp_path) == [f"example_mapped_{kind}"]


def test_voxel_fields(folder, segments):
    output = run_example(folder, "voxel_fields.py", folder / "my-segments", "60")
    everything = segments.box_query((-1e9,) * 3, (1e9,) * 3, fields={"endpoints", "section_type"})
    first, second = (points.astype(float) for points in everything["endpoints"])
    lengths = np.linalg.norm(second - first, axis=1)
    for section_type in ("axon", "basal_dendrite", "apical_dendrite"):
        is_it = everything["section_type"] == spatial_index.core.SectionType[section_type]
        told = float(re.search(rf"^{section_type}: ([\d.]+) mm", output, re.MULTILINE)[1])
        assert told == pytest.approx(lengths[is_it].sum() / 1000, rel=1e-4)


def test_shared_pages(folder, segments):
    output = run_example(folder, "shared_pages.py", folder / "my-segments")
    rows = [[int(number) for number in line.split(",")] for line in output.splitlines()[1:-1]]
    assert len(rows) == 8 and all(row[0] == len(segments) for row in rows)
    assert len({row[1] for row in rows}) == 1
    # Each page is one-eighth of a page in each process, or this test could not tell sharing from copying.
    used, share = sum(row[2] for row in rows), sum(row[3] for row in rows)
    assert used > 8 * 1000 and share < used / 7


def test_place_spheres(tmp_path):
    output = run_example(tmp_path, "place_spheres.py", "3000", "placed")
    assert number_after(output, "Placed") == 3000 and int(re.search(r"(\d+) places were taken", output)[1]) > 0
    index = spatial_index.open_index(tmp_path / "placed")
    found = index.box_query((-1e9,) * 3, (1e9,) * 3)
    assert np.array_equal(np.sort(found["id"]), np.arange(3000))
    # None touches another: the sphere of each holds itself alone.
    assert index.sphere_counts_many(found["centroid"], found["radius"]).tolist() == [1] * 3000


def count_of_hue(picture, colour):
    """Pixels of a colour, or of one between it and white, as thin lines have."""
    ink, wanted = 1 - picture, 1 - colour
    amount = np.linalg.norm(ink, axis=2)
    return ((amount > 0.2) & (ink @ wanted > 0.99 * amount * np.linalg.norm(wanted))).sum()


def test_tutorial(folder, segments, tmp_path):
    pytest.importorskip("matplotlib", reason="no pictures: python3-matplotlib is not installed")
    from matplotlib import image

    output = run_example(folder, "tutorial.py", folder / "my-segments", folder / "my-synapses", tmp_path / "drawn.png")
    box = (-75, 375, -10), (75, 525, 10)
    assert number_after(output, "In the box") == segments.box_counts(*box)
    assert number_after(output, "of which somas") == segments.box_counts(*box, group_by="section_type")[1]
    drawn = image.imread(tmp_path / "drawn.png")
    assert drawn.shape[0] > 300 and drawn.shape[1] > 800
    left, middle, right = np.array_split(drawn[..., :3], 3, axis=1)
    for panel in left, middle, right:
        assert 0.02 < (panel.min(axis=2) < 0.9).mean() < 0.9  # neither empty nor filled
    for colour in (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), (0x00, 0x9E, 0x73):  # axons, basal and apical dendrites
        # Thin lines are paler than their colour; the legend alone has fewer of such pixels.
        assert (np.abs(left - np.array(colour) / 255).max(axis=2) < 0.2).sum() > 200


@pytest.mark.parametrize("page", ["python.md", "tutorial.md"])
def test_code_of_the_pages(folder, page, monkeypatch):
    """All blocks of a page make one program."""
    text = (TOP / "docs" / page).read_text()
    names = {}
    monkeypatch.chdir(folder)
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(block, page, "exec"), names)
    if page == "tutorial.md":
        number = re.search(r"cell (\d+), with (\d+) synapses", text)
        assert (names["cell"], len(names["positions"])) == (int(number[1]), int(number[2]))
        assert names["counts"].size == 2916 and names["segments"].count(names["box"]) == 3765


def test_picture_of_the_tutorial_is_small():
    assert 10_000 < (TOP / "docs" / "tutorial.png").stat().st_size < 150_000
