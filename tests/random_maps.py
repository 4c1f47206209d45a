"""Random networks of feature maps, as torch modules: what they are made of, and their forward.

A seed fixes everything. Convolutions of all kinds, pools before and after neurons, sums and channels side by
side, over time or not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from random_neurons import random_neuron
from torch import Tensor, nn

from asn2fpga.nn import RepeatTime, TimeMean, TimeSum

CLASSES = 3
SMALLEST_VARIANCE = 0.1
AGAIN = 0.1  # of the populations read nothing but a current that others read
LARGEST_SIDE = 12  # of a map that is made larger
LARGEST = (nn.MaxPool1d, nn.MaxPool2d, nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d)


@dataclass(frozen=True)
class MapSpec:
    """What makes a random network. axes: of pixels."""

    seed: int
    populations: int = 2
    time_steps: int = 1
    encoding: Literal["frames", "events"] = "frames"
    axes: int = 2


def map_spec_of(seed: int) -> MapSpec:
    """The spec of a seed: 1 to 4 convolutional layers, T 1 to 3."""
    random = np.random.default_rng([seed, 11])
    return MapSpec(
        seed=seed,
        populations=int(random.integers(1, 5)),
        time_steps=int(random.choice([1, 1, 2, 3])),
        encoding=random.choice(["frames", "events"]),
        axes=1 if random.random() < 0.2 else 2,
    )


@dataclass(frozen=True)
class Step:
    """One step of a forward. run: of what it reads, None for a module; per_step: whether it sees no time."""

    name: str
    reads: tuple[str, ...]
    run: Callable[[Sequence[Tensor]], Tensor] | None = None
    per_step: bool = False


class RandomMaps(nn.Module):
    """Steps on named values; the last one is what is returned."""

    def __init__(self, parts: dict[str, nn.Module], steps: Sequence[Step]) -> None:
        super().__init__()
        self.parts = nn.ModuleDict(parts)
        self.steps = tuple(steps)

    def forward(self, x: Tensor) -> Tensor:
        values = {"x": x}
        for step in self.steps:
            read = [values[name] for name in step.reads]
            values[step.name] = self._run(step, read)
        return values[self.steps[-1].name]

    def _run(self, step: Step, read: Sequence[Tensor]) -> Tensor:
        if step.run is not None:
            return step.run(read)
        (value,) = read
        if not step.per_step:
            found: Tensor = self.parts[step.name](value)
            return found
        merged = self.parts[step.name](value.flatten(0, 1))
        found = merged.unflatten(0, (value.shape[0], -1))
        return found


@dataclass
class MapBuilder:
    """The network so far. events, currents: what can be read as such, with shapes without batch and time.

    others: of the numbers of neurons that differ; again: of currents that further neurons read.
    """

    spec: MapSpec
    random: np.random.Generator
    others: np.random.Generator
    again: np.random.Generator
    parts: dict[str, nn.Module] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    events: dict[str, tuple[int, ...]] = field(default_factory=dict)
    currents: dict[str, tuple[int, ...]] = field(default_factory=dict)
    units: dict[str, float] = field(default_factory=dict)

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

    def pick(self, choices: Sequence[Any]) -> Any:
        return choices[int(self.random.integers(len(choices)))]

    def module(self, name: str, module: nn.Module, source: str, *, timed: bool = False) -> str:
        per_step = not timed and self.spec.time_steps > 1
        self.parts[name] = module
        self.steps.append(Step(name, (source,), per_step=per_step))
        return name

    def function(self, name: str, run: Callable[[Sequence[Tensor]], Tensor], *reads: str) -> str:
        self.steps.append(Step(name, reads, run))
        return name

    def shape_after(self, module: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
        with torch.no_grad():
            return tuple(module.eval()(torch.zeros(1, *shape)).shape[1:])


def random_maps(spec: MapSpec) -> tuple[nn.Module, tuple[int, ...]]:
    """The module of a spec, in eval mode and float64, and the shape of a frame, or of a time step."""
    torch.manual_seed(spec.seed)
    streams = [np.random.default_rng([spec.seed, number]) for number in (3, 7, 13)]
    builder = MapBuilder(spec, *streams)
    shape = (int(builder.random.integers(1, 5)), *builder.random.integers(3, 10, spec.axes).tolist())
    source = "x"
    if spec.encoding == "frames" and spec.time_steps > 1:
        source = builder.module("repeat", RepeatTime(spec.time_steps), "x", timed=True)
    builder.events[source], builder.units[source] = shape, 0.5
    for index in range(spec.populations):
        if builder.currents and builder.again.random() < AGAIN:
            _neurons_again(builder, f"p{index}")
        else:
            _population(builder, f"p{index}")
    _scores(builder)
    module = RandomMaps(builder.parts, builder.steps).double().eval()
    return module, shape


def _population(builder: MapBuilder, name: str) -> None:
    source, shape = _read(builder, name)
    if builder.chance(0.15) and min(shape[1:]) > 1:
        pool = _pool(builder, shape)
        source, shape = builder.module(f"{name}_read", pool, source), builder.shape_after(pool, shape)
    if builder.chance(0.15) and max(shape[1:]) < LARGEST_SIDE:
        larger = nn.Upsample(scale_factor=_factors(builder))
        source, shape = builder.module(f"{name}_larger", larger, source), builder.shape_after(larger, shape)
    if builder.chance(0.15):
        source = builder.module(f"{name}_before", _norm(builder, shape[0]), source)
    value, shape = _branches(builder, name, source, shape)
    if builder.chance(0.25) and min(shape[1:]) > 1:
        pool = _pool(builder, shape)
        value, shape = builder.module(f"{name}_pool", pool, value), builder.shape_after(pool, shape)
        if builder.chance(0.5):
            value = builder.module(f"{name}_pool_norm", _norm(builder, shape[0]), value)
    if builder.chance(0.1) and max(shape[1:]) < LARGEST_SIDE:
        larger = nn.Upsample(scale_factor=_factors(builder))
        value, shape = builder.module(f"{name}_copied", larger, value), builder.shape_after(larger, shape)
    elif builder.chance(0.5):
        value = _added(builder, name, value, shape)
    else:
        builder.currents[value] = shape
    neuron, unit = random_neuron(builder, shape)
    fired = builder.module(f"{name}_neuron", neuron, value, timed=True)
    builder.events[fired], builder.units[fired] = shape, unit
    if builder.chance(0.25) and min(shape[1:]) > 1:
        pool = _pool(builder, shape)
        pooled = builder.module(f"{name}_pooled", pool, fired)
        builder.events[pooled] = builder.shape_after(pool, shape)
        builder.units[pooled] = unit if isinstance(pool, LARGEST) else -1.0


def _neurons_again(builder: MapBuilder, name: str) -> None:
    """Neurons of a current that others read."""
    value = str(builder.again.choice(list(builder.currents)))
    shape = builder.currents[value]
    neuron, unit = random_neuron(builder, shape)
    fired = builder.module(f"{name}_neuron", neuron, value, timed=True)
    builder.events[fired], builder.units[fired] = shape, unit


def _branches(
    builder: MapBuilder, name: str, source: str, shape: tuple[int, ...]
) -> tuple[str, tuple[int, ...]]:
    """A convolution (and BatchNorm), or two of one shape added."""
    is_transposed = builder.chance(0.15) and max(shape[1:]) < LARGEST_SIDE
    conv = _transposed(builder, shape) if is_transposed else _conv(builder, shape)
    value, found = builder.module(f"{name}_conv", conv, source), builder.shape_after(conv, shape)
    if builder.chance(0.5):
        value = builder.module(f"{name}_norm", _norm(builder, found[0]), value)
    if builder.chance(0.15):
        after = _conv(builder, found) if builder.chance(0.3) else _pointwise(builder, found[0])
        value, found = builder.module(f"{name}_after", after, value), builder.shape_after(after, found)
    if builder.chance(0.2):
        other = _conv_of_shape(builder, shape, found)
        if other is not None:
            second = builder.module(f"{name}_second", other, source)
            value = builder.function(f"{name}_both", _sum, value, second)
    return value, found


def _added(builder: MapBuilder, name: str, value: str, shape: tuple[int, ...]) -> str:
    """The sum of a current and of another one, or of events, of its shape."""
    events = [other for other, found in builder.events.items() if found == shape]
    currents = [other for other, found in builder.currents.items() if found == shape]
    builder.currents[value] = shape
    if events + currents:
        value = builder.function(f"{name}_added", _sum, value, builder.pick(events + currents))
        builder.currents[value] = shape
        builder.currents.pop(value)
    return value


def _read(builder: MapBuilder, name: str) -> tuple[str, tuple[int, ...]]:
    """One layer's events, or those of two side by side, or added."""
    names = list(builder.events)
    first = builder.pick(names[-3:])
    shape = builder.events[first]
    alike = [other for other in names if other != first and builder.events[other] == shape]
    side = [other for other in names if other != first and builder.events[other][1:] == shape[1:]]
    if alike and builder.chance(0.4):
        return builder.function(f"{name}_sum", _sum, first, builder.pick(alike)), shape
    if side and builder.chance(0.4):
        other = builder.pick(side)
        channels = shape[0] + builder.events[other][0]
        axis = -len(shape)
        joined = builder.function(f"{name}_cat", lambda read: torch.cat(list(read), axis), first, other)
        return joined, (channels, *shape[1:])
    return first, shape


