"""Figures of stage csim: the C++ against golden."""

from __future__ import annotations

from typing import TypedDict


class DifferenceFigures(TypedDict):
    """All that is left of a comparison that found a difference. mismatches: 1, the first one ends it."""

    vectors: int
    mismatches: int


class ComparedFigures(TypedDict):
    """A comparison in which all values were equal."""

    vectors: int
    values_compared: int
    compiler: str  # its name and version


class CsimFigures(ComparedFigures):
    """All vectors, with the engine's integer types; `xilinx`: the sample of them with Xilinx's types."""

    mismatches: int
    xilinx: ComparedFigures
