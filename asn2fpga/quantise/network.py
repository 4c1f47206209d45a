"""The form quantise takes of a prepared graph: populations of branches, in an order in which each can be
computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.operators.output import Output, output_of
from asn2fpga.kinds.sources.input import Input, input_of
from asn2fpga.kinds.trained import RealNode, TrainedSynapse
from asn2fpga.quantise.loops import check_loops, kept_once, leads_to


@dataclass(frozen=True, eq=False)
class Origin:
    """Events that a branch reads: of the input, of a neuron node or of a pool, at these columns of its
    weights (elements of what its synapses read, in C order).

    delay: 1 of what the branch's own population sent a time step before. late: (M,) the time steps after
    which other events are read, element by element; None of those of the same step. in_loop: what is read
    late depends on the branch's population.
    """

    node: str
    columns: slice
    delay: int = 0
    late: IntArray | None = None
    in_loop: bool = False

    @property
    def delays(self) -> IntArray:
        """(M,) time steps of each element."""
        size = self.columns.stop - self.columns.start
        return np.full(size, self.delay) if self.late is None else self.late


@dataclass(frozen=True, eq=False)
class Branch:
    """Part of what a population sums up: synapses on events, or the current of another population.

    synapse: None for a current; then `current` is the node that computes it.
    """

    synapse: TrainedSynapse | None
    origins: tuple[Origin, ...] = ()
    current: str = ""

    @property
    def synapses(self) -> TrainedSynapse:
        """Its synapses, of a branch that has some."""
        assert self.synapse is not None
        return self.synapse


@dataclass(frozen=True, eq=False)
class Trained:
    """A population as trained. value: the node whose output its neurons read; neuron: None for the read-
    out; pool: what takes the largest of its sums, or adds them up, before the neurons, if something does.
    """

    name: str
    value: str
    neuron: Neuron | None
    branches: tuple[Branch, ...]
    pool: RealNode | None = None

    @property
    def weighted(self) -> tuple[Branch, ...]:
        """The branches that have synapses."""
        return tuple(branch for branch in self.branches if branch.synapse is not None)


@dataclass(frozen=True, eq=False)
class Network:
    """A prepared graph as its populations; the read-out is the last one."""

    graph: Graph
    populations: tuple[Trained, ...]

    @cached_property
    def pools(self) -> tuple[RealNode, ...]:
        """The pools between maps, in order; each reads the input, a neuron node or a pool."""
        nodes = (node for node in real_nodes(self.graph) if node.pools)
        return tuple(node for node in nodes if self.graph.edges[node.inputs[0]].carries == "events")

    @cached_property
    def maps(self) -> frozenset[str]:
        """The input, neuron nodes and pools whose events are those of a map: convolutions or pools read them,
        or what computes them does.
        """
        pools = [node for node in self.pools if node.joins_maps]
        readers = [*pools, *(node for node in real_nodes(self.graph) if _gathers(node))]
        read = {name for node in readers for name in node.inputs}
        found = read | {node.name for node in pools}
        gathered = (p.neuron for p in self.spiking if self.is_map(p))
        return frozenset(found | {neuron.name for neuron in gathered if neuron is not None})

    def is_map(self, population: Trained) -> bool:
        """Whether its neurons form a map: convolutions add to them, or another map's currents."""
        return any(
            branch.synapse.gathers
            if branch.synapse is not None
            else self.is_map(self.population_of(branch.current))
            for branch in population.branches
        )

    @property
    def input(self) -> Input:
        """Where values enter."""
        return input_of(self.graph)

    @property
    def output(self) -> Output:
        """What becomes of the scores over time."""
        return output_of(self.graph)

    @property
    def readout(self) -> Trained:
        """The population that gives the scores."""
        return self.populations[-1]

    @property
    def spiking(self) -> tuple[Trained, ...]:
        """All populations but the read-out."""
        return self.populations[:-1]

    @cached_property
    def synapses(self) -> tuple[TrainedSynapse, ...]:
        """All synapses, in the order of the network, those of the read-out last."""
        return tuple(branch.synapses for population in self.populations for branch in population.weighted)

    @cached_property
    def owner(self) -> Mapping[str, Trained]:
        """By the name of synapses, the population whose sums they add to."""
        return {
            branch.synapses.name: population
            for population in self.populations
            for branch in population.weighted
        }

    def semantics_of(self, node: str) -> NeuronSemantics:
        """Of the neuron node of that name."""
        (found,) = (p.neuron for p in self.populations if p.neuron is not None and p.neuron.name == node)
        return found.semantics

    def population_of(self, neuron: str) -> Trained:
        """The population of the neuron node of that name."""
        (found,) = (p for p in self.populations if p.neuron is not None and p.neuron.name == neuron)
        return found


