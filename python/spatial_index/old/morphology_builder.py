"""Builders of indexes of segments, under their old names. (Every index is a memory-mapped file.)"""
from ..segment_builder import SegmentIndexBuilder as MorphIndexBuilder
from ..segment_builder import SegmentIndexBuilder as MorphIndexBuilderBase
from ..segment_builder import SegmentIndexBuilder as MorphIndexMemDiskBuilder
from ..segment_builder import SegmentMultiIndexBuilder as MorphMultiIndexBuilder

__all__ = ["MorphIndexBuilder", "MorphIndexBuilderBase", "MorphIndexMemDiskBuilder", "MorphMultiIndexBuilder"]
