"""The populations and read-outs that kernel_cases.h compiles, as nodes: what golden computes for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.neurons.contract import Neurons, ReadoutNeurons
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.neurons.leaky_integrator import LeakyIntegrator
from asn2fpga.kinds.neurons.membrane import Leak, Membrane, Synaptic
from asn2fpga.kinds.population import Population, Projection
from asn2fpga.kinds.synapses.contract import Synapse
from asn2fpga.kinds.synapses.current import CurrentIdentity
from asn2fpga.kinds.synapses.dense import Dense
from asn2fpga.kinds.synapses.diagonal import OneToOne

# The configuration that kernel_configs.h has.
INPUTS, NEURONS, LANES, FIRE_LANES, GROUPS, STEPS = 7, 10, 4, 2, 3, 3
U2, S2, U3, S3 = FixedType(2, False), FixedType(2, True), FixedType(3, False), FixedType(3, True)
ACC, CURRENT, THRESHOLD, WIDE = (FixedType(bits, True) for bits in (20, 13, 17, 26))
LEVELS, SIGNED_LEVELS = (0, 1, 2, 3, 7), (-2, -1, 0, 1, 3)

Kind = Literal["dense", "diagonal", "current"]


@dataclass(frozen=True)
class Read:
    """One projection."""

    kind: Kind
    shift: int = 0
    frame: bool = False
    signed: bool = False
    events_in_word: int = 1
    paired: bool = False

    @property
    def edge(self) -> Edge:
        """What it reads."""
        if self.kind == "current":
            return Edge((NEURONS,), "currents", CURRENT, CURRENT.min, CURRENT.max, STEPS, self.frame)
        size, fixed = INPUTS if self.kind == "dense" else NEURONS, S2 if self.signed else U2
        edge = Edge((size,), "events", fixed, fixed.min, fixed.max, STEPS, self.frame)
        return replace(edge, events_in_word=self.events_in_word)

    def synapse(self, random: np.random.Generator) -> Synapse:
        """Synapses with random weights."""
        if self.kind == "current":
            return CurrentIdentity(size=NEURONS)
        if self.kind == "diagonal":
            return OneToOne(weight=random.integers(-15, 16, NEURONS), weight_bits=5)
        return dense(random, INPUTS, self.paired)

    def values(self, random: np.random.Generator) -> Array:
        """What arrives in an inference, (1, T, N)."""
        edge = self.edge
        shape = (1, edge.steps, edge.size)
        if self.kind == "current":
            return random.integers(-2000, 2000, shape)
        return random.integers(edge.low, edge.high, shape, endpoint=True) * (random.random(shape) < 0.5)


def dense(random: np.random.Generator, inputs: int, paired: bool) -> Dense:
    """Dense synapses with random weights."""
    weight = random.integers(-15, 16, (NEURONS, inputs))
    return Dense(weight=weight, weight_bits=5, products="paired" if paired else "auto")


@dataclass(frozen=True)
class Case:
    """A population. membrane: fields that differ from a plain one, None where there is none.

    loop: the shift of what it sends itself; starts: whether it finds counts that stand for 0 at first.
    """

    reads: tuple[Read, ...] = (Read("dense"),)
    membrane: Mapping[str, Any] | None = None
    signed: bool = False
    loop: int | None = None
    starts: bool = False

    @property
    def is_recurrent(self) -> bool:
        return self.loop is not None

    def node(self, random: np.random.Generator) -> Population:
        """With random numbers."""
        levels = SIGNED_LEVELS if self.signed else LEVELS
        neuron = Graded(
            thresholds=np.sort(random.integers(-400, 800, (NEURONS, 4)), axis=1),
            level_values=levels,
            count_type=S3 if self.signed else U3,
            threshold_type=THRESHOLD,
            potential_type=ACC if self.membrane is None else WIDE,
            base=-1 if self.starts or (self.membrane is not None and not self.is_recurrent) else 0,
            membrane=None if self.membrane is None else membrane_of(self.membrane, random),
        )
        return population(self.reads, neuron, random, self.loop)


def membrane_of(fields: Mapping[str, Any], random: np.random.Generator) -> Membrane:
    """A membrane; of arrays and of a synaptic current `fields` only say that they are there."""
    arrays: dict[str, Any] = {
        "leaks": random.integers(0, 9, NEURONS),
        "floors": random.integers(-3000, 400, NEURONS),
        "synaptic": Synaptic(leak=Leak(3, 2), type=WIDE),
    }
    chosen = {name: arrays.get(name, value) for name, value in fields.items()}
    plain = Membrane(
        state_frac_bits=2,
        bias=random.integers(-1000, 1000, NEURONS),
        leak=Leak(5, 3),
        resets=random.integers(-200, 800, NEURONS),
        state_type=WIDE,
    )
    return replace(plain, **chosen)


def population(
    reads: tuple[Read, ...],
    neuron: Neurons,
    random: np.random.Generator,
    loop: int | None = None,
    time_steps: int = STEPS,
) -> Population:
    """A population of these projections, the one from itself last."""
    projections = [Projection(name="fc", synapse=read.synapse(random), shift=read.shift) for read in reads]
    if loop is not None:
        own = dense(random, NEURONS, reads[0].paired)
        projections.append(Projection(name="own", synapse=own, shift=loop, steps_late=1))
    return Population(
        name="fc",
        inputs=(*("in" for _ in reads), *(("fc",) if loop is not None else ())),
        projections=tuple(projections),
        neuron=neuron,
        acc_type=ACC,
        time_steps=time_steps,
        lanes=LANES,
        fire_lanes=FIRE_LANES,
    )


EVERYTHING = {
    "reset": "hard",
    "leak_order": "before_reset",
    "floors": True,
    "leaks": True,
    "synaptic": True,
}
DENSE, FRAME = Read("dense"), Read("dense", frame=True)
CASES = {
    "stateless": Case(),
    "stateless, frame": Case((FRAME,)),
    "stateless, signed": Case(signed=True),
    "soft": Case(membrane={}),
    "soft, frame": Case((FRAME,), membrane={}),
    "no leak": Case(membrane={"leak": Leak(1, 0)}),
    "hard": Case(membrane={"reset": "hard"}),
    "none": Case(membrane={"reset": "none"}),
    "leak first": Case(membrane={"leak_order": "before_reset"}),
    "floor": Case(membrane={"floors": True}),
    "leak first, floor": Case(membrane={"leak_order": "before_reset", "floors": True}),
    "leak per neuron": Case(membrane={"leaks": True}),
    "synaptic current": Case(membrane={"synaptic": True}),
    "everything": Case(membrane=EVERYTHING),
    "everything, signed": Case(
        membrane={"reset": "hard", "floors": True, "leaks": True, "synaptic": True}, signed=True
    ),
    "dense, shifted": Case((Read("dense", 2),)),
    "dense, two in a word": Case((Read("dense", events_in_word=2),), membrane={}),
    "dense, two in a word, shifted": Case((Read("dense", 2, signed=True, events_in_word=2),)),
    "held, two in a word": Case((Read("dense", frame=True, events_in_word=2), Read("diagonal"))),
    "diagonal": Case((Read("diagonal"),)),
    "diagonal, shifted": Case((Read("diagonal", 3),)),
    "diagonal, signed": Case((Read("diagonal", 1, signed=True),)),
    "diagonal, frame": Case((Read("diagonal", frame=True),)),
    "current": Case((Read("current"),)),
    "current, shifted": Case((Read("current", 2),)),
    "current, frame": Case((Read("current", frame=True),)),
    "three": Case((Read("dense", 1), Read("diagonal"), Read("current", 2))),
    "three of frames": Case(
        (Read("dense", 1, frame=True), Read("diagonal", frame=True), Read("current", 2, frame=True))
    ),
    "held, dense": Case((FRAME, Read("diagonal"))),
    "held, diagonal": Case((DENSE, Read("diagonal", 2, frame=True))),
    "held, current": Case((FRAME, Read("diagonal"), Read("current", 1)), membrane={}),
    "held current": Case((DENSE, Read("diagonal", frame=True), Read("current", 1, frame=True)), membrane={}),
    "loop": Case(membrane={}, loop=0),
    "loop, started": Case(loop=1, starts=True),
    "loop, held": Case((FRAME,), membrane={}, loop=0, starts=True),
    "loop, signed": Case((DENSE, Read("diagonal")), signed=True, loop=0),
    "paired": Case((Read("dense", 1, paired=True),)),
    "steps": Case((Read("dense", 1),)),
    "steps, everything": Case(membrane=EVERYTHING),
    "steps, paired": Case((Read("dense", paired=True),)),
    "paired, loop, held": Case((Read("dense", frame=True, paired=True),), membrane={}, loop=0, starts=True),
}


@dataclass(frozen=True)
class ReadoutCase:
    """A read-out. output: of membranes, None where sums are accumulated."""

    reads: tuple[Read, ...] = (DENSE,)
    output: Literal["last", "max", "sum"] | None = None
    time_steps: int = field(default=STEPS)
    scores_in_word: int = 1

    def node(self, random: np.random.Generator, largest_shift: int = 0) -> Population:
        """With random numbers."""
        shift = random.integers(0, largest_shift, NEURONS, endpoint=True)
        return population(self.reads, self._neurons(random, shift), random, time_steps=self.time_steps)

    def _neurons(self, random: np.random.Generator, shift: IntArray) -> ReadoutNeurons:
        if self.output is None:
            return Integrator(bias=random.integers(-(2**30), 2**30, NEURONS), shift=shift)
        return LeakyIntegrator(
            output_of=self.output,
            leak=Leak(5, 3),
            state_frac_bits=2,
            bias=random.integers(-1000, 1000, NEURONS),
            shift=shift,
            state_type=WIDE,
            total_type=FixedType(28, True),
        )


READOUTS = {
    "readout": ReadoutCase(),
    "readout, frame": ReadoutCase((FRAME,), time_steps=1),
    "readout, two": ReadoutCase((Read("dense", 1), Read("diagonal"))),
    "readout, held": ReadoutCase((FRAME, Read("diagonal", 2))),
    "readout, two in a word": ReadoutCase(scores_in_word=2),
    "readout, four in a word": ReadoutCase(scores_in_word=4),
    "readout of two in a word": ReadoutCase((Read("dense", events_in_word=2),)),
    "last": ReadoutCase(output="last"),
    "max": ReadoutCase((DENSE, Read("diagonal", 1)), output="max"),
    "max, four in a word": ReadoutCase(output="max", scores_in_word=4),
    "sum, frame": ReadoutCase((FRAME,), output="sum"),
    "readout, steps": ReadoutCase(),
    "readout, paired": ReadoutCase((Read("dense", paired=True),)),
    "max, paired": ReadoutCase((Read("dense", paired=True),), output="max"),
    "sum, held": ReadoutCase((FRAME, Read("diagonal")), output="sum"),
}
