"""Makes operations: simplifies each by the rules it is given (ir/fold), makes equal pure operations once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

from asn2fpga.engine.ir.operations import ACCESSES, COMPARISONS, EFFECTS, OPERATIONS, Number
from asn2fpga.engine.ir.process import NOTHING, Op

Simplifier = Callable[["Builder", Op], "int | None"]
"""An equal value that is simpler than an operation about to be made; None if there is none."""


class Builder:
    """Grows a process's table of operations. `region_ops` collects the operations of the region at hand."""

    def __init__(self, simplify: Simplifier) -> None:
        self._simplify = simplify
        self.ops: dict[int, Op] = {}
        self.region_ops: list[int] = []
        self._known: dict[tuple[object, ...], int] = {}
        self._constants: dict[tuple[int, int], int] = {}
        self._places: dict[int, list[int]] = {}

    def start_region(self) -> None:
        """Forget what the last region computed; values are shared within a region only."""
        self.region_ops = []
        self._known = {}

    def fresh(self, op: Op) -> int:
        """Enter an operation under a new id and return it."""
        number = len(self.ops)
        self.ops[number] = Op(
            number, op.kind, op.width, op.args, op.value, op.target, op.predicate, op.location, op.name
        )
        return number

    def constant(self, value: int, width: int) -> int:
        """The constant `value` modulo 2^width."""
        key = (value & ((1 << width) - 1), width)
        if key not in self._constants:
            self._constants[key] = self.fresh(Op(0, "constant", width, value=key[0]))
        return self._constants[key]

    def phi(self, width: int, name: str = "", location: str = "") -> int:
        """A register that edges between regions fill."""
        return self.fresh(Op(0, "phi", width, name=name, location=location))

    def constant_of(self, value: int) -> int | None:
        """The integer that a value is, or None if it is not constant."""
        op = self.ops[value]
        return op.value if op.kind == "constant" else None

    def width(self, value: int) -> int:
        """Bits of a value."""
        return self.ops[value].width

    def places(self, concat: int) -> list[int]:
        """First bit of each part of a concatenation, and its width after the last one."""
        if concat not in self._places:
            widths = (self.width(part) for part in self.ops[concat].args)
            self._places[concat] = list(accumulate(widths, initial=0))
        return self._places[concat]

    def add(self, op: Op) -> int:
        """Enter an operation (its `id` is ignored); returns a value that equals it, maybe an older one."""
        if op.predicate != NOTHING and self.constant_of(op.predicate) == 1:
            op = replace(op, predicate=NOTHING)
        if op.kind not in EFFECTS:
            simpler = self._simplify(self, op)
            if simpler is not None:
                return simpler
        if op.kind in ACCESSES:
            return self._append(op)
        key = (op.kind, op.width, _sorted_args(op), op.value)
        if key not in self._known:
            self._known[key] = self._append(op)
        return self._known[key]

    def _append(self, op: Op) -> int:
        number = self.fresh(op)
        self.region_ops.append(number)
        return number

    # ---- shorthands ------------------------------------------------------------------------------------

    def make(self, kind: str, *args: int, width: int = 0, value: int = 0, like: Op | None = None) -> int:
        """Enter a pure operation; the width defaults to that of the first argument, 1 for comparisons."""
        bits = width or (1 if kind in COMPARISONS else self.width(args[0]))
        return self.add(
            Op(
                0,
                kind,
                bits,
                args,
                value,
                location=like.location if like else "",
                name=like.name if like else "",
            )
        )

    def slice(self, value: int, low: int, width: int, like: Op | None = None) -> int:
        """Bits low .. low+width-1 of a value."""
        return self.make("slice", value, width=width, value=low, like=like)

    def resize(self, value: int, width: int, signed: bool = False, like: Op | None = None) -> int:
        """Truncate or extend a value to `width` bits."""
        have = self.width(value)
        if width <= have:
            return self.slice(value, 0, width, like)
        return self.make("sext" if signed else "zext", value, width=width, like=like)

    def negate(self, condition: int) -> int:
        """NOT of a 1-bit value."""
        return self.make("not", condition)

    def both(self, first: int, second: int) -> int:
        """AND of two predicates; NOTHING is true."""
        if first == NOTHING:
            return second
        return first if second == NOTHING else self.make("and", first, second)

    def either(self, first: int, second: int) -> int:
        """OR of two predicates; NOTHING is true."""
        if first == NOTHING or second == NOTHING:
            return NOTHING
        return self.make("or", first, second)


def _sorted_args(op: Op) -> tuple[int, ...]:
    """Arguments in an order that is the same for equal operations; signs of factors stay where they are."""
    row = OPERATIONS[op.kind]
    return tuple(sorted(op.args)) if row.commutative and row.number is not Number.SIGNS else op.args
