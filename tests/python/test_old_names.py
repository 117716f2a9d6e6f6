"""Names that scripts written for SpatialIndex 0.x and brain-indexer use."""
import logging

import circuits
import pytest

import spatial_index as si


def test_variants_are_one_class():
    assert si.MorphMultiIndex is si.MorphIndexMemDisk is si.MorphIndex
    assert si.SynapseMultiIndex is si.SynapseIndexMemDisk is si.SynapseIndex
    assert si.MorphIndexMemDiskBuilder is si.MorphIndexBuilder and issubclass(si.MorphMultiIndexBuilder, si.MorphIndexBuilder)


def test_comparison(data, segments, synapses, tmp_path):
    from spatial_index.util import difference, is_likely_same_index

    assert is_likely_same_index(data.segments, segments) and difference(segments, segments) is None
    assert not is_likely_same_index(segments, synapses)
    assert isinstance(difference(segments, str(data.synapses)), str)
    empty = si.SphereIndex()
    assert is_likely_same_index(empty, si.SphereIndex())
    empty.insert((0, 0, 0), 1, 5)
    assert is_likely_same_index(empty, si.SphereIndex([[0, 0, 0]], [1], [5])) and not is_likely_same_index(empty, si.SphereIndex())
    with pytest.raises(ValueError):
        is_likely_same_index(segments, segments, confidence=2)


def test_register_logger(data, tmp_path, caplog):
    from spatial_index import logs

    mine = logging.getLogger("mine")
    try:
        si.register_logger(mine)
        assert logs.logger is si.logger is mine
        nodes = circuits.write_nodes(tmp_path / "nodes.h5", [("gone", *circuits.CELLS[0][1:])])
        si.MorphIndexBuilder.create(data.morphologies, nodes, skip_bad_cells=True)
        assert {record.name for record in caplog.records} == {"mine"}
    finally:
        si.register_logger(logging.getLogger("spatial_index"))
    assert si.logger is logging.getLogger("spatial_index")


@pytest.mark.parametrize("value, severity, level", [
    ("DEBUG", "DEBUG", 10), ("warn", "WARN", 30), ("Warning", "WARNING", 30), ("error", "ERROR", 40), ("", "INFO", 0), ("loud", "INFO", 0),
])
def test_severity(value, severity, level, monkeypatch):
    from spatial_index import core, logs

    logger = logging.getLogger("spatial_index")
    monkeypatch.setenv("SI_LOG_SEVERITY", value)
    try:
        logger.setLevel(0)
        logs._apply_environment()
        assert core._minimum_log_severity() == severity and logger.level == level
    finally:
        logger.setLevel(0)


def test_cache_size_is_taken(data):
    assert len(si.open_index(data.segments, 100)) == len(si.open_index(data.segments, max_cache_size_mb=None)) == 12
    with pytest.raises(ValueError):
        si.open_index(data.segments, max_cache_size_mb=-1)


@pytest.mark.parametrize("name", ["ArgumentError", "ShapeError", "FieldError", "NotFoundError", "StorageError", "ExistsError",
                                  "FormatError", "UnsupportedError", "LimitError", "BusyError", "CancelledError"])
def test_errors_are_runtime_errors(name):
    assert issubclass(getattr(si, name), si.SpatialIndexError) and issubclass(si.SpatialIndexError, RuntimeError)
    assert str(getattr(si, name)("a sentence")) == "a sentence"
