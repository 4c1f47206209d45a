"""Neurons and membranes that a loop of forward computes by operations are layers as all others are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from forward_neurons import (
    STEPS,
    Adaptive,
    Cells,
    Convolutional,
    Dense,
    Membranes,
    Recurrent,
    Synaptic,
    Threshold,
)
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.golden.simulate import simulate
from asn2fpga.loader.model_file import ModelContent
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference import float_model

MADE: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "functions": (Convolutional, "image"),
    "comparisons": (lambda: Dense(lambda v: (v >= 1.0).float()), "frame"),
    "autograd functions": (lambda: Dense(Threshold.apply, soft=False), "frame"),
    "where": (lambda: Dense(lambda v: torch.where(v > 1.0, 1.0, 0.0)), "frame"),
    "a scaled spike": (lambda: Dense(lambda v: (v >= 0.5).float() * 0.5), "frame"),
    "the last membrane": (lambda: Membranes(lambda found: found[-1]), "frame"),
    "the mean membrane": (lambda: Membranes(lambda found: torch.stack(found).mean(0)), "frame"),
    "a membrane that takes the rest": (lambda: Membranes(lambda found: found[-1], rest=True), "frame"),
    "cells with their synapses": (Cells, "batch first"),
    "a recurrence": (Recurrent, "time first"),
    "a synaptic current": (Synaptic, "frame"),
    "a synaptic current, soft reset": (lambda: Synaptic(soft=True), "frame"),
}


def made(name: str) -> nn.Module:
    torch.manual_seed(3)
    module = MADE[name][0]().eval()
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            nn.init.normal_(part.weight, 0.1, 0.6)
    return module


def converted(module: nn.Module, kind: str) -> ModelContent:
    events = {"encoding": "events", "max_count": 3}
    if kind == "batch first":
        return convert(module, "net", torch.zeros(1, STEPS, 16), **events)
    if kind == "time first":
        return convert(module, "net", torch.zeros(STEPS, 1, 16), **events)
    example = torch.zeros(1, 1, 4, 4) if kind == "image" else torch.zeros(1, 16)
    return convert(module, "net", example, encoding="frames", max_count=3)


def samples(kind: str) -> np.ndarray:
    shape = {"image": (1, 4, 4), "frame": (16,)}.get(kind, (STEPS, 16))
    return np.random.default_rng(0).integers(0, 4, (40, *shape)).astype(np.uint8)


@pytest.mark.parametrize("name", MADE)
def test_the_graph_computes_what_forward_does(name: str) -> None:
    module, kind = made(name), MADE[name][1]
    found, x = converted(module, kind), samples(kind)
    assert found.origin is not None
    wanted = module_scores(module, found.origin.description, found.origin.output, x).double().numpy()
    scores = float_model.simulate(found.graph, x).scores
    assert len(np.unique(wanted, axis=0)) > 3
    assert np.allclose(scores, wanted, atol=1e-5)
    integers = simulate(quantise(found.graph).graph, x).scores
    assert (integers.argmax(1) == wanted.argmax(1)).mean() > 0.8


def test_what_it_is_taken_for_is_said() -> None:
    notes = converted(made("functions"), "image").about.notes
    assert any(
        note.startswith("fc2_spikes: what forward computes (forward_neurons.py:")
        and "is taken for LIF, binary, hard reset, leak 0.25, threshold 0.5: the same spikes in" in note
        for note in notes
    )
    (membranes,) = (
        note for note in converted(made("the last membrane"), "frame").about.notes if "membranes:" in note
    )
    assert membranes.endswith("is taken for membranes that never fire, leak 0.75")


def refused(module: nn.Module) -> str:
    with pytest.raises(UnsupportedError) as caught:
        converted(module, "frame")
    return str(caught.value)


def test_neurons_that_are_not_known_say_why() -> None:
    message = refused(Adaptive())
    assert message.startswith("fc1_spikes: what forward computes (forward_neurons.py:")
    assert "s = (v > 1.0 + 0.5 * a).float()) is no neuron that is known: " in message
    assert "its spikes change its threshold, or another state beside its membrane (ALIF, adLIF)" in message
    assert message.endswith("or as a neuron of snnTorch or SpikingJelly, and train with that.")


def test_a_current_of_the_step_before_says_which_comes_first() -> None:
    message = refused(Synaptic(late=True))
    assert message.startswith("fc2_spikes: what forward computes (forward_neurons.py:")
    assert "update the current first, then the membrane, then let it fire" in message


def test_membranes_that_are_no_layer_say_how_to_write_them() -> None:
    class Mixed(Membranes):
        def forward(self, x: Tensor) -> Tensor:
            v, found = torch.zeros(len(x), 8), torch.zeros(len(x), 4)
            for _ in range(STEPS):
                v = 0.5 * v + self.fc1(x)
                v = v - v.clamp(max=1.0) * 0.5
                found = found + self.fc2(v)
            return found

    assert refused(Mixed(lambda found: found[0])).endswith(
        "if these are membranes, put the equations of the neurons into a module of their own, without the "
        "layers around it: spk, mem = neuron(x, mem)."
    )


def test_membranes_that_leak_at_other_rates_are_refused() -> None:
    class Changing(Membranes):
        def forward(self, x: Tensor) -> Tensor:
            out, v = torch.zeros(len(x), 4), torch.zeros(len(x), 8)
            for step in range(STEPS):
                v = 0.5 * v + self.fc1(x)
                s = (v > 1.0).float()
                v = v - s
                out = (0.5 + 0.1 * step) * out + self.fc2(s)
            return out

    assert "must be" in refused(Changing(lambda found: found[0]))
