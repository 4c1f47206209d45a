"""Figures of stage golden: accuracy, and what was counted on all samples."""

from __future__ import annotations

from typing import TypedDict

from asn2fpga.figures.accuracy import AccuracyFigures, CalibrationFigures, Share
from asn2fpga.figures.activity import ActivityFigures, TotalFigures
from asn2fpga.figures.early_exit import EarlyExitFigures
from asn2fpga.figures.load import Inputs


class ComparedLayerFigures(TypedDict):
    """One layer of golden against the reference network, in values."""

    layer: str
    stateful: bool
    compared: int
    rounded: int  # float64 fell on the wrong side of a tie; equal by exact arithmetic
    different: int  # because the membrane is rounded
    explanation: str


class ReferenceFigures(TypedDict):
    """Golden against the real-valued network of the same weights."""

    vectors: int
    layers: list[ComparedLayerFigures]
    class_agreement: float  # 0 to 1


class PrecisionFigures(TypedDict):
    """One precision of adaptive neurons for all inputs. rate: spikes per neuron and time step."""

    accuracy: Share | None
    rate: float


class MarginFigures(PrecisionFigures):
    """Arousal: what is decided by less than `margin` is repeated; rate: of both passes together."""

    margin: int
    repeated: Share


class ArousalFigures(TypedDict):
    """Of networks of several precisions, on samples of golden; the usual precision first."""

    samples: int
    precisions: list[PrecisionFigures]
    margins: list[MarginFigures]


class GoldenFigures(TotalFigures):
    """accuracy: None without labels; calibration: None without labelled calibration samples; arousal: None of
    networks of one precision; early_exit: None of a network that always takes all time steps.
    """

    data: Inputs
    samples: int
    accuracy: AccuracyFigures | None
    agreement: float  # 0 to 1: samples of the same class as the float network
    reference: ReferenceFigures
    layers: dict[str, ActivityFigures]
    calibration: CalibrationFigures | None
    arousal: ArousalFigures | None
    early_exit: EarlyExitFigures | None
