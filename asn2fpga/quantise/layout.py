"""The nodes of the integer graph to be, in order, by the nodes of the trained network that they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from asn2fpga.kinds.contract import Source
from asn2fpga.kinds.trained import RealNode
from asn2fpga.quantise.network import Network, Trained

Origin = Trained | RealNode


@dataclass(frozen=True, eq=False)
class Layout:
    """Names in the integer graph. A map that layers other than maps read is unrolled into events for them."""

    network: Network
    source: Source

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Of what sends the events of the input, of each neuron node and of each pool."""
        neurons = {p.neuron.name: p.name for p in self.network.spiking if p.neuron is not None}
        pools = {pool.name: pool.name for pool in self.network.pools}
        return {self.network.input.name: self.source.name, **pools, **neurons}

    @cached_property
    def unrolled(self) -> Mapping[str, str]:
        """Of the node that unrolls a map, by the node of the trained network; of maps that need it."""
        return self._unrolled("unrolled", True)

    @cached_property
    def flat(self) -> Mapping[str, str]:
        """Likewise in torch's order, for synapses of one element each."""
        return self._unrolled("flat", False)

    def _unrolled(self, label: str, has_columns: bool) -> Mapping[str, str]:
        pools = {
            population.pool.name for population in self.network.populations if population.pool is not None
        }
        taken = {*self.names.values(), *pools, *(population.name for population in self.network.populations)}
        found: dict[str, str] = {}
        for population in self.network.populations:
            for branch in population.weighted:
                for origin in branch.origins:
                    synapses = branch.synapses
                    reads = not synapses.gathers and synapses.has_columns == has_columns
                    if origin.node in self.network.maps and reads:
                        found.setdefault(origin.node, _free(f"{self.names[origin.node]}_{label}", taken))
        return found

    @property
    def order(self) -> Mapping[str, int]:
        """By the name of each node of the integer graph, its position."""
        names = [self.source.name, *self._unrolled_after(self.network.input.name)]
        for item in self.items():
            names.append(item.name)
            if isinstance(item, Trained) and item.pool is not None:
                names.append(item.pool.name)
            else:
                names += self._unrolled_after(item.end if isinstance(item, Trained) else item.name)
        names.append(self.network.readout.name)
        return {name: position for position, name in enumerate(names)}

    def _unrolled_after(self, node: str) -> tuple[str, ...]:
        return tuple(found[node] for found in (self.unrolled, self.flat) if node in found)

    def items(self) -> Iterator[Origin]:
        """All populations but the read-out, and the pools, each after what it reads."""
        done: set[str] = set()
        for population in self.network.populations:
            for branch in population.branches:
                for origin in branch.origins:
                    yield from self._pools_before(origin.node, done)
            if population is not self.network.readout:
                yield population

    def _pools_before(self, node: str, done: set[str]) -> Iterator[RealNode]:
        """The pool of that name, and those before it, that do not stand yet."""
        pools = {pool.name: pool for pool in self.network.pools}
        if node in pools and node not in done:
            for read in pools[node].inputs:
                yield from self._pools_before(read, done)
            done.add(node)
            yield pools[node]


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
