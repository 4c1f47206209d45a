"""Forms of forward that public code uses: each becomes what it computes, or says what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import refusal
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.nn import LIF, RepeatTime, TimeMean
from asn2fpga.reference import float_model

STEPS = 4
RELU6 = nn.ReLU6()


class Neuron(nn.Module):
    """Takes its membrane and returns it."""

    def forward(self, x: Tensor, mem: Tensor) -> tuple[Tensor, Tensor]:
        mem = 0.5 * mem + x
        spk = (mem > 1.0).float()
        return spk, mem - spk


class StartsAtNone(nn.Module):
    """Makes its membrane itself."""

    def forward(self, x: Tensor, mem: Tensor | None = None) -> tuple[Tensor, Tensor]:
        if mem is None:
            mem = torch.zeros_like(x)
        mem = 0.75 * mem + x
        spk = (mem >= 1.5).to(x.dtype)
        return spk, mem * (1 - spk)


class Stepped(nn.Module):
    """A loop in forward around such neurons."""

    def __init__(self, neuron: Callable[[], nn.Module], starts_at_none: bool) -> None:
        super().__init__()
        self.fc1, self.n1 = nn.Linear(12, 8), neuron()
        self.fc2, self.n2 = nn.Linear(8, 4), neuron()
        self.starts_at_none = starts_at_none

    def forward(self, x: Tensor) -> Tensor:
        mem1 = None if self.starts_at_none else torch.zeros(x.shape[0], 8)
        mem2 = None if self.starts_at_none else torch.zeros(x.shape[0], 4)
        total = torch.zeros(x.shape[0], 4)
        for _ in range(STEPS):
            spk1, mem1 = self.n1(self.fc1(x), mem1)
            spk2, mem2 = self.n2(self.fc2(spk1), mem2)
            total = total + spk2
        return total


class Population(nn.Module):
    """Several neurons for each class; their average is the score."""

    def __init__(self, read: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.net = nn.Sequential(RepeatTime(STEPS), nn.Linear(12, 20), LIF(0.5, time_steps=STEPS), TimeMean())
        self.read = read

    def forward(self, x: Tensor) -> Any:
        return self.read(self.net(x))


class Boosted(Population):
    """AvgPool1d over the neurons, as the authors of PLIF write it."""

    def __init__(self) -> None:
        super().__init__(lambda x: x)
        self.boost = nn.AvgPool1d(5, 5)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.boost(self.net(x).unsqueeze(1)).squeeze(1)
        return found


class Graded(nn.Module):
    """Graded neurons written as operations."""

    def __init__(self, spikes: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.fc1, self.fc2, self.spikes = nn.Linear(12, 8), nn.Linear(8, 4), spikes

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc2(self.spikes(self.fc1(x)))
        return found


class Scaled(nn.Module):
    """A residual stream whose branch has a factor per channel, read by neurons with a factor of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.fc0, self.fc1, self.fc2 = nn.Linear(12, 8), nn.Linear(8, 8), nn.Linear(8, 4)
        self.layer_scale = nn.Parameter(torch.linspace(0.1, 0.8, 8))

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc0(x)
        x = x + self.layer_scale * self.fc1(_quarters(x))
        found: Tensor = self.fc2(_quarters(x))
        return found


def _quarters(x: Tensor) -> Tensor:
    return torch.floor(torch.clamp(4 * x, 0, 4) + 0.5) / 4


FORMS: dict[str, Callable[[], nn.Module]] = {
    "spk, mem = neuron(x, mem)": lambda: Stepped(Neuron, starts_at_none=False),
    "mem is None at first": lambda: Stepped(StartsAtNone, starts_at_none=True),
    "view and mean": lambda: Population(lambda x: x.view(-1, 4, 5).mean(-1)),
    "reshape and sum": lambda: Population(lambda x: x.reshape(-1, 4, 5).sum(dim=2)),
    "boost": Boosted,
    "a dict": lambda: Population(lambda x: {"scores": x, "none": None}),
    "a tuple with a dict": lambda: Population(lambda x: (x, {"other": 1})),
    "relu6": lambda: Graded(lambda x: torch.round(functional.relu6(x))),
    "relu and minimum": lambda: Graded(lambda x: torch.floor(torch.relu(x).clamp(max=3))),
    "a module that the file has for all": lambda: Graded(lambda x: torch.round(RELU6(x))),
    "layer scale": Scaled,
}


