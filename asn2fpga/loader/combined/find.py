"""Where forward adds up parts of what a layer sends: `spk[:, :10].sum(1)`, `spk.view(-1, 5, 10).sum(1)`."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, fx

from asn2fpga.loader.combined.combination import Combination, combination_of
from asn2fpga.loader.combined.operations import Steps, is_linear, traced
from asn2fpga.loader.symbolic_trace import SymbolicTrace

NAME = "population"
MOST_RESULTS = 1024


def combined(trace: SymbolicTrace) -> SymbolicTrace | None:
    """The same trace with one step in place of all that compute such sums; None if there are none."""
    if not trace.is_whole:
        return None
    copied = _copy(trace)
    order = {node: place for place, node in enumerate(copied.graph.nodes)}
    found: list[Combination] = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for node in reversed(order):
            if node.users and is_linear(node, copied.root, copied.results):
                _replace(copied, node, order, found)
    return copied if found else None


def _copy(trace: SymbolicTrace) -> SymbolicTrace:
    graph, nodes = fx.Graph(), dict[fx.Node, fx.Node]()
    graph.output(graph.graph_copy(trace.graph, nodes))
    results = {copied: trace.results[node] for node, copied in nodes.items() if node in trace.results}
    return SymbolicTrace(trace.root, graph, True, results, trace.batch_axis)


def _replace(
    trace: SymbolicTrace, end: fx.Node, order: Mapping[fx.Node, int], known: list[Combination]
) -> None:
    """One step in place of all before `end`, if they are such sums. order: of the steps; known: modules so
    far, and this one.
    """
    found = next(_combinations(trace, end, order), None)
    if found is None:
        return
    source, combination = found
    index = next((place for place, one in enumerate(known) if one.is_same(combination)), len(known))
    if index == len(known):
        known.append(combination)
        trace.root.add_module(f"{NAME}_{index}", combination)
    with trace.graph.inserting_before(end):
        node = trace.graph.call_module(f"{NAME}_{index}", (source,))
    node.meta = dict(end.meta)
    trace.results[node] = trace.results[end]
    end.replace_all_uses_with(node)
    _remove(trace.graph, end)


def _remove(graph: fx.Graph, end: fx.Node) -> None:
    """A step, and what only it read."""
    pending = [end]
    while pending:
        node = pending.pop()
        if not node.users and node in graph.nodes and node.op not in ("placeholder", "output"):
            read = node.all_input_nodes
            graph.erase_node(node)
            pending += read


def _combinations(
    trace: SymbolicTrace, end: fx.Node, order: Mapping[fx.Node, int]
) -> Iterator[tuple[fx.Node, Combination]]:
    """Of each step that all before `end` goes through, what `end` takes of it: the nearest first."""
    result: Tensor = trace.results[end]
    if not result.is_floating_point() or result.dim() not in (2, 3) or result.shape[-1] > MOST_RESULTS:
        return
    for source, steps in _sources(trace, end, order):
        x: Tensor = trace.results[source]
        if x.dim() in (2, 3) and x.is_floating_point():
            found = combination_of(Steps(source, steps, trace.root, trace.results), tuple(x.shape))
            if found is not None:
                yield source, found


def _sources(
    trace: SymbolicTrace, end: fx.Node, order: Mapping[fx.Node, int]
) -> Iterator[tuple[fx.Node, list[fx.Node]]]:
    """Steps that all of `end` is computed from, with those between, in order: the nearest first."""
    waiting, seen, taken = [(-order[end], end)], {end}, list[fx.Node]()
    while waiting:
        _, node = heapq.heappop(waiting)
        if not waiting and taken:
            yield node, sorted(taken, key=order.__getitem__)
        if not is_linear(node, trace.root, trace.results):
            return
        taken.append(node)
        for read in traced(node):
            if read not in seen:
                seen.add(read)
                heapq.heappush(waiting, (-order[read], read))
