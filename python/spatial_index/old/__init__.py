"""What scripts written for SpatialIndex 0.x and brain-indexer use: their names, modules, methods and keywords.

The names work as before, from the places where they were (``spatial_index.MorphIndex``, ``spatial_index.io.MetaData``),
but do not show in documentation or completion. docs/migration.md lists them with what replaces them.
"""
