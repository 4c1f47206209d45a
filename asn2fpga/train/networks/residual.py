"""A small residual network with every kind of shortcut."""

from __future__ import annotations

from torch import Tensor, nn

from asn2fpga.train.networks.maps import MapNetwork
from asn2fpga.train.options import TrainOptions

CHANNELS, WIDE = 16, 32


class Residual(MapNetwork):
    """Blocks whose shortcuts add events to events (SEW), a current to a current (membrane shortcut), events
    to a current (classic), and a 1x1 convolution of stride 2 to a current.
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__(max_count, options)
        self.add_conv("1", shape[0], CHANNELS, 3, stride=2)
        for number in ("2", "3", "4", "5", "6"):
            self.add_conv(number, CHANNELS, CHANNELS, 3)
        self.add_conv("7", CHANNELS, WIDE, 3, stride=2)
        self.add_conv("8", WIDE, WIDE, 3)
        self.add_conv("_short", CHANNELS, WIDE, 1, stride=2)
        for number in ("1", "2", "3", "4", "5", "6", "7", "8"):
            self.add_neurons(number)
        self.head = nn.Linear(self.size_of_features(shape), classes)

    def features(self, x: Tensor) -> Tensor:
        x = self.layer("conv1", x)
        x = x + self.layer("conv2", x)  # events added to events
        current = self.current("conv3", x)
        x = self.fire("4", current + self.current("conv4", self.fire("3", current)))  # currents added
        x = self.fire("6", x + self.current("conv6", self.layer("conv5", x)))  # events added to a current
        inner = self.layer("conv7", x)
        return self.fire("8", self.current("conv8", inner) + self.current("conv_short", x))
