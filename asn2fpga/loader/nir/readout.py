"""The end of a NIR graph: counts of spikes, sums of currents, or membranes of LI and I become the scores."""

from __future__ import annotations

import math

from asn2fpga.errors import shown
from asn2fpga.graph.arrays import as_real
from asn2fpga.importing import ReadOut
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.loader.nir.content import NirNode
from asn2fpga.loader.nir.fields import shape_of
from asn2fpga.loader.nir.network import Network
from asn2fpga.loader.nir.neurons import is_one
from asn2fpga.loader.nir.signals import Signal, add, as_currents, by_channel, scaled

OF_VALUES: ReadOut = "sum"
OF_MEMBRANES: ReadOut = "max"


def leave(network: Network, node: NirNode, asked: ReadOut | None) -> None:
    """The Output. asked: what the user says of the scores; None: the usual."""
    signal = network.arriving(node)
    _note_shape(network, node, signal)
    if signal.membranes is not None:
        what, read_out, beta = f"the membranes of {signal.owner.kind}", asked or OF_MEMBRANES, _beta(signal)
        signal = _membranes(network, signal)
    else:
        what, read_out, beta = _what(signal), asked or OF_VALUES, None
    _note(network, what, read_out)
    _end(network, node, signal, read_out, beta)


def _what(signal: Signal) -> str:
    return "spikes" if signal.edge.carries == "events" else "currents"


def _note(network: Network, what: str, read_out: ReadOut) -> None:
    how = {
        "sum": f"the sum of {what} over time",
        "mean": f"the mean of {what} over time",
        "last": f"the last of {what}",
        "max": f"the largest of {what} over time",
    }
    network.note(f"the scores are {how[read_out]} (--read-out {read_out})")


def _membranes(network: Network, signal: Signal) -> Signal:
    """What charges the membranes, in their units."""
    membranes, node = signal.membranes, signal.owner
    assert membranes is not None
    gain, shift = by_channel(membranes.gain), by_channel(as_real(membranes.share * membranes.rest))
    if gain is None or shift is None:
        raise node.refuse(
            "r and v_leak of a map must be the same for all pixels of a channel; flatten it before"
        )
    return scaled(network.builder, node, as_currents(network.builder, node, signal), gain, shift, "input")


def _beta(signal: Signal) -> float:
    assert signal.membranes is not None
    if not is_one(signal.membranes.beta):
        raise signal.owner.refuse(
            "tau must be one for all membranes of a read-out, not one for each; average them"
        )
    return float(signal.membranes.beta.flat[0])


def _end(network: Network, node: NirNode, signal: Signal, read_out: ReadOut, beta: float | None) -> None:
    if len(signal.shape) > 1:
        if math.prod(signal.shape) != signal.shape[0]:
            network.note(
                f"the output of shape {signal.shape} is sent as {math.prod(signal.shape)} scores, in C order"
            )
        signal = add(network.builder, Flatten, node, [signal], "flatten")
    network.builder.add_end(Output, "output", (signal.layer,), reduce=read_out, beta=beta)


def _note_shape(network: Network, node: NirNode, signal: Signal) -> None:
    """Exporters write the shape of an Output in many ways: what arrives counts."""
    if "shape" in node.fields and shape_of(node, "shape") != signal.shape:
        network.note(
            f"{shown(node.name)} says shape {shape_of(node, 'shape')}, and {signal.shape} arrives there, "
            "which counts"
        )
