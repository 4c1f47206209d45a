"""Neurons of maps whose leaks or thresholds differ: our graph computes what the module does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.loader.describe import describe
from asn2fpga.loader.description import TRACE_BATCH
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.nn import LIF
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference import float_model

snn = pytest.importorskip("snntorch")

STEPS, IMAGE = 4, (2, 5, 4)
CHANNELS, PIXELS = (3, 1, 1), (3, 5, 4)


def numbers(*shape: int) -> Tensor:
    """Multiples of 1/64 in 1/4..1, in no order."""
    return torch.randint(16, 65, shape, generator=torch.Generator().manual_seed(len(shape))) / 64


class Loop(nn.Module):
    """snnTorch's loop over time: a convolution, neurons, a Linear layer whose spikes are counted."""

    def __init__(self, neurons: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.conv, self.lif = nn.Conv2d(2, 3, 3, padding=1), neurons()
        self.fc, self.end = nn.Linear(60, 4), snn.Leaky(beta=0.5, init_hidden=True)

    def forward(self, x: Tensor) -> Tensor:
        found = []
        for _ in range(STEPS):
            found.append(self.end(self.fc(self.lif(self.conv(x)).flatten(1))))
        return torch.stack(found)


class OwnLIF(nn.Module):
    """(time, batch, channels, ..), written by hand, with a leak and a threshold for each channel."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.register_buffer("decay", numbers(*shape))
        self.register_buffer("threshold", numbers(*shape) + 0.5)

    def forward(self, x: Tensor) -> Tensor:
        membrane, sent = torch.zeros_like(x[0]), []
        for now in x:
            membrane = membrane * self.decay + now
            spikes = (membrane >= self.threshold).to(x.dtype)
            membrane = membrane - spikes * self.threshold
            sent.append(spikes)
        return torch.stack(sent)


class OverTime(nn.Module):
    """Hand-written neurons on maps of two sizes."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.conv, self.second, self.lif = nn.Conv2d(2, 3, 3), nn.Conv2d(3, 3, 2), OwnLIF(*shape)
        self.fc = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x).repeat(STEPS, 1, 1, 1, 1)
        x = self.second(self.lif(x).flatten(0, 1)).unflatten(0, (STEPS, -1))
        scores: Tensor = self.fc(self.lif(x).flatten(2)).sum(0)
        return scores


class Tokens(nn.Module):
    """A map whose pixels are rows of features when neurons read it."""

    def __init__(self, neurons: nn.Module) -> None:
        super().__init__()
        self.conv, self.neurons, self.fc = nn.Conv2d(2, 3, 3, padding=1), neurons, nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.neurons(self.conv(x).flatten(2).transpose(1, 2))
        scores: Tensor = self.fc(tokens.mean(1))
        return scores


