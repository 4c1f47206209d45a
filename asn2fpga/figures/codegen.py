"""Figures of stage codegen: the size of the C++ project."""

from __future__ import annotations

from typing import TypedDict


class CodegenFigures(TypedDict):
    """Number of files, and of the lines in all of them."""

    files: int
    lines: int
