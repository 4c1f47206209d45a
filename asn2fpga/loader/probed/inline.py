"""Neurons that a loop of forward computes by operations: v = 0.9 * v + fc(x); s = (v > 1).float(); v = v - s.

Operations on each element alone that hang together, over all steps of the unrolled loop, are one layer of
neurons: layers of synapses lie between it and the next one. What it sends at a time step is a comparison made
a float; what such a comparison depends on, of steps before too, is a module of neurons that takes the
sequence of its currents. Its equations are measured and proven as those of any module (replace.py).
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx

from asn2fpga.loader.probed.region import COMPARISONS, ENTRIES, OTHERS
from asn2fpga.loader.symbolic_trace import SymbolicTrace

MORE = (
    *(operator.neg, operator.lt, operator.le, torch.rsub),
    *(torch.neg, torch.lt, torch.le, torch.where, torch.heaviside, torch.sign, torch.zeros_like),
    *(torch.ones_like, torch.maximum, torch.minimum, torch.clamp_min, torch.clamp_max),
)
MORE_METHODS = ("neg", "lt", "le", "sign", "clone", "contiguous", "where", "heaviside", "relu", "new_zeros")
ELEMENTWISE = ENTRIES | OTHERS | frozenset((*MORE, *MORE_METHODS))
FIRING = frozenset((*COMPARISONS, "gt", "ge", torch.heaviside, "heaviside"))
FACTORS = frozenset((operator.mul, operator.truediv, torch.mul, torch.div, "mul", "div"))
CONVERSIONS = ("float", "to", "type", "double")


@dataclass(frozen=True, eq=False)
class Operation:
    """A node as it was found; its graph changes. step: the first time step whose spikes depend on it."""

    op: str
    target: Any
    args: Any
    kwargs: Any
    reads: tuple[fx.Node, ...]
    step: int

    @classmethod
    def of(cls, node: fx.Node, step: int) -> Operation:
        """Of a node."""
        return cls(node.op, node.target, node.args, node.kwargs, tuple(node.all_input_nodes), step)


@dataclass(frozen=True, eq=False)
class Layer:
    """spikes: of each time step, the nodes that are what is sent then. drives: currents that enter in each
    step. operations: what the spikes depend on.
    """

    spikes: list[list[fx.Node]]
    drives: list[list[fx.Node]]
    operations: dict[fx.Node, Operation]

    @property
    def last(self) -> fx.Node:
        """The last node that is sent."""
        return next(nodes[0] for nodes in reversed(self.spikes) if nodes)

    @property
    def is_static(self) -> bool:
        """Whether one current enters in all time steps."""
        return len(self.spikes) > 1 and not any(self.drives[1:])


def find_layers(trace: SymbolicTrace) -> Iterator[Layer]:
    """Layers of neurons among the operations of a trace, in the order of execution."""
    for nodes in connected(trace):
        found = _layer(nodes)
        if found is not None and any(len(drives) > 1 for drives in found.drives):
            found = _layer(_without_factors(nodes))
        if found is not None:
            yield found


def _without_factors(nodes: list[fx.Node]) -> list[fx.Node]:
    """Without what multiplies a current alone: it is a current, too."""
    inside = set(nodes)
    for node in nodes:
        if node.target in FACTORS and len(variable(node)) == 1 and not inside & set(variable(node)):
            inside.remove(node)
    return [node for node in nodes if node in inside]


def _is_elementwise(node: fx.Node, trace: SymbolicTrace) -> bool:
    result = trace.results.get(node)
    if node.op not in ("call_function", "call_method") or node.target not in ELEMENTWISE:
        return False
    if not isinstance(result, Tensor) or result.dim() < 2:
        return False
    reads = (trace.results.get(read) for read in node.all_input_nodes if read.op != "get_attr")
    return all(isinstance(read, Tensor) and read.shape == result.shape for read in reads)


def connected(trace: SymbolicTrace) -> list[list[fx.Node]]:
    """Operations on each element alone, those together that read each other."""
    groups: dict[fx.Node, list[fx.Node]] = {}
    for node in trace.graph.nodes:
        if not _is_elementwise(node, trace):
            continue
        mine = [node]
        for read in node.all_input_nodes:
            theirs = groups.get(read)
            if theirs is not None and theirs is not mine:
                theirs.extend(mine)
                for one in mine:
                    groups[one] = theirs
                mine = theirs
        groups[node] = mine
    order = {node: index for index, node in enumerate(trace.graph.nodes)}
    unique = {id(group): sorted(group, key=order.__getitem__) for group in groups.values()}
    return sorted(unique.values(), key=lambda group: order[group[0]])


def _layer(nodes: list[fx.Node]) -> Layer | None:
    inside = set(nodes)
    fires = [node for node in nodes if node.target in FIRING and _sent(node)]
    cones = {fire: _cone(fire, inside) for fire in fires}
    needed = set().union(*cones.values()) if cones else set()
    sending: dict[Any, list[fx.Node]] = {}
    for fire in fires:
        if any(_leaves(node, inside, needed) for node in _sent(fire)):
            sending.setdefault((fire.target, str(fire.meta.get("line"))), []).append(fire)
    if len(sending) != 1:
        return None
    (chosen,) = sending.values()
    steps: dict[fx.Node, int] = {}
    for step, fire in enumerate(chosen):
        for node in nodes:  # in an order that does not change from trace to trace
            if node in cones[fire]:
                steps.setdefault(node, step)
    for step, fire in enumerate(chosen):
        steps.update(dict.fromkeys(_sent(fire), step))
    drives = _drives(steps, inside, len(chosen))
    if len(chosen) < 2 or drives is None:
        return None
    operations = {node: Operation.of(node, step) for node, step in steps.items()}
    return Layer([_sent(fire) for fire in chosen], drives, operations)


def _sent(fire: fx.Node) -> list[fx.Node]:
    """What makes numbers of a comparison; of heaviside it is the node itself."""
    if fire.target in (torch.heaviside, "heaviside"):
        return [fire]
    return [user for user in fire.users if user.target in CONVERSIONS or _chooses_numbers(user)]


def _chooses_numbers(node: fx.Node) -> bool:
    """torch.where(v > 1, 1.0, 0.0)."""
    return (
        node.target is torch.where
        and len(node.args) == 3
        and not any(isinstance(one, fx.Node) and one.op != "get_attr" for one in node.args[1:])
    )


def _cone(node: fx.Node, inside: set[fx.Node]) -> set[fx.Node]:
    """What a node depends on among `inside`, itself included."""
    found: set[fx.Node] = set()
    pending = [node]
    while pending:
        one = pending.pop()
        if one in inside and one not in found:
            found.add(one)
            pending += one.all_input_nodes
    return found


def _leaves(node: fx.Node, inside: set[fx.Node], needed: set[fx.Node]) -> bool:
    """Whether spikes, or what constants make of them alone, are read by anything but the neurons."""
    own, pending = {node}, [node]
    while pending:
        for user in pending.pop().users:
            if user not in needed:
                return True
            if user not in own and set(variable(user)) <= own:
                own.add(user)
                pending.append(user)
    return False


def variable(node: fx.Node) -> list[fx.Node]:
    """What a node reads that is no constant."""
    return [read for read in node.all_input_nodes if read.op != "get_attr"]


def _drives(steps: dict[fx.Node, int], inside: Iterable[fx.Node], count: int) -> list[list[fx.Node]] | None:
    """What enters in each step; None unless something does in each, and in no other, or in all the same."""
    own, first = set(inside), dict[fx.Node, int]()
    reads = [(read, step) for node, step in steps.items() for read in variable(node) if read not in own]
    for read, step in reads:
        first[read] = min(step, first.get(read, step))
    found = [[read for read, step in first.items() if step == now] for now in range(count)]
    if not any(found[1:]):
        return found if len(found[0]) == 1 else None
    if not all(found) or any(step != first[read] for read, step in reads):
        return None
    return found
