"""Scripts in the style of older documentation run with only the import changed, as docs/migration.md says."""
import json
import os
import re
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import small_circuits as small
from test_migration import PAGE, SOMA

import spatial_index as si

EVERYTHING = small.EVERYTHING


def run_script(text, *arguments, folder=None):
    command = [sys.executable, "-W", "error::DeprecationWarning", "-c", textwrap.dedent(text), *map(str, arguments)]
    finished = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=100)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


# ---- in the style of brain-indexer 3 ----

BRAIN_INDEXER_SCRIPT = """
import sys
import numpy as np
import brain_indexer
import brain_indexer.experimental
from brain_indexer import MorphIndexBuilder, SynapseIndexBuilder, SphereIndexBuilder

nodes_file, morphology_dir, edges_file = sys.argv[1:4]

# Building
MorphIndexBuilder.from_sonata_file(morphology_dir, nodes_file, "All", gids=range(0, 4), output_dir="segments")
SynapseIndexBuilder.from_sonata_file(edges_file, "syn", target_gids=[0, 1], output_dir="synapses", progress=False)

# Opening and querying
index = brain_indexer.open_index("segments", max_cache_size_mb=100)
window = [-1000, -1000, -1000], [1000, 1000, 1000]
sphere = [0.0, 0.0, 5.0], 2.0

assert index.element_type == "morphology" and index.populations == ["All"]
gids = index.box_query(*window, fields="gid")
result = index.box_query(*window, fields=["gid", "radius"])
assert np.array_equal(result["gid"], gids) and list(result) == ["gid", "radius"]
assert set(index.box_query(*window)) == set(index.builtin_fields)
assert index.box_counts(*window) == len(index) == len(gids)
assert index.sphere_counts(*sphere, accuracy="bounding_box") == index.sphere_counts(*sphere, accuracy="best_effort") == 1
assert not index.box_empty(*window) and index.sphere_empty([500, 500, 500], 1)
multi = index.box_query(*window, fields="gid", population_mode="multi")
assert np.array_equal(multi[None], gids)
assert "mtype" in index.available_fields
mtypes = index.box_query(*window, fields=["gid", "mtype"])["mtype"]
assert len(mtypes) == len(gids)
somas = [element for element in index.box_query(*window, fields="raw_elements") if element.endpoints is None]
assert sorted(soma.gid for soma in somas) == [0, 1, 2, 3]

# Synapses
index = brain_indexer.open_index("synapses")
counts = index.sphere_counts([0, 0, 0], 100.0, group_by="post_gid")
assert counts == {0: 1, 1: 3}
synapses = index.box_query(*window, fields=["id", "pre_gid", "post_gid", "conductance"])
assert sorted(synapses["id"].tolist()) == [0, 1, 2, 5]

# Many queries, in a good order
centroids = np.random.default_rng(1).uniform(-10, 10, (50, 3)).astype(np.float32)
order = brain_indexer.experimental.space_filling_order(centroids)
assert sorted(order.tolist()) == list(range(50))

# Spheres one by one
index = SphereIndexBuilder.create_empty()
for id, centroid in enumerate(centroids):
    if index.sphere_empty(centroid, 1.0):
        index.insert(centroid, 1.0, id)
assert 1 < len(index) <= 50
index = SphereIndexBuilder.from_numpy(np.zeros((3, 3), dtype=np.float32), np.ones(3, dtype=np.float32), np.arange(3))
assert len(index) == 3
lower, upper = index.bounds()
assert lower.tolist() == [-1, -1, -1] and upper.dtype == np.float32
brain_indexer.logger.info("done")
print("done")
"""


@pytest.mark.parametrize("change", [
    lambda script: re.sub(r"\bbrain_indexer\b", "spatial_index", script),
    lambda script: re.sub(r"(import|from) brain_indexer", r"\1 spatial_index", script).replace(
        "import spatial_index\n", "import spatial_index as brain_indexer\n"),
])
def test_script_of_brain_indexer(data, tmp_path, change):
    assert run_script(change(BRAIN_INDEXER_SCRIPT), data.nodes, data.morphologies, data.edges, folder=tmp_path) == "done\n"


# ---- in the style of SpatialIndex 0.7 ----


