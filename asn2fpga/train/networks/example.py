"""What every network of `train-example` is."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.train.networks.counts import CountPoint


class ExampleNetwork(nn.Module):
    """(batch, *shape) uint8, events (time, batch, *shape) or token ids (time, batch) to scores (batch,
    classes).
    """

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """What training makes small; y: (batch,) classes."""
        return functional.cross_entropy(self(x), y)

    def count_points(self) -> tuple[CountPoint, ...]:
        """Where its layers send their counts, in the order of the network."""
        raise NotImplementedError
