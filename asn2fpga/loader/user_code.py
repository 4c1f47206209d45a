"""Where in the user's own code something happened."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

import torch

from asn2fpga.resources import PACKAGE_DIR

MAX_LINE = 80
FOREIGN = (str(PACKAGE_DIR), str(Path(torch.__file__).parent), sysconfig.get_path("stdlib"))


def source_line(error: Exception | None = None) -> str:
    """` (net.py:12: code of the line)` of the user's code that `error` passed, or that runs now; else
    nothing.
    """
    frames = traceback.extract_stack() if error is None else traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if not frame.filename.startswith((*FOREIGN, "<")):
            code = f": {frame.line[:MAX_LINE]}" if frame.line else ""
            return f" ({Path(frame.filename).name}:{frame.lineno}{code})"
    return ""
