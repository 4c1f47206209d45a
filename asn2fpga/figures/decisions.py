"""What quantise decided and why, layer by layer; the meaning of each value: quantise/decisions.py."""

from __future__ import annotations

from typing import TypedDict


class TrialFigures(TypedDict):
    """One choice that was tried on calibration data."""

    choice: str
    agreement: float  # 0 to 1: part of the samples of the same class as the float network
    score_error: float  # mean squared difference of the scores
    accuracy: float | None  # 0 to 1; None without labels


class AlphaFigures(TypedDict):
    """How a layer's alpha became an integer."""

    layer: str
    trained: float
    value: float
    method: str
    trials: list[TrialFigures]


class WeightFigures(TypedDict):
    """How a layer's weights were scaled."""

    layer: str
    bits: int
    method: str
    relative_error: float  # rms of what rounding changed over rms of the weights
    trials: list[TrialFigures]
    shift: int  # one unit of the sums is worth 2^shift units of the accumulator
    trained_bits: int | None  # of weights that were integers times a scale already


class StateFigures(TypedDict):
    """A stateful layer's membrane: beta is used as leak_multiplier / 2^leak_shift."""

    layer: str
    state_frac_bits: int
    leak_multiplier: int
    leak_shift: int
    trained_beta: float


class StateTrialFigures(TypedDict):
    """Fraction bits of the membranes that were tried (--state-frac-bits auto)."""

    state_frac_bits: int
    differing: float  # 0 to 1: spikes that differ from those of real-valued membranes


class MoveFigures(TypedDict):
    """Weights that lie in look-up tables because block RAM is short: what that frees and costs."""

    layer: str
    frees_bram36: float
    costs_lut: float


class FillFigures(TypedDict):
    """Weights of a layer in block RAM, in all its copies. share: of the bits of these block RAMs."""

    layer: str
    stored_bits: int
    bram36: float
    share: float


class UltraFigures(TypedDict):
    """A memory of a layer, in all its copies, that lies in UltraRAM: what that frees and takes."""

    layer: str
    memory: str
    frees_bram36: float
    uram: float


class TableFigures(TypedDict):
    """A layer whose neurons look a function up. error: the largest difference from the function itself."""

    layer: str
    function: str
    error: float


class DecisionFigures(TypedDict):
    """Everything quantise decided."""

    calibration_samples: int
    alpha: list[AlphaFigures]
    weights: list[WeightFigures]
    states: list[StateFigures]
    tables: list[TableFigures]
    state_trials: list[StateTrialFigures]
    score_scale: float  # real score = integer score * score_scale
    weights_in_look_up_tables: list[MoveFigures]
    weights_in_block_ram: list[FillFigures]
    memories_in_ultra_ram: list[UltraFigures]
