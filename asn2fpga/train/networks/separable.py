"""A depthwise-separable network: 3x3 convolutions within channels, 1x1 convolutions across them."""

from __future__ import annotations

from torch import Tensor, nn

from asn2fpga.train.networks.maps import MapNetwork
from asn2fpga.train.options import TrainOptions

BLOCKS = ((16, 32, 1), (32, 64, 2), (64, 64, 1))
"""Channels in and out, and the stride of the depthwise convolution."""


class Separable(MapNetwork):
    """A 3x3 convolution of stride 2, then blocks of a depthwise and a pointwise convolution, neurons after
    each, scores.
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__(max_count, options)
        self.add_conv("1", shape[0], BLOCKS[0][0], 3, stride=2)
        self.add_neurons("1")
        for number, (inputs, outputs, stride) in enumerate(BLOCKS, start=2):
            self.add_conv(f"{number}_depthwise", inputs, inputs, 3, stride=stride, groups=inputs)
            self.add_neurons(f"{number}_depthwise")
            self.add_conv(f"{number}_pointwise", inputs, outputs, 1)
            self.add_neurons(f"{number}_pointwise")
        self.head = nn.Linear(self.size_of_features(shape), classes)

    def features(self, x: Tensor) -> Tensor:
        x = self.layer("conv1", x)
        for number in range(2, 2 + len(BLOCKS)):
            x = self.layer(f"conv{number}_depthwise", x)
            x = self.layer(f"conv{number}_pointwise", x)
        return x
