"""What the lanes were chosen for, and what one more step would cost and bring."""

from __future__ import annotations

from typing import TypedDict

from asn2fpga.config import Optimise
from asn2fpga.figures.load import Inputs


class StepFigures(TypedDict):
    """More lanes in the layer that limits the speed: what would change of the whole network."""

    lanes: int
    pixels: int  # at a time; 1 in layers that are no maps
    refused: str  # why it was not taken; empty if it was not for a reason of its own
    latency_cycles: float
    interval_cycles: float
    lut: float
    ff: float
    bram36: float
    dsp: float


class FoldingFigures(TypedDict):
    """The lanes of all layers. Cycles are predicted, per inference on average."""

    optimise: Optimise
    target_fps: float | None  # what the smallest network was chosen for, if it was
    budget: float  # share of the board that could be taken
    data: Inputs  # what the inferences were made on
    predicted_latency_cycles: float
    predicted_interval_cycles: float
    limiting_layer: str
    input_word_bits: int  # of the port that takes inputs
    output_word_bits: int  # of the port that sends scores
    two_events_in_a_cycle: list[str]  # layers that send so many
    next_step: StepFigures | None  # None if the limiting layer can have no more lanes
