"""Layers that get (batch, time, ...) at once, before a loop takes the time steps of what they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import refusal
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.reference import float_model

snn = pytest.importorskip("snntorch")

STEPS = 5


class Net(nn.Module):
    """currents: of the first layer, (batch, time, 12), from events (batch, time, 8)."""

    def __init__(self, currents: Callable[[Net, Tensor], Tensor]) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.w = nn.Parameter(torch.randn(8, 12) * 0.6)
        self.fc1, self.norm, self.lif1 = nn.Linear(8, 12), nn.BatchNorm1d(12), snn.Leaky(beta=0.5)
        self.fc2, self.lif2, self.currents = nn.Linear(12, 4), snn.Leaky(beta=0.5), currents
        for layer in (self.fc1, self.fc2):
            nn.init.normal_(layer.weight, 0.1, 0.5)

    def forward(self, x: Tensor) -> Any:
        h, mem1, mem2, total = self.currents(self, x), self.lif1.init_leaky(), self.lif2.init_leaky(), 0
        for step in range(x.shape[1]):
            spk, mem1 = self.lif1(h[:, step], mem1)
            spk, mem2 = self.lif2(self.fc2(spk), mem2)
            total = total + spk
        return total


class LayerByLayer(Net):
    """A loop for each layer."""

    def forward(self, x: Tensor) -> Any:
        h, mem1, mem2, found, total = self.fc1(x), self.lif1.init_leaky(), self.lif2.init_leaky(), [], 0
        for step in range(x.shape[1]):
            spk, mem1 = self.lif1(h[:, step, :], mem1)
            found.append(spk)
        h = self.fc2(torch.stack(found, dim=1))
        for step in range(x.shape[1]):
            spk, mem2 = self.lif2(h[:, step, :], mem2)
            total = total + spk
        return total


def merged(net: Net, x: Tensor) -> Tensor:
    """The norm sees samples and time steps as one axis."""
    h = net.fc1(x)
    return net.norm(h.reshape(h.shape[0] * h.shape[1], 12)).reshape(h.shape[0], h.shape[1], 12)


FORMS: dict[str, Callable[[], nn.Module]] = {
    "Linear": lambda: Net(lambda net, x: net.fc1(x)),
    "Linear and BatchNorm": lambda: Net(merged),
    "function": lambda: Net(lambda net, x: functional.linear(x, net.w.t())),
    "product": lambda: Net(lambda net, x: x @ net.w),
    "einsum": lambda: Net(lambda net, x: torch.einsum("abc,cd->abd", (x, net.w))),
    "layer by layer": lambda: LayerByLayer(lambda net, x: x),
}


def converted(module: nn.Module, example: tuple[int, ...] = (1, STEPS, 8)) -> Any:
    return convert(module.eval(), "net", torch.zeros(example), encoding="events", max_count=1)


@pytest.mark.parametrize("name", FORMS)
def test_time_steps_of_their_results_are_taken(name: str) -> None:
    module = FORMS[name]()
    found = converted(module)
    x = np.random.default_rng(0).integers(0, 2, (60, STEPS, 8)).astype(np.uint8)
    with torch.no_grad():
        wanted = module(torch.from_numpy(x).float()).numpy()
    scores = float_model.simulate(found.graph, x).scores
    assert np.array_equal(scores, wanted) and len(np.unique(scores, axis=0)) > 3


@pytest.mark.parametrize("samples", [1, STEPS, STEPS + 1, 256 + STEPS])
def test_as_many_samples_as_time_steps(samples: int) -> None:
    """What is returned as (batch, time, classes) is read so, then, too."""

    class Sequence(Net):
        def forward(self, x: Tensor) -> Tensor:
            h, mem, found = self.fc1(x), self.lif1.init_leaky(), []
            for step in range(x.shape[1]):
                spk, mem = self.lif1(h[:, step], mem)
                found.append(self.fc2(spk))
            return torch.stack(found, dim=1)

    module = Sequence(lambda net, x: x).eval()
    found: Any = convert(
        module, "net", torch.zeros(1, STEPS, 8), encoding="events", max_count=1, read_out="mean"
    )
    x = np.random.default_rng(0).integers(0, 2, (samples, STEPS, 8)).astype(np.uint8)
    scores = module_scores(module, found.origin.description, found.origin.output, x)
    with torch.no_grad():
        assert torch.allclose(scores, module(torch.from_numpy(x).float()).mean(1), atol=1e-6)


def test_einsum_of_other_axes_is_refused() -> None:
    message = refusal(lambda: converted(Net(lambda net, x: torch.einsum("abc,dc->abd", x, net.w.t()))))
    assert message.startswith("model: einsum ")


def test_spikes_before_the_current_say_what_to_write() -> None:
    class Early(Net):
        def forward(self, x: Tensor) -> Tensor:
            h, mem, out = self.fc1(x), torch.zeros(len(x), 12), torch.zeros(len(x), 4)
            for step in range(x.shape[1]):
                spk = (mem > 1.0).float()
                mem = (0.875 * mem + h[:, step]) * (1 - spk)
                out = out + self.fc2(spk)
            return out

    assert (
        "must be called once in each of the 5 steps, not 4 times: it keeps the membranes of one layer; give "
        "each place its own; if forward computes spikes of a membrane before it adds the current of the time "
        "step, the first are always 0 and the last current has no effect: update the membrane first, "
        "then let it fire"
    ) in refusal(lambda: converted(Early(lambda net, x: x)))
