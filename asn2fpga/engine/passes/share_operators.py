"""One operator for two of which only one counts: `c ? a * b : d * e` becomes `(c ? a : d) * (c ? b : e)`.

Products, divisions and remainders of two variables, where the multiplexers of the operands are smaller than
the operator saved.
"""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.device.binding import LUTS_PER_DSP, multiplies_in_luts, product_dsps, product_luts
from asn2fpga.engine.ir.operations import DIVISIONS, EXTENSIONS, OPERATIONS, Delay, kinds_that
from asn2fpga.engine.ir.process import Op, Process, count_uses
from asn2fpga.engine.ir.rewrite import Rewriter

Operand = tuple[int, bool]  # value, and whether it is signed

_SHARED = DIVISIONS | kinds_that(lambda row: row.delay is Delay.PRODUCT)


def share_operators(process: Process) -> Process:
    """The process with such operators shared; `shared` counts those saved."""
    sharer = _Sharer(process)
    result = sharer.run()
    return replace(result, shared=process.shared + sharer.saved)


class _Sharer(Rewriter):
    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.uses = count_uses(process)
        self.once: set[int] = set()  # new values that are used once
        self.saved = 0

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        self.once.update(new for old, new in zip(op.args, args, strict=True) if self.uses[old] == 1)
        if op.kind == "select":
            condition, yes, no = args
            shared = self._choice(op, condition, yes, no)
            if shared is None:
                shared = self._choice(op, self.builder.negate(condition), no, yes)
            if shared is not None:
                self.saved += 1
                return shared
        return super().rewrite(op, args, predicate)

    def _choice(self, op: Op, condition: int, first: int, second: int) -> int | None:
        """`condition ? first : second`, the operator of `first` shared with one in a chain of choices."""
        if first not in self.once or second not in self.once:
            return None
        merged = self._merged(op, condition, first, second)
        node = self.builder.ops[second]
        if merged is not None or node.kind != "select":
            return merged
        inner, yes, no = node.args
        both = self._choice(op, condition, first, yes)
        if both is not None:
            return self._select(op, self.builder.either(condition, inner), both, no)
        both = self._choice(op, condition, first, no)
        if both is None:
            return None
        return self._select(op, self.builder.both(self.builder.negate(condition), inner), yes, both)

    def _select(self, op: Op, condition: int, yes: int, no: int) -> int:
        self.once.update((yes, no))
        return self.builder.make("select", condition, yes, no, width=op.width, like=op)

    def _merged(self, op: Op, condition: int, yes: int, no: int) -> int | None:
        """One operator, maybe extended, in place of two that are alike."""
        first, second = self.builder.ops[yes], self.builder.ops[no]
        if first.kind != second.kind or first.width != second.width or yes == no:
            return None
        if first.kind in EXTENSIONS and {first.args[0], second.args[0]} <= self.once:
            inner = self._merged(op, condition, first.args[0], second.args[0])
            extended = OPERATIONS[first.kind].is_signed
            return None if inner is None else self.builder.resize(inner, op.width, extended)
        return self._operator(op, condition, first, second)

    def _operator(self, op: Op, condition: int, first: Op, second: Op) -> int | None:
        if first.kind not in _SHARED or self._has_constant(first, second):
            return None
        pairs = self._pairs(first, second)
        if pairs is None or not self._is_smaller(first, second, pairs):
            return None
        chosen = [self._choose(op, condition, a, b) for a, b in pairs]
        signs = sum(a[1] << position for position, (a, _) in enumerate(pairs)) if first.kind == "mul" else 0
        made = self.builder.add(replace(first, args=tuple(chosen), value=signs))
        self.once.add(made)
        return made

    def _has_constant(self, *ops: Op) -> bool:
        """Products and quotients by constants are cheap (expand_products.py, ir/fold/divide.py)."""
        return any(self.builder.constant_of(arg) is not None for op in ops for arg in op.args)

    def _pairs(self, first: Op, second: Op) -> list[tuple[Operand, Operand]] | None:
        """Operands that meet in one multiplexer: those of equal sign, the same value if there is one."""
        mine, other = _operands(first), _operands(second)
        orders = [other, other[::-1]] if OPERATIONS[first.kind].commutative else [other]
        fitting = [
            list(zip(mine, order, strict=True))
            for order in orders
            if all(a[1] == b[1] for a, b in zip(mine, order, strict=True))
        ]
        return min(fitting, key=self._multiplexed, default=None)

    def _multiplexed(self, pairs: list[tuple[Operand, Operand]]) -> int:
        """Bits of the multiplexers."""
        return sum(self._width(pair) for pair in pairs if pair[0] != pair[1])

    def _width(self, pair: tuple[Operand, Operand]) -> int:
        return max(self.builder.width(value) for value, _ in pair)

    def _is_smaller(self, first: Op, second: Op, pairs: list[tuple[Operand, Operand]]) -> bool:
        """Whether one operator with multiplexers before it costs less than two with one after them."""
        apart = sum(_price(op.kind, [self.builder.width(arg) for arg in op.args]) for op in (first, second))
        together = _price(first.kind, [self._width(pair) for pair in pairs]) + self._multiplexed(pairs)
        return together < apart + first.width

    def _choose(self, op: Op, condition: int, first: Operand, second: Operand) -> int:
        if first == second:
            return first[0]
        width = max(self.builder.width(value) for value, _ in (first, second))
        arms = [self.builder.resize(value, width, signed) for value, signed in (first, second)]
        return self.builder.make("select", condition, *arms, width=width, like=op)


def _operands(op: Op) -> list[Operand]:
    if op.kind != "mul":
        return [(arg, OPERATIONS[op.kind].is_signed) for arg in op.args]
    return [(arg, bool(op.value >> position & 1)) for position, arg in enumerate(op.args)]


def _price(kind: str, widths: list[int]) -> int:
    """Look-up tables of an operator, a DSP slice at its price in them."""
    if kind in DIVISIONS:
        return widths[0] * (widths[1] + 2)
    if multiplies_in_luts(*widths):
        return product_luts(*widths)
    return LUTS_PER_DSP * product_dsps(*widths)
