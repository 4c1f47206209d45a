"""Layers of a model file that cannot be together, neurons that cannot be: untrusted, one sentence each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from loader_models import CALIBRATION, EXAMPLE, network
from tamper import (
    DOUBLE,
    Change,
    Content,
    both,
    graph_layer,
    refusal_of,
    set_field,
    set_semantics,
    set_tensor,
)

import asn2fpga


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good model file."""
    asn2fpga.save(network(), tmp_path / "model.pt", EXAMPLE, CALIBRATION)
    return tmp_path / "model.pt"


def insert_first(**fields: Any) -> Change:
    """A new layer behind the input."""
    return lambda content: content["graph"]["layers"].insert(1, {"name": "past", "source": "past"} | fields)


def add_to_flat(*others: str) -> Change:
    """The first Linear reads the sum of the flat input and of other layers."""

    def change(content: Content) -> None:
        added = {"class": "Add", "name": "sum", "source": "sum", "inputs": ["layer_0", *others]}
        content["graph"]["layers"].insert(2, added)
        graph_layer(content, "layer_1")["inputs"] = ["sum"]

    return change


def concatenate(*names: str) -> Change:
    """The last Linear reads several layers side by side."""

    def change(content: Content) -> None:
        made = {"class": "Concat", "name": "cat", "source": "cat", "inputs": list(names)}
        content["graph"]["layers"].insert(-2, made)
        graph_layer(content, "layer_3")["inputs"] = ["cat"]

    return change


def feed_back(time_steps: int, **fields: Any) -> Change:
    """The first Linear reads the flat input and what its neurons sent a time step ago."""
    past = {"class": "Delay", "inputs": ["layer_2"], "steps": 1, "each": None, "shape": [8]} | fields
    return both(set_field("pixels", time_steps=time_steps), add_to_flat("past"), insert_first(**past))


def per_neuron(field: str, values: list[float]) -> Change:
    """Neurons with a number of their own each."""
    return both(
        set_semantics(**{field: {"tensor": "own"}}), set_tensor("own", torch.tensor(values, dtype=DOUBLE))
    )


