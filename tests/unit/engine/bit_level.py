"""LLVM's integer operations bit by bit, after the LLVM language reference: full adders, selects, no more.

The reference that `test_formal.py` proves emitted Verilog equal to; it shares no code with the engine. A
value is a list of names of one-bit nets, lowest first; `lines` is Verilog made of & | ^ ~ only.
"""

from __future__ import annotations

from collections.abc import Callable

Bits = list[str]
ZERO, ONE = "1'b0", "1'b1"


class Gates:
    """A growing netlist."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def gate(self, expression: str) -> str:
        """A net with the value of an expression of nets."""
        name = f"n{len(self.lines)}"
        self.lines.append(f"  wire {name} = {expression};")
        return name

    def operation(self, name: str, *args: Bits) -> Bits:
        """Value of an LLVM instruction or intrinsic of that name."""
        return _OPERATIONS[name](self, *args)

    # ---- pieces ----------------------------------------------------------------------------------------

    def each(self, symbol: str, a: Bits, b: Bits) -> Bits:
        """Bit by bit."""
        return [self.gate(f"{x} {symbol} {y}") for x, y in zip(a, b, strict=True)]

    def inverse(self, a: Bits) -> Bits:
        """All bits the other way round."""
        return [self.gate(f"~{x}") for x in a]

    def select(self, condition: Bits, yes: Bits, no: Bits) -> Bits:
        """`yes` where the one-bit condition holds."""
        (c,) = condition
        return [self.gate(f"({c} & {y}) | (~{c} & {n})") for y, n in zip(yes, no, strict=True)]

    def sum(self, a: Bits, b: Bits, carry: str = ZERO) -> tuple[Bits, str]:
        """Ripple carry; the sum and the carry out."""
        result = []
        for x, y in zip(a, b, strict=True):
            result.append(self.gate(f"{x} ^ {y} ^ {carry}"))
            carry = self.gate(f"({x} & {y}) | ({carry} & ({x} ^ {y}))")
        return result, carry

    def difference(self, a: Bits, b: Bits) -> tuple[Bits, str]:
        """a - b, and whether a >= b as unsigned numbers."""
        return self.sum(a, self.inverse(b), ONE)

    def negative(self, a: Bits) -> Bits:
        """0 - a."""
        return self.difference([ZERO] * len(a), a)[0]

    def magnitude(self, a: Bits) -> Bits:
        """|a|."""
        return self.select(a[-1:], self.negative(a), a)

    def product(self, a: Bits, b: Bits) -> Bits:
        """Low bits of a * b."""
        total = [ZERO] * len(a)
        for place, bit in enumerate(b):
            row = [ZERO] * place + [self.gate(f"{x} & {bit}") for x in a[: len(a) - place]]
            total, _ = self.sum(total, row)
        return total

    def divide(self, a: Bits, b: Bits) -> tuple[Bits, Bits]:
        """Quotient and remainder of unsigned numbers, by restoring division."""
        rest, quotient, wide = [ZERO] * (len(a) + 1), [], [*b, ZERO]
        for bit in reversed(a):
            rest = [bit, *rest[:-1]]
            less, enough = self.difference(rest, wide)
            rest = self.select([enough], less, rest)
            quotient.append(enough)
        return quotient[::-1], rest[:-1]

    def signed_divide(self, a: Bits, b: Bits) -> tuple[Bits, Bits]:
        """Rounded towards zero; the remainder has the sign of `a`."""
        quotient, rest = self.divide(self.magnitude(a), self.magnitude(b))
        differ = [self.gate(f"{a[-1]} ^ {b[-1]}")]
        return (
            self.select(differ, self.negative(quotient), quotient),
            self.select(a[-1:], self.negative(rest), rest),
        )

    def shift(self, a: Bits, amount: Bits, left: bool, fill: str) -> Bits:
        """A barrel shifter; amounts below the width only (others are poison in LLVM)."""
        for place, bit in enumerate(amount):
            step = min(1 << place, len(a))
            moved = [fill] * step + a[: len(a) - step] if left else a[step:] + [fill] * step
            a = self.select([bit], moved, a)
        return a

    def equal(self, a: Bits, b: Bits) -> Bits:
        """One bit."""
        differ = ZERO
        for x, y in zip(a, b, strict=True):
            differ = self.gate(f"{differ} | ({x} ^ {y})")
        return self.inverse([differ])

    def less(self, a: Bits, b: Bits, signed: bool) -> Bits:
        """a < b, one bit; the top bits of signed numbers count the other way."""
        if signed:
            a, b = [*a[:-1], self.gate(f"~{a[-1]}")], [*b[:-1], self.gate(f"~{b[-1]}")]
        return self.inverse([self.difference(a, b)[1]])


def _compare(swap: bool, invert: bool, signed: bool) -> Callable[[Gates, Bits, Bits], Bits]:
    def operation(gates: Gates, a: Bits, b: Bits) -> Bits:
        less = gates.less(*((b, a) if swap else (a, b)), signed)
        return gates.inverse(less) if invert else less

    return operation


def _extreme(smaller: bool, signed: bool) -> Callable[[Gates, Bits, Bits], Bits]:
    def operation(gates: Gates, a: Bits, b: Bits) -> Bits:
        less = gates.less(a, b, signed)
        return gates.select(less, *((a, b) if smaller else (b, a)))

    return operation


def _saturating(kind: str, signed: bool) -> Callable[[Gates, Bits, Bits], Bits]:
    """In two bits more, then clamped: at most and at least what fits."""

    def operation(gates: Gates, a: Bits, b: Bits) -> Bits:
        width = len(a)
        a, b = (x + [x[-1] if signed else ZERO] * 2 for x in (a, b))
        exact = gates.sum(a, b)[0] if kind == "add" else gates.difference(a, b)[0]
        most = [ONE] * (width - 1) + ([ZERO] if signed else [ONE]) + [ZERO] * 2
        least = [ZERO] * (width - 1) + ([ONE] * 3 if signed else [ZERO] * 3)
        exact = gates.select(gates.less(most, exact, True), most, exact)
        return gates.select(gates.less(exact, least, True), least, exact)[:width]

    return operation


def _zeros(gates: Gates, a: Bits) -> Bits:
    """Zeros before the first one, counted one by one."""
    count, none = [ZERO] * len(a), ONE
    for bit in a:
        none = gates.gate(f"{none} & ~{bit}")
        count = gates.sum(count, [none, *[ZERO] * (len(a) - 1)])[0]
    return count


def _three_way(gates: Gates, a: Bits, b: Bits, signed: bool) -> Bits:
    """-1, 0 or 1 in two bits."""
    (less,), (greater,) = gates.less(a, b, signed), gates.less(b, a, signed)
    return [gates.gate(f"{less} | {greater}"), less]


_OPERATIONS: dict[str, Callable[..., Bits]] = {
    "add": lambda g, a, b: g.sum(a, b)[0],
    "sub": lambda g, a, b: g.difference(a, b)[0],
    "mul": lambda g, a, b: g.product(a, b),
    "udiv": lambda g, a, b: g.divide(a, b)[0],
    "urem": lambda g, a, b: g.divide(a, b)[1],
    "sdiv": lambda g, a, b: g.signed_divide(a, b)[0],
    "srem": lambda g, a, b: g.signed_divide(a, b)[1],
    "shl": lambda g, a, b: g.shift(a, b, True, ZERO),
    "lshr": lambda g, a, b: g.shift(a, b, False, ZERO),
    "ashr": lambda g, a, b: g.shift(a, b, False, a[-1]),
    "and": lambda g, a, b: g.each("&", a, b),
    "or": lambda g, a, b: g.each("|", a, b),
    "xor": lambda g, a, b: g.each("^", a, b),
    "select": lambda g, c, a, b: g.select(c, a, b),
    "icmp eq": lambda g, a, b: g.equal(a, b),
    "icmp ne": lambda g, a, b: g.inverse(g.equal(a, b)),
    "icmp ult": _compare(False, False, False),
    "icmp uge": _compare(False, True, False),
    "icmp ugt": _compare(True, False, False),
    "icmp ule": _compare(True, True, False),
    "icmp slt": _compare(False, False, True),
    "icmp sge": _compare(False, True, True),
    "icmp sgt": _compare(True, False, True),
    "icmp sle": _compare(True, True, True),
    "umin": _extreme(True, False),
    "umax": _extreme(False, False),
    "smin": _extreme(True, True),
    "smax": _extreme(False, True),
    "abs": lambda g, a: g.magnitude(a),
    "uadd.sat": _saturating("add", False),
    "usub.sat": _saturating("sub", False),
    "sadd.sat": _saturating("add", True),
    "ssub.sat": _saturating("sub", True),
    "ctlz": lambda g, a: _zeros(g, a[::-1]),
    "cttz": lambda g, a: _zeros(g, a),
    "scmp": lambda g, a, b: _three_way(g, a, b, True),
    "ucmp": lambda g, a, b: _three_way(g, a, b, False),
}
