"""Scores of every time step, and answers before the last one, through the driver."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from board_tools import inputs_of
from dense_graphs import dense_graph, every_step

from asn2fpga.golden.simulate import simulate
from asn2fpga.kinds.neurons.early_exit import margins_of
from asn2fpga.passes.early_exit import with_margins
from asn2fpga.runtime import driver
from asn2fpga.runtime.driver import Accelerator

Plug = Callable[..., tuple[Path, Any]]


def test_time_steps_used_come_with_the_scores(plug: Plug) -> None:
    plain = every_step(dense_graph(5, 4, 3, time_steps=3, frames=False))
    x = inputs_of(plain, 9)
    margins = np.median(margins_of(simulate(plain, x).answers), axis=0).astype(np.int64)
    graph = with_margins(plain, margins[:-1] + 1)
    folder, board = plug(graph)
    expected = simulate(graph, x)
    assert expected.steps_used is not None and len(set(expected.steps_used)) > 1
    with Accelerator(folder) as accelerator:
        scores, steps = accelerator.scores_and_steps(x)
        assert np.array_equal(accelerator.scores(x), expected.scores)
        board.values[0x0D4] = [77]
        assert accelerator.counters()["time_steps_used"] == 77
    assert np.array_equal(scores, expected.scores) and np.array_equal(steps, expected.steps_used)


def test_time_steps_used_are_of_early_exits_only(plug: Plug) -> None:
    folder, _ = plug(dense_graph(5, 4, 3))
    message = "scores_and_steps: the model must be built with --early-exit; call scores(x)."
    with Accelerator(folder) as accelerator:
        assert "time_steps_used" not in accelerator.counters()
        with pytest.raises(driver.InputError, match=f"^{re.escape(message)}$"):
            accelerator.scores_and_steps(np.zeros((1, 5), np.uint8))


def test_scores_of_every_step_are_golden(plug: Plug) -> None:
    graph = every_step(dense_graph(5, 4, 3, time_steps=3, frames=False))
    folder, _ = plug(graph)
    x = inputs_of(graph, 7)
    expected = simulate(graph, x)
    with Accelerator(folder) as accelerator:
        scores, none = accelerator.scores(x), accelerator.scores(x[:0])
        assert np.array_equal(list(accelerator.stream(x, batch=2)), expected.answers)
        assert np.array_equal(accelerator.predict(x), expected.scores.argmax(axis=1))
    assert np.array_equal(scores, expected.answers) and none.shape == (0, 3, 3)
