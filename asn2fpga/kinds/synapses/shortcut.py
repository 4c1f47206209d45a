"""Shortcut: a map of events that is added to currents as it is, as in x + conv(x)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.synapses.conv import (
    Conv,
    conv_fits_its_channels,
    conv_is_finite,
    conv_reads_a_map,
    what_stands_beyond_is_finite,
)
from asn2fpga.kinds.trained import TrainedSynapse


def every_channel_is_by_itself(context: Context, node: Shortcut) -> str:
    """Shortcut: a weight for each channel."""
    channels = context.edge_into(node).shape[0]
    return differs("the weight's shape", node.weight.shape, (channels, 1, 1, 1))


@dataclass(frozen=True, eq=False, kw_only=True)
class Shortcut(Conv):
    """A constant for each channel, (channels, 1, 1, 1), of 8 bits whatever those of trained weights are.

    It does not become part of a trained kernel: beside a 1 all other weights of its scale would be rounded
    away.
    """

    rules = (
        conv_is_finite,
        conv_reads_a_map,
        conv_fits_its_channels,
        what_stands_beyond_is_finite,
        every_channel_is_by_itself,
    )

    @property
    def is_constant(self) -> bool:
        return True

    def plus(self, other: TrainedSynapse) -> Self | None:
        """Two of one map are one of both weights."""
        return super().plus(other) if other.is_constant else None


def shortcut(name: str, source: str, place: str, edge: Edge, times: int) -> Shortcut:
    """The events of the node `source`, `times` times."""
    channels = edge.shape[0]
    return Shortcut(
        name=name,
        inputs=(source,),
        source=place,
        weight=np.full((channels, 1, 1, 1), float(times)),
        bias=np.zeros(channels),
        window=Window(kernel=(1, 1), stride=(1, 1)),
        groups=channels,
    )
