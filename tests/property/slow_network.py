"""A network of integers in Python numbers, event by event; every value must be one of its type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from neuron_arithmetic import PlainNeurons, rounded, weights_of

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.arrays import as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.graph.words import SCORE_TYPE
from asn2fpga.kinds.neurons.leaky_integrator import LeakyIntegrator
from asn2fpga.kinds.neurons.membrane import Membrane
from asn2fpga.kinds.population import Population

Steps = list[list[int]]
"""(T, N) of one inference; T is 1 for a frame."""


class Watched(PlainNeurons):
    """Neurons whose values on the way to the next membrane are seen too."""

    def _reset(self, membrane: Membrane, index: int, value: int, spike: int) -> int:
        return self._seen(super()._reset(membrane, index, value, spike))

    def _leaked(self, membrane: Membrane, index: int, value: int) -> int:
        return self._seen(super()._leaked(membrane, index, value))

    def _seen(self, value: int) -> int:
        self.potentials_seen.append(value)
        return value


@dataclass
class SlowNetwork:
    """One inference of an integer graph. sent, currents: by name of the layer."""

    graph: Graph
    sent: dict[str, Steps] = field(default_factory=dict)
    currents: dict[str, Steps] = field(default_factory=dict)

    def run(self, sample: Array) -> None:
        """Fill `sent`, scores of the read-out included."""
        source = self.graph.source
        self.sent[source.name] = as_integer(
            simulate(self.graph, sample[None]).counts[source.name][0]
        ).tolist()
        for node in self.graph.of_type(Population):
            if node.is_end:
                self.sent[node.name] = [self._scores(node)]
            else:
                self._spiking(node)

    def _spiking(self, node: Population) -> None:
        neurons, before = Watched(node.graded), node.neurons * [node.start_count]
        self.sent[node.name], self.currents[node.name] = [], []
        for step in range(node.time_steps):
            sums = node.neurons * [0]
            self._add(node, step, before, sums)
            before = neurons.step(sums)
            self.currents[node.name].append(sums)
            self.sent[node.name].append(before)
            check(node.graded.count_type, *before)
        membrane = node.graded.membrane
        seen = self.currents[node.name] if membrane is None else [neurons.potentials_seen]
        for values in seen:
            check(node.graded.potential_type, *values)
        if membrane is not None:
            check(membrane.state_type, *neurons.states_seen)
            if membrane.synaptic is not None:
                check(membrane.synaptic.type, *neurons.currents_seen)

    def _add(self, node: Population, step: int, before: list[int], sums: list[int]) -> None:
        """What arrives at a time step, one event after the other."""
        for number, (name, projection) in enumerate(zip(node.inputs, node.projections, strict=True)):
            found = self.currents if node.reads(number) == "currents" else self.sent
            values = before if projection.steps_late else found[name][min(step, len(found[name]) - 1)]
            for index in range(node.neurons):
                weights = weights_of(projection.synapse, index, len(values))
                for weight, value in zip(weights, values, strict=True):
                    sums[index] += weight * value * 2**projection.shift
                    check(node.acc_type, sums[index])

    def _scores(self, node: Population) -> list[int]:
        neuron = node.readout
        if isinstance(neuron, LeakyIntegrator):
            return self._of_membranes(node, neuron)
        sums = node.neurons * [0]
        for step in range(node.time_steps):
            self._add(node, step, [], sums)
        columns = zip(sums, neuron.shift.tolist(), neuron.bias.tolist(), strict=True)
        return check(SCORE_TYPE, *(total * 2**shift + bias for total, shift, bias in columns))

    def _of_membranes(self, node: Population, neuron: LeakyIntegrator) -> list[int]:
        """The last, the largest or the sum of U."""
        potentials, kept = node.neurons * [0], node.neurons * [0]
        for step in range(node.time_steps):
            sums = node.neurons * [0]
            self._add(node, step, [], sums)
            for index, total in enumerate(sums):
                leaked = rounded(potentials[index] * neuron.leak.multiplier, neuron.leak.shift)
                drive = total * 2**neuron.state_frac_bits + int(neuron.bias[index])
                potentials[index] = leaked + drive
                larger = max(kept[index], potentials[index]) if step else potentials[index]
                kept[index] = {
                    "last": potentials[index],
                    "max": larger,
                    "sum": kept[index] + potentials[index],
                }[neuron.output_of]
            check(neuron.state_type, *potentials)
            check(neuron.total_type, *kept)
        return check(SCORE_TYPE, *(v * 2**s for v, s in zip(kept, neuron.shift.tolist(), strict=True)))


def check(kind: FixedType, *values: int) -> list[int]:
    """The values, which must be of that type."""
    for value in values:
        assert kind.min <= value <= kind.max, (value, str(kind))
    return list(values)


def layers_of(graph: Graph, sample: Array) -> Iterator[tuple[str, Steps]]:
    """Name and values of each layer but the source, in order; the scores last."""
    slow = SlowNetwork(graph)
    slow.run(sample)
    for node in graph.of_type(Population):
        yield node.name, slow.sent[node.name]