def _gathers(node: RealNode) -> bool:
    return isinstance(node, TrainedSynapse) and node.gathers


def network_of(graph: Graph) -> Network:
    """The populations of a prepared graph, or UnsupportedError naming what is out of place."""
    check_loops(graph)
    reader = _Reader(graph)
    ends = [node for node in real_nodes(graph) if node.fires or node.is_end]
    found = {node.name: reader.population(node) for node in ends}
    _check_last(graph, found)
    network = Network(graph, tuple(_in_order(list(found.values()))))
    for pool in network.pools:
        for read in (reader.nodes[name] for name in pool.inputs):
            if not (read.is_source or read.fires or read.pools):
                raise _misplaced(read, "the input or a neuron")
    return network


def _check_last(graph: Graph, found: Mapping[str, Trained]) -> None:
    if not graph.layers or not graph.layers[-1].is_end:
        end = f"{type(graph.layers[-1]).__name__} {graph.layers[-1].name!r}" if graph.layers else "nothing"
        raise UnsupportedError(f"{graph.name}: the network must end with a Linear layer, not {end}.")


@dataclass(frozen=True, eq=False)
class _Reads:
    """Synapses that read events, and the neurons (or the scores) that they drive."""

    synapse: TrainedSynapse
    end: RealNode


class _Reader:
    """Walks back from what neurons read to the synapses and currents that it is the sum of."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: dict[str, RealNode] = {node.name: node for node in real_nodes(graph)}
        self.synapses = {node.name: node for node in trained_synapses(graph)}
        self.neurons = {node.name: node for node in graph.of_type(Neuron)}
        self.owners = self._owners()

    def _owners(self) -> dict[str, str]:
        """By the name of a value, the first neuron node that reads it: its population has that as its
        current.
        """
        owners: dict[str, str] = {}
        for neuron in self.neurons.values():
            owners.setdefault(neuron.inputs[0], neuron.name)
        return owners

    def population(self, end: RealNode) -> Trained:
        value = end.inputs[0]
        pool = self.nodes[value] if self.nodes[value].pools and end.fires else None
        branches = kept_once(tuple(self._branches(value if pool is None else pool.inputs[0], end)))
        if pool is not None:
            self._check_pool(pool, branches)
        neuron = self.neurons.get(end.name)
        return Trained(self._name(branches, end), value, neuron, branches, pool)

    def _check_pool(self, pool: RealNode, branches: tuple[Branch, ...]) -> None:
        """A pool of currents stands between convolutions and one layer of neurons."""
        if len(self.graph.consumers(pool.name)) == 1 and any(branch.synapse for branch in branches):
            return
        raise UnsupportedError(
            f"{pool.place}: a pool of currents must be of convolutions that no other neuron layer reads, "
            "and be read by one neuron layer; put the pool after the neuron."
        )

    def _name(self, branches: tuple[Branch, ...], end: RealNode) -> str:
        """That of its synapses, if these are all there is; else that of the neurons, or of the last
        synapses.
        """
        named = [branch.synapses.name for branch in branches if branch.synapse is not None]
        if len(branches) == 1 and named:
            return named[0]
        return named[-1] if named and end.is_end else end.name

    def _branches(self, value: str, end: RealNode) -> Iterator[Branch]:
        node = self.nodes[value]
        owner = self.owners.get(value)
        if owner is not None and end.is_end:
            raise UnsupportedError(
                f"{node.place}: scores must not be a current that a neuron reads as well; "
                "let the scores have a Linear layer of their own."
            )
        if owner is not None and owner != end.name:
            yield Branch(None, current=owner)
        elif value in self.synapses:
            synapse = self.synapses[value]
            edge = self.graph.edges[synapse.inputs[0]]
            yield Branch(
                synapse,
                tuple(self._origins(synapse.inputs[0], 0, _Reads(synapse, end), np.zeros(edge.size, int))),
            )
        elif node.is_sum:
            for operand in node.inputs:
                yield from self._branches(operand, end)
        else:
            raise _misplaced(node, "a Linear layer or a sum of some")

    def _origins(self, value: str, first: int, reader: _Reads, late: IntArray) -> Iterator[Origin]:
        """late: (M,) what is on the way already."""
        node = self.nodes[value]
        if node.is_source or node.fires or node.pools:
            yield self._origin(node, slice(first, first + len(late)), reader, late)
        elif node.looks_back:
            yield from self._origins(node.inputs[0], first, reader, late + node.time_steps_late)
        elif node.is_renaming:
            yield from self._origins(node.inputs[0], first, reader, late)
        elif node.is_sum:
            for operand in node.inputs:
                yield from self._origins(operand, first, reader, late)
        elif node.is_concatenation:
            begin = 0
            for operand in node.inputs:
                size = self.graph.edges[operand].size
                yield from self._origins(operand, first + begin, reader, late[begin : begin + size])
                begin += size
        else:
            raise _misplaced(node, "the input or a neuron")

    def _origin(self, node: RealNode, columns: slice, reader: _Reads, late: IntArray) -> Origin:
        """What synapses read of a node, late or not."""
        if not late.any():
            return Origin(node.name, columns)
        is_own = node.name == reader.end.name
        if is_own and reader.synapse.reads_itself and (late == 1).all():
            return Origin(node.name, columns, delay=1)
        if reader.synapse.gathers:
            raise UnsupportedError(
                f"{reader.synapse.place}: a convolution must read events of the same time step, not delayed "
                "ones; put the delay between Flatten and a Linear layer."
            )
        depends = is_own or leads_to(self.graph, reader.end.inputs[0], node.name)
        in_loop = bool(late.min() > 0) and depends
        return Origin(node.name, columns, late=late, in_loop=in_loop)


def _misplaced(node: RealNode, wanted: str) -> UnsupportedError:
    if node.affine is not None:
        return UnsupportedError(
            f"{node.place}: {type(node).__name__} must stand after a Linear layer, or a sum of some, that "
            "nothing else reads, or before Linear layers only, not here; its gain and shift become part of "
            "their weights."
        )
    return UnsupportedError(
        f"{node.place}: the layer here must be {wanted}, not {type(node).__name__}; "
        "a network is the input, Linear layers (with BatchNorm), sums of them, neurons, and a Linear layer "
        "at the end."
    )


def _in_order(populations: list[Trained]) -> Iterator[Trained]:
    """Each after those whose currents it reads, or whose events but in a loop; otherwise as they stand."""
    done: set[str] = set()
    pending = populations
    while pending:
        ready = next(population for population in pending if _needs(population, pending, done) <= done)
        done.add(_end_name(ready))
        pending = [population for population in pending if population is not ready]
        yield ready


def _needs(population: Trained, pending: list[Trained], done: set[str]) -> set[str]:
    names = {_end_name(other) for other in pending} | done
    events = {
        o.node for branch in population.branches for o in branch.origins if not o.delay and not o.in_loop
    }
    currents = {branch.current for branch in population.branches if branch.current}
    return (events | currents) & names


def _end_name(population: Trained) -> str:
    return population.name if population.neuron is None else population.neuron.name
