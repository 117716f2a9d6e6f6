"""Modules and names of SpatialIndex 0.x and brain-indexer: what works, and what says that it is gone."""
import email
import json
import os
import pathlib
import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import spatial_index
from spatial_index import GoneError
from spatial_index.core import EntryKind, SectionType
from spatial_index.index_common import DiskMemMapProps
from spatial_index.io import MetaData
from spatial_index.resolver import IndexResolver, MorphIndexResolver, open_index

PACKAGES = pathlib.Path(__file__).resolve().parents[2] / "python"
COMMANDS = pathlib.Path(os.environ["SPATIAL_INDEX_COMMANDS"])


def test_section_types():
    assert [(kind.name, int(kind)) for kind in SectionType] == [
        ("undefined", 0), ("soma", 1), ("axon", 2), ("basal_dendrite", 3), ("apical_dendrite", 4),
    ]
    assert spatial_index.core.SectionType is SectionType


def test_kinds_of_entries(segments):
    with pytest.deprecated_call():
        kinds = segments.window_query((-1e9,) * 3, (1e9,) * 3, fields="kind")
    assert (kinds == int(EntryKind.soma)).sum() == 4 and (kinds == int(EntryKind.segment)).sum() == 8
    assert int(EntryKind.synapse) == 2


def test_properties_of_a_mapped_file():
    props = DiskMemMapProps("folder", 2, True)
    assert props.args == (props.memdisk_file, props.file_size, props.shrink) == ("folder", 2, True)
    assert DiskMemMapProps("folder").args == ("folder", 1024, False)


def test_metadata(data):
    for path in data.segments, str(data.segments), data.segments / "meta_data.json":
        metadata = MetaData(path)
        assert metadata.element_type == "morphology" and metadata.index_variant == "memory_mapped"
        assert metadata.extended.path("dataset_path") == str(data.nodes)
        assert metadata.extended.value("population") == "All"
        heavy = pathlib.Path(metadata.memory_mapped.path("heavy_data_path"))
        assert heavy.parent == data.segments.resolve() and heavy.is_file()
        assert metadata.memory_mapped.index_path == str(data.segments.resolve() / "meta_data.json")
        assert metadata.in_memory is None and metadata.multi_index is None and metadata.multi_population is None


def test_metadata_of_older_programs(tmp_path):
    path = tmp_path / "meta_data.json"
    for variant, heavy in [("in_memory", "index.spi"), ("memory_mapped", "index.bin"), ("multi_index", "multi_index")]:
        path.write_text(json.dumps({"element_type": "synapse", variant: {"heavy_data_path": heavy}}))
        metadata = MetaData(tmp_path)
        assert metadata.index_variant == variant
        assert getattr(metadata, variant).path("heavy_data_path") == str(tmp_path / heavy)
        with pytest.raises(spatial_index.UnsupportedError):
            open_index(tmp_path)


def test_kinds_of_element_of_older_programs(tmp_path):
    """One version wrote "synpase" where there are several populations."""
    path = tmp_path / "meta_data.json"
    for kind in "synpase", "morpho_entry", "synapse":
        lists = {"multi_population": {"populations": {"A": {"index_path": "A"}}}}
        for content in [{"in_memory": {"heavy_data_path": "index.spi"}}, *([lists] if kind == "synpase" else [])]:
            path.write_text(json.dumps({"element_type": kind, **content}))
            with pytest.raises(spatial_index.UnsupportedError, match="an index of SpatialIndex 0.x or brain-indexer"):
                open_index(tmp_path)


def test_metadata_of_several_populations(tmp_path):
    content = {"element_type": "synapse", "multi_population": {"populations": {"A": {"index_path": "A"}}}}
    (tmp_path / "other.json").write_text(json.dumps(content))
    metadata = MetaData(tmp_path / "other.json")
    assert metadata.index_variant is None
    assert metadata.multi_population.value("populations") == {"A": {"index_path": "A"}}
    assert metadata.multi_population.index_paths == {"A": str(tmp_path / "A")}


@pytest.mark.parametrize("text, error", [
    (None, FileNotFoundError), ("{", spatial_index.FormatError), ("[]", spatial_index.FormatError),
])
def test_metadata_that_is_none(tmp_path, text, error):
    if text is not None:
        (tmp_path / "meta_data.json").write_text(text)
    with pytest.raises(error, match=str(tmp_path)) as raised:
        MetaData(tmp_path)
    assert isinstance(raised.value, RuntimeError)


