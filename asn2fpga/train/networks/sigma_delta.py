"""The sigma-delta network of `train-example`: layers that send changes, on an image that drifts."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.nn import SigmaDelta, TimeSum
from asn2fpga.train.networks.counts import CountPoint
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.options import WHERE, TrainOptions

THRESHOLD = 0.25  # that training starts with


def check_untouched(options: TrainOptions) -> None:
    """InputError for options of counts or bits in training, where nothing is sent and nothing rounded."""
    if options.count_penalty or options.weight_bits:
        raise InputError(
            f"{WHERE}: the network {options.network} is trained on whole images, in float; leave "
            "--count-penalty and --weight-bits out."
        )


class SigmaDeltaNetwork(ExampleNetwork):
    """Changes -> (Linear, SigmaDelta) for every hidden size -> Linear -> scores of what is seen last.

    x: (time, batch, 2 * pixels) uint8 in 0..max_count, what pixels gained and what they lost; `signs` makes
    one signed change of both. In training mode it is the network of quantised activations that the changes
    add up to, on the last image alone. Linear layers are called fc1, fc2, ...; neurons neuron1, ...
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__()
        check_untouched(options)
        self.max_count, self.end = max_count, TimeSum()
        pixels = shape[0] // 2
        self.signs = nn.Linear(2 * pixels, pixels, bias=False)
        self.signs.weight = nn.Parameter(torch.cat([torch.eye(pixels), -torch.eye(pixels)], 1), False)
        sizes = (pixels, *(options.hidden or ()))
        self.hidden = len(sizes) - 1
        for index, (inputs, outputs) in enumerate(itertools.pairwise(sizes), start=1):
            neuron = SigmaDelta(
                options.levels, threshold=THRESHOLD, learn_threshold=True, time_steps=options.steps
            )
            self.add_module(f"fc{index}", nn.Linear(inputs, outputs, bias=False))
            self.add_module(f"neuron{index}", neuron)
        self.add_module(f"fc{len(sizes)}", nn.Linear(sizes[-1], classes, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        x = x.float() / self.max_count
        x = self.signs(x.sum(0) if self.training else x)
        for index in range(1, self.hidden + 1):
            x = self.get_submodule(f"fc{index}")(x)
            neuron = self.get_submodule(f"neuron{index}")
            assert isinstance(neuron, SigmaDelta)
            x = neuron.step(neuron.start(x), x)[1] if self.training else neuron(x)
        x = self.get_submodule(f"fc{self.hidden + 1}")(x)
        return x if self.training else self.end(x)

    def count_points(self) -> tuple[CountPoint, ...]:
        """The neurons of every hidden layer, of a network that is shown changes."""
        names = [f"neuron{index}" for index in range(1, self.hidden + 1)]
        return tuple(CountPoint(name, self.get_submodule(name)) for name in names)
