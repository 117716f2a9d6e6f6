"""What builders that go step by step have in common, under old names."""
from typing import Any

from ..building import MultiIndexBuilder as MultiIndexBuilderMixin
from ..building import StepwiseBuilder as ChunkedProcessingMixin
from .gone import raise_if_gone

__all__ = ["ChunkedProcessingMixin", "MultiIndexBuilderMixin"]

_REPLACEMENTS = {"MultiIndexWorkQueue": "builders share the work out among processes themselves"}


def __getattr__(name: Any) -> None:
    raise_if_gone("chunked_builder", name, _REPLACEMENTS)
