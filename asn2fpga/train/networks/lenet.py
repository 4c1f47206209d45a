"""A LeNet-like network: two convolutions with pools, and a hidden dense layer."""

from __future__ import annotations

from torch import Tensor, nn

from asn2fpga.train.networks.maps import MapNetwork
from asn2fpga.train.options import TrainOptions


class LeNet(MapNetwork):
    """16 channels 5x5, pool 2, 32 channels 3x3, pool 2, the dense hidden layers (64), scores."""

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__(max_count, options)
        self.hidden: tuple[int, ...] = ()
        self.add_conv("1", shape[0], 16, 5)
        self.add_neurons("1", pool=2)
        self.add_conv("2", 16, 32, 3)
        self.add_neurons("2", pool=2)
        sizes = (self.size_of_features(shape), *(options.hidden or ()))
        self.hidden = sizes[1:]
        for number, (inputs, outputs) in enumerate(zip(sizes, self.hidden, strict=False), start=3):
            self.add_dense(str(number), inputs, outputs)
            self.add_neurons(str(number))
        self.head = nn.Linear(sizes[-1], classes)

    def features(self, x: Tensor) -> Tensor:
        x = self.flatten(self.layer("conv2", self.layer("conv1", x)))
        for number in range(3, 3 + len(self.hidden)):
            x = self.layer(f"fc{number}", x)
        return x
