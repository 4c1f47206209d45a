"""Random networks with branches: populations that read several others, forks, sums of events and of currents,
loops.

A seed fixes everything; a network is as large as `populations` says and uses every construct now and then.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear

Family = Literal["graded", "lif", "all"]
CLASSES = 3
DOUBLING, REFRACTORY = 0.2, 0.1
"""Shares of LIF neurons."""


@dataclass(frozen=True)
class GraphSpec:
    """What makes a random network. family: of its neurons."""

    seed: int
    populations: int = 3
    time_steps: int = 1
    encoding: Literal["frames", "events"] = "frames"
    family: Family = "graded"
    size: int = 6


@dataclass
class _Builder:
    """The network so far. events: what can be read as events, with its size; currents: by the neurons that
    read them.
    """

    random: np.random.Generator
    spec: GraphSpec
    nodes: list[Node] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)
    currents: dict[str, int] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def add(self, node: Node) -> str:
        self.nodes.append(node)
        return node.name

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

    def pick(self, names: list[str]) -> str:
        return str(self.random.choice(names))


def random_branches(spec: GraphSpec) -> Graph:
    """The real-valued graph of a spec."""
    builder = _Builder(np.random.default_rng(spec.seed), spec)
    inputs = int(builder.random.integers(2, 2 * spec.size))
    frames = spec.encoding == "frames"
    builder.add(
        Input(
            name="pixels",
            source="pixels",
            shape=(2, inputs),
            encoding=spec.encoding,
            time_steps=spec.time_steps,
            max_count=15 if frames else 3,
            scale=1 / 15 if frames else 1.0,
        )
    )
    builder.add(Flatten(name="flatten", inputs=("pixels",), source="flatten"))
    builder.events["flatten"] = 2 * inputs
    for index in range(1, spec.populations + 1):
        _population(builder, f"p{index}")
    _scores(builder)
    return Graph("net", tuple(builder.nodes))


def _population(builder: _Builder, name: str) -> None:
    size = int(builder.random.integers(1, builder.spec.size + 1))
    if len(builder.events) > 1 and builder.chance(0.5):
        size = builder.events[builder.pick(list(builder.events)[1:])]  # so that identities fit
    recurrent = builder.spec.time_steps > 1 and builder.chance(0.4)
    semantics = random_neuron(builder.random, builder.spec.family, size)
    if recurrent and semantics.fires == "round" and round(semantics.alpha) > 0:
        recurrent = False
    operands = [_linear(builder, f"{name}_fc", _events(builder, name), size)]
    if builder.chance(0.4):
        operands.append(_linear(builder, f"{name}_more", _events(builder, f"{name}_b"), size))
    same = [event for event, width in builder.events.items() if width == size]
    if same and builder.chance(0.5):
        operands.append(_read(builder, builder.pick(same)))
    currents = [current for current, width in builder.currents.items() if width == size]
    if currents and builder.chance(0.6):
        operands.append(builder.pick(currents))
    neuron = f"{name}_neuron"
    if recurrent:
        previous = builder.add(Delay(name=f"{name}_previous", inputs=(neuron,), source=name, shape=(size,)))
        operands.append(_linear(builder, f"{name}_loop", previous, size, gain=0.5))
    value = operands[0]
    if len(operands) > 1:
        value = builder.add(Add(name=f"{name}_sum", inputs=tuple(operands), source=f"{name}.sum"))
    builder.add(Neuron(name=neuron, inputs=(value,), source=neuron, semantics=semantics))
    builder.events[neuron] = builder.currents[value] = size
    builder.unread.add(neuron)


def _read(builder: _Builder, name: str) -> str:
    builder.unread.discard(name)
    return name


def _events(builder: _Builder, name: str) -> str:
    """One layer's events, or those of two side by side, or added."""
    first = builder.pick(list(builder.events)[-3:])
    others = [
        other
        for other, width in builder.events.items()
        if other != first
        and width == builder.events[first]
        and (builder.chance(0.5) or _unit(builder, other) == _unit(builder, first))
    ]
    if others and builder.chance(0.3):
        both = (_read(builder, first), _read(builder, builder.pick(others)))
        return builder.add(Add(name=f"{name}_add", inputs=both, source=f"{name}.add"))
    second = builder.pick(list(builder.events))
    if second != first and builder.chance(0.3):
        both = (_read(builder, first), _read(builder, second))
        return builder.add(Concat(name=f"{name}_both", inputs=both, source=f"{name}.both"))
    return _read(builder, first)


def _unit(builder: _Builder, name: str) -> float:
    """What one count of events is worth."""
    found = next(node for node in builder.nodes if node.name == name)
    if isinstance(found, Neuron):
        return found.semantics.output_scale
    return 1 / 15 if builder.spec.encoding == "frames" else 1.0


