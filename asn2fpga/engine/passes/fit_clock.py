"""Split operations that take longer than a clock cycle into parts that fit, for the schedule to pipeline.

Sums, differences and comparisons become chunks with a carry from one to the next; products of several DSP
slices become products of one slice and sums; divisions become one subtraction for each bit of the quotient.
What is too large even for that stays whole, and the report says so (report.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.operations import DIVISIONS, EXTENSIONS
from asn2fpga.engine.ir.process import Op, Process
from asn2fpga.engine.ir.rewrite import Rewriter
from asn2fpga.engine.passes.divide import divide
from asn2fpga.engine.target.delays import SLICE_BITS, DelayModel, slices_of

_SMALLEST_CHUNK = 4  # bits: below, the clock is too fast for this family
_LARGEST_DIVISION = 4096  # bits of the dividend times bits of the divisor


def fit_clock(process: Process, delays: DelayModel) -> Process:
    """The process with no pure operation that takes longer than there is room between two registers."""
    return _Splitter(process, delays).run()


class _Splitter(Rewriter):
    def __init__(self, process: Process, delays: DelayModel) -> None:
        super().__init__(process)
        self.delays = delays
        self.parts = Parts(self.builder, delays)

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        splitter = _SPLITTERS.get(op.kind)
        widths = [self.builder.width(arg) for arg in args]
        if splitter is None or self.delays.of(op, widths) <= self.delays.room:
            return super().rewrite(op, args, predicate)
        split = splitter(self.parts, op, args)
        return super().rewrite(op, args, predicate) if split is None else split


class Parts:
    """Makes the parts of one operation; every method gives None for what cannot be split."""

    def __init__(self, builder: Builder, delays: DelayModel) -> None:
        self.builder = builder
        figures = delays.figures
        self.levels = delays.room / figures.lut
        self.inputs = figures.lut_inputs
        self.chunk = int((delays.room - delays.sum_of(2)) / figures.carry_per_bit)

    def add(self, op: Op, args: list[int]) -> int | None:
        """Sum or difference: chunks side by side, then the carry or borrow of the chunk below."""
        if self.chunk < _SMALLEST_CHUNK:
            return None
        parts, carry = [], -1
        for low in range(0, op.width, self.chunk):
            width = min(self.chunk, op.width - low)
            first, second = (
                self.builder.resize(self.builder.slice(arg, low, width), width + 1) for arg in args
            )
            total = self.builder.make(op.kind, first, second, like=op)
            if carry >= 0:
                total = self.builder.make(op.kind, total, self.builder.resize(carry, width + 1), like=op)
            parts.append(self.builder.slice(total, 0, width))
            carry = self.builder.slice(total, width, 1)
        return self.builder.make("concat", *parts, width=op.width, like=op)

    def less(self, op: Op, args: list[int]) -> int | None:
        """a < b by chunks: less in the highest chunk that differs."""
        if self.chunk < _SMALLEST_CHUNK:
            return None
        width = self.builder.width(args[0])
        result = -1
        for low in range(0, width, self.chunk):
            size = min(self.chunk, width - low)
            first, second = (self.builder.slice(arg, low, size) for arg in args)
            kind = op.kind if low + size == width else "ult"
            less = self.builder.make(kind, first, second, like=op)
            if result >= 0:
                equal = self.equal(op, [first, second])
                less = self.builder.make("or", less, self.builder.make("and", equal, result), like=op)
            result = less
        return result

    def less_or_equal(self, op: Op, args: list[int]) -> int | None:
        """a <= b is not b < a."""
        less = self.less(replace(op, kind="slt" if op.kind == "sle" else "ult"), args[::-1])
        return None if less is None else self.builder.negate(less)

    def equal(self, op: Op, args: list[int]) -> int:
        """Equal in each of as many chunks as fit, joined by a tree."""
        size = max(1, self.inputs ** max(1, int(self.levels)) // 2)
        width = self.builder.width(args[0])
        terms = []
        for low in range(0, width, size):
            first, second = (self.builder.slice(arg, low, min(size, width - low)) for arg in args)
            terms.append(self.builder.make("eq", first, second, like=op))
        return self._tree(terms, lambda pair: self.builder.make("and", *pair, like=op))

    def _tree(self, terms: list[int], join: Callable[[list[int]], int]) -> int:
        while len(terms) > 1:
            pairs = [join(terms[at : at + 2]) for at in range(0, len(terms) - 1, 2)]
            terms = pairs + terms[len(pairs) * 2 :]
        return terms[0]

    def multiply(self, op: Op, args: list[int]) -> int | None:
        """Sum of products of one DSP slice each."""
        widths = [self.builder.width(arg) for arg in args]
        if slices_of(widths) == 1:
            return None
        sizes = SLICE_BITS if widths[0] <= widths[1] else SLICE_BITS[::-1]
        terms = []
        for low in range(0, min(widths[0], op.width), sizes[0]):
            for other in range(0, min(widths[1], op.width - low), sizes[1]):
                terms.append(self._tile(op, args, (low, other), sizes))
        return self._tree(terms, lambda pair: self._sum(op, pair))

    def _tile(self, op: Op, args: list[int], lows: tuple[int, int], sizes: tuple[int, int]) -> int:
        """Product of one chunk of each factor, at its place in the result; only last chunks have signs."""
        factors, signs, bits = [], 0, 0
        for position, (arg, low, size) in enumerate(zip(args, lows, sizes, strict=True)):
            width = self.builder.width(arg)
            last = low + size >= width
            factors.append(self.builder.slice(arg, low, min(size, width - low)))
            signs |= int(last and bool(op.value >> position & 1)) << position
            bits += min(size, width - low)
        place = sum(lows)
        room = op.width - place
        product = self.builder.make("mul", *factors, width=min(bits, room), value=signs, like=op)
        product = self.builder.resize(product, room, signed=signs != 0)
        if not place:
            return product
        return self.builder.make("concat", self.builder.constant(0, place), product, width=op.width)

    def _sum(self, op: Op, terms: list[int]) -> int:
        total = replace(op, kind="add", value=0)
        split = self.add(total, terms) if op.width > self.chunk else None
        return self.builder.make("add", *terms, like=op) if split is None else split

    def divide(self, op: Op, args: list[int]) -> int | None:
        """Bit by bit, unless that would be too large."""
        widths = [self.builder.width(self._plain(arg)) for arg in args]
        if widths[0] * widths[1] > _LARGEST_DIVISION:
            return None
        return divide(self.builder, op, args)

    def _plain(self, value: int) -> int:
        op = self.builder.ops[value]
        return op.args[0] if op.kind in EXTENSIONS else value


_SPLITTERS: dict[str, Callable[[Parts, Op, list[int]], int | None]] = {
    "add": Parts.add,
    "sub": Parts.add,
    "ult": Parts.less,
    "slt": Parts.less,
    "ule": Parts.less_or_equal,
    "sle": Parts.less_or_equal,
    "eq": Parts.equal,
    "mul": Parts.multiply,
    **dict.fromkeys(DIVISIONS, Parts.divide),
}
