"""What a network would be on a board: an early exit answers sooner, and works as long as before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hand_graphs import inputs_of, linear, net, neuron, scores, x

from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.early_exit import NEVER
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.demand import demands
from asn2fpga.passes.predict_cycles import predict_latency
from asn2fpga.passes.prepare import prepare
from asn2fpga.stages import board_estimate
from asn2fpga.stages.board_estimate import BoardEstimate, MadeAndRun, estimate_on, fold_for, make_and_run
from asn2fpga.stages.quantise import MadeInteger

NET = prepare(net(x(time_steps=4), linear("fc1", "x"), neuron("n", "fc1"), linear("fc2", "n"), scores("fc2")))
BOARD = find_board("pynq-z2")


def estimated(thresholds: str) -> tuple[MadeAndRun, BoardEstimate]:
    config = Config(early_exit=thresholds)
    made = make_and_run(config, NET, None, Data(inputs_of(NET), None))
    return made, estimate_on(config, BOARD, made, fold_for(config, BOARD, made))


def test_an_early_exit_shortens_the_latency_and_not_the_work() -> None:
    made, first = estimated("0")
    _, never = estimated(str(NEVER))
    assert made.steps_used is not None and (made.steps_used == 1).all()
    folded = fold_for(Config(early_exit="0"), BOARD, made).graph
    ones = np.ones(len(made.steps_used), np.int64)
    predicted = predict_latency(folded, demands(folded, made.counts), steps_used=ones)
    assert first.latency_cycles == predicted.mean()
    assert never.latency_cycles is not None and first.latency_cycles < never.latency_cycles
    assert (first.used, first.interval_cycles) == (never.used, never.interval_cycles)
    assert first.energy_uj == never.energy_uj and first.energy_uj


def test_bits_of_membranes_are_sought_on_all_samples_as_in_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """And lanes on the first of them, as there too."""
    seen: list[int] = []
    original = board_estimate.quantised_of

    def watched(config: Config, real: Graph, calibration: None, typical: Array, *rest: Any) -> MadeInteger:
        seen.append(len(typical))
        return original(config, real, calibration, typical, *rest)

    monkeypatch.setattr(board_estimate, "quantised_of", watched)
    samples = np.concatenate([inputs_of(NET)] * 20)[:100]
    made = make_and_run(Config(), NET, None, Data(samples, None))
    assert (seen, len(made.typical)) == ([100], 64)
