"""What weights of 2 to 8 bits would cost in accuracy: all layers alike, everything else real-valued."""

from __future__ import annotations

import dataclasses

from asn2fpga.graph.types import Array
from asn2fpga.quantise.apply import Decided
from asn2fpga.quantise.calibration import calibration_of
from asn2fpga.quantise.choose import quantise_layer, with_weights
from asn2fpga.quantise.decisions import Trial
from asn2fpga.quantise.scheme import Scheme

BITS = range(2, 9)
SAMPLES = 128


def try_bits(decided: Decided, scheme: Scheme, x: Array, y: Array | None) -> tuple[Trial, ...]:
    """A trial for each number of bits, `choice` names it, on the first samples x (B, ..) and classes y.

    Scales are those of least squared error. Weights that need fewer bits than that keep fewer.
    """
    network = decided.network
    calibration = calibration_of(network.graph, x[:SAMPLES], None if y is None else y[:SAMPLES])
    if calibration is None:
        return ()
    trials = []
    for bits in BITS:
        narrow = dataclasses.replace(scheme, weight_bits=bits)
        graph = network.graph
        for synapse in dict.fromkeys(network.synapses):
            weights = quantise_layer(network, decided.edges, synapse, "mse", narrow)
            graph = with_weights(graph, synapse, weights)
        trials.append(calibration.try_out(str(bits), graph))
    return tuple(trials)
