"""A flat NIR graph to layers: one small function for each primitive, in the table LOWERINGS."""

from __future__ import annotations

from collections.abc import Mapping

from asn2fpga.graph.graph import Graph
from asn2fpga.importing import ReadOut
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.nir.content import NirNode
from asn2fpga.loader.nir.describe import NirInput
from asn2fpga.loader.nir.network import Lowering, Network
from asn2fpga.loader.nir.neurons import (
    lower_cuba_li,
    lower_cuba_lif,
    lower_i,
    lower_if,
    lower_li,
    lower_lif,
    lower_threshold,
)
from asn2fpga.loader.nir.readout import leave
from asn2fpga.loader.nir.signals import Signal
from asn2fpga.loader.nir.synapses import (
    lower_conv,
    lower_delay,
    lower_flatten,
    lower_late_delay,
    lower_linear,
    lower_pool,
    lower_scale,
)

LOWERINGS: Mapping[str, Lowering] = {
    "Linear": lower_linear,
    "Affine": lower_linear,
    "Conv1d": lower_conv,
    "Conv2d": lower_conv,
    "SumPool2d": lower_pool,
    "AvgPool2d": lower_pool,
    "Flatten": lower_flatten,
    "Scale": lower_scale,
    "Delay": lower_delay,
    "Threshold": lower_threshold,
    "I": lower_i,
    "IF": lower_if,
    "LI": lower_li,
    "LIF": lower_lif,
    "CubaLI": lower_cuba_li,
    "CubaLIF": lower_cuba_lif,
}


def lower(network: Network, source: NirInput, read_out: ReadOut | None, name: str) -> Graph:
    """The layers of all nodes, in their order; InputError or UnsupportedError naming the node."""
    for node in (network.graph.nodes[name] for name in network.order.names):
        if node.kind == "Input":
            network.signals[node.name] = _enter(network, node, source)
        elif node.kind == "Output":
            leave(network, node, read_out)
        else:
            network.signals[node.name] = _lowered(network, node)
    network.close()
    return network.builder.graph(name)


def _lowered(network: Network, node: NirNode) -> Signal:
    late = network.sources(node, late=True)
    if node.kind == "Delay" and late:
        return lower_late_delay(network, node)
    return LOWERINGS[node.kind](network, node, network.arriving(node))


def _enter(network: Network, node: NirNode, source: NirInput) -> Signal:
    layer = network.builder.add_end(
        Input,
        "pixels" if source.encoding == "frames" else "events",
        (),
        shape=source.shape,
        encoding=source.encoding,
        time_steps=source.time_steps,
        max_count=source.max_count,
        scale=source.scale,
    )
    return Signal(layer, network.builder.layers[-1].output([]), node)
