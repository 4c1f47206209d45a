"""How many low bits of each value can be non-zero, and how many anybody looks at."""

from __future__ import annotations

from collections.abc import Callable

from asn2fpga.engine.analysis.counters import counter_bits
from asn2fpga.engine.ir.process import NOTHING, Op, Process, Region, region_uses

_SAME_WIDTH = frozenset({"add", "sub", "mul", "and", "or", "xor", "not"})


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
    if op.kind == "concat":
        below = sum(process.ops[arg].width for arg in op.args[:-1])
        return below + args[-1] if args[-1] else below
    if op.kind == "mul" and op.value:  # a signed factor
        return op.width
    rule = _FORWARD.get(op.kind)
    return min(rule(op, args), op.width) if rule else op.width


_FORWARD: dict[str, Callable[[Op, list[int]], int]] = {
    "and": lambda op, args: min(args),
    "or": lambda op, args: max(args),
    "xor": lambda op, args: max(args),
    "add": lambda op, args: max(args) + 1,
    "mul": lambda op, args: sum(args),
    "select": lambda op, args: max(args[1:]),
    "slice": lambda op, args: max(0, args[0] - op.value),
    "zext": lambda op, args: args[0],
    "lshr": lambda op, args: args[0],
    "udiv": lambda op, args: args[0],
    "urem": lambda op, args: args[0],
}


def demanded_bits(process: Process) -> dict[int, int]:
    """Low bits of each value that some user looks at (0 for a value that only moves on)."""
    demand = _Demand(process)
    for region in process.regions:
        for exit_ in region.exits:
            demand.need(exit_.condition, 1)
        for number in region.ops:
            op = process.ops[number]
            if op.kind in ("store", "write", "read"):
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
            for value, width in _backward(self.process, op, self.bits[number]):
                self.need(value, width)
            for _, value in self._moves.get(number, []):
                self.need(value, self.bits[number])


def _backward(process: Process, op: Op, demand: int) -> list[tuple[int, int]]:
    """(argument, low bits of it) that the low `demand` bits of an operation depend on."""
    if op.kind in _SAME_WIDTH:
        return [(arg, demand) for arg in op.args]
    if op.kind in ("zext", "sext"):
        return [(op.args[0], demand)]
    if op.kind == "shl":
        return [(op.args[0], demand), (op.args[1], op.width)]
    if op.kind == "slice":
        return [(op.args[0], op.value + demand)]
    if op.kind == "select":
        return [(op.args[0], 1), (op.args[1], demand), (op.args[2], demand)]
    if op.kind == "concat":
        wanted, position = [], 0
        for arg in op.args:
            if position < demand:
                wanted.append((arg, demand - position))
            position += process.ops[arg].width
        return wanted
    return [(arg, process.ops[arg].width) for arg in op.args]