def test_script_of_version_0_7(data, tmp_path):
    script = """
    import sys, warnings
    warnings.simplefilter("ignore", DeprecationWarning)
    import numpy as np
    import spatial_index
    from spatial_index import MorphIndexBuilder, MorphIndexMemDiskBuilder, SynapseIndexBuilder
    from spatial_index.index_common import DiskMemMapProps
    from spatial_index.resolver import open_index

    nodes_file, morphology_dir, edges_file = sys.argv[1:4]
    builder = MorphIndexBuilder(morphology_dir, nodes_file, "All")
    builder.process_range((0, 2))
    builder.process_range((2, 4))
    assert len(builder.index) == 12
    builder = MorphIndexBuilder(morphology_dir, nodes_file)
    builder.process_all(progress=False)
    window = [-1000, -1000, -1000], [1000, 1000, 1000]
    found = builder.index.window_query(*window)
    assert set(found) == {"gid", "section_id", "segment_id", "endpoint1", "endpoint2", "radius", "kind"}
    assert np.isnan(found["endpoint2"][found["kind"] == 0]).all()

    props = DiskMemMapProps("mapped", 1, True)
    MorphIndexMemDiskBuilder.create(morphology_dir, nodes_file, disk_mem_map=props)
    index = open_index("mapped")
    assert isinstance(index, spatial_index.MorphIndexMemDisk) and index.window_counts(*window) == 12
    assert index.vicinity_query([0, 0, 5], 1, fields="ids").dtype.names == ("gid", "section_id", "segment_id")

    synapses = SynapseIndexBuilder.from_sonata_tgids((edges_file, "syn"), [1], progress=False)
    assert sorted(synapses.vicinity_query([0, 0, 0], 50, fields=["id", "centroid"])["id"]) == [0, 1, 5]
    assert synapses.vicinity_counts([0, 0, 0], 50, group_by="gid") == {1: 3}
    print("done")
    """
    assert run_script(script, data.nodes, data.morphologies, data.edges, folder=tmp_path) == "done\n"


def test_old_queries_next_to_new_ones(segments, synapses):
    new = segments.box_query(*EVERYTHING, accuracy="bounding_box")
    with pytest.deprecated_call():
        old = segments.window_query(*EVERYTHING)
    for number, name in enumerate(("endpoint1", "endpoint2")):
        assert np.array_equal(old[name], new["endpoints"][number], equal_nan=True)
    assert np.array_equal(old["kind"] == 0, new["is_soma"])
    sphere = (0, 0, 5), 3
    with pytest.deprecated_call():
        positions = segments.vicinity_query(*sphere, fields="positions")
        counts = segments.vicinity_counts(*sphere), segments.window_counts(*EVERYTHING)
        of_synapses = {name: synapses.window_query(*EVERYTHING, fields=name) for name in ("centroid", "positions", "ids")}
    assert np.array_equal(positions, segments.sphere_query(*sphere, fields="centroid", accuracy="bounding_box"))
    assert counts == (segments.sphere_counts(*sphere, accuracy="bounding_box"), 12)
    new = synapses.box_query(*EVERYTHING)
    assert np.array_equal(of_synapses["centroid"], new["position"])
    assert np.array_equal(of_synapses["positions"], new["position"])
    assert np.array_equal(of_synapses["ids"], new["id"])


def test_group_by_gid_of_synapses(synapses):
    expected = synapses.box_counts(*EVERYTHING, group_by="post_gid")
    assert synapses.box_counts(*EVERYTHING, group_by="gid") == expected


def test_target_gids_of_cells(data):
    with pytest.deprecated_call():
        index = si.MorphIndexBuilder.from_sonata_file(data.morphologies, data.nodes, "All", target_gids=[2])
    assert set(small.everything(index, "gid")) == {2}


# ---- what scripts may notice ----


def test_multi_index_builders_give_the_index(data, tmp_path):
    index = si.MorphMultiIndexBuilder.from_sonata_file(data.morphologies, data.nodes, "All", output_dir=tmp_path / "m")
    assert isinstance(index, si.MorphMultiIndex) and len(index) == 12


def test_errors_are_those_of_before(segments, tmp_path):
    with pytest.raises(KeyError):
        segments.box_query(*EVERYTHING, fields="nothing")
    for arguments in [((0, 0), (1, 1, 1))], [((0, 0, 0), (1, 1, 1)), {"fields": ""}], [((0, 0, 0), (1, 1, 1)), {"fields": []}]:
        with pytest.raises(ValueError):
            segments.box_query(*arguments[0], **(arguments[1] if len(arguments) > 1 else {}))
    with pytest.raises(RuntimeError):
        si.open_index(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeError, match=str(tmp_path)):
        segments.write(tmp_path)


def test_usage_statistics_are_one_file_for_each_index(data, tmp_path, monkeypatch):
    monkeypatch.setenv("SI_REPORT_USAGE_STATS", "1")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    run_script("import sys, spatial_index as s; s.open_index(sys.argv[1]).box_counts([0]*3, [1]*3)", data.segments, folder=tmp_path)
    (name,) = os.listdir(tmp_path)
    assert name.startswith("si_cache_stats_") and len(json.loads((tmp_path / name).read_text())) == 1


