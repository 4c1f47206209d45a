"""Figures of stage load: the model, and what the samples are."""

from __future__ import annotations

from typing import Literal, TypedDict

Inputs = Literal["data", "calibration", "random"]
"""Samples of --data, those saved with the model, or none: random ones."""


class LoadFigures(TypedDict):
    """What was read. sha256: of the model file; notes: sentences of the loader, as the summary shows them."""

    name: str
    sha256: str
    parameters: int
    time_steps: int
    input_shape: list[int]  # of one inference, without time
    encoding: str  # frames | events
    data: Inputs
    trained_accuracy: float | None  # 0 to 1, as the model file says; None if it does not
    notes: list[str]
