"""A VGG-like network: pairs of 3x3 convolutions with a pool after each."""

from __future__ import annotations

from torch import Tensor, nn

from asn2fpga.train.networks.maps import MapNetwork
from asn2fpga.train.options import TrainOptions

CHANNELS = (32, 32, 64, 64, 128, 128)


class VGG(MapNetwork):
    """3x3 convolutions of 32, 32, 64, 64, 128, 128 channels, max-pool 2 after each pair, scores."""

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__(max_count, options)
        for number, outputs in enumerate(CHANNELS, start=1):
            inputs = shape[0] if number == 1 else CHANNELS[number - 2]
            self.add_conv(str(number), inputs, outputs, 3)
            self.add_neurons(str(number), pool=1 if number % 2 else 2)
        self.head = nn.Linear(self.size_of_features(shape), classes)

    def features(self, x: Tensor) -> Tensor:
        for number in range(1, len(CHANNELS) + 1):
            x = self.layer(f"conv{number}", x)
        return x
