"""Where the package logs to.

The logger is ``logging.getLogger("spatial_index")`` unless a program registers its own. The environment variable
``SPATIAL_INDEX_LOG_SEVERITY`` (or, as in older versions, ``SI_LOG_SEVERITY``) sets its level: DEBUG, INFO, WARN, WARNING or ERROR, in any case.
Then it also writes to stderr, unless the program has set up logging itself.
"""
from __future__ import annotations

import logging
import os
import sys

_SEVERITIES = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "WARNING": logging.WARNING,
    "ERROR": logging.ERROR,
}

logger = logging.getLogger("spatial_index")


def _wanted_severity() -> str:
    return os.environ.get("SPATIAL_INDEX_LOG_SEVERITY") or os.environ.get("SI_LOG_SEVERITY") or ""


def register_logger(new_logger: logging.Logger) -> None:
    """Makes the package log to ``new_logger``, a ``logging.Logger``."""
    global logger
    logger = new_logger


def minimum_severity() -> str:
    """The name of the severity that SI_LOG_SEVERITY sets; "INFO" without it."""
    wanted = _wanted_severity().upper()
    return wanted if wanted in _SEVERITIES else "INFO"


class _StderrHandler(logging.Handler):
    """Writes to stderr what no handler of the program takes; Python alone would show warnings and errors only."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers and logger.handlers == [self]:
            print(f"{record.name}: {record.getMessage()}", file=sys.stderr, flush=True)


def _apply_environment() -> None:
    wanted = _wanted_severity()
    if wanted.upper() in _SEVERITIES:
        logger.setLevel(_SEVERITIES[wanted.upper()])
        logger.addHandler(_StderrHandler())
    elif wanted:
        logger.warning("SPATIAL_INDEX_LOG_SEVERITY is %r, expected one of %s", wanted, ", ".join(_SEVERITIES))


_apply_environment()
