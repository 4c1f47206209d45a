"""Where in the user's own code something happened."""

from __future__ import annotations

import linecache
import sys
import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path

import torch

from asn2fpga.resources import PACKAGE_DIR

MAX_LINE = 80
FOREIGN = (
    str(PACKAGE_DIR),
    str(Path(torch.__file__).parent),
    sysconfig.get_path("stdlib"),
    sysconfig.get_path("purelib"),
)


@dataclass(frozen=True)
class Line:
    """A line of the user's code; its text is read when somebody wants it."""

    file: str
    number: int

    def __str__(self) -> str:
        return _shown(self.file, self.number, linecache.getline(self.file, self.number).strip())


def current_line() -> Line | None:
    """The line of the user's code that runs now, if there is one. Quick: every step of a trace asks."""
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((*FOREIGN, "<")):
            return Line(file, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _shown(file: str, number: int | None, text: str | None) -> str:
    code = f": {text[:MAX_LINE]}" if text else ""
    return f" ({Path(file).name}:{number}{code})"


def source_line(error: BaseException | None = None) -> str:
    """` (net.py:12: code of the line)` of the user's code that `error` passed, or that runs now; else
    nothing.
    """
    frames = traceback.extract_stack() if error is None else traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if not frame.filename.startswith((*FOREIGN, "<")):
            return _shown(frame.filename, frame.lineno, frame.line)
    return ""
