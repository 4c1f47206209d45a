"""The real-valued network, vectorised in float64: what the integer network is compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.loops import Part, parts_of
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.kinds.trained import RealNode

BLOCK_ELEMENTS = 1 << 21  # of the largest layer, that are computed together
CHUNK = 1000  # inferences at most


@dataclass(frozen=True)
class FloatTrace:
    """scores: (B, C) float64; spikes: S (B, T, *shape) of each population, before its output factor.

    values: what other nodes sent, (B, T, *shape), of those that were asked for.
    """

    scores: RealArray
    spikes: Mapping[str, RealArray]
    values: Mapping[str, RealArray] = field(default_factory=dict)


def simulate(graph: Graph, x: Array, keep: Collection[str] = ()) -> FloatTrace:
    """Run a real-valued graph. x: frames (B, *shape) or events (B, T, *shape), integers; batch first.

    keep: nodes whose values are wanted.
    """
    parts = list(_parts(graph, x, keep))
    return FloatTrace(
        np.concatenate([part.scores for part in parts]),
        {name: np.concatenate([part.spikes[name] for part in parts]) for name in parts[0].spikes},
        {name: np.concatenate([part.values[name] for part in parts]) for name in keep},
    )


def scores_of(graph: Graph, x: Array) -> RealArray:
    """(B, C) the scores alone: of many inputs, what layers send would fill the memory."""
    return np.concatenate([part.scores for part in _parts(graph, x, ())])


def _parts(graph: Graph, x: Array, keep: Collection[str]) -> Iterator[FloatTrace]:
    largest = max(edge.size * edge.steps for edge in graph.edges.values())
    chunk = min(CHUNK, max(1, BLOCK_ELEMENTS // largest))
    for start in range(0, max(1, len(x)), chunk):
        yield _simulate_chunk(graph, x[start : start + chunk], keep)


def _simulate_chunk(graph: Graph, x: Array, keep: Collection[str]) -> FloatTrace:
    """Node by node, whole sequences; where the network has a loop, step by step."""
    run = _Run(graph, x)
    run.run()
    kept = {name: repeat_time(run.values[name], run.time_steps) for name in keep}
    return FloatTrace(run.values[graph.readout.name], run.spikes, kept)


def repeat_time(values: RealArray, time_steps: int) -> RealArray:
    """A static value (time axis 1) presented `time_steps` times; others unchanged."""
    if values.shape[1] == time_steps:
        return values
    return np.broadcast_to(values, (values.shape[0], time_steps, *values.shape[2:]))


class _Run:
    """Values are (B, time, ..); time is 1 while nothing has changed a static frame."""

    def __init__(self, graph: Graph, x: Array) -> None:
        source = input_of(graph)
        self.nodes = real_nodes(graph)
        self.time_steps, self.batch = source.time_steps, len(x)
        self.values: dict[str, RealArray] = {source.name: source.values_of(x)}
        self.spikes: dict[str, RealArray] = {}

    def run(self) -> None:
        """Node by node on whole sequences; the nodes of a loop at one time step, then at the next one."""
        for part in parts_of(self.nodes):
            if part.is_loop:
                self._all_steps(part)
            elif not part.nodes[0].is_source:
                self._whole(part.nodes[0])

    def _whole(self, node: RealNode) -> None:
        inputs = [self.values[name] for name in node.inputs]
        if node.fires or node.is_end:
            inputs = [repeat_time(values, self.time_steps) for values in inputs]
        if node.fires:
            self.spikes[node.name] = node.spikes(None, inputs)[1]
            self.values[node.name] = self.spikes[node.name] * node.output_factor
        else:
            self.values[node.name] = node.evaluate(inputs)

    def _all_steps(self, part: Part[RealNode]) -> None:
        """What is delayed was computed before."""
        read = {name for node in part.nodes for name in node.inputs} - part.names
        history: dict[str, list[RealArray]] = {
            name: np.split(repeat_time(self.values[name], self.time_steps), self.time_steps, axis=1)
            for name in read
        }
        history |= {name: [] for name in part.names}
        fired: dict[str, list[RealArray]] = {node.name: [] for node in part.nodes if node.fires}
        states: dict[str, object] = {}
        for index in range(self.time_steps):
            for node in part.nodes:
                if node.looks_back:
                    history[node.name].append(node.at(index, history[node.inputs[0]], self.batch))
                    continue
                inputs = [history[name][index] for name in node.inputs]
                if node.fires:
                    states[node.name], spikes = node.spikes(states.get(node.name), inputs)
                    fired[node.name].append(spikes)
                    history[node.name].append(spikes * node.output_factor)
                else:
                    history[node.name].append(node.evaluate(inputs))
        self.values |= {name: np.concatenate(history[name], axis=1) for name in part.names}
        self.spikes |= {name: np.concatenate(steps, axis=1) for name, steps in fired.items()}
