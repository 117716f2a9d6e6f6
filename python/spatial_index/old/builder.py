"""Builders of indexes of spheres and points, in the module where they were."""
from ..point_builder import PointIndexBuilder, SphereIndexBuilder
from .builders import OldShapeBuilder as SimpleShapeIndexBuilder

__all__ = ["PointIndexBuilder", "SimpleShapeIndexBuilder", "SphereIndexBuilder"]
