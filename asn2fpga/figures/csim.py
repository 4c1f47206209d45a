"""Figures of stage csim: the C++ against golden."""

from __future__ import annotations

from typing import TypedDict


class DifferenceFigures(TypedDict):
    """All that is left of a comparison that found a difference. mismatches: 1, the first one ends it."""

    vectors: int
    mismatches: int


class CsimFigures(DifferenceFigures):
    """A comparison in which all values were equal."""

    values_compared: int
    compiler: str  # its name and version
