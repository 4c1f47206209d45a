"""What a region hands to the next one, as far as it follows from constants."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.analysis.known_run import value_of
from asn2fpga.engine.ir.operations import ACCESSES
from asn2fpga.engine.ir.process import Process, Region


class HandedOn:
    """Values at the end of regions; those that a loop changes or that depend on data are not known."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._home = process.home()
        self._reached = process.reached()
        self._known: dict[tuple[str, int], int | None] = {}

    def value(self, region: str, value: int) -> int | None:
        """A value when the region is left; None if it is not one constant."""
        op = self._process.ops[value]
        if op.kind == "constant":
            return op.value
        key = (region, value)
        if key not in self._known:
            self._known[key] = None  # for what depends on itself
            self._known[key] = self._found(self._process.region(region), value)
        return self._known[key]

    def _found(self, region: Region, value: int) -> int | None:
        op = self._process.ops[value]
        if region.is_loop or self._home.get(value) != region.name:
            return None
        if op.kind == "phi":
            found = set(self._entries(region, value))
            return found.pop() if len(found) == 1 else None
        if op.kind in ACCESSES:
            return None
        return value_of(self._process, op, {arg: self.value(region.name, arg) for arg in op.args})

    def _entries(self, region: Region, phi: int) -> Iterator[int | None]:
        """What each way into a region gives to one of its phis."""
        if region.name == self._process.regions[0].name:
            yield None  # also entered after reset
        for source in self._reached:
            for exit_ in source.exits:
                if exit_.target == region.name:
                    yield self.value(source.name, exit_.moves[phi]) if phi in exit_.moves else None
