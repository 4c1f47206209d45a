"""A convolutional network that is to be right early: its loss counts the scores after every time step."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.train.networks.maps import MapNetwork
from asn2fpga.train.options import TrainOptions

CHANNELS = (8, 16)


class EarlyExit(MapNetwork):
    """5x5 convolution of 8 channels, pool 2, 3x3 convolution of 16, pool 2, scores averaged over time."""

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__(max_count, options)
        self.add_conv("1", shape[0], CHANNELS[0], 5)
        self.add_neurons("1", pool=2)
        self.add_conv("2", CHANNELS[0], CHANNELS[1], 3)
        self.add_neurons("2", pool=2)
        self.head = nn.Linear(self.size_of_features(shape), classes)

    def features(self, x: Tensor) -> Tensor:
        return self.layer("conv2", self.layer("conv1", x))

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """The mean of the cross-entropies of the scores so far, after each time step.

        After temporal efficient training (arXiv 2202.11946), which takes the scores of each step alone.
        """
        scores = self.head(self.flatten(self.features(self.repeat(x.float() / self.max_count))))
        steps = torch.arange(1, self.time_steps + 1, device=scores.device).reshape(-1, 1, 1)
        so_far = scores.cumsum(0) / steps
        return functional.cross_entropy(so_far.flatten(0, 1), y.repeat(self.time_steps))