def _width(builder: _Builder, name: str) -> int:
    found = next(node for node in builder.nodes if node.name == name)
    if isinstance(found, Concat):
        return sum(builder.events[operand] for operand in found.inputs)
    if isinstance(found, Add):
        return builder.events[found.inputs[0]]
    return found.shape[0] if isinstance(found, Delay) else builder.events[name]


def _linear(builder: _Builder, name: str, source: str, size: int, gain: float = 1.0) -> str:
    inputs = _width(builder, source)
    weight: RealArray = builder.random.normal(size=(size, inputs)) * gain * 3 / np.sqrt(inputs)
    bias = builder.random.normal(size=size) * 0.5
    return builder.add(Linear(name=name, inputs=(source,), source=name, weight=weight, bias=bias))


def _scores(builder: _Builder) -> None:
    """Every population is read: by one Linear a branch."""
    last = list(builder.events)[-1]
    branches = [
        _linear(builder, f"out_{name}", _read(builder, name), CLASSES)
        for name in sorted(builder.unread | {last})
    ]
    value = branches[0]
    if len(branches) > 1:
        value = builder.add(Add(name="out_sum", inputs=tuple(branches), source="out.sum"))
    reduce = builder.pick(["sum", "mean", "last", "max"])
    beta = float(builder.random.choice([0.5, 0.9, 1.0])) if builder.chance(0.3) else None
    if builder.chance(0.5):
        reduce, beta = "sum", None
    builder.add(Output(name="output", inputs=(value,), source="output", reduce=reduce, beta=beta))  # type: ignore[arg-type]


def random_neuron(random: np.random.Generator, family: Family, size: int) -> NeuronSemantics:
    """Any neuron of a family."""
    if family == "graded" or (family == "all" and random.random() < 0.4):
        return _graded(random)
    return _lif(random, size)


def _graded(random: np.random.Generator) -> NeuronSemantics:
    model = str(random.choice(["asn", "nasn", "ilif"]))
    levels = int(random.choice([1, 2, 4]))
    return NeuronSemantics(
        model=model,
        levels=levels,
        alpha=0.0 if model == "ilif" else float(random.choice([0, 0, -1, 1])),
        beta=float(random.choice([0.0, 0.25, 0.5, 0.9, 1.0])),
        output_scale=1 / levels if model == "nasn" else 1.0,
    )


def _lif(random: np.random.Generator, size: int) -> NeuronSemantics:
    threshold = float(random.choice([1.0, 0.7]))
    reset = random.choice(["soft", "hard", "none"])
    decay_input = bool(random.random() < 0.3)
    betas = random.choice([0.25, 0.5, 0.8, 0.9], size) if random.random() < 0.25 else None
    thresholds = random.choice([0.5, 1.0, 1.3], size) if random.random() < 0.25 else None
    semantics = NeuronSemantics(
        model="lif",
        levels=int(random.choice([1, 1, 3])),
        alpha=0.0,
        beta=float(random.choice([0.5, 0.9, 0.0 if decay_input else 1.0])),
        threshold=threshold,
        output_scale=float(random.choice([1.0, 1.0, 0.5])),
        leak_order=random.choice(["after_reset", "before_reset"]),
        reset=reset,
        fires=random.choice([">=", ">"]),
        v_reset=float(random.choice([0.0, -0.2, 0.3])) if reset == "hard" else 0.0,
        decay_input=decay_input,
        signed=bool(random.random() < 0.25),
        floor=float(random.choice([0.0, -0.5])) if random.random() < 0.25 else None,
        synaptic_beta=float(random.choice([0.5, 0.8])) if random.random() < 0.25 else None,
        betas=betas,
        thresholds=thresholds,
    )
    (apart,) = random.spawn(1)  # so that what is drawn later stays what it was
    drawn = apart.random()
    if drawn < REFRACTORY:
        return replace(semantics, refractory=1 + size % 2)
    return _doubling(semantics) if drawn > 1 - DOUBLING else semantics


def _doubling(semantics: NeuronSemantics) -> NeuronSemantics:
    """Binary neurons with a soft reset whose threshold is doubled while they are above it."""
    return replace(
        semantics,
        levels=1,
        fires=">",
        reset="soft",
        v_reset=0.0,
        leak_order="after_reset",
        decay_input=False,
        signed=False,
        floor=None,
        doubles_threshold=True,
    )


def spec_of(seed: int) -> GraphSpec:
    """The spec of a seed: 1 to 6 populations, T 1 to 5, frames or events, neurons of all families."""
    random = np.random.default_rng([seed, 7])
    return GraphSpec(
        seed=seed,
        populations=int(random.integers(1, 7)),
        time_steps=int(random.integers(1, 6)),
        encoding=random.choice(["frames", "events"]),
        family="all",
    )
