"""The convolutional sigma-delta network of `train-example`: only what moves in an image is work."""

from __future__ import annotations

import itertools

from torch import Tensor, nn

from asn2fpga.nn import SigmaDelta, TimeSum
from asn2fpga.train.networks.counts import CountPoint
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.networks.sigma_delta import THRESHOLD, check_untouched
from asn2fpga.train.options import TrainOptions

CHANNELS = (8, 16)


class SigmaDeltaMaps(ExampleNetwork):
    """Changes -> (3x3 convolution of stride 2, SigmaDelta) of 8 and of 16 channels -> Linear -> scores of
    what is seen last.

    x: (time, batch, 2, height, width) uint8 in 0..max_count, what pixels gained and what they lost; `signs`
    makes one signed change of both. In training mode it is the network of quantised activations that the
    changes add up to, on the last image alone.
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__()
        check_untouched(options)
        self.max_count, self.end = max_count, TimeSum()
        self.signs = nn.Conv2d(2, 1, 1, bias=False)
        self.signs.weight.data[0, :, 0, 0] = self.signs.weight.new_tensor([1.0, -1.0])
        self.signs.weight.requires_grad_(False)
        height, width = shape[1:]
        for index, (inputs, outputs) in enumerate(itertools.pairwise((1, *CHANNELS)), start=1):
            self.add_module(f"conv{index}", nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False))
            neurons = SigmaDelta(
                options.levels, threshold=THRESHOLD, learn_threshold=True, time_steps=options.steps
            )
            self.add_module(f"neuron{index}", neurons)
            height, width = -(-height // 2), -(-width // 2)
        self.flatten = nn.Flatten(-3)
        self.head = nn.Linear(CHANNELS[-1] * height * width, classes, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = x.float() / self.max_count
        x = x.sum(0) if self.training else x
        x = self._each(self.signs, x)
        for index in (1, 2):
            x = self._each(self.get_submodule(f"conv{index}"), x)
            neurons = self.get_submodule(f"neuron{index}")
            assert isinstance(neurons, SigmaDelta)
            x = neurons.step(neurons.start(x), x)[1] if self.training else neurons(x)
        x = self.head(self.flatten(x))
        return x if self.training else self.end(x)

    def _each(self, layer: nn.Module, x: Tensor) -> Tensor:
        """A layer that knows no time, of each time step."""
        if self.training:
            once: Tensor = layer(x)
            return once
        found: Tensor = layer(x.flatten(0, 1)).unflatten(0, (x.shape[0], -1))
        return found

    def count_points(self) -> tuple[CountPoint, ...]:
        """The neurons of both maps, of a network that is shown changes."""
        names = ("neuron1", "neuron2")
        return tuple(CountPoint(name, self.get_submodule(name)) for name in names)
