"""Layers of SpikingJelly beside torch's own: built as they compute, or refused with what to use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import refusal
from torch import Tensor, nn

from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.reference import float_model

pytest.importorskip("spikingjelly")
from spikingjelly.activation_based import functional, layer, neuron

STEPS = 4


class Net(nn.Module):
    """Multi-step modules in a row, on an input that is repeated."""

    def __init__(self, *modules: nn.Module) -> None:
        super().__init__()
        self.net = nn.Sequential(*modules)
        functional.set_step_mode(self, "m")

    def forward(self, x: Tensor) -> Tensor:
        functional.reset_net(self)
        found: Tensor = self.net(x.unsqueeze(0).repeat(STEPS, *[1] * x.dim())).mean(0)
        return found


def dense(middle: nn.Module) -> nn.Module:
    return Net(layer.Linear(12, 8), neuron.LIFNode(), middle, layer.Linear(8, 5), neuron.IFNode())


def convolutional(middle: nn.Module) -> nn.Module:
    maps = [layer.Conv2d(1, 4, 3, padding=1), neuron.LIFNode(), middle, neuron.IFNode()]
    return Net(*maps, layer.Flatten(), layer.Linear(64, 5), neuron.IFNode())


BUILT: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "Delay": (lambda: dense(layer.Delay(2)), (12,)),
    "WSLinear": (lambda: dense(layer.WSLinear(8, 8)), (12,)),
    "WSConv2d": (lambda: convolutional(layer.WSConv2d(4, 4, 3, padding=1)), (1, 4, 4)),
    "PrintShapeModule": (lambda: dense(layer.PrintShapeModule("here")), (12,)),
}


def made(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(1)
    module = make().eval()
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            nn.init.normal_(part.weight, 0.1, 0.45)
    return module


@pytest.mark.parametrize("name", [name for name in BUILT if hasattr(layer, name)])
def test_they_compute_what_they_do_there(name: str) -> None:
    make, shape = BUILT[name]
    module = made(make)
    found: Any = convert(module, "net", torch.zeros(1, *shape), encoding="frames", max_count=3)
    x = np.random.default_rng(0).integers(0, 4, (40, *shape)).astype(np.uint8)
    wanted = module_scores(module, found.origin.description, found.origin.output, x).numpy()
    scores = float_model.simulate(found.graph, x).scores
    assert np.allclose(scores, wanted, atol=1e-5) and len(np.unique(scores, axis=0)) > 3
    assert any(isinstance(one, Delay) for one in found.graph.layers) == (name == "Delay")


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "TemporalEffectiveBatchNorm1d": (
        lambda: dense(layer.TemporalEffectiveBatchNorm1d(STEPS, 8)),
        "each of its time steps has weights of its own; use one BatchNorm for all",
    ),
    "TemporalWiseAttention": (
        lambda: dense(layer.TemporalWiseAttention(STEPS, 2, 2)),
        "it weighs time steps, channels or pixels by numbers that depend on the input; leave it out",
    ),
    "NeuNorm": (lambda: convolutional(layer.NeuNorm(4, 4, 4)), "it adds up all channels over time"),
}


@pytest.mark.parametrize("name", [name for name in REFUSED if hasattr(layer, name)])
def test_they_say_what_to_use(name: str) -> None:
    make, hint = REFUSED[name]
    shape = (1, 4, 4) if name == "NeuNorm" else (12,)
    message = refusal(lambda: convert(make(), "net", torch.zeros(1, *shape), encoding="frames"))
    assert message.startswith("net.2: ") and f"{name} is not supported; {hint}" in message


def test_a_delay_of_single_steps_is_refused() -> None:
    class Looped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.neuron, self.late = nn.Linear(12, 5), neuron.IFNode(), layer.Delay(1)
            self.out = neuron.IFNode()

        def forward(self, x: Tensor) -> Tensor:
            found = [self.out(self.late(self.neuron(self.fc(x)))) for _ in range(STEPS)]
            return torch.stack(found).sum(0)

    message = refusal(lambda: convert(Looped(), "net", torch.zeros(1, 12), encoding="frames"))
    assert message.startswith("late: Delay must get (time, batch, ...) with step mode 'm'")


@pytest.mark.parametrize("cell", ["SpikingLSTM", "SpikingGRU"])
def test_gated_cells_are_refused_by_name(cell: str) -> None:
    from spikingjelly.activation_based import rnn

    class Gated(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cells, self.fc = getattr(rnn, cell)(12, 8, 1), nn.Linear(8, 5)

        def forward(self, x: Tensor) -> Tensor:
            found: Tensor = self.fc(self.cells(x)[0][-1])
            return found

    message = refusal(lambda: convert(Gated(), "net", torch.zeros(4, 1, 12), encoding="events", max_count=1))
    assert message == (
        f"cells: module spikingjelly.activation_based.rnn.{cell} is not supported; its gates multiply what "
        "it keeps; use LinearRecurrentContainer with IFNode or LIFNode, or EGRU of asn2fpga.nn, and train "
        "with that."
    )
