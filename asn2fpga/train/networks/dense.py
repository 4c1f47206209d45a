"""The dense network of `train-example`."""

from __future__ import annotations

import itertools
import math

from torch import Tensor, nn

from asn2fpga.nn import RepeatTime, TimeMean
from asn2fpga.train.networks.counts import CountPoint
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.networks.neurons import into_window, make_neuron
from asn2fpga.train.options import TrainOptions


class DenseNetwork(ExampleNetwork):
    """Pixels -> (Linear, [BatchNorm1d], neuron) for every hidden size -> Linear -> scores.

    x: (batch, *shape) uint8 in 0..max_count; result: (batch, classes) scores, averaged over time.
    Linear layers are called fc1, fc2, ...; neurons neuron1, ...
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__()
        self.max_count = max_count
        self.time_steps = steps = options.steps
        self.flatten = nn.Flatten()
        self.repeat = RepeatTime(steps) if steps > 1 else nn.Identity()
        hidden = options.hidden or ()
        sizes = (math.prod(shape), *hidden)
        self.hidden = len(hidden)
        for index, (inputs, outputs) in enumerate(itertools.pairwise(sizes), start=1):
            self.add_module(f"fc{index}", into_window(nn.Linear(inputs, outputs), options))
            if options.batchnorm:
                self.add_module(f"norm{index}", nn.BatchNorm1d(outputs))
            self.add_module(f"neuron{index}", make_neuron(options))
        self.add_module(f"fc{len(sizes)}", nn.Linear(sizes[-1], classes))
        self.mean = TimeMean() if steps > 1 else nn.Identity()
        self.batchnorm = bool(options.batchnorm)

    def forward(self, x: Tensor) -> Tensor:
        x = self.repeat(self.flatten(x.float() / self.max_count))
        for index in range(1, self.hidden + 1):
            x = self.get_submodule(f"fc{index}")(x)
            if self.batchnorm:
                x = self._normalise(x, self.get_submodule(f"norm{index}"))
            x = self.get_submodule(f"neuron{index}")(x)
        x = self.get_submodule(f"fc{self.hidden + 1}")(x)
        scores: Tensor = self.mean(x)
        return scores

    def _normalise(self, x: Tensor, norm: nn.Module) -> Tensor:
        """BatchNorm1d over time and batch together."""
        if self.time_steps == 1:
            result: Tensor = norm(x)
        else:
            result = norm(x.flatten(0, 1)).unflatten(0, (self.time_steps, -1))
        return result

    def count_points(self) -> tuple[CountPoint, ...]:
        """The neurons of every hidden layer."""
        names = [f"neuron{index}" for index in range(1, self.hidden + 1)]
        return tuple(CountPoint.of_neuron(name, self.get_submodule(name)) for name in names)