def test_resolver(data):
    assert open_index is spatial_index.open_index
    assert IndexResolver.from_meta_data(MetaData(data.synapses)) is spatial_index.SynapseIndex
    for variant in "in_memory", "memory_mapped", "multi_index":
        assert MorphIndexResolver.index_class(variant) is MorphIndexResolver.core_class(variant) is spatial_index.MorphIndex
        assert IndexResolver.builder_class("sphere", variant) is spatial_index.SphereIndexBuilder
        assert IndexResolver.index_class("point", variant) is spatial_index.PointIndex
    for variant in "in_memory", "memory_mapped":
        assert IndexResolver.builder_class("synapse", variant) is spatial_index.SynapseIndexBuilder
        assert IndexResolver.builder_class("morphology", variant) is spatial_index.MorphIndexBuilder
    assert IndexResolver.builder_class("synapse", "multi_index") is spatial_index.SynapseMultiIndexBuilder
    assert IndexResolver.builder_class("morphology", "multi_index") is spatial_index.MorphMultiIndexBuilder
    assert IndexResolver.core_class("point", "in_memory") is spatial_index.PointIndex
    with pytest.raises(ValueError, match="on_paper"):
        MorphIndexResolver.index_class("on_paper")
    with pytest.raises(ValueError, match="rose"):
        IndexResolver.index_class("rose", "in_memory")


@pytest.mark.parametrize("module, name, instead", [
    ("core", "Soma", "raw_elements"), ("core", "deduce_meta_data_path", "MetaData"), ("io", "open_core_from_meta_data", "open_index"),
    ("chunked_builder", "MultiIndexWorkQueue", "builders"),
    ("io", "write_sonata_meta_data_section", "builders"), ("util", "gen_ranges", "ranges"),
    ("commands", "brain_indexer_nodes", "spatial-index-nodes"), ("commands", "spatial_index_circuit", "spatial-index-circuit"),
])
def test_names_that_are_gone(module, name, instead):
    sentence = rf"spatial_index\.{module}\.{name} is gone: .*{instead}"
    with pytest.raises(GoneError, match=sentence):
        exec(f"from spatial_index.{module} import {name}")
    with pytest.raises(ImportError, match=sentence):
        exec(f"import spatial_index.{module}; spatial_index.{module}.{name}")


def test_names_that_never_were():
    for module in spatial_index.core, spatial_index.io, spatial_index.util:
        assert not hasattr(module, "nothing_of_the_kind")
    # How programs ask whether builds can use MPI.
    assert not hasattr(spatial_index.core, "MorphMultiIndexBulkBuilder")


@pytest.mark.parametrize("name, instead", [
    ("find_intersecting_window", "box_query"), ("find_intersecting_window_np", "box_query"),
    ("find_intersecting_window_objs", "raw_elements"), ("find_intersecting", "sphere_query"),
    ("find_nearest", "nearest"), ("count_intersecting", "box_counts"), ("dump", "write"),
])
def test_queries_that_are_gone(segments, name, instead):
    with pytest.raises(GoneError, match=f"{name}.. is gone: .*{instead}"):
        getattr(segments, name)((0, 0, 0), 1)


def test_disk_mem_map_of_the_builders(data, tmp_path):
    builders = spatial_index.MorphIndexBuilder, spatial_index.MorphIndexMemDiskBuilder
    for number, builder in enumerate(builders):
        for keyword in "disk_mem_map", "mem_map_props":
            folder = tmp_path / f"{keyword}{number}"
            props = {keyword: builder.DiskMemMapProps(folder, 1, True)}
            index = builder.from_sonata_file(data.morphologies, data.nodes, "All", **props)
            assert len(index) == len(builder.load_disk_mem_map(folder)) == 12


# ---- the name brain_indexer ----


