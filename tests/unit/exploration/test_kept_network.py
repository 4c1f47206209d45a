"""Integer networks that are kept: one for all that they depend on, and the same when they are read."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand_graphs import inputs_of, linear, net, neuron, scores, x

from asn2fpga.config import Config
from asn2fpga.exploration import kept_network
from asn2fpga.exploration.kept_network import OF_HARDWARE, kept_networks, made_network
from asn2fpga.exploration.shared_state import SharedState
from asn2fpga.kinds.nodes import answer_of
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.prepare import prepare
from asn2fpga.reference import float_model
from asn2fpga.toolchain.cache import VARIABLE

NET = prepare(net(x(time_steps=3), linear("fc1", "x"), neuron("n", "fc1"), linear("fc2", "n"), scores("fc2")))
X = inputs_of(NET)
STATE = SharedState("0123", NET, Data(X, None), float_model.scores_of(NET, X).argmax(axis=1), None)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    kept_networks.cache_clear()
    yield
    kept_networks.cache_clear()


def test_scores_of_every_step_and_early_exits_are_other_networks() -> None:
    plain = answer_of(made_network(Config(), STATE).graph)
    assert (plain.rows, plain.exits) == (1, False)
    assert answer_of(made_network(Config(stream=True), STATE).graph).rows == 3
    for _ in range(2):  # made, then read
        made = made_network(Config(early_exit="0"), STATE)
        assert answer_of(made.graph).exits and made.steps_used is not None
        assert (made.steps_used == 1).all() and len(made.steps_used) == len(X)
    assert (made.scores != made_network(Config(), STATE).scores).any()


def test_designs_that_differ_in_hardware_alone_share_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    first = made_network(Config(), STATE)
    monkeypatch.setattr(kept_network, "make_and_run", None)
    again = made_network(Config(clock_mhz=50.0, optimise="area", lanes=2), STATE)
    assert (again.scores == first.scores).all() and again.totals == first.totals
    assert all(np.array_equal(again.counts[name], counts) for name, counts in first.counts.items())


def test_every_choice_is_of_the_network_or_of_the_hardware() -> None:
    """A choice that is neither counts for the network: then too much is made, and nothing is wrong."""
    assert {field.name for field in dataclasses.fields(Config)} - {*OF_HARDWARE} == {
        *("weight_bits", "scale_method", "alpha_snap", "alpha_frac_bits", "state_frac_bits"),
        *("stream", "early_exit"),
    }
