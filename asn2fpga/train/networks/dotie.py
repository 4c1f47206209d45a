"""DOTIE: one convolution that finds objects by their speed (arXiv 2210.00975); nothing in it is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from asn2fpga.nn import LIF, TimeSum
from asn2fpga.train.networks.counts import CountPoint
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.options import TrainOptions

AROUND, CENTRE = 0.15, 0.2
BETA, THRESHOLD = 0.3, 1.0


class Dotie(ExampleNetwork):
    """LIF neurons, one per pixel, which fire where many events come at once: those of what moves fast.

    x: (time, batch, 1, height, width) events. Scores: (batch, height * width), how often each neuron fired.
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__()
        self.time_steps = options.steps
        self.conv = nn.Conv2d(1, 1, 3, padding=1, bias=False)
        with torch.no_grad():
            self.conv.weight.fill_(AROUND)
            self.conv.weight[0, 0, 1, 1] = CENTRE
        self.conv.requires_grad_(False)
        self.neuron = LIF(BETA, threshold=THRESHOLD, fires=">", time_steps=self.time_steps)
        self.flatten = nn.Flatten(2)
        self.total = TimeSum()

    def forward(self, x: Tensor) -> Tensor:
        current = self.conv(x.float().flatten(0, 1))
        current = current.reshape(self.time_steps, -1, *current.shape[1:])
        scores: Tensor = self.total(self.flatten(self.neuron(current)))
        return scores

    def count_points(self) -> tuple[CountPoint, ...]:
        """The only neurons."""
        return (CountPoint("neuron", self.neuron),)
