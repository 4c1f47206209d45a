"""Lines in which events wait, each before the first population that reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.delay_line import DelayLine, lanes_for
from asn2fpga.quantise.network import Origin

NEXT = 1e-3  # from one line to the next, between two nodes that stand 1 apart


def read_together(origins: Sequence[Origin]) -> Iterator[tuple[Origin, ...]]:
    """What a branch reads of a layer that it reads later, all at once; everything else by itself."""
    late = {origin.node for origin in origins if origin.late is not None}
    done: set[str] = set()
    for origin in origins:
        if origin.node not in late or origin.delay:
            yield (origin,)
        elif origin.node not in done:
            done.add(origin.node)
            found = [one for one in origins if one.node == origin.node and not one.delay]
            yield tuple(sorted(found, key=lambda one: one.late is None))


class Lines:
    """Those made so far; equal ones are one. order: by name of a node of the integer graph, its position."""

    def __init__(self, order: Mapping[str, int]) -> None:
        self.order: dict[str, float] = dict(order)
        self._made: dict[tuple[str, bytes], DelayLine] = {}
        self._before: dict[str, list[DelayLine]] = {}

    def line(self, population: str, source: str, edge: Edge, delays: IntArray) -> DelayLine:
        """The line of those delays (N,), by address. edge: what `source` sends."""
        key = (source, delays.tobytes())
        if key not in self._made:
            line = DelayLine(
                name=self._free(f"{source}_delayed"),
                inputs=(source,),
                source=source,
                shape=edge.shape,
                delays=delays,
                lanes=lanes_for(edge.size),
            )
            before = self._before.setdefault(population, [])
            self.order[line.name] = self.order[population] - 1 + NEXT * (1 + len(before))
            self._made[key] = line
            before.append(line)
        return self._made[key]

    def of(self, population: str) -> Sequence[DelayLine]:
        """The lines that stand before a population."""
        return self._before.get(population, [])

    def _free(self, name: str) -> str:
        number, free = 2, name
        while free in self.order:
            number, free = number + 1, f"{name}_{number}"
        return free