LINE = "layer_2\nof the \tfile " + 100 * "x"
TAMPERED: dict[str, tuple[Change, str]] = {
    "branch that nobody reads": (
        set_field("layer_3", inputs=["layer_1"]),
        "layer_2: its output must be read by another layer, not by none.",
    ),
    "reads nothing": (
        set_field("layer_0", inputs=[]),
        "pixels: its output must be read by another layer, not by none.",
    ),
    "reads nothing beside others": (
        both(add_to_flat("past"), insert_first(**{"class": "Scale", "factor": 1.0, "inputs": []})),
        "past: the layer must have inputs, not none.",
    ),
    "reads itself": (
        add_to_flat("sum"),
        "sum: a loop must hold a delay, not be sum -> sum within one time step.",
    ),
    "reads a layer behind it": (
        add_to_flat("layer_2"),
        "sum: a loop must hold a delay, not be sum -> layer_1 -> layer_2 -> sum within one time step.",
    ),
    "reads a stranger": (add_to_flat("x"), "sum: inputs must be layers before it, not 'x'."),
    "an add of one": (add_to_flat(), "sum: an add must read two branches or more, not 1."),
    "an add of other shapes": (
        add_to_flat("pixels"),
        "sum: branches of an add must have equal shapes, not (8,) (layer_0) and (2, 4) (pixels).",
    ),
    "a concatenation of one": (
        concatenate("layer_2"),
        "cat: a concatenation must read two branches or more, not 1.",
    ),
    "a concatenation of two axes": (
        concatenate("layer_2", "pixels"),
        "cat: branches of a concatenation must have equal pixels, not shape (2, 4) (pixels) beside (4,).",
    ),
    "a concatenation of a current": (
        concatenate("layer_2", "layer_1"),
        "cat: branches of a concatenation must be neurons or the input, not currents (layer_1); "
        "put a neuron after each Linear, or concatenate before the Linear.",
    ),
    "a concatenation of other size": (
        concatenate("layer_2", "layer_0"),
        "layer_3: Linear must get (4,) features, not (12,).",
    ),
    "a loop whose delay is none": (
        feed_back(3, steps=0),
        "past: a loop must hold a delay, not be past -> sum -> layer_1 -> layer_2 -> past within one "
        "time step.",
    ),
    "a delay of two layers": (
        feed_back(3, inputs=["layer_2", "layer_0"]),
        "past: Delay must read one layer, not 2.",
    ),
    "a delay without time": (
        feed_back(1),
        "past: a recurrent layer must see several time steps, not T = 1; present the input over time.",
    ),
    "a delay of too many steps": (feed_back(3, steps=3), "past: steps must be in 1..2, not 3."),
    "a delay into the future": (feed_back(3, steps=-1), "past: steps must be in 1..2, not -1."),
    "a delay of another shape": (feed_back(3), "past: the shape must be (4,), not (8,)."),
    "a delay of a current": (
        feed_back(3, inputs=["layer_1"]),
        "past: a delay must read neurons, not the currents of layer_1.",
    ),
    "a delay before broken weights": (
        both(feed_back(3), set_tensor("layer_1.weight", torch.ones((), dtype=DOUBLE))),
        "layer_1: weight must have shape (out, in), not ().",
    ),
    "a place of several lines": (
        both(set_field("layer_2", source=LINE), set_semantics(levels=0)),
        f"layer_2 of the file {80 * 'x'}: levels (D) must be in 1..255, not 0.",
    ),
    "levels": (set_semantics(levels=10**9), "layer_2: levels (D) must be in 1..255, not 1e+09."),
    "negative levels": (set_semantics(levels=-4), "layer_2: levels (D) must be in 1..255, not -4."),
    "alpha": (set_semantics(alpha=1e6), "layer_2: alpha must be in -255..255, not 1e+06."),
    "beta": (set_semantics(beta=-0.5), "layer_2: beta must be in 0..1, not -0.5."),
    "threshold": (set_semantics(threshold=0), "layer_2: threshold must be in 1e-09..1e+09, not 0."),
    "scale of the output": (
        set_semantics(output_scale=-1.0),
        "layer_2: output_scale must be in 1e-09..1e+09, not -1.",
    ),
    "gain of the reset": (
        set_semantics(reset_gain=0.0),
        "layer_2: reset_gain must be in 1e-09..1e+09, not 0.",
    ),
    "step of a hard reset": (
        set_semantics(reset="hard", v_reset=1.0),
        "layer_2: v_reset must be below the threshold, not 1.",
    ),
    "nothing of the input left": (
        set_semantics(beta=1.0, decay_input=True),
        "layer_2: decay_input needs beta below 1, not 1: nothing of the input would be left.",
    ),
    "synaptic beta": (
        set_semantics(synaptic_beta=1.5),
        "layer_2: synaptic beta must be in 0..1, not 1.5.",
    ),
    "a beta for other neurons": (
        per_neuron("betas", [0.5, 0.5, 0.5]),
        "layer_2: beta of each neuron must have shape (4,), not (3,).",
    ),
    "a beta out of range": (
        per_neuron("betas", [0.5, 1.0, 1.25, 0.0]),
        "layer_2: beta must be in 0..1, not 1.25.",
    ),
    "a beta below zero": (
        per_neuron("betas", [0.5, 1.0, -0.125, 0.0]),
        "layer_2: beta must be in 0..1, not -0.125.",
    ),
    "a threshold of zero": (
        per_neuron("thresholds", [0.5, 1.0, 0.0, 1.0]),
        "layer_2: threshold must be in 1e-09..1e+09, not 0.",
    ),
    "a threshold without bounds": (
        per_neuron("thresholds", [0.5, 1.0, 2e9, 1.0]),
        "layer_2: threshold of each neuron must be within +-1e+09, not as large as 2e+09.",
    ),
    "a floor that is no number": (
        set_semantics(floor="low"),
        "layer 3 (Neuron): field 'semantics': field 'floor' must be float, not 'low'.",
    ),
    "how it fires": (
        set_semantics(fires="<"),
        "layer 3 (Neuron): field 'semantics': field 'fires' must be one of round, >=, >, not '<'.",
    ),
    "reset": (
        set_semantics(reset="softly"),
        "layer 3 (Neuron): field 'semantics': field 'reset' must be one of soft, hard, none, not 'softly'.",
    ),
}


NOT_BUILT = (
    "a concatenation of a current",
    "a delay of a current",
)


@pytest.mark.parametrize("case", TAMPERED)
def test_tampered_layers(case: str, path: Path) -> None:
    change, message = TAMPERED[case]
    assert refusal_of(change, path, unsupported=case in NOT_BUILT) == message
