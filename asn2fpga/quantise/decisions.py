"""What quantise decided and why, layer by layer, as plain values for reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """One choice that was tried on calibration data (everything else in float).

    agreement: part of the samples of the same class as the float network; score_error: mean squared
    difference of the scores; accuracy: against the labels, None without labels.
    """

    choice: str
    agreement: float
    score_error: float
    accuracy: float | None


@dataclass(frozen=True)
class AlphaDecision:
    """How a layer's alpha became `value`. method: `integer` if the trained alpha already was one."""

    layer: str
    trained: float
    value: float
    method: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class WeightDecision:
    """How a layer's weights were scaled; relative_error: rms of W - d Wq over rms of W.

    shift: one unit of its sums is worth 2^shift units of the accumulator that other layers add to as well.
    trained_bits: of weights that were integers times a scale already, be they kept or rounded again.
    """

    layer: str
    bits: int
    method: str
    relative_error: float
    trials: tuple[Trial, ...]
    shift: int = 0
    trained_bits: int | None = None


@dataclass(frozen=True)
class StateDecision:
    """A stateful layer's membrane: beta is used as leak_multiplier / 2^leak_shift."""

    layer: str
    state_frac_bits: int
    leak_multiplier: int
    leak_shift: int
    trained_beta: float


@dataclass(frozen=True)
class TableDecision:
    """A layer whose neurons look a function up. error: the largest difference from the function itself, of
    inputs within the table's limit.
    """

    layer: str
    function: str
    error: float


@dataclass(frozen=True)
class Decisions:
    """Everything quantise decided. score_scale: real score = integer score * score_scale."""

    calibration_samples: int
    alpha: tuple[AlphaDecision, ...]
    weights: tuple[WeightDecision, ...]
    states: tuple[StateDecision, ...]
    tables: tuple[TableDecision, ...]
    score_scale: float