@pytest.mark.parametrize("name", FORMS)
def test_it_is_the_network_that_forward_computes(name: str) -> None:
    torch.manual_seed(1)
    module = FORMS[name]().eval()
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.normal_(part.weight, 0.1, 0.5)
    found = convert(module, "net", torch.zeros(1, 12), encoding="frames", max_count=3)
    x = np.random.default_rng(0).integers(0, 4, (50, *input_of(found.graph).shape)).astype(np.uint8)
    assert found.origin is not None
    wanted = module_scores(module, found.origin.description, found.origin.output, x).numpy()
    scores = float_model.simulate(found.graph, x).scores
    assert len(np.unique(scores, axis=0)) > 3
    ratio = scores.sum() / wanted.sum()  # the mean over time may be left to the host, as a sum
    assert ratio in (pytest.approx(1.0), pytest.approx(STEPS)) and np.allclose(
        scores, wanted * ratio, atol=1e-4
    )


# ---- refused ----------------------------------------------------------------------------------------------


def refused(module: nn.Module, shape: tuple[int, ...] = (1, 12)) -> str:
    return refusal(lambda: convert(module, "net", torch.zeros(*shape), encoding="frames"))


def test_groups_are_averaged_or_refused() -> None:
    assert refused(Population(lambda x: x.view(-1, 4, 5).mean(0))) == (  # over the samples
        "model: mean of features in groups must be over the last axis, as in x.view(-1, classes, 5).mean(-1)."
    )
    assert refused(Population(lambda x: x.view(-1, 4, 5) * 2)).startswith(
        "model: mul must not read features in groups of 5, of which only means and sums are built"
    )
    boosted = Boosted()
    boosted.boost = nn.AvgPool1d(5, 3)
    assert refused(boosted).startswith("boost: AvgPool1d over features must average as many after each other")


def test_neurons_that_are_not_built_may_stand_unused() -> None:
    pytest.importorskip("spikingjelly.activation_based.neuron")
    from spikingjelly.activation_based import neuron

    module = Graded(lambda x: torch.round(torch.clamp(x, 0, 4)))
    module.unused = neuron.KLIFNode()
    assert convert(module, "net", torch.zeros(1, 12), encoding="frames").graph.classes == 4
    module.spikes = module.unused
    assert "KLIFNode is not supported; use IFNode" in refused(module)


def test_a_synapse_filter_says_what_to_use() -> None:
    layer = pytest.importorskip("spikingjelly.activation_based.layer")
    module = nn.Sequential(nn.Linear(12, 4), layer.SynapseFilter(tau=2.0, learnable=True))
    assert (
        "SynapseFilter is not supported; it gives a real number for each synapse, which its spikes change; "
        "use CUBALIFNode, whose synaptic current decays"
    ) in refused(module)


def test_a_recurrence_of_single_elements_says_what_to_write() -> None:
    layer = pytest.importorskip("spikingjelly.activation_based.layer")
    from spikingjelly.activation_based import neuron

    container = layer.ElementWiseRecurrentContainer(neuron.IFNode(), lambda x, y: x + y)
    assert "ElementWiseRecurrentContainer is not supported; write the loop in forward" in refused(
        nn.Sequential(nn.Linear(12, 4), container)
    )

    class Looped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.neuron = nn.Linear(12, 4), neuron.IFNode()

        def forward(self, x: Tensor) -> Tensor:
            y, total = torch.zeros(x.shape[0], 4), 0
            for _ in range(STEPS):
                y = self.neuron(self.fc(x) + y)
                total = total + y
            return total  # type: ignore[return-value]

    assert convert(Looped(), "net", torch.zeros(1, 12), encoding="frames", max_count=3).graph.classes == 4


def test_time_as_the_last_axis_says_where_it_must_be() -> None:
    snn = pytest.importorskip("snntorch")

    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.lif = nn.Linear(12, 4), snn.Leaky(beta=0.5)

        def forward(self, x: Tensor) -> Tensor:
            mem, total = self.lif.init_leaky(), 0
            for t in range(x.shape[-1]):
                spk, mem = self.lif(self.fc(x[..., t]), mem)
                total = total + spk
            return total  # type: ignore[return-value]

    message = refusal(lambda: convert(Last(), "net", torch.zeros(1, 12, 3), encoding="events", max_count=1))
    assert "give events (batch, time, ...) or (time, batch, ...), and take x[:, t] or x[t] of them" in message

    class Permuted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Sequential(nn.Linear(12, 4), LIF(0.5, time_steps=3), TimeMean())

        def forward(self, x: Tensor) -> Tensor:
            found: Tensor = self.net(x.permute(2, 0, 1))
            return found

    message = refusal(
        lambda: convert(Permuted(), "net", torch.zeros(1, 12, 3), encoding="events", max_count=1)
    )
    assert (
        "permute is not supported; axes stay where they are, but that time is brought to the front" in message
    )
