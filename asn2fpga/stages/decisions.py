"""The decisions of quantise as plain values of its figures."""

from __future__ import annotations

from collections.abc import Iterable

from asn2fpga.figures.decisions import (
    AlphaFigures,
    DecisionFigures,
    FillFigures,
    MoveFigures,
    StateFigures,
    TableFigures,
    TrialFigures,
    UltraFigures,
    WeightFigures,
)
from asn2fpga.passes.place_memories import UltraMove
from asn2fpga.passes.place_weights import Move
from asn2fpga.passes.weight_memory import Fill
from asn2fpga.quantise.decisions import (
    AlphaDecision,
    Decisions,
    StateDecision,
    TableDecision,
    Trial,
    WeightDecision,
)
from asn2fpga.stages.state_bits import StateSearch


def decision_figures(
    decisions: Decisions,
    moves: Iterable[Move],
    fills: Iterable[Fill],
    ultra: Iterable[UltraMove],
    search: StateSearch | None = None,
) -> DecisionFigures:
    """As JSON values.

    search: for fraction bits of membranes. moves: layers whose weights lie in look-up tables as block RAM is
    short; fills: of all others. ultra: memories in UltraRAM.
    """
    return {
        "calibration_samples": decisions.calibration_samples,
        "alpha": [_alpha(alpha) for alpha in decisions.alpha],
        "weights": [_weights(weights) for weights in decisions.weights],
        "states": [_state(state) for state in decisions.states],
        "tables": [_table(table) for table in decisions.tables],
        "state_trials": [
            {"state_frac_bits": bits, "differing": share}
            for bits, share in ([] if search is None else search.trials)
        ],
        "score_scale": decisions.score_scale,
        "weights_in_look_up_tables": [_move(move) for move in moves],
        "weights_in_block_ram": [_fill(fill) for fill in fills],
        "memories_in_ultra_ram": [_ultra(move) for move in ultra],
    }


def _alpha(alpha: AlphaDecision) -> AlphaFigures:
    return {
        "layer": alpha.layer,
        "trained": alpha.trained,
        "value": alpha.value,
        "method": alpha.method,
        "trials": [_trial(trial) for trial in alpha.trials],
    }


def _weights(weights: WeightDecision) -> WeightFigures:
    return {
        "layer": weights.layer,
        "bits": weights.bits,
        "method": weights.method,
        "relative_error": weights.relative_error,
        "trials": [_trial(trial) for trial in weights.trials],
        "shift": weights.shift,
        "trained_bits": weights.trained_bits,
    }


def _state(state: StateDecision) -> StateFigures:
    return {
        "layer": state.layer,
        "state_frac_bits": state.state_frac_bits,
        "leak_multiplier": state.leak_multiplier,
        "leak_shift": state.leak_shift,
        "trained_beta": state.trained_beta,
    }


def _table(table: TableDecision) -> TableFigures:
    return {"layer": table.layer, "function": table.function, "error": table.error}


def _trial(trial: Trial) -> TrialFigures:
    return {
        "choice": trial.choice,
        "agreement": trial.agreement,
        "score_error": trial.score_error,
        "accuracy": trial.accuracy,
    }


def _move(move: Move) -> MoveFigures:
    return {"layer": move.layer, "frees_bram36": move.frees_bram36, "costs_lut": move.costs_lut}


def _ultra(move: UltraMove) -> UltraFigures:
    return {
        "layer": move.layer,
        "memory": move.memory,
        "frees_bram36": move.frees_bram36,
        "uram": move.uram,
    }


def _fill(fill: Fill) -> FillFigures:
    return {
        "layer": fill.layer,
        "stored_bits": fill.stored_bits,
        "bram36": fill.bram36,
        "share": round(fill.share, 3),
    }
