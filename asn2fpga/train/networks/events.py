"""A network for events of two polarities over time."""

from __future__ import annotations

from torch import Tensor, nn

from asn2fpga.train.networks.maps import MapNetwork
from asn2fpga.train.options import TrainOptions

CHANNELS = (12, 24)


class EventNetwork(MapNetwork):
    """3x3 convolutions of 12 and 24 channels with max-pools of spikes, scores averaged over time."""

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__(max_count, options, events=True)
        self.add_conv("1", shape[0], CHANNELS[0], 3)
        self.add_neurons("1", pool=2)
        self.add_conv("2", CHANNELS[0], CHANNELS[1], 3)
        self.add_neurons("2", pool=2)
        self.head = nn.Linear(self.size_of_features(shape), classes)

    def features(self, x: Tensor) -> Tensor:
        return self.layer("conv2", self.layer("conv1", x))
