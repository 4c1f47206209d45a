"""What the convolutional networks share: named layers that see a time step each, and how they are joined."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor, nn

from asn2fpga.nn import RepeatTime, TimeMean
from asn2fpga.nn.neuron import SpikingNeuron
from asn2fpga.train.networks.counts import CountPoint
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.networks.neurons import into_window, make_neuron, norm_into_window
from asn2fpga.train.options import TrainOptions


class MapNetwork(ExampleNetwork):
    """Frames or events to scores, by `features`: maps that end in a map or in a vector.

    x: (batch, channels, height, width) uint8 in 0..max_count, with `events` (time, batch, channels, ..);
    result: (batch, classes) scores, averaged over time.
    Synapses are called conv1, fc1, ..; what belongs to conv1 is called norm1, neuron1 and pool1.
    """

    def __init__(self, max_count: int, options: TrainOptions, events: bool = False) -> None:
        super().__init__()
        self.max_count, self.options = max_count, options
        self.time_steps = options.steps
        repeats = self.time_steps > 1 and not events
        self.repeat = RepeatTime(self.time_steps) if repeats else nn.Identity()
        self.flatten = nn.Flatten(2 if self.time_steps > 1 else 1)
        self.mean = TimeMean() if self.time_steps > 1 else nn.Identity()
        self.head: nn.Module = nn.Identity()

    def features(self, x: Tensor) -> Tensor:
        """(.., channels, height, width) values of the input to what the last Linear reads."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        values = self.repeat(x.float() / self.max_count)
        scores: Tensor = self.mean(self.head(self.flatten(self.features(values))))
        return scores

    # ---- building -----------------------------------------------------------------------------------------

    def add_conv(self, number: str, inputs: int, outputs: int, kernel: int, **options: int) -> None:
        """conv`number`, with its BatchNorm; "same" padding unless `padding` says otherwise."""
        norm = self.options.batchnorm
        padding = options.pop("padding", kernel // 2)
        conv = nn.Conv2d(
            inputs,
            outputs,
            kernel,
            padding=padding,
            stride=options.get("stride", 1),
            groups=options.get("groups", 1),
            bias=not norm,
        )
        self.add_module(f"conv{number}", conv if norm else into_window(conv, self.options))
        if norm:
            self.add_module(f"norm{number}", norm_into_window(nn.BatchNorm2d(outputs), self.options))

    def add_dense(self, number: str, inputs: int, outputs: int) -> None:
        """fc`number`, with its BatchNorm."""
        norm = self.options.batchnorm
        linear = nn.Linear(inputs, outputs, bias=not norm)
        self.add_module(f"fc{number}", linear if norm else into_window(linear, self.options))
        if norm:
            self.add_module(f"norm{number}", norm_into_window(nn.BatchNorm1d(outputs), self.options))

    def add_neurons(self, number: str, pool: int = 1) -> None:
        """neuron`number`, and a max-pool of that size after it."""
        self.add_module(f"neuron{number}", make_neuron(self.options))
        if pool > 1:
            self.add_module(f"pool{number}", nn.MaxPool2d(pool))

    def size_of_features(self, shape: tuple[int, ...]) -> int:
        """How many inputs the last Linear has, for an input of that shape."""
        axes = (1, *shape) if self.time_steps == 1 else (self.time_steps, 1, *shape)
        training = self.training
        with torch.no_grad():
            found = self.eval().flatten(self.features(torch.zeros(axes))).shape[-1]
        self.train(training)
        return int(found)

    # ---- running ------------------------------------------------------------------------------------------

    def each_step(self, run: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        """What has no time axis, on every time step."""
        if self.time_steps == 1:
            return run(x)
        merged = run(x.flatten(0, 1))
        return merged.reshape(self.time_steps, -1, *merged.shape[1:])

    def current(self, name: str, x: Tensor) -> Tensor:
        """What the synapses conv1, fc1, .. and their BatchNorm make of x."""
        number = name.removeprefix("conv").removeprefix("fc")
        x = self.each_step(self.get_submodule(name), x)
        return self.each_step(self.get_submodule(f"norm{number}"), x) if self.options.batchnorm else x

    def fire(self, number: str, current: Tensor) -> Tensor:
        """What the neurons of that number send, pooled where there is a pool."""
        x: Tensor = self.get_submodule(f"neuron{number}")(current)
        return self.each_step(self.get_submodule(f"pool{number}"), x) if self._pools(number) else x

    def layer(self, name: str, x: Tensor) -> Tensor:
        """Synapses and the neurons of the same number."""
        return self.fire(name.removeprefix("conv").removeprefix("fc"), self.current(name, x))

    def _pools(self, number: str) -> bool:
        return hasattr(self, f"pool{number}")

    def count_points(self) -> tuple[CountPoint, ...]:
        """What each layer sends to the next, after the pool where there is one."""
        found = []
        for name, neuron in self.named_children():
            if isinstance(neuron, SpikingNeuron):
                number = name.removeprefix("neuron")
                sends = f"pool{number}" if self._pools(number) else name
                point = CountPoint.of_neuron(sends, neuron)
                found.append(dataclasses.replace(point, module=self.get_submodule(sends)))
        return tuple(found)
