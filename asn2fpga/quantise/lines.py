"""Lines in which events wait, each before the first population that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.delay_line import DelayLine, lanes_for
from asn2fpga.kinds.loop_line import LoopLine
from asn2fpga.quantise.network import Origin

AnyLine = TypeVar("AnyLine", bound=DelayLine)

NEXT = 1e-3  # from one line to the next, between two nodes that stand 1 apart


def read_together(origins: Sequence[Origin]) -> Iterator[tuple[Origin, ...]]:
    """What a branch reads of a layer that it reads later, all at once; in a loop what it reads later alone;
    everything else by itself.
    """
    late = {(one.node, one.in_loop) for one in origins if one.late is not None}
    done: set[tuple[str, bool]] = set()
    for origin in origins:
        layer = (origin.node, origin.in_loop)
        if layer not in late or origin.delay:
            yield (origin,)
        elif layer not in done:
            done.add(layer)
            found = [one for one in origins if (one.node, one.in_loop) == layer and not one.delay]
            yield tuple(sorted(found, key=lambda one: one.late is None))


class Lines:
    """Those made so far; equal ones are one. order: by name of a node of the integer graph, its position."""

    def __init__(self, order: Mapping[str, int]) -> None:
        self.order: dict[str, float] = dict(order)
        self._made: dict[tuple[str, bytes, bool], DelayLine] = {}
        self._before: dict[str, list[DelayLine]] = {}

    def line(self, population: str, source: str, edge: Edge, delays: IntArray) -> DelayLine:
        """The line of those delays (N,), by address. edge: what `source` sends."""
        return self._once(
            population,
            (source, delays.tobytes(), False),
            lambda: DelayLine(
                name=self._free(f"{source}_delayed"),
                inputs=(source,),
                source=source,
                shape=edge.shape,
                delays=delays,
                lanes=lanes_for(edge.size),
            ),
        )

    def loop_line(self, population: str, source: str, edge: Edge, delays: IntArray) -> LoopLine:
        """The same where `source` depends on the population."""
        return self._once(
            population,
            (source, delays.tobytes(), True),
            lambda: LoopLine(
                name=self._free(f"{source}_before"),
                inputs=(source,),
                source=source,
                shape=edge.shape,
                delays=delays,
                lanes=lanes_for(edge.size),
                low=edge.low,
                high=edge.high,
                base=edge.base,
                frac_bits=edge.frac_bits,
                time_steps=edge.time_steps,
            ),
        )

    def _once(self, population: str, key: tuple[str, bytes, bool], make: Callable[[], AnyLine]) -> AnyLine:
        """The line known under `key`, or a new one before the population."""
        if key not in self._made:
            line = make()
            before = self._before.setdefault(population, [])
            self.order[line.name] = self.order[population] - 1 + NEXT * (1 + len(before))
            self._made[key] = line
            before.append(line)
        return self._made[key]  # type: ignore[return-value]  # the key says which class

    def of(self, population: str) -> Sequence[DelayLine]:
        """The lines that stand before a population."""
        return self._before.get(population, [])

    def _free(self, name: str) -> str:
        number, free = 2, name
        while free in self.order:
            number, free = number + 1, f"{name}_{number}"
        return free
