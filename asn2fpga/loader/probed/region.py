"""Steps of a forward that turn currents into spikes without a module: round(clamp(x, 0, D)) / D and the like.

A region is entered at one step and left at one; between them are operations on each element alone. What it
computes is found as that of a module of neurons is.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.builder import shown
from asn2fpga.loader.probed.candidate import sends_spikes
from asn2fpga.loader.probed.proof import Known, proven
from asn2fpga.loader.probed.refusal import UnknownNeuronError
from asn2fpga.loader.probed.verify import taken_for
from asn2fpga.loader.steps.place import line_of, place_of
from asn2fpga.loader.symbolic_trace import SymbolicTrace

ENTRY_FUNCTIONS = (
    *(torch.clamp, torch.clip, torch.round, torch.floor, torch.ceil, torch.relu),
    *(functional.hardtanh, functional.relu, functional.relu6),
)
COMPARISONS = (operator.gt, operator.ge, torch.gt, torch.ge)
ENTRY_METHODS = ("clamp", "clip", "round", "floor", "ceil", "relu", "gt", "ge")
ENTRIES = frozenset((*ENTRY_FUNCTIONS, *COMPARISONS, *ENTRY_METHODS))
ARITHMETIC = (operator.add, operator.sub, operator.mul, operator.truediv)
ARITHMETIC_FUNCTIONS = (torch.add, torch.sub, torch.mul, torch.div)
METHODS = ("add", "sub", "mul", "div", "detach", "float", "double", "to", "type", "clamp_min", "clamp_max")
OTHERS = frozenset((*ARITHMETIC, *ARITHMETIC_FUNCTIONS, *METHODS))
"""Operations on each element alone that a region may begin with, and that may follow in it."""


@dataclass(frozen=True, eq=False)
class Region:
    """inner: its steps but the last one, which is `end`. note: what it was taken for."""

    inner: frozenset[fx.Node]
    end: fx.Node
    semantics: NeuronSemantics
    note: str


class _Steps(nn.Module):
    """A region as a module. text: what tells it from others."""

    def __init__(self, nodes: list[fx.Node], trace: SymbolicTrace) -> None:
        super().__init__()
        self._nodes, self._trace = nodes, trace
        names = {node: f"%{index}" for index, node in enumerate(nodes)}
        constants = (self._constant(read) for node in nodes for read in node.all_input_nodes)
        self.text = f"{[(str(node.target), self._arguments(node, names)) for node in nodes]} " + "".join(
            f"{constant.tolist()}" for constant in constants if constant is not None
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> _Steps:
        return _Steps(self._nodes, self._trace)

    def _arguments(self, node: fx.Node, names: dict[fx.Node, str]) -> str:
        return str(fx.node.map_arg((node.args, node.kwargs), lambda read: names.get(read, "%x")))

    def _constant(self, node: fx.Node) -> Tensor | None:
        value = self._trace.results.get(node) if node.op == "get_attr" else None
        return value if isinstance(value, Tensor) else None

    def forward(self, x: Tensor) -> Tensor:
        known: dict[fx.Node, Any] = {}

        def value(read: fx.Node) -> Any:
            constant = self._constant(read)
            return known.get(read, x) if constant is None else constant.double()

        for node in self._nodes:
            given: Any = fx.node.map_arg((node.args, node.kwargs), value)
            args, keywords = given
            if node.target in ("float", "to", "type"):
                known[node] = args[0].double()  # whatever float it is there: spikes are small integers
            elif node.op == "call_method":
                known[node] = getattr(args[0], str(node.target))(*args[1:], **keywords)
            else:
                known[node] = cast(Any, node.target)(*args, **keywords)
        found: Tensor = known[self._nodes[-1]]
        return found.to(x.dtype)


def find_regions(trace: SymbolicTrace) -> list[Region]:
    """All of a trace; steps that are none of them stay what they are."""
    taken: set[fx.Node] = set()
    known, found = Known(), []
    for node in trace.graph.nodes:
        if node in taken or not _is_entry(node, trace):
            continue
        for nodes in _grown(node, trace):
            region = _region(known, nodes, trace)
            if region is not None:
                taken.update(nodes)
                found.append(region)
                break
    return found


def _is_entry(node: fx.Node, trace: SymbolicTrace) -> bool:
    return node.target in ENTRIES and len(_read(node)) == 1 and _is_alike(node, _read(node)[0], trace)


def _read(node: fx.Node) -> list[fx.Node]:
    """What it reads that is no constant."""
    return [read for read in node.all_input_nodes if read.op != "get_attr"]


def _is_alike(node: fx.Node, source: fx.Node, trace: SymbolicTrace) -> bool:
    one, other = trace.results.get(node), trace.results.get(source)
    return (
        isinstance(one, Tensor) and isinstance(other, Tensor) and one.shape == other.shape and one.dim() > 1
    )


def _grown(entry: fx.Node, trace: SymbolicTrace) -> Iterator[list[fx.Node]]:
    """Regions that begin with a step, the largest first."""
    (source,) = _read(entry)
    nodes, inside = [entry], {entry}
    if _is_own_scale(source, entry):
        nodes, inside = [source, entry], {source, entry}
        (source,) = _read(source)
    node = entry.next
    while node.op != "root":
        reads = _read(node)
        is_inside = bool(inside & set(reads)) and set(reads) <= inside | {source}
        if is_inside and node.target in ENTRIES | OTHERS and _is_alike(node, source, trace):
            nodes.append(node)
            inside.add(node)
        node = node.next
    for size in range(len(nodes), nodes.index(entry), -1):
        part = set(nodes[:size])
        if all(set(inner.users) <= part for inner in nodes[: size - 1]):
            yield nodes[:size]


def _is_own_scale(node: fx.Node, entry: fx.Node) -> bool:
    """Whether a factor is for this entry alone, of values that others read without it, or that are sums: then
    it is no factor of the weights before it, but of the thresholds.
    """
    reads = _read(node)
    scales = node.target in (operator.mul, operator.truediv, torch.mul, torch.div, "mul", "div")
    if not scales or set(node.users) != {entry} or len(reads) != 1:
        return False
    return len(reads[0].users) > 1 or reads[0].target in (operator.add, torch.add, "add")


def _region(known: Known, nodes: list[fx.Node], trace: SymbolicTrace) -> Region | None:
    end = nodes[-1]
    result = trace.results[end]
    steps = _Steps(nodes, trace)
    shape = tuple(result.shape)
    if not result.is_floating_point() or not sends_spikes(steps, shape):
        return None
    with torch.random.fork_rng(devices=[]):
        try:
            _, semantics, count = proven(known, steps, shape)
        except UnknownNeuronError:
            return None
    note = (
        f"{shown(place_of(end))}: {_named(nodes)}{line_of(end)} is taken for {taken_for(semantics)}: the "
        f"same spikes in {count:,} neuron-steps"
    )
    return Region(frozenset(nodes[:-1]), end, semantics, note)


def _named(nodes: list[fx.Node]) -> str:
    """The functions that make it what it is, in their order."""
    names = [getattr(node.target, "__name__", str(node.target)) for node in nodes if node.target in ENTRIES]
    return " and ".join(names)
