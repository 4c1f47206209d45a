"""How many low bits of each value can be non-zero, and how many anybody looks at."""

from __future__ import annotations

from asn2fpga.engine.analysis.counters import counter_bits
from asn2fpga.engine.ir.operations import EFFECTS, OPERATIONS
from asn2fpga.engine.ir.process import NOTHING, Op, Process, Region, region_uses


def moves_into(process: Process) -> dict[int, list[tuple[Region, int]]]:
    """For each phi: the (region, value) pairs that are moved into it."""
    moves: dict[int, list[tuple[Region, int]]] = {}
    for region in process.regions:
        for edge in (region.back, *(exit_.moves for exit_ in region.exits)):
            for phi, value in edge.items():
                moves.setdefault(phi, []).append((region, value))
    return moves


def significant_bits(process: Process) -> dict[int, int]:
    """Upper bound on the low bits that can be non-zero, per value (0 for the constant 0)."""
    moves = moves_into(process)
    bits = {phi: 0 for region in process.regions for phi in region.phis}
    caps = {phi: counter_bits(process, phi, moves.get(phi, [])) for phi in bits}
    memories = {memory.name: memory.width for memory in process.memories}
    for round_ in range(8):
        for region in process.regions:
            for number in region.ops:
                bits[number] = _forward(process.ops[number], bits, process, memories)
        changed = False
        for phi, known in list(bits.items()):
            if process.ops[phi].kind != "phi":
                continue
            new = max((_bits_of(process, value, bits) for _, value in moves.get(phi, [])), default=0)
            new = min(new, caps[phi], process.ops[phi].width)
            if new > known:
                bits[phi] = new if round_ < 5 else min(caps[phi], process.ops[phi].width)
                changed = True
        if not changed:
            return bits
    return {number: process.ops[number].width for number in bits}


def _bits_of(process: Process, value: int, bits: dict[int, int]) -> int:
    op = process.ops[value]
    return op.value.bit_length() if op.kind == "constant" else bits.get(value, op.width)


def _forward(op: Op, bits: dict[int, int], process: Process, memories: dict[str, int]) -> int:
    if op.kind == "load":
        return memories[op.target]
    args = [_bits_of(process, arg, bits) for arg in op.args]
    widths = [process.ops[arg].width for arg in op.args]
    return min(OPERATIONS[op.kind].significant(op, args, widths), op.width)


def demanded_bits(process: Process) -> dict[int, int]:
    """Low bits of each value that some user looks at (0 for a value that only moves on)."""
    demand = _Demand(process)
    for region in process.regions:
        for exit_ in region.exits:
            demand.need(exit_.condition, 1)
        for number in region.ops:
            op = process.ops[number]
            if op.kind in EFFECTS:
                demand.need(number, op.width)
    demand.spread()
    for region in process.regions:
        for value in region_uses(region):
            demand.bits.setdefault(value, 0)
    return demand.bits


class _Demand:
    """Spreads demand from users to what they use."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.bits: dict[int, int] = {}
        self._moves = moves_into(process)
        self._work: list[int] = []

    def need(self, value: int, width: int) -> None:
        """Somebody looks at the low `width` bits of a value (of nothing, if there is none)."""
        if value == NOTHING:
            return
        wanted = min(width, self.process.ops[value].width)
        if wanted > self.bits.get(value, 0):
            self.bits[value] = wanted
            self._work.append(value)

    def spread(self) -> None:
        """Pass demand on until nothing changes."""
        while self._work:
            number = self._work.pop()
            op = self.process.ops[number]
            self.need(op.predicate, 1)
            widths = [self.process.ops[arg].width for arg in op.args]
            wanted = OPERATIONS[op.kind].demanded(op, widths, self.bits[number])
            for value, width in zip(op.args, wanted, strict=True):
                self.need(value, width)
            for _, value in self._moves.get(number, []):
                self.need(value, self.bits[number])
