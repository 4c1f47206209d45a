"""Integer neurons and populations in plain Python: one number after the other, as docs/spec/numerics.md says.

Slow, and independent of numpy and of the arrays that the package computes with: a second opinion for tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.membrane import Membrane
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.synapses.contract import Synapse
from asn2fpga.kinds.synapses.dense import Dense
from asn2fpga.kinds.synapses.diagonal import OneToOne


@dataclass
class PlainNeurons:
    """The state of some neurons in one inference. seen: every value on the way, to be compared with types.

    besides: the time steps that a neuron waits, or 1 if it is above a threshold that it doubles, else 0.
    """

    neuron: Graded
    membranes: list[int] = field(init=False)
    currents: list[int] = field(init=False)
    besides: list[int] = field(init=False)
    potentials_seen: list[int] = field(default_factory=list)
    states_seen: list[int] = field(default_factory=list)
    currents_seen: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        count, membrane = len(self.neuron.thresholds), self.neuron.membrane
        starts_at_reset = membrane is not None and membrane.reset == "hard"
        self.membranes = membrane.resets.tolist() if membrane and starts_at_reset else [0] * count
        self.currents = [0] * count
        self.besides = [0] * count

    def step(self, sums: list[int]) -> list[int]:
        """The counts of one time step."""
        return [self._fire(index, value) for index, value in enumerate(sums)]

    def _fire(self, index: int, total: int) -> int:
        membrane = self.neuron.membrane
        if membrane is None:
            return self._count(index, total)
        self.currents[index] = self._current(membrane, index, total)
        potential = self.membranes[index] + self.currents[index]
        self.states_seen.append(self.membranes[index])
        self.currents_seen.append(self.currents[index])
        if membrane.doubles_threshold:
            return self._double(membrane, index, potential)
        self.potentials_seen.append(potential)
        if self.besides[index] and membrane.refractory:
            self.besides[index] -= 1
            return 0
        count = self._count(index, potential)
        self.membranes[index] = self._rest(membrane, index, potential, self.neuron.base + count)
        self.besides[index] = membrane.refractory if count else 0
        return count

    def _double(self, membrane: Membrane, index: int, sum_of_both: int) -> int:
        """Fire at the threshold, or at twice that if the neuron was above it, and say whether it still is."""
        above = self.besides[index]
        potential = sum_of_both - above * int(membrane.resets[index])
        self.potentials_seen += [sum_of_both, potential]
        count = self._count(index, potential)
        kept = self._reset(membrane, index, potential, count - above)
        self.besides[index] = self._count(index, kept)
        self.membranes[index] = self._leaked(membrane, index, kept)
        return count

    def _count(self, index: int, potential: int) -> int:
        reached = sum(potential >= threshold for threshold in self.neuron.thresholds[index].tolist())
        return self.neuron.level_values[reached]

    def _current(self, membrane: Membrane, index: int, total: int) -> int:
        drive = total * 2**membrane.state_frac_bits + int(membrane.bias[index])
        if membrane.synaptic is None:
            return drive
        leak = membrane.synaptic.leak
        return rounded(self.currents[index] * leak.multiplier, leak.shift) + drive

    def _rest(self, membrane: Membrane, index: int, potential: int, spike: int) -> int:
        if membrane.leak_order == "before_reset":
            leaked = self._leaked(membrane, index, potential)
            return floored(membrane, index, self._reset(membrane, index, leaked, spike))
        kept = self._reset(membrane, index, potential, spike)
        return self._leaked(membrane, index, floored(membrane, index, kept))

    def _reset(self, membrane: Membrane, index: int, value: int, spike: int) -> int:
        step = int(membrane.resets[index])
        if membrane.reset == "soft":
            return value - spike * step
        return step if membrane.reset == "hard" and spike != 0 else value

    def _leaked(self, membrane: Membrane, index: int, value: int) -> int:
        rest = int(membrane.resets[index]) if membrane.reset == "hard" else 0
        multiplier = membrane.leak.multiplier if membrane.leaks is None else int(membrane.leaks[index])
        return rest + rounded((value - rest) * multiplier, membrane.leak.shift)


def rounded(value: int, shift: int) -> int:
    """value / 2^shift to the nearest integer, half up."""
    return value if shift == 0 else (value + 2 ** (shift - 1)) // 2**shift


def floored(membrane: Membrane, index: int, value: int) -> int:
    """`value`, or the floor of the neuron if that is higher."""
    return value if membrane.floors is None else max(value, int(membrane.floors[index]))


def plain_network(graph: Graph, x: Array) -> tuple[list[list[int]], list[list[int]], list[int]]:
    """Counts (T, N) of loop and of both, and the scores, of one input of `mixed_graphs.mixed_graph`."""
    loop, both, scores = graph.of_type(Population)
    first, second = PlainNeurons(loop.graded), PlainNeurons(both.graded)
    before = [loop.start_count] * len(loop.graded.thresholds)
    sent: tuple[list[list[int]], list[list[int]]] = [], []
    total = [0] * len(scores.readout.bias)
    for step in range(loop.time_steps):
        pixels = (x if graph.edges["source"].is_frame else x[step]).tolist()
        sums = added(loop, pixels, before)
        before = first.step(sums)
        other = second.step(added(both, pixels, sums, before))
        total = [a + b for a, b in zip(total, added(scores, pixels, before, other), strict=True)]
        sent[0].append(before)
        sent[1].append(other)
    bias, shift = scores.readout.bias.tolist(), scores.readout.shift.tolist()
    return *sent, [b + t * 2**s for b, t, s in zip(bias, total, shift, strict=True)]


def added(node: Population, *arriving: list[int]) -> list[int]:
    """The sums of one time step: of what arrives at each projection."""
    total = [0] * node.neurons
    for projection, values in zip(node.projections, arriving, strict=True):
        for index in range(len(total)):
            weights = weights_of(projection.synapse, index, len(values))
            part = sum(weight * value for weight, value in zip(weights, values, strict=True))
            total[index] += part * 2**projection.shift
    return total


def weights_of(synapse: Synapse, index: int, inputs: int) -> list[int]:
    """The weights that reach neuron `index`, one for each input."""
    if isinstance(synapse, Dense):
        found: list[int] = synapse.weight[index].tolist()
        return found
    own = int(synapse.weight[index]) if isinstance(synapse, OneToOne) else 1
    return [own if index == column else 0 for column in range(inputs)]