def run_with_alias(script, *arguments):
    """Runs a script that has the package brain_indexer, which is installed only where it is asked for."""
    environment = {**os.environ, "PYTHONPATH": f"{os.environ['PYTHONPATH']}:{PACKAGES}"}
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    finished = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=100)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_brain_indexer_is_the_same_package():
    run_with_alias(
        """
        import brain_indexer, spatial_index
        assert brain_indexer is spatial_index
        from brain_indexer import open_index, core, MorphIndexBuilder
        from brain_indexer.io import MetaData
        from brain_indexer.resolver import MorphIndexResolver
        import brain_indexer.index_common, brain_indexer.morphology_builder, brain_indexer.util
        assert brain_indexer.index_common is spatial_index.index_common
        assert MetaData is spatial_index.io.MetaData
        assert MorphIndexBuilder is brain_indexer.morphology_builder.MorphIndexBuilder
        """
    )


def test_logger_of_brain_indexer():
    run_with_alias(
        """
        import io, logging
        heard = io.StringIO()
        logging.getLogger("spatial_index").setLevel(logging.DEBUG)
        import brain_indexer, spatial_index
        from brain_indexer import logging_settings
        assert brain_indexer.logger is spatial_index.logger is logging.getLogger("brain_indexer")
        assert brain_indexer.logger.isEnabledFor(logging.DEBUG)
        for name in "brain_indexer", "spatial_index":
            logging.getLogger(name).addHandler(logging.StreamHandler(heard))
        brain_indexer.logger.debug("once")
        assert heard.getvalue() == "once\\nonce\\n"
        brain_indexer.register_logger(logging.getLogger("mine"))
        assert brain_indexer.logger.name == "mine"
        """
    )
    run_with_alias(
        """
        import logging, spatial_index
        spatial_index.register_logger(logging.getLogger("mine"))
        import brain_indexer
        assert brain_indexer.logger.name == "mine"
        """
    )


def test_metadata_of_the_distribution():
    """As it is installed with the alias, so that requirements of brain-indexer are met."""
    build_file = (PACKAGES / "brain_indexer" / "meson.build").read_text()
    headers = email.message_from_string((PACKAGES / "brain_indexer" / "PKG-INFO").read_text())
    assert headers["Name"] == "brain-indexer" and headers["Version"].startswith("3.1.")
    assert f"brain_indexer-{headers['Version']}.egg-info" in build_file


def test_brain_indexer_in_the_style_of_its_users(data, tmp_path):
    output = run_with_alias(
        """
        import sys
        import numpy as np
        import brain_indexer

        index = brain_indexer.open_index(sys.argv[1], max_cache_size_mb=512)
        brain_indexer.logger.info("opened")
        box = np.array([-1000, -1000, -1000]), np.array([1000, 1000, 1000])
        found = index.box_query(*box, fields=["gid", "section_type"], accuracy="best_effort", population_mode="single")
        somas = found["section_type"] == brain_indexer.core.SectionType.soma
        print(len(index), sorted(found["gid"][somas].tolist()))
        """,
        data.segments,
    )
    assert output == "12 [0, 1, 2, 3]\n"


def test_pickles_of_brain_indexer_users(data):
    index = pickle.loads(pickle.dumps(spatial_index.open_index(data.segments)))
    assert np.array_equal(index.bounds(), spatial_index.open_index(data.segments).bounds())


@pytest.fixture
def aliases(tmp_path):
    """The commands as the build makes them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    template = PACKAGES / "brain_indexer" / "command.in"
    assert os.access(template, os.X_OK), "pip gives commands the mode of their template"
    text = template.read_text()
    for name in "nodes", "synapses", "circuit", "compare":
        path = folder / f"brain-indexer-{name}"
        path.write_text(text.replace("@COMMAND@", name))
        path.chmod(0o755)
    return folder


def test_commands_of_brain_indexer(aliases, data, tmp_path):
    def run(name, *words):
        environment = {**os.environ, "PATH": f"{COMMANDS}:{os.environ['PATH']}"}
        command = [aliases / f"brain-indexer-{name}", *words]
        return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=100)

    out = tmp_path / "an index"
    assert run("nodes", data.nodes, data.morphologies, "-o", out, "--population", "All").returncode == 0
    assert run("compare", out, data.segments).returncode == 0
    assert run("synapses", data.edges, f"--out={tmp_path / 'synapses'}", "--progress-bar").returncode == 0
    assert run("compare", out, tmp_path / "synapses").returncode != 0
    assert "CIRCUIT_CONFIG" in run("circuit", "--help").stdout
