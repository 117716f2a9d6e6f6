"""Refuses what pip asks of this file: an editable installation, for which the build backend has no hook."""
raise SystemExit(
    "spatial-index: this pip and meson-python cannot install in editable mode; "
    "use 'pip install --no-build-isolation .', or PYTHONPATH=build-release/python after ./demo"
)
