"""Adaptive neurons as populations, and how a network of several precisions learns which one an input has.

The source sends it as its last element; a population of one neuron sends it on at every time step, to be
added to the sums of all adaptive neurons above their own bits: docs/spec/kinds/adaptive.md.
"""

from __future__ import annotations

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.contract import Source
from asn2fpga.kinds.neurons.adaptation import Adaptation
from asn2fpga.kinds.neurons.adaptive import Adaptive
from asn2fpga.kinds.neurons.adaptive_convert import adaptive
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.population import Population, Projection
from asn2fpga.kinds.population_rules import MAX_SHIFT
from asn2fpga.kinds.ranges import checked_type, hull, signed_type
from asn2fpga.kinds.synapses.dense import Dense
from asn2fpga.quantise.network import Network, Trained
from asn2fpga.quantise.sums import Sums, place_of, projections_of

NAME = "precision"


def precisions_of(network: Network) -> int:
    """How many precisions the network has. UnsupportedError for one that cannot have several."""
    found = {name: len(adaptation.precisions) for name, adaptation in _adaptations(network).items()}
    most = max(found.values(), default=1)
    if most == 1:
        return 1
    for population in network.spiking:
        assert population.neuron is not None
        if found.get(population.name) != most:
            raise UnsupportedError(
                f"{place_of(population)}: all neurons of a network of {most} precisions must be adaptive "
                f"with {most}, not {population.neuron.text}."
            )
    source = network.input
    if not source.is_frame or source.name in network.maps:
        raise UnsupportedError(
            f"{source.place}: a network of several precisions must read frames by Linear layers, not events "
            "or maps; put Flatten first."
        )
    _check_ends(network)
    return most


def _adaptations(network: Network) -> dict[str, Adaptation]:
    neurons = {p.name: p.neuron for p in network.spiking if p.neuron is not None}
    found = {name: neuron.semantics.adaptation for name, neuron in neurons.items()}
    return {name: adaptation for name, adaptation in found.items() if adaptation is not None}


def _check_ends(network: Network) -> None:
    """A spike is worth something else in each precision: sums are of spikes alone, or of none."""
    adaptations, source = _adaptations(network), network.input.name
    for population in network.populations:
        _check_no_current(population)
        reads = {origin.node == source for branch in population.weighted for origin in branch.origins}
        adaptation = adaptations.get(population.name)
        if reads != {adaptation is not None and adaptation.direct}:
            wanted = "the input" if adaptation is not None and adaptation.direct else "adaptive neurons"
            raise UnsupportedError(
                f"{place_of(population)}: in a network of several precisions it must read {wanted} alone; "
                "neurons that read the input must be direct, others not."
            )
    for branch in network.readout.weighted:
        if branch.synapses.bias.any():
            raise UnsupportedError(
                f"{branch.synapses.place}: scores of a network of several precisions must have no bias, "
                "which would count differently in each; use bias=False."
            )


def _check_no_current(population: Trained) -> None:
    """Sums that two populations use would hold the number of the precision twice, and count differently."""
    current = next((branch.current for branch in population.branches if branch.current), None)
    if current is not None:
        raise UnsupportedError(
            f"{place_of(population)}: in a network of several precisions it must not add the sums of "
            f"{current}, which count differently in each; give it a Linear layer of its own."
        )


def precision_population(source: Source, taken: set[str]) -> Population:
    """The population that sends the precision of the input at every time step."""
    edge, last = source.output(()), source.precisions - 1
    weight = np.zeros((1, edge.size), np.int64)
    weight[0, -1] = 1
    synapse = Dense(weight=weight, weight_bits=2)
    acc_type = checked_type(NAME, "the accumulator", *hull(*synapse.sum_range(edge)))
    levels = tuple(range(source.precisions))
    name = NAME
    while name in taken:
        name += "_of_input"
    return Population(
        name=name,
        inputs=(source.name,),
        source=source.source,
        projections=(Projection(name=name, synapse=synapse),),
        neuron=Graded(
            thresholds=np.array([levels[1:]], np.int64),
            level_values=levels,
            count_type=FixedType.for_range(0, last),
            threshold_type=signed_type(1, last),
            potential_type=acc_type,
        ),
        acc_type=acc_type,
        time_steps=source.time_steps,
    )


def precise_population(
    population: Trained, sums: Sums, precision: str, time_steps: int, state_frac_bits: int | None
) -> Population:
    """The integer population of neurons of several precisions. precision: the population that sends it."""
    assert population.neuron is not None
    adaptation = population.neuron.semantics.adaptation
    assert adaptation is not None
    neuron = adaptive(adaptation, sums.drive, time_steps, state_frac_bits)
    inputs, projections = [part.source for part in sums.parts], list(projections_of(population, sums))
    low, high = sums.drive.sums
    place = len(inputs) if neuron.direct else 0  # in the order of the network: the source, then this
    inputs.insert(place, precision)
    projections.insert(place, _of_precision(population, neuron, precision, len(low)))
    high = high + ((neuron.precisions - 1) << neuron.precision_shift)
    return Population(
        name=population.name,
        inputs=tuple(inputs),
        source=place_of(population),
        projections=tuple(projections),
        neuron=neuron,
        acc_type=checked_type(population.name, "the accumulator", *hull(low, high)),
        time_steps=time_steps,
    )


def _of_precision(population: Trained, neuron: Adaptive, name: str, neurons: int) -> Projection:
    if neuron.precision_shift > MAX_SHIFT:
        raise UnsupportedError(
            f"{place_of(population)}: sums of adaptive neurons of several precisions must have at most "
            f"{MAX_SHIFT} bits, not {neuron.precision_shift}; use fewer weight bits."
        )
    ones = Dense(weight=np.ones((neurons, 1), np.int64), weight_bits=2)
    return Projection(name=name, synapse=ones, shift=neuron.precision_shift)
