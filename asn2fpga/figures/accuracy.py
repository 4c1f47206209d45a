"""Accuracies, each 0 to 1."""

from __future__ import annotations

from typing import TypedDict

Share = float  # a name of its own, because `float` is a key


class AccuracyFigures(TypedDict):
    """Of the float network and of the integer one, on the same labelled samples."""

    samples: int
    float: Share
    integer: Share


class CalibrationFigures(AccuracyFigures):
    """On the labelled calibration samples of the model file. trained: of the module that was saved."""

    trained: Share
