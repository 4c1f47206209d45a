"""Torch modules for the table of cases: every construct that can be built, small, with weights that integers
hold.

Weights are multiples of 1/32 with 127/32 as the largest of each row, so `maxabs` scales are exact;
thresholds, leaks and reset values are binary fractions. Then nothing is rounded, and golden must give exactly
torch's spikes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from asn2fpga.nn import DelayedLinear, RepeatTime, TimeMean, TimeSum

INPUTS, HIDDEN, CLASSES = 8, 6, 3
LARGEST = 127


def linear(inputs: int, outputs: int, seed: int, unit: float = 1 / 32) -> nn.Linear:
    """A Linear layer of exact weights. unit: of its integers."""
    random = torch.Generator().manual_seed(seed)
    layer = nn.Linear(inputs, outputs)
    integers = torch.randint(-40, 41, (outputs, inputs), generator=random).double()
    integers[torch.arange(outputs), torch.arange(outputs) % inputs] = LARGEST * (
        1 - 2 * (torch.arange(outputs) % 2).double()
    )
    layer.weight.data = integers * unit
    layer.bias.data = torch.randint(-16, 17, (outputs,), generator=random).double() / 16
    return layer


def delayed(inputs: int, outputs: int, seed: int, longest: int, of: str = "synapses") -> DelayedLinear:
    """A DelayedLinear layer of exact weights. of: what has a delay each, `synapses` or `inputs`."""
    exact, random = linear(inputs, outputs, seed), torch.Generator().manual_seed(seed)
    layer = DelayedLinear(inputs, outputs, longest)
    layer.weight.data, layer.bias.data = exact.weight.data, exact.bias.data  # type: ignore[union-attr]
    rows = outputs if of == "synapses" else 1
    delays = torch.randint(0, longest + 1, (rows, inputs), generator=random)
    layer.positions.data = delays.double().expand(outputs, inputs).clone()
    return layer


class Network(nn.Module):
    """Frames (batch, 2, 4) or events (time, batch, 2, 4) to scores: flatten, repeat frames, `body`, sum over
    time.

    body: from (time, batch, 8), or (batch, 8) for T = 1, to (.., classes).
    """

    def __init__(self, body: nn.Module, time_steps: int, encoding: str, end: nn.Module | None = None) -> None:
        super().__init__()
        self.flatten = nn.Flatten(1) if encoding == "frames" or time_steps == 1 else nn.Flatten(2)
        self.repeat = RepeatTime(time_steps) if encoding == "frames" and time_steps > 1 else nn.Identity()
        self.body = body
        default: nn.Module = TimeSum() if time_steps > 1 else nn.Identity()
        self.end = default if end is None else end

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.end(self.body(self.repeat(self.flatten(x))))
        return scores


def chain(*layers: nn.Module) -> nn.Sequential:
    """Layers one after the other."""
    return nn.Sequential(*layers)


class Resets(nn.Module):
    """Neurons of snnTorch side by side, each with its way of resetting, in a loop over time."""

    def __init__(self, *neurons: nn.Module) -> None:
        super().__init__()
        self.fc = nn.ModuleList(linear(INPUTS, HIDDEN, seed) for seed, _ in enumerate(neurons))
        self.neurons = nn.ModuleList(neurons)
        self.out = linear(HIDDEN * len(neurons), CLASSES, 3)

    def forward(self, x: Tensor) -> Tensor:
        states: list[tuple[Tensor, ...]] = [() for _ in self.neurons]
        scores = []
        for now in x:
            sent = []
            for index, (fc, neuron) in enumerate(zip(self.fc, self.neurons, strict=True)):
                spikes, *state = neuron(fc(now), *states[index])
                states[index] = tuple(state)
                sent.append(spikes)
            scores.append(self.out(torch.cat(sent, -1)))
        return torch.stack(scores)


class AddEvents(nn.Module):
    """SEW: the spikes of a block added to those that it reads; a Linear reads the sum."""

    def __init__(self, neuron: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.fc1, self.neuron1 = linear(INPUTS, HIDDEN, 1), neuron()
        self.fc2, self.neuron2 = linear(HIDDEN, HIDDEN, 2), neuron()
        self.out = linear(HIDDEN, CLASSES, 3)

    def forward(self, x: Tensor) -> Tensor:
        first = self.neuron1(self.fc1(x))
        scores: Tensor = self.out(first + self.neuron2(self.fc2(first)))
        return scores


class AddEventsToCurrent(nn.Module):
    """The classic residual: neuron(s + W s), s spikes."""

    def __init__(self, neuron: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.fc1, self.neuron1 = linear(INPUTS, HIDDEN, 1), neuron()
        self.fc2, self.neuron2 = linear(HIDDEN, HIDDEN, 2), neuron()
        self.skip = linear(INPUTS, HIDDEN, 5)
        self.neuron3, self.out = neuron(), linear(HIDDEN, CLASSES, 3)

    def forward(self, x: Tensor) -> Tensor:
        first = self.neuron1(self.fc1(x))
        second = self.neuron2(self.fc2(first))
        scores: Tensor = self.out(self.neuron3(first + self.skip(x) + self.fc2(second)))
        return scores


class AddCurrents(nn.Module):
    """The membrane shortcut: a current goes to its neuron and, as it is, into the next sums."""

    def __init__(self, neuron: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.fc1, self.neuron1 = linear(INPUTS, HIDDEN, 1), neuron()
        self.fc2, self.neuron2 = linear(HIDDEN, HIDDEN, 2, unit=1 / 16), neuron()
        self.fc3, self.neuron3 = linear(HIDDEN, HIDDEN, 4, unit=1 / 64), neuron()
        self.out = linear(HIDDEN, CLASSES, 3)

    def forward(self, x: Tensor) -> Tensor:
        current = self.fc1(x)
        current = current + self.fc2(self.neuron1(current))
        current = current + self.fc3(self.neuron2(current))
        scores: Tensor = self.out(self.neuron3(current))
        return scores


class SideBySide(nn.Module):
    """Features of two layers, and of the input, side by side."""

    def __init__(self, neuron: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.fc1, self.neuron1 = linear(INPUTS, HIDDEN, 1), neuron()
        self.fc2, self.neuron2 = linear(HIDDEN, HIDDEN, 2), neuron()
        self.out = linear(2 * HIDDEN, CLASSES, 3)

    def forward(self, x: Tensor) -> Tensor:
        first = self.neuron1(self.fc1(x))
        scores: Tensor = self.out(torch.cat([first, self.neuron2(self.fc2(first))], -1))
        return scores


class TwoInputs(nn.Module):
    """A population that reads the input (a frame stays one) beside another population; two Linears give the
    scores.
    """

    def __init__(self, neuron: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.fc1, self.neuron1 = linear(INPUTS, HIDDEN, 1), neuron()
        self.fc2, self.more, self.neuron2 = linear(HIDDEN, HIDDEN, 2), linear(INPUTS, HIDDEN, 4), neuron()
        self.out, self.also = linear(HIDDEN, CLASSES, 3), linear(INPUTS, CLASSES, 6, unit=1 / 64)

    def forward(self, x: Tensor) -> Tensor:
        first = self.neuron1(self.fc1(x))
        scores: Tensor = self.out(self.neuron2(self.fc2(first) + self.more(x))) + self.also(x)
        return scores


class CausalAttention(nn.Module):
    """q (k^T v) over the time steps so far, in heads, of neurons that read one layer, for other neurons."""

    def __init__(self, neuron: Callable[[], nn.Module], heads: int = 2, size: int = 3) -> None:
        super().__init__()
        self.heads, width = heads, heads * size
        self.q, self.k, self.v = (linear(INPUTS, width, seed, unit=1 / 16) for seed in (1, 2, 3))
        self.q_neuron, self.k_neuron, self.v_neuron, self.neuron = (neuron() for _ in range(4))
        self.out = linear(width, CLASSES, 4)

    def split(self, x: Tensor) -> Tensor:
        """(time, batch, features) -> (batch, heads, time, features of a head)."""
        steps, batch, _ = x.shape
        return x.reshape(steps, batch, self.heads, -1).permute(1, 2, 0, 3)

    def forward(self, x: Tensor) -> Tensor:
        q = self.split(self.q_neuron(self.q(x)))
        k = self.split(self.k_neuron(self.k(x)))
        v = self.split(self.v_neuron(self.v(x)))
        found = ((q @ k.transpose(-2, -1)).tril() @ v) * 0.0625
        scores: Tensor = self.out(self.neuron(found.permute(2, 0, 1, 3).flatten(2)))
        return scores


class Fires(nn.Module):
    """A LIF neuron as people write it, called once per time step."""

    def forward(self, x: Tensor, membrane: Tensor) -> tuple[Tensor, Tensor]:
        membrane = 0.5 * membrane + x
        spikes = (membrane >= 1.0).to(x.dtype)
        return spikes, membrane - spikes


class Loop(nn.Module):
    """The first of two layers reads, a time step late, what the second one sends."""

    def __init__(self, time_steps: int) -> None:
        super().__init__()
        self.time_steps = time_steps
        self.fc1, self.neuron1 = linear(INPUTS, HIDDEN, 1), Fires()
        self.fc2, self.neuron2 = linear(HIDDEN, HIDDEN, 2), Fires()
        self.back, self.out = linear(HIDDEN, HIDDEN, 7, unit=1 / 64), linear(HIDDEN, CLASSES, 3)

    def forward(self, x: Tensor) -> Tensor:
        membrane1 = membrane2 = second = torch.zeros_like(self.fc1(x[0]))
        scores = []
        for step in range(self.time_steps):
            first, membrane1 = self.neuron1(self.fc1(x[step]) + self.back(second), membrane1)
            second, membrane2 = self.neuron2(self.fc2(first), membrane2)
            scores.append(self.out(second))
        return torch.stack(scores)


class Parallel(nn.Module):
    """Neurons of many kinds beside each other, each with synapses of its own; one Linear reads each of
    them.
    """

    def __init__(self, neurons: Sequence[nn.Module]) -> None:
        super().__init__()
        self.neurons = nn.ModuleList(neurons)
        self.fc = nn.ModuleList(linear(INPUTS, 2, seed) for seed in range(len(neurons)))
        self.out = nn.ModuleList(linear(2, CLASSES, 50 + seed) for seed in range(len(neurons)))

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.out[0](self.neurons[0](self.fc[0](x)))
        for index in range(1, len(self.neurons)):
            scores = scores + self.out[index](self.neurons[index](self.fc[index](x)))
        return scores


class Together(nn.Module):
    """Networks beside each other; the scores are the sum of theirs."""

    def __init__(self, bodies: Sequence[nn.Module]) -> None:
        super().__init__()
        self.bodies = nn.ModuleList(bodies)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.bodies[0](x)
        for body in list(self.bodies)[1:]:
            scores = scores + body(x)
        return scores


__all__ = [
    "CLASSES",
    "HIDDEN",
    "INPUTS",
    "AddCurrents",
    "AddEvents",
    "AddEventsToCurrent",
    "CausalAttention",
    "Loop",
    "Network",
    "Parallel",
    "SideBySide",
    "TimeMean",
    "Together",
    "TwoInputs",
    "chain",
    "delayed",
    "linear",
]
