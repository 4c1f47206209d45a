"""The network under construction: layers so far, what each node of the NIR graph sends, what comes later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from asn2fpga.errors import shown
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.loader.builder import GraphBuilder
from asn2fpga.loader.nir.content import FlatGraph, NirNode
from asn2fpga.loader.nir.discretise import TimeStep
from asn2fpga.loader.nir.fields import weights
from asn2fpga.loader.nir.order import Order
from asn2fpga.loader.nir.signals import Signal, add, through_identity

NEURONS = frozenset({"Threshold", "I", "IF", "LI", "LIF", "CubaLI", "CubaLIF"})


@dataclass
class Network:
    """signals: by node. returning: delays whose input comes later, with the node that it will be."""

    graph: FlatGraph
    order: Order
    time: TimeStep
    time_steps: int
    builder: GraphBuilder = field(default_factory=GraphBuilder)
    signals: dict[str, Signal] = field(default_factory=dict)
    returning: list[tuple[Signal, str]] = field(default_factory=list)

    def note(self, text: str) -> None:
        """A sentence for the report, once."""
        if text not in self.builder.notes:
            self.builder.notes.append(text)

    def sources(self, node: NirNode, *, late: bool) -> list[str]:
        """What the node reads in the same time step, or a step late, in the order of execution."""
        found = [
            name for name in self.graph.sources(node.name) if ((name, node.name) in self.order.late) == late
        ]
        return sorted(found, key=self.order.names.index)

    def is_shared_current(self, name: str) -> bool:
        """Whether a node sends currents, to several readers."""
        return self.signals[name].edge.carries == "currents" and len(self.graph.readers(name)) > 1

    def arriving(self, node: NirNode) -> Signal:
        """The sum of all that a node reads."""
        now = [self.signals[name] for name in self.sources(node, late=False)]
        late = [self._late(node, name, now) for name in self.sources(node, late=True)]
        if not now and not late:
            raise node.wrong("it must read a node, and no edge leads to it; the graph is cut here")
        for signal in now:
            self._check_membranes(node, signal, alone=len(now) + len(late) == 1)
        return self._sum(node, [*now, *late])

    def _late(self, node: NirNode, source: str, now: list[Signal]) -> Signal:
        """What `source` sent a time step before, which neurons read through synapses."""
        shape = _shape_read(node, now)
        if len(shape) > 1:
            raise node.refuse(
                f"what comes back from {shown(source)} must be flat, not a map of shape {shape}; loops over "
                "maps are not built"
            )
        signal = self.delayed(node, source, 1, shape)
        return through_identity(self.builder, node, signal) if node.kind in NEURONS else signal

    def delayed(self, node: NirNode, source: str, steps: int, shape: Shape) -> Signal:
        """A delay of what comes later. shape: of what it will be."""
        made = add(self.builder, Delay, node, [], "previous", shape=shape, steps=steps)
        edge = Edge(shape, "events", time_steps=self.time_steps)
        signal = Signal(made.layer, edge, node)
        self.returning.append((signal, source))
        return signal

    def _check_membranes(self, node: NirNode, signal: Signal, *, alone: bool) -> None:
        """What never fires is read by the Output, or by neurons that read nothing else."""
        if signal.membranes is None:
            return
        takes = node.kind == "Output" or node.kind in ("Threshold", "IF", "LIF")
        if takes and alone and len(self.graph.readers(signal.owner.name)) == 1:
            return
        readers = ", ".join(map(shown, self.graph.readers(signal.owner.name)))
        raise signal.owner.refuse(
            f"what {signal.owner.kind} integrates must be read by the Output, or by one node of LIF, IF or "
            f"Threshold that reads nothing else, not by {readers}; "
            "values that are no spikes are not sent between layers"
        )

    def _sum(self, node: NirNode, signals: list[Signal]) -> Signal:
        first, *others = signals
        for other in others:
            if other.shape != first.shape:
                raise node.wrong(
                    f"all that it reads must have one shape, not {first.shape} ({shown(first.owner.name)}) "
                    f"and {other.shape} ({shown(other.owner.name)})"
                )
        return add(self.builder, Add, node, signals, "sum") if others else first

    def close(self) -> None:
        """Let delays read what has come by now."""
        for signal, source in self.returning:
            sent = self.signals[source]
            if sent.shape != signal.shape:
                raise signal.owner.wrong(
                    f"it must read the shape {signal.shape}, and what comes back from {shown(source)} has "
                    f"{sent.shape}"
                )
            self.builder.connect(signal.layer, sent.layer)


def _shape_read(node: NirNode, now: list[Signal]) -> Shape:
    """The shape that a node reads, from what arrives or from its own numbers."""
    if now:
        return now[0].shape
    if node.kind in ("Linear", "Affine"):
        return (weights(node, "weight", 2, "(outputs, inputs)").shape[1],)
    known = next((name for name in ("v_threshold", "threshold", "scale", "r") if name in node.fields), None)
    if known is None:
        raise node.refuse(
            f"{node.kind} must not stand alone in a loop; let what comes back go through a Linear node"
        )
    return shape_of_array(node, known)


def shape_of_array(node: NirNode, name: str) -> Shape:
    """The shape of a parameter; of one number (1,)."""
    values = node.fields[name]
    return (1,) if isinstance(values, str) or values.ndim == 0 else tuple(values.shape)


Lowering = Callable[[Network, NirNode, Signal], Signal]
"""Takes one node, and what arrives at it, into the network."""
