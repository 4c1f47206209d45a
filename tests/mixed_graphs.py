"""Integer graphs with several projections, by hand: currents, one to one, onto itself, frames and events.

Types are the narrowest that hold everything, worked out from the ranges of sums: quantise has no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from asn2fpga.graph.arrays import IntArray, as_integer, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.contract import Neurons
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.neurons.membrane import Leak, Membrane
from asn2fpga.kinds.neurons.reach import Firing, membrane_types
from asn2fpga.kinds.population import Population, Projection
from asn2fpga.kinds.ranges import hull, signed_type
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.synapses.contract import Synapse
from asn2fpga.kinds.synapses.current import CurrentIdentity
from asn2fpga.kinds.synapses.dense import Dense
from asn2fpga.kinds.synapses.diagonal import OneToOne

NEURONS, CLASSES = 5, 3
ANY = FixedType(2, True)  # until the type is known


@dataclass(frozen=True)
class Read:
    """One projection to be: the node it reads, the synapses, and what the node sends (None: from itself)."""

    source: str
    synapse: Synapse
    edge: Edge | None
    shift: int = 0


def mixed_graph(frames: bool = True, lanes: int = 2, time_steps: int = 3, pixels: int = 6) -> Graph:
    """Three populations; scores reads the source and both of the others.

    loop: the source, and itself. both: the source, the currents of loop, and its events one to one, which
    count four times as much. With frames, each of the three has projections of a frame beside others.
    """
    random = np.random.default_rng(3)
    source: Encode | ReceiveEvents = (Encode if frames else ReceiveEvents)(
        name="source", shape=(pixels,), max_count=255 if frames else 3, time_steps=time_steps
    )
    drive = source.output(())
    loop = population(
        "loop",
        (
            Read("source", dense(random, NEURONS, pixels), drive),
            Read("loop", dense(random, NEURONS, NEURONS), None),
        ),
        membranes(random),
        time_steps,
        lanes,
    )
    one_to_one = OneToOne(weight=random.integers(-7, 8, NEURONS), weight_bits=4)
    both = population(
        "both",
        (
            Read("source", dense(random, NEURONS, pixels), drive),
            Read("loop", CurrentIdentity(size=NEURONS), loop.currents((drive,))),
            Read("loop", one_to_one, loop.output(()), shift=2),
        ),
        membranes(random),
        time_steps,
        lanes,
    )
    scores = population(
        "scores",
        (
            Read("source", dense(random, CLASSES, pixels), drive),
            Read("loop", dense(random, CLASSES, NEURONS), loop.output(()), shift=1),
            Read("both", dense(random, CLASSES, NEURONS), both.output(())),
        ),
        Integrator(bias=np.arange(CLASSES), shift=np.arange(CLASSES)),
        time_steps,
        lanes=2,
    )
    return Graph("mixed", (source, loop, both, scores))


def dense(random: np.random.Generator, neurons: int, inputs: int) -> Dense:
    """Random weights of four bits."""
    return Dense(weight=random.integers(-7, 8, (neurons, inputs)), weight_bits=4)


def membranes(random: np.random.Generator, neurons: int = NEURONS, largest: int = 2000) -> Graded:
    """Neurons of three levels that fire anywhere below `largest`, lowest level -1, with a soft reset."""
    return Graded(
        thresholds=np.sort(random.integers(-largest // 2, largest, (neurons, 3)), axis=1),
        level_values=(0, 1, 2, 4),
        count_type=FixedType(3, False),
        threshold_type=ANY,
        potential_type=ANY,
        base=-1,
        membrane=Membrane(
            state_frac_bits=1,
            bias=random.integers(-100, 100, neurons),
            leak=Leak(3, 2),
            resets=random.integers(0, largest, neurons),
            state_type=ANY,
        ),
    )


def population(
    name: str, reads: tuple[Read, ...], neuron: Neurons, time_steps: int, lanes: int = 1
) -> Population:
    """A population of these projections; the types of `neuron` become those that hold every value."""
    low, high = zip(*(_range_of(read, neuron, time_steps) for read in reads), strict=True)
    steps = time_steps if isinstance(neuron, Integrator) else 1
    sums = sum_of(low) * steps, sum_of(high) * steps
    return Population(
        name=name,
        inputs=tuple(read.source for read in reads),
        source=f"net.{name}",
        projections=tuple(
            Projection(
                name=f"{name}_{i}", synapse=read.synapse, shift=read.shift, steps_late=int(read.edge is None)
            )
            for i, read in enumerate(reads)
        ),
        neuron=typed(neuron, sums, time_steps),
        acc_type=signed_type(*hull(*sums)),
        time_steps=time_steps,
        lanes=lanes,
        fire_lanes=lanes,
    )


def _range_of(read: Read, neuron: Neurons, time_steps: int) -> tuple[IntArray, IntArray]:
    edge = neuron.output((read.synapse.neurons,), time_steps) if read.edge is None else read.edge
    low, high = read.synapse.sum_range(edge)
    return low << read.shift, high << read.shift


def typed(neuron: Neurons, sums: tuple[IntArray, IntArray], time_steps: int) -> Neurons:
    """The neurons with the narrowest types for sums in these ranges."""
    if not isinstance(neuron, Graded):
        return neuron
    thresholds = as_integer(neuron.thresholds)
    threshold_type = signed_type(int(thresholds.min()), int(thresholds.max()))
    membrane = neuron.membrane
    if membrane is None:
        return replace(neuron, threshold_type=threshold_type, potential_type=signed_type(*hull(*sums)))
    firing = Firing(thresholds, [neuron.base + value for value in neuron.level_values])
    types = membrane_types("any", membrane, firing, sums, time_steps)
    synaptic = membrane.synaptic and replace(membrane.synaptic, type=types.current)
    return replace(
        neuron,
        threshold_type=threshold_type,
        potential_type=types.potential,
        membrane=replace(membrane, state_type=types.state, synaptic=synaptic),
    )
