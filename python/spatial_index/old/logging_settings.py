"""What programs ask of logging, under old names."""
from __future__ import annotations

import logging

from .. import logs


def minimum_log_severity() -> int:
    """The level that the environment sets, as logging numbers it; INFO without it."""
    return int(logging.getLevelName(logs.minimum_severity()))


def setup_logging_for_cli(verbose: bool) -> None:
    """Lets a program show what the package logs, with verbose=True also what is for debugging."""
    logging.basicConfig()
    if verbose:
        logs.logger.setLevel(logging.DEBUG)
