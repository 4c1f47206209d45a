"""What every network of `train-example` is."""

from __future__ import annotations

from torch import nn

from asn2fpga.train.networks.counts import CountPoint


class ExampleNetwork(nn.Module):
    """(batch, *shape) uint8, or events (time, batch, *shape) -> (batch, classes) scores."""

    def count_points(self) -> tuple[CountPoint, ...]:
        """Where its layers send their counts, in the order of the network."""
        raise NotImplementedError
