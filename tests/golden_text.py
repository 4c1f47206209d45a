"""The type of the fixture `golden`: compare text with a committed file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Golden(Protocol):
    """`golden(path, text)`: the text equals the file; with --update-golden the file is written instead."""

    def __call__(self, path: Path, text: str) -> None: ...
