"""Thresholds of an early exit: as asked, chosen on labelled samples, and what is refused."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from board_tools import inputs_of
from dense_graphs import dense_graph, every_step
from strategies import random_graph

from asn2fpga.config import Config, read_config
from asn2fpga.errors import InputError
from asn2fpga.golden.simulate import accuracy, answers_of, simulate
from asn2fpga.graph import rules
from asn2fpga.kinds.neurons.early_exit import exited
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.early_exit import margins_in, with_all_steps
from asn2fpga.stages.early_exit import (
    candidates,
    early_exit_figures,
    outcome,
    with_early_exit,
    with_exits,
)
from asn2fpga.stages.quantise import quantised_of

GRAPH = every_step(dense_graph(6, 8, 4, time_steps=4, frames=False))
X = inputs_of(GRAPH, 200)
ROWS = answers_of(GRAPH, X)
Y = np.where(np.arange(200) % 4 == 0, (ROWS[:, -1].argmax(axis=1) + 1) % 4, ROWS[:, -1].argmax(axis=1))
KNOWN = Data(X, Y.astype(np.int64))


@pytest.mark.parametrize(("asked", "thresholds"), [("70", [70, 70, 70]), ("9,8,7", [9, 8, 7])])
def test_thresholds_as_asked(asked: str, thresholds: list[int]) -> None:
    graph = with_early_exit(GRAPH, asked, None)
    rules.check(graph)
    assert margins_in(graph).tolist() == thresholds
    rows = simulate(with_all_steps(graph), X)
    assert (with_exits(graph, rows).answers == simulate(graph, X).answers).all()


def test_thresholds_are_chosen_so_that_no_more_accuracy_is_lost() -> None:
    whole = accuracy(ROWS[:, -1], KNOWN.y)
    means = []
    for points in (0, 1, 5, 40):
        graph = with_early_exit(GRAPH, f"auto:{points}", KNOWN)
        found = outcome(ROWS, margins_in(graph), KNOWN.y)
        assert found.accuracy >= whole - points / 100 - 1e-9
        means.append(found.mean_steps)
    assert means == sorted(means, reverse=True) and 1 <= means[-1] < means[0] <= 4


def test_candidates_reach_from_the_first_step_to_all() -> None:
    found = list(candidates(ROWS, KNOWN.y))
    assert outcome(ROWS, found[0], KNOWN.y).mean_steps == 1
    assert outcome(ROWS, found[-1], KNOWN.y).mean_steps == 4
    below = [(first <= second).all() for first, second in itertools.pairwise(found)]
    assert all(below), "thresholds only rise"


def test_figures() -> None:
    graph = with_early_exit(GRAPH, "auto:5", KNOWN)
    figures = early_exit_figures(graph, ROWS, KNOWN.y)
    found = exited(ROWS, margins_in(graph))[:, 0]
    assert sum(figures["used"]) == 200 and figures["mean_steps"] == found[:, -1].mean()
    (built,) = (point for point in figures["points"] if point["factor"] == 1)
    assert built["accuracy"] == accuracy(found[:, :-1], KNOWN.y)
    assert built["mean_steps"] == figures["mean_steps"]
    assert figures["points"][0] | {"accuracy": None} == {"factor": 0, "mean_steps": 1, "accuracy": None}
    without = early_exit_figures(graph, ROWS, None)
    assert without["accuracy_of_all_steps"] is None and without["points"][3]["accuracy"] is None


@pytest.mark.parametrize(
    ("asked", "known", "message"),
    [
        (
            "9,8",
            None,
            "fc2: --early-exit must have one threshold, or 3, one for each time step but the last, not 2.",
        ),
        *(
            (
                "auto:1",
                known,
                "--early-exit auto: labelled calibration samples must be there to choose thresholds on; save "
                "the model with calibration=x, labels=y, or give the thresholds: --early-exit N or N,N,...",
            )
            for known in (None, Data(X, None))
        ),
    ],
)
def test_what_is_refused(asked: str, known: Data | None, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        with_early_exit(GRAPH, asked, known)


def test_one_class_is_refused() -> None:
    message = (
        "fc2: --early-exit compares the two largest scores, so there must be two classes at least, not 1; "
        "leave --early-exit out."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        with_early_exit(every_step(dense_graph(3, 3, 1, time_steps=2)), "1", None)


def test_one_time_step_is_refused() -> None:
    message = (
        "fc2: --early-exit needs scores after several time steps, not after 1; leave --early-exit out, or "
        "give the network an input over time (RepeatTime, or events)."
    )
    x = np.zeros((4, 16), np.uint8)
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        quantised_of(Config(early_exit="5"), random_graph(0), None, x)


def test_both_kinds_of_answer_are_refused() -> None:
    message = "--early-exit: scores of one time step are sent, not of all; leave --stream out."
    x = np.zeros((4, 16), np.uint8)
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        quantised_of(Config(early_exit="5", stream=True), random_graph(0, time_steps=3), None, x)


@pytest.mark.parametrize("value", ["", "-3", "auto", "auto:", "auto:101", "auto:x", "1;2", "1,,2", 0.5])
def test_malformed_values_are_refused(value: object) -> None:
    message = (
        "--early-exit: the value must be a threshold, one for each time step but the last (N,N,...), or "
        f"auto:POINTS of accuracy that may be lost, not {value!r}."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_config(None, {"early_exit": value})


@pytest.mark.parametrize(("value", "text"), [([9, 8], "9,8"), (7, "7"), ("auto:0.5", "auto:0.5")])
def test_values_of_python(value: object, text: str) -> None:
    assert read_config(None, {"early_exit": value}).early_exit == text
