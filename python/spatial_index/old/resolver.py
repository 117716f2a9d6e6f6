"""Classes by the kind of an index, as older programs find them."""
from typing import Any
from ..errors import ArgumentError
from ..index import SegmentIndex, PointIndex, SphereIndex, SynapseIndex, open_index  # noqa: F401
from ..segment_builder import SegmentIndexBuilder, SegmentMultiIndexBuilder
from ..point_builder import PointIndexBuilder, SphereIndexBuilder
from ..synapse_builder import SynapseIndexBuilder, SynapseMultiIndexBuilder

_VARIANTS = ("in_memory", "memory_mapped", "multi_index")


def _check_variant(index_variant: Any) -> None:
    if index_variant not in _VARIANTS:
        raise ArgumentError(f"Invalid variant: {index_variant!r}, expected one of {', '.join(_VARIANTS)}")


class _KindResolver:
    """The classes for one kind of element. Indexes of every variant are of the same class."""

    _index_class: Any = None
    _builder_class: Any = None
    _multi_builder_class: Any = None

    @classmethod
    def core_class(cls, index_variant: Any) -> Any:
        """The class of indexes: there is none below it."""
        return cls.index_class(index_variant)

    @classmethod
    def index_class(cls, index_variant: Any) -> Any:
        _check_variant(index_variant)
        return cls._index_class

    @classmethod
    def builder_class(cls, index_variant: Any) -> Any:
        _check_variant(index_variant)
        is_multi = index_variant == "multi_index" and cls._multi_builder_class
        return cls._multi_builder_class if is_multi else cls._builder_class


class MorphIndexResolver(_KindResolver):
    _index_class, _builder_class = SegmentIndex, SegmentIndexBuilder
    _multi_builder_class = SegmentMultiIndexBuilder


class SynapseIndexResolver(_KindResolver):
    _index_class, _builder_class = SynapseIndex, SynapseIndexBuilder
    _multi_builder_class = SynapseMultiIndexBuilder


class SphereIndexResolver(_KindResolver):
    _index_class, _builder_class = SphereIndex, SphereIndexBuilder


class PointIndexResolver(_KindResolver):
    _index_class, _builder_class = PointIndex, PointIndexBuilder


class IndexResolver:
    """The classes for the kind of element that metadata names."""

    _resolvers = {
        "segment": MorphIndexResolver,
        "morphology": MorphIndexResolver,
        "morpho_entry": MorphIndexResolver,
        "synapse": SynapseIndexResolver,
        "sphere": SphereIndexResolver,
        "point": PointIndexResolver,
    }

    @classmethod
    def from_meta_data(cls, meta_data: Any) -> Any:
        return cls.index_class(meta_data.element_type, meta_data.index_variant)

    @classmethod
    def index_class(cls, element_type: Any, index_variant: Any) -> Any:
        return cls._resolver(element_type).index_class(index_variant)

    @classmethod
    def builder_class(cls, element_type: Any, index_variant: Any) -> Any:
        return cls._resolver(element_type).builder_class(index_variant)

    @classmethod
    def core_class(cls, element_type: Any, index_variant: Any) -> Any:
        return cls._resolver(element_type).core_class(index_variant)

    @classmethod
    def _resolver(cls, element_type: Any) -> Any:
        if element_type not in cls._resolvers:
            raise ArgumentError(f"Invalid element type: {element_type!r}, expected one of {', '.join(cls._resolvers)}")
        return cls._resolvers[element_type]