@pytest.mark.parametrize("variant", ["in_memory", "memory_mapped", "multi_index"])
def test_indexes_of_older_versions_are_refused(tmp_path, variant):
    content = {"element_type": "morphology", variant: {"heavy_data_path": "index.spi"}, "version": 0}
    (tmp_path / "meta_data.json").write_text(json.dumps(content))
    with pytest.raises(si.UnsupportedError, match=f"{tmp_path}.*build"):
        si.open_index(tmp_path)


def test_an_index_may_be_moved(data, tmp_path):
    si.open_index(data.segments).write(tmp_path / "here")
    os.rename(tmp_path / "here", tmp_path / "there")
    assert len(si.open_index(tmp_path / "there")) == 12


def test_commands_of_the_page(data, tmp_path):
    """Those that build indexes, with the names of files as the page has them."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    lines = [line.replace("NAME", "All" if "nodes" in line else "syn")
             for block in blocks for line in block.splitlines() if re.match(r"spatial-index index .*(nodes|edges).h5", line)]
    assert len(lines) == 2
    for name, path in ("nodes.h5", data.nodes), ("edges.h5", data.edges), ("morphologies", data.morphologies):
        os.symlink(path, tmp_path / name)
    for line in lines:
        words = line.split()
        subprocess.run([small.COMMANDS / words[0], *words[1:]], cwd=tmp_path, check=True, timeout=100)
    assert len(si.open_index(tmp_path / "segments")) == 12 and len(si.open_index(tmp_path / "synapses")) == 6


# ---- what stays ----


def test_where_children_begin(tmp_path):
    swc = SOMA + "2 2 0 0 0 1 1\n3 2 4 0 0 1 2\n4 2 8 0 0 3 3\n5 2 4 4 0 3 3\n"
    found = small.everything(small.index_cells(tmp_path, {"cell.swc": swc}))
    by_section = dict(zip(found["section_id"].tolist(), zip(found["endpoints"][0].tolist(), found["radius"].tolist())))
    assert by_section[1] == ([0, 0, 0], 1) and by_section[2] == ([4, 0, 0], 2)  # of radii 1, the parent's, and 3
    asc = '("s" (CellBody) (-1 -1 0 0) (1 -1 0 0) (1 1 0 0))\n((Axon) (0 0 0 2) (4 0 0 2) ((8 0 0 6) | (4 4 0 6)))\n'
    found = small.everything(small.index_cells(tmp_path, {"other.asc": asc}))
    assert found["radius"][found["section_id"] == 2] == [3]  # its own


def test_single_children(tmp_path):
    swc = SOMA + "2 2 0 0 0 1 1\n3 2 4 0 0 1 2\n4 2 8 0 0 3 3\n"
    assert small.ids(small.index_cells(tmp_path, {"cell.swc": swc})) == [(0, 0, 0), (0, 1, 0), (0, 1, 1)]
    asc = '("s" (CellBody) (-1 -1 0 0) (1 -1 0 0) (1 1 0 0))\n((Axon) (0 0 0 2) (4 0 0 2) ((8 0 0 2)))\n'
    assert small.ids(small.index_cells(tmp_path, {"other.asc": asc})) == [(0, 0, 0), (0, 1, 0), (0, 2, 0)]


def test_somas_of_one_point(tmp_path):
    with pytest.raises(si.FormatError, match="soma"):
        small.index_cells(tmp_path, {"cell.asc": '("s" (CellBody) (0 0 0 2))\n((Axon) (0 0 0 2) (4 0 0 2))\n'})


def test_which_file_of_a_morphology(tmp_path):
    nodes, shapes = small.write_cells(tmp_path, {"cell.swc": SOMA})
    assert len(si.MorphIndexBuilder.from_sonata_file(shapes, nodes)) == 1
    (shapes / "cell.asc").write_text('("s" (CellBody) (-1 -1 0 0) (1 -1 0 0) (1 1 0 0))\n((Axon) (0 0 0 2) (4 0 0 2))\n')
    assert len(si.MorphIndexBuilder.from_sonata_file(shapes, nodes)) == 2
    points = [[0, 1, 0, 1], [1, 0, 0, 1], [-1, 0, 0, 1], [0, 0, 0, 1], [1, 0, 0, 1], [2, 0, 0, 1]]
    small.write_hdf5_morphology(shapes / "cell.h5", points, [[0, 1, -1], [3, 2, 0]])
    assert len(si.MorphIndexBuilder.from_sonata_file(shapes, nodes)) == 3