def _sum(read: Sequence[Tensor]) -> Tensor:
    return read[0] + read[1]


def _conv(builder: MapBuilder, shape: tuple[int, ...]) -> nn.Module:
    random, axes = builder.random, len(shape) - 1
    kernel = [int(random.integers(1, 6)) for _ in range(axes)]
    dilation = [int(random.choice([1, 1, 2])) for _ in range(axes)]
    padding: Any = [int(random.integers(0, (size + 1) // 2 + 1)) for size in kernel]
    stride = [int(random.choice([1, 1, 2, 3])) for _ in range(axes)]
    for axis, size in enumerate(shape[1:]):
        while (kernel[axis] - 1) * dilation[axis] + 1 > size + 2 * padding[axis]:
            kernel[axis], dilation[axis] = max(1, kernel[axis] - 1), 1
    if builder.chance(0.3):
        padding, stride = "same", [1] * axes
    groups, outputs = _groups(builder, shape[0])
    kind = nn.Conv1d if axes == 1 else nn.Conv2d
    conv = kind(
        shape[0],
        outputs,
        tuple(kernel),  # type: ignore[arg-type]
        tuple(stride),  # type: ignore[arg-type]
        padding if isinstance(padding, str) else tuple(padding),
        tuple(dilation),  # type: ignore[arg-type]
        groups=groups,
        bias=builder.chance(0.5),
    )
    conv.weight.data *= 3  # so that neurons fire
    return conv


def _transposed(builder: MapBuilder, shape: tuple[int, ...]) -> nn.Module:
    """A transposed convolution of a shape that is larger than nothing."""
    random, axes = builder.random, len(shape) - 1
    kernel = tuple(int(random.integers(1, 5)) for _ in range(axes))
    stride = tuple(int(random.integers(1, 4)) for _ in range(axes))
    padding = tuple(int(random.integers(0, size)) for size in kernel)
    for axis, size in enumerate(shape[1:]):  # at least a pixel
        if (size - 1) * stride[axis] + kernel[axis] <= 2 * padding[axis]:
            padding = tuple(0 if other == axis else pad for other, pad in enumerate(padding))
    after = tuple(int(random.integers(0, step)) for step in stride)
    groups, outputs = _groups(builder, shape[0])
    kind = nn.ConvTranspose1d if axes == 1 else nn.ConvTranspose2d
    conv = kind(shape[0], outputs, kernel, stride, padding, after, groups, builder.chance(0.5))  # type: ignore[arg-type]
    conv.weight.data *= 3  # so that neurons fire
    return conv


def _factors(builder: MapBuilder) -> tuple[float, ...]:
    """How many times as many pixels, for each axis."""
    return tuple(float(builder.pick([1, 2, 2, 3])) for _ in range(builder.spec.axes))


def _pointwise(builder: MapBuilder, channels: int) -> nn.Module:
    """A convolution of one pixel, as the second one of a separable convolution."""
    kind = nn.Conv1d if builder.spec.axes == 1 else nn.Conv2d
    return kind(channels, int(builder.random.integers(1, 7)), 1, bias=builder.chance(0.5))


def _groups(builder: MapBuilder, channels: int) -> tuple[int, int]:
    """Groups, and output channels."""
    if builder.chance(0.3):
        return channels, channels * int(builder.random.integers(1, 3))
    divisors = [groups for groups in range(1, channels + 1) if channels % groups == 0]
    groups = builder.pick(divisors) if builder.chance(0.4) else 1
    return groups, groups * max(1, int(builder.random.integers(1, 7)) // groups)


def _conv_of_shape(builder: MapBuilder, shape: tuple[int, ...], wanted: tuple[int, ...]) -> nn.Module | None:
    """A convolution from maps of one shape to those of another, if one of some comes to that."""
    kind = nn.Conv1d if len(shape) == 2 else nn.Conv2d
    for _ in range(20):
        kernel = tuple(int(size) for size in builder.random.integers(1, 4, len(shape) - 1))
        stride = tuple(int(size) for size in builder.random.integers(1, 4, len(shape) - 1))
        padding = tuple(int(size) // 2 for size in kernel)
        conv = kind(shape[0], wanted[0], kernel, stride, padding)  # type: ignore[arg-type]
        fits = all(have + 2 * pad >= size for have, pad, size in zip(shape[1:], padding, kernel, strict=True))
        if fits and builder.shape_after(conv, shape) == wanted:
            return conv
    return None


def _norm(builder: MapBuilder, channels: int) -> nn.Module:
    kind = nn.BatchNorm1d if builder.spec.axes == 1 else nn.BatchNorm2d
    norm = kind(channels)
    assert norm.running_mean is not None and norm.running_var is not None
    with torch.no_grad():
        norm.weight.copy_(2 * torch.randn(channels))
        norm.bias.copy_(0.5 * torch.randn(channels))
        norm.running_mean.copy_(0.2 * torch.randn(channels))
        norm.running_var.copy_(SMALLEST_VARIANCE + 0.5 * torch.rand(channels))
    return norm


def _pool(builder: MapBuilder, shape: tuple[int, ...]) -> nn.Module:
    """A pool whose windows lie on the map."""
    axes, random = len(shape) - 1, builder.random
    kernel = tuple(int(random.integers(1, min(3, size) + 1)) for size in shape[1:])
    stride = tuple(int(random.integers(1, 4)) for _ in kernel)
    padding = tuple(int(random.integers(0, size // 2 + 1)) for size in kernel)
    options = {"stride": stride, "padding": padding, "ceil_mode": builder.chance(0.3)}
    if builder.chance(0.6):
        return (nn.MaxPool1d if axes == 1 else nn.MaxPool2d)(kernel, **options)  # type: ignore[arg-type]
    if builder.chance(0.2):
        return _adaptive_pool(builder, shape)
    options["count_include_pad"] = builder.chance(0.5)
    return (nn.AvgPool1d if axes == 1 else nn.AvgPool2d)(kernel, **options)  # type: ignore[arg-type]


def _adaptive_pool(builder: MapBuilder, shape: tuple[int, ...]) -> nn.Module:
    """To one pixel or any fewer ones than there are."""
    wanted: Any = 1
    if builder.chance(0.7):
        wanted = tuple(int(builder.random.integers(1, size + 1)) for size in shape[1:])
    if builder.chance(0.5):
        return nn.AdaptiveMaxPool1d(wanted) if len(shape) == 2 else nn.AdaptiveMaxPool2d(wanted)
    return nn.AdaptiveAvgPool1d(wanted) if len(shape) == 2 else nn.AdaptiveAvgPool2d(wanted)


def _scores(builder: MapBuilder) -> None:
    """A Linear layer of the last map, after a pool now and then; or a convolution; or its spikes."""
    source = list(builder.events)[-1]
    shape = builder.events[source]
    if builder.chance(0.2):
        _scores_of_a_map(builder, source, shape)
        return
    if builder.chance(0.3):
        pool = (nn.AdaptiveAvgPool1d if len(shape) == 2 else nn.AdaptiveAvgPool2d)(1)
        source, shape = builder.module("whole", pool, source), (shape[0],) + (1,) * (len(shape) - 1)
    axis = -len(shape)
    flat = builder.function("flat", lambda read: read[0].flatten(axis), source)
    size = int(np.prod(shape))
    _end(builder, builder.module("head", nn.Linear(size, CLASSES), flat, timed=True))


def _scores_of_a_map(builder: MapBuilder, source: str, shape: tuple[int, ...]) -> None:
    """The elements of a map, or the means of its channels."""
    value = source
    if builder.chance(0.7):
        conv = _conv(builder, shape)
        value, shape = builder.module("head", conv, source), builder.shape_after(conv, shape)
    if builder.chance(0.5):
        pool = (nn.AdaptiveAvgPool1d if len(shape) == 2 else nn.AdaptiveAvgPool2d)(1)
        value = builder.module("whole", pool, value)
    _end(builder, value)


def _end(builder: MapBuilder, value: str) -> None:
    if builder.spec.time_steps > 1:
        builder.module("end", builder.pick([TimeMean, TimeSum])(), value, timed=True)
