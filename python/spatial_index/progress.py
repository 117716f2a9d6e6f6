"""A line on stderr that says how far a build is, as the commands show it with ``--progress-bar``."""
from __future__ import annotations

import shutil
import sys
import time
from typing import Any


def _duration(seconds: float) -> str:
    whole = int(min(seconds, 359999) + 0.5)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 60}:{whole % 60:02}"


def _rate(rate: float) -> str:
    unit = 0
    while rate >= 1000 and unit < 3:
        rate /= 1000
        unit += 1
    return f"{rate:.3g}{('', 'k', 'M', 'G')[unit]}/s"


def _line(phase: str, done: int, total: int, elapsed: float, rate: float) -> str:
    """The phase with its share, bar, numbers, rate and the time left, as far as they are known."""
    if not total:
        return f"{phase} {done}, {_rate(rate)}, {_duration(elapsed)}"
    share = min(done / total, 1)
    filled = int(share * ProgressBar.CELLS)
    pace = f"{_rate(rate)}, {_duration((1 - share) * total / rate)} left" if rate > 0 else "..."
    return f"{phase} {int(share * 100):3}% [{'#' * filled:.<{ProgressBar.CELLS}}] {done}/{total}, {pace}"


class ProgressBar:
    """Draws a bar on one line of a terminal, at most ten times a second, or writes the same line into a log now and then."""

    CELLS = 20

    def __init__(self, stream: Any = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._pause = 0.1 if self._is_terminal else 10.0
        self._phase = ""
        self._phase_start = 0.0
        self._phase_start_done = 0
        self._drawn_at = -self._pause
        self._drawn_width = 0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._phase_start, self._phase_start_done = phase, now, done
        if now - self._drawn_at < self._pause:
            return
        self._drawn_at = now
        elapsed = now - self._phase_start
        rate = (done - self._phase_start_done) / elapsed if elapsed > 0 else 0
        self._draw(_line(phase, done, total, elapsed, rate))

    def _draw(self, line: str) -> None:
        if self._is_terminal:
            line = line[: shutil.get_terminal_size().columns - 1]
            self._stream.write("\r" + line.ljust(self._drawn_width))
            self._drawn_width = len(line)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Takes the line on the terminal away."""
        if self._drawn_width:
            self._stream.write("\r" + " " * self._drawn_width + "\r")
            self._stream.flush()
