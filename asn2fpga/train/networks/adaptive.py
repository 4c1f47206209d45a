"""The adaptive network of `train-example`: AdSNN (arXiv 1710.04838) with two precisions."""

from __future__ import annotations

import itertools
import math

from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.nn import AdaptiveNeuron, RepeatTime, TimeMean
from asn2fpga.train.networks.counts import CountPoint
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.options import WHERE, TrainOptions

PRECISIONS = (1.0, 0.1)
"""m_f and theta0 of the usual precision, and of the one of inputs that are repeated."""


class AdaptiveNetwork(ExampleNetwork):
    """Pixels -> (Linear, AdaptiveNeuron) for every hidden size -> Linear -> scores.

    In training mode it computes transfer functions, an ordinary network without time; else spikes over
    `steps` time steps, whose scores are averaged. x: (batch, *shape) uint8 in 0..max_count; result: (batch,
    classes). Linear layers are called fc1, fc2, ...; neurons neuron1, ...
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__()
        if options.count_penalty or options.weight_bits:
            raise InputError(
                f"{WHERE}: the network adaptive is trained as transfer functions, in float; leave "
                "--count-penalty and --weight-bits out."
            )
        self.max_count = max_count
        self.flatten, self.repeat, self.mean = nn.Flatten(), RepeatTime(options.steps), TimeMean()
        hidden = options.hidden or ()
        sizes = (math.prod(shape), *hidden)
        self.hidden = len(hidden)
        for index, (inputs, outputs) in enumerate(itertools.pairwise(sizes), start=1):
            neuron = AdaptiveNeuron(outputs, m_f=PRECISIONS, direct=index == 1, time_steps=options.steps)
            self.add_module(f"fc{index}", nn.Linear(inputs, outputs, bias=False))
            self.add_module(f"neuron{index}", neuron)
        self.add_module(f"fc{len(sizes)}", nn.Linear(sizes[-1], classes, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        x = self.flatten(x.float() / self.max_count)
        if not self.training:
            x = self.repeat(x)
        for index in range(1, self.hidden + 1):
            x = self.get_submodule(f"fc{index}")(x)
            neuron = self.get_submodule(f"neuron{index}")
            assert isinstance(neuron, AdaptiveNeuron)
            x = neuron.transfer(neuron.bias + x) if self.training else neuron(x)
        x = self.get_submodule(f"fc{self.hidden + 1}")(x)
        return x if self.training else self.mean(x)

    def count_points(self) -> tuple[CountPoint, ...]:
        """The neurons of every hidden layer, of a network that spikes."""
        names = [f"neuron{index}" for index in range(1, self.hidden + 1)]
        return tuple(CountPoint(name, self.get_submodule(name)) for name in names)
