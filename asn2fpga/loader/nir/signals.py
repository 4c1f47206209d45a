"""What passes between nodes of a NIR graph on its way to layers, and the layers that adapt it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.node import Node
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.synapses.diagonal import Diagonal
from asn2fpga.loader.builder import GraphBuilder
from asn2fpga.loader.nir.content import NirNode
from asn2fpga.loader.nir.discretise import LowPass


@dataclass(frozen=True, eq=False)
class Signal:
    """What a layer sends. membranes: those of LI, I that have still to be made of it; then only the Output,
    or one layer of neurons, may read them. owner: the NIR node.
    """

    layer: str
    edge: Edge
    owner: NirNode
    membranes: LowPass | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Without batch and time."""
        return self.edge.shape


def add(
    builder: GraphBuilder,
    kind: type[Node],
    node: NirNode,
    inputs: Sequence[Signal],
    label: str = "",
    **fields: Any,
) -> Signal:
    """Append the layer of a NIR node, or with a label one that goes with it."""
    names = tuple(signal.layer for signal in inputs)
    if label:
        builder.add_operation(kind, node.name, names, label=label, **fields)
    else:
        builder.add(kind, node.name, names, **fields)
    layer = builder.layers[-1]
    return Signal(layer.name, layer.output([signal.edge for signal in inputs]), node)


def as_currents(builder: GraphBuilder, node: NirNode, signal: Signal) -> Signal:
    """Events through one synapse of weight 1 for each element; currents as they are."""
    if signal.edge.carries == "currents":
        return signal
    if len(signal.shape) == 1:
        ones, zeros = np.ones(signal.edge.size), np.zeros(signal.edge.size)
        return add(builder, Diagonal, node, [signal], "identity", weight=ones, bias=zeros)
    channels = signal.shape[0]
    return add(
        builder,
        Conv,
        node,
        [signal],
        "identity",
        weight=np.ones((channels, 1, 1, 1)),
        bias=np.zeros(channels),
        window=Window(kernel=(1, 1), stride=(1, 1)),
        groups=channels,
    )


def through_identity(builder: GraphBuilder, node: NirNode, signal: Signal) -> Signal:
    """What neurons sent a time step before through a Linear layer that changes nothing."""
    size = signal.edge.size
    return add(builder, Linear, node, [signal], "identity", weight=np.eye(size), bias=np.zeros(size))


def scaled(
    builder: GraphBuilder, node: NirNode, signal: Signal, gain: RealArray, shift: RealArray, label: str = ""
) -> Signal:
    """gain * x + shift, of each channel of a map, or of each element; as it is if that changes nothing."""
    if (gain == 1).all() and not shift.any():
        return signal
    return add(builder, BatchNorm, node, [signal], label, gain=gain, shift=shift)


def by_channel(values: RealArray) -> RealArray | None:
    """Values of a map's elements as those of its channels, of a flat shape's as they are; None if they differ
    within a channel.
    """
    rows = values.reshape(len(values), -1)
    return rows[:, 0].copy() if (rows == rows[:, :1]).all() else None
