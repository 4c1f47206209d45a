"""Blocks of convolutions and neurons that the networks of map_networks.py are made of."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from attention_models import BLOCKS
from torch import Tensor, nn

from asn2fpga.nn import ASN, IF, AdaptiveNeuron

CHANNELS, CLASSES = 4, 3
SHAPE = (2, 6, 5)

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)
Neurons = Callable[[], nn.Module]


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, **options: int) -> nn.Sequential:
    """A convolution and its BatchNorm."""
    padding = options.pop("padding", options.get("dilation", 1) * (kernel // 2))
    layer = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False, **options)  # type: ignore[arg-type]
    return nn.Sequential(layer, nn.BatchNorm2d(outputs))


class PerStep(nn.Module):
    """A module on (batch, ..) for (time, batch, ..)."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        steps, batch = x.shape[0], x.shape[1]
        found: Tensor = self.inner(x.flatten(0, 1)).unflatten(0, (steps, batch))
        return found


class Body(nn.Module):
    """Blocks from (.., 2, 6, 5) to a map; `per_step` wraps what has no time axis."""

    def __init__(self, neurons: Neurons, per_step: Callable[[nn.Module], nn.Module]) -> None:
        super().__init__()
        self.first, self.fired = per_step(conv(SHAPE[0], CHANNELS)), neurons()
        self.second, self.third = per_step(conv(CHANNELS, CHANNELS)), per_step(conv(CHANNELS, CHANNELS))
        self.short = per_step(conv(CHANNELS, CHANNELS, 1))
        self.after, self.last = neurons(), neurons()


class Chain(Body):
    """Two convolutions."""

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.after(self.second(self.fired(self.first(x))))
        return found


class AddedEvents(Body):
    """Spikes added to spikes, as in SEW ResNet."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.fired(self.first(x))
        found: Tensor = self.last(self.third(x + self.after(self.second(x))))
        return found


class AddedCurrents(Body):
    """A membrane shortcut, as in MS-ResNet."""

    def forward(self, x: Tensor) -> Tensor:
        current = self.second(self.fired(self.first(x)))
        found: Tensor = self.last(current + self.third(self.after(current)))
        return found


class AddedToFrames(Body):
    """A membrane shortcut around neurons that read the input's own current, the same at all time steps."""

    def forward(self, x: Tensor) -> Tensor:
        current = self.first(x)
        found: Tensor = self.last(current + self.second(self.fired(current)))
        return found


class Attending(nn.Module):
    """A membrane shortcut around attention, in a form of tests/attention_models.py."""

    def __init__(self, block: str) -> None:
        super().__init__()
        self.first, self.fired = PerStep(conv(SHAPE[0], CHANNELS)), IF(time_steps=2)
        self.attention = BLOCKS[block](CHANNELS, 2, lambda: IF(time_steps=2))
        self.last = IF(time_steps=2)

    def forward(self, x: Tensor) -> Tensor:
        current = self.first(x)
        found: Tensor = self.last(current + self.attention(self.fired(current)))
        return found


class AddedToCurrent(Body):
    """Spikes added to a current, and a shortcut with a convolution of its own."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.fired(self.first(x))
        x = self.after(x + self.second(x))
        found: Tensor = self.last(self.third(x) + self.short(x))
        return found


class SideBySide(Body):
    """Channels of two layers side by side."""

    def __init__(self, neurons: Neurons, per_step: Callable[[nn.Module], nn.Module]) -> None:
        super().__init__(neurons, per_step)
        self.joined = per_step(conv(2 * CHANNELS, CHANNELS))

    def forward(self, x: Tensor) -> Tensor:
        x = self.fired(self.first(x))
        found: Tensor = self.last(self.joined(torch.cat([x, self.after(self.second(x))], -3)))
        return found


class Branched(nn.Module):
    """Two layers of neurons on one map, joined, and what follows."""

    def __init__(
        self, neurons: Neurons, join: Callable[[Tensor, Tensor], Tensor], after: nn.Module, *, steps: int = 1
    ) -> None:
        super().__init__()
        per_step = PerStep if steps > 1 else nn.Sequential
        self.left, self.right = per_step(conv(SHAPE[0], CHANNELS)), per_step(conv(SHAPE[0], CHANNELS, 1))
        self.fired, self.other = neurons(), neurons()
        self.join, self.after = join, after

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.after(self.join(self.fired(self.left(x)), self.other(self.right(x))))
        return found


def side_by_side(left: Tensor, right: Tensor) -> Tensor:
    return torch.cat([left, right], -3)


def added(left: Tensor, right: Tensor) -> Tensor:
    return left + right


class Finer(nn.Module):
    """A coarse branch added to a fine one, as in a feature pyramid: its currents, made larger."""

    def __init__(self, neurons: Neurons) -> None:
        super().__init__()
        self.fine, self.coarse = conv(SHAPE[0], CHANNELS), conv(CHANNELS, CHANNELS, 3, 2)
        self.side = conv(CHANNELS, CHANNELS)
        self.fired, self.other, self.last = neurons(), neurons(), neurons()
        self.up = nn.Upsample(scale_factor=2)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fired(self.fine(x))
        coarse = self.up(self.side(self.other(self.coarse(fine))))
        found: Tensor = self.last(fine + coarse)
        return found


def bodies(kind: type[Body], neurons: Neurons, time_steps: int) -> Callable[[], nn.Module]:
    """A body whose convolutions see no time axis."""
    per_step = PerStep if time_steps > 1 else nn.Sequential
    return lambda: kind(neurons, per_step)


def lowered() -> nn.Module:
    """ASN whose lowest level is below 0: padding is not what a count of 0 stands for."""
    return ASN(4, alpha=-1.0)


def adapting(channels: int, time_steps: int, *, axes: int = 2, direct: bool = False) -> nn.Module:
    """Adaptive neurons, each channel with a bias of its own."""
    neurons = AdaptiveNeuron(channels, direct=direct, spatial_axes=axes, time_steps=time_steps)
    nn.init.uniform_(neurons.bias, -0.1, 0.3)
    return neurons


def spread(*shape: int) -> Tensor:
    """Numbers in 0.5..1.5 that all differ, in no order."""
    count = math.prod(shape)
    return (0.5 + torch.arange(count, dtype=torch.float64) * 7 % count / max(1, count - 1)).reshape(shape)