class Written(nn.Module):
    """Spikes of operations in forward."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(2, 3, 3, padding=1), nn.Linear(60, 4)
        self.register_buffer("threshold", numbers(*shape))

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.fc((self.conv(x) >= self.threshold).float().flatten(1))
        return scores


class Rounded(Written):
    """NASN with a threshold for each channel: a factor of its currents."""

    def forward(self, x: Tensor) -> Tensor:
        levels = torch.round(torch.clamp(self.conv(x) / self.threshold, 0, 4)) / 4
        scores: Tensor = self.fc(levels.flatten(1))
        return scores


def loop(beta: Tensor | float, threshold: Tensor | float = 1.0, **options: object) -> Callable[[], nn.Module]:
    return lambda: Loop(lambda: snn.Leaky(beta=beta, threshold=threshold, init_hidden=True, **options))


CASES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...] | None, tuple[int, ...] | None]] = {
    "Leaky, a leak for each channel": (loop(numbers(*CHANNELS), learn_beta=True), CHANNELS, None),
    "Leaky, both for each channel": (loop(numbers(*CHANNELS), numbers(*CHANNELS)), CHANNELS, CHANNELS),
    "Leaky, with a batch axis": (loop(numbers(1, *CHANNELS)), CHANNELS, None),
    "Leaky, a threshold for each neuron": (
        loop(0.5, numbers(*PIXELS), reset_mechanism="zero"),
        None,
        PIXELS,
    ),
    "Leaky, a leak for each column": (loop(numbers(4)), PIXELS, None),
    "Leaky, all the same": (loop(torch.full(CHANNELS, 0.5)), None, None),
    "Synaptic": (
        lambda: Loop(lambda: snn.Synaptic(alpha=0.5, beta=numbers(*CHANNELS), init_hidden=True)),
        CHANNELS,
        None,
    ),
    "written by hand, on two maps": (lambda: OverTime(*CHANNELS), CHANNELS, CHANNELS),
    "in forward": (lambda: Written(*CHANNELS), None, CHANNELS),
    "in forward, rounded": (lambda: Rounded(*CHANNELS), None, None),
    "in forward, for each row": (lambda: Written(5, 1), None, PIXELS),
    "of tokens, each feature": (lambda: Tokens(LIF(0.0, threshold=numbers(3))), None, CHANNELS),
    "of tokens, each token": (lambda: Tokens(LIF(0.0, threshold=numbers(20, 1))), None, PIXELS),
}


def graph_and_scores(make: Callable[[], nn.Module]) -> tuple[Graph, np.ndarray, np.ndarray]:
    """Our graph, inputs, and what the module makes of them."""
    torch.manual_seed(3)
    module = make().eval()
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.dim() > 1 and parameter.shape != CHANNELS:
                parameter.copy_(((parameter + parameter.abs().mean() / 2) * 128).round() / 64)
    said = {"input_scale": 1 / 4, "max_count": 7, "encoding": "frames"}
    example = torch.zeros(1, *IMAGE)
    graph = convert(module, "net", example, **said).graph
    x = np.random.default_rng(1).integers(0, 8, (20, *IMAGE)).astype(np.uint8)
    return graph, x, module_scores(module, describe(module, example, **said), 0, x).numpy()


@pytest.mark.parametrize("name", CASES)
def test_the_graph_computes_what_the_module_does(name: str) -> None:
    make, betas, thresholds = CASES[name]
    graph, x, wanted = graph_and_scores(make)
    np.testing.assert_allclose(float_model.scores_of(graph, x), wanted, rtol=1e-5, atol=1e-5)
    assert len(np.unique(wanted)) > 2, "the module always gives the same"
    first = graph.of_type(Neuron)[0].semantics
    assert (None if first.betas is None else first.betas.shape) == betas
    assert (None if first.thresholds is None else first.thresholds.shape) == thresholds
    trace = simulate(quantise(graph, x=x).graph, x[:4])  # integers of it are built
    assert len(trace.scores) == 4


def test_numbers_of_samples_are_none_of_neurons() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.lif = nn.Conv2d(2, 3, 3), snn.Leaky(beta=numbers(TRACE_BATCH, 1, 1, 1))
            self.fc = nn.Linear(18, 4)

        def forward(self, x: Tensor) -> Tensor:
            mem, found = self.lif.init_leaky(), []
            for _ in range(STEPS):
                spikes, mem = self.lif(self.conv(x), mem)
                found.append(self.fc(spikes.flatten(1)))
            return torch.stack(found).sum(0)

    with pytest.raises(UnsupportedError) as caught:
        convert(Net(), "net", torch.zeros(1, *IMAGE), encoding="frames", max_count=7)
    assert str(caught.value) == (
        "lif: beta of Leaky must be one number, or fit what it reads, of shape (3, 3, 2), as torch "
        "broadcasts it: (3, 1, 1) for channels, or (3, 3, 2) for neurons; not 3 x 1 x 1 x 1 numbers."
    )


def test_samples_of_rearranged_neurons_that_differ_stand_first() -> None:
    class Turned(Tokens):
        def forward(self, x: Tensor) -> Tensor:
            tokens = self.neurons(self.conv(x).flatten(2).permute(2, 0, 1))
            scores: Tensor = self.fc(tokens.mean(0))
            return scores

    with pytest.raises(UnsupportedError) as caught:
        convert(
            Turned(LIF(0.0, threshold=numbers(3))),
            "net",
            torch.zeros(1, *IMAGE),
            encoding="frames",
            max_count=7,
        )
    assert str(caught.value) == (
        "neurons: LIF must get (batch, ...), or (time, batch, ...), where its threshold differs between "
        "neurons, not samples along another axis; move that to the front before it."
    )
