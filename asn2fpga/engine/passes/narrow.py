"""Give every value no more bits than can be non-zero and are looked at; memories likewise."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.analysis.ranges import demanded_bits, significant_bits
from asn2fpga.engine.ir.operations import MEMORY_ACCESSES, NARROWED
from asn2fpga.engine.ir.process import Memory, Op, Process
from asn2fpga.engine.ir.rewrite import Rewriter
from asn2fpga.engine.passes.dead_code import remove_dead_code


def narrow(process: Process) -> Process:
    """Repeat until nothing changes (three rounds are plenty: each must make some value narrower)."""
    for _ in range(4):
        before = _total_bits(process)
        process = remove_dead_code(_Narrower(process).run())
        if _total_bits(process) == before:
            break
    return process


def _total_bits(process: Process) -> int:
    values = [value for region in process.regions for value in (*region.phis, *region.ops)]
    return sum(process.ops[value].width for value in values) + sum(
        memory.width for memory in process.memories
    )


class _Narrower(Rewriter):
    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.significant = significant_bits(process)
        self.demand = demanded_bits(process)
        self.memory_bits = self._memory_bits()

    def phi_width(self, phi: int) -> int:
        return self._width(phi)

    def memories(self) -> tuple[Memory, ...]:
        return tuple(
            replace(memory, width=self.memory_bits[memory.name], contents=self._contents(memory))
            for memory in self.old.memories
        )

    def _width(self, value: int) -> int:
        wanted = min(self.demand.get(value, 0), self.significant.get(value, 1 << 30))
        return max(1, min(wanted, self.old.ops[value].width))

    def _memory_bits(self) -> dict[str, int]:
        """Of each memory the bits of a word that are stored and looked at."""
        stored = {memory.name: max(memory.contents, default=1).bit_length() for memory in self.old.memories}
        demand = dict.fromkeys(stored, 0)
        for region in self.old.regions:
            for number in region.ops:
                op = self.old.ops[number]
                if op.kind == "store":
                    data = self.old.ops[op.args[1]]
                    known = data.value.bit_length() if data.kind == "constant" else self.significant[data.id]
                    stored[op.target] = max(stored[op.target], known)
                elif op.kind == "load":
                    demand[op.target] = max(demand[op.target], self.demand.get(number, 0))
        return {
            memory.name: max(1, min(stored[memory.name], demand[memory.name], memory.width))
            for memory in self.old.memories
        }

    def _contents(self, memory: Memory) -> tuple[int, ...]:
        bits = self.memory_bits[memory.name]
        if max(memory.contents, default=0) >> bits == 0:
            return memory.contents
        mask = (1 << bits) - 1
        return tuple(word & mask for word in memory.contents)

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        if op.kind in NARROWED:
            return self._narrowed(op, args, self._width(op.id))
        width = op.width
        if op.kind in MEMORY_ACCESSES:
            width = self.memory_bits[op.target]
        if op.kind == "store":
            args[1] = self.builder.resize(args[1], width)
        return self.builder.add(replace(op, args=tuple(args), predicate=predicate, width=width))

    def _narrowed(self, op: Op, args: list[int], width: int) -> int:
        if op.kind == "mul":
            return self._multiply(op, args, width)
        if op.kind == "shl":
            shift_bits = max(width, self.builder.width(args[1]))
            args = [self.builder.resize(args[0], shift_bits), self.builder.resize(args[1], shift_bits)]
            shifted = self.builder.add(replace(op, args=tuple(args), width=shift_bits))
            return self.builder.slice(shifted, 0, min(width, shift_bits))
        first = 1 if op.kind == "select" else 0
        sized = [*args[:first], *(self.builder.resize(arg, width) for arg in args[first:])]
        return self.builder.add(replace(op, args=tuple(sized), width=width))

    def _multiply(self, op: Op, args: list[int], width: int) -> int:
        """Strip extensions from the factors and remember their signs; a signed product has no more bits."""
        factors, signs = [], 0
        for position, arg in enumerate(args):
            value, signed = self._factor(arg, bool(op.value >> position & 1), width)
            factors.append(value)
            signs |= signed << position
        bits = sum(self.builder.width(factor) for factor in factors) if signs else width
        product = self.builder.add(replace(op, args=tuple(factors), value=signs, width=min(bits, width)))
        return self.builder.resize(product, width, signed=True)

    def _factor(self, value: int, signed: bool, width: int) -> tuple[int, bool]:
        """A factor without its extension. Only the low `width` bits of it matter for the product's."""
        if self.builder.width(value) > width:
            value, signed = self.builder.slice(value, 0, width), False
        op = self.builder.ops[value]
        if op.kind == "sext" and (signed or op.width == width):
            return op.args[0], True
        if op.kind == "zext":
            return op.args[0], False
        if op.kind == "constant" and self.builder.width(value) == width:
            return self._constant_factor(op.value, width)
        return value, signed

    def _constant_factor(self, number: int, width: int) -> tuple[int, bool]:
        """A constant of the product's width with as few bits as it takes, negative if that is fewer."""
        negative = ((1 << width) - 1 - number).bit_length() + 1
        if negative < number.bit_length():
            return self.builder.constant(number & ((1 << negative) - 1), negative), True
        return self.builder.constant(number, max(1, number.bit_length())), False
