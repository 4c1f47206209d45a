"""Figures of stage package: the .zip for the board."""

from __future__ import annotations

from typing import TypedDict


class PackageFigures(TypedDict):
    """file: relative to the out folder; vectors: test vectors in it; bitstream: whether it holds one."""

    file: str
    bytes: int
    vectors: int
    bitstream: bool
