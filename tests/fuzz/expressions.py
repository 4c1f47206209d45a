"""Random expressions over ap_int and ap_uint, with the widths that Xilinx's rules give them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from fuzz.program import type_name
from fuzz.widths import Widths

MAX_WIDTH = 300


@dataclass(frozen=True)
class Value:
    """A piece of C++ text and its type; `part` is a range or a bit of a variable, of no integer type yet."""

    text: str
    width: int
    signed: bool
    part: bool = False


@dataclass(frozen=True)
class Variable:
    """A local or static scalar."""

    name: str
    width: int
    signed: bool


@dataclass(frozen=True)
class Array:
    """A static array; `rows` > 0 for two dimensions. ROMs are not writable."""

    name: str
    width: int
    signed: bool
    size: int
    writable: bool
    rows: int = 0


@dataclass(frozen=True)
class Counter:
    """A loop counter: a C++ int in low..high."""

    name: str
    low: int
    high: int
    unrolled: bool = False


@dataclass(frozen=True)
class Helper:
    """A function that may be called: width and signedness of its parameters and of its result."""

    call: str
    parameters: tuple[tuple[int, bool], ...]
    width: int
    signed: bool


@dataclass
class Scope:
    """What an expression may use."""

    variables: list[Variable] = field(default_factory=list)
    arrays: list[Array] = field(default_factory=list)
    counters: list[Counter] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)


class Expressions:
    """Makes expressions from one random generator."""

    def __init__(self, rng: random.Random, scope: Scope, widths: Widths) -> None:
        self.rng = rng
        self.scope = scope
        self.widths = widths

    def width(self) -> int:
        """A width that variables and casts may have."""
        return self.widths.any(self.rng)

    def up_to(self, limit: int) -> int:
        """A width of at most `limit` bits."""
        return self.widths.up_to(self.rng, limit)

    def expression(self, depth: int) -> Value:
        """A random expression of at most `depth` nested operators."""
        if depth <= 0 or self.rng.random() < 0.15:
            return self._leaf()
        made = self.rng.choice(self._makers())(depth - 1)
        if made.width > MAX_WIDTH or self.rng.random() < self.widths.settles:
            return self.cast(made, self.up_to(64) if made.width > MAX_WIDTH else self.width())
        return made

    def cast(self, value: Value, width: int, signed: bool | None = None) -> Value:
        """`value` as another type."""
        sign = self.rng.random() < 0.4 if signed is None else signed
        return Value(f"{type_name(width, sign)}({value.text})", width, sign)

    def condition(self, depth: int) -> str:
        """A bool, in parentheses: g++ takes `if (type(call(...)) > ...` for a declaration."""
        a, b = self.expression(depth), self.expression(depth)
        other = _beside(a, b).text
        if self.rng.random() < 0.3 and self.scope.counters:
            other = self.rng.choice(self.scope.counters).name
        elif self.rng.random() < 0.3:
            other = str(self.rng.randint(0, 9))
        return f"({a.text} {self._comparison()} {other})"

    def index(self, array: Array, depth: int) -> str:
        """An index within an array (its inner dimension)."""
        fitting = [counter for counter in self.scope.counters if counter.high - counter.low < array.size]
        if fitting and self.rng.random() < 0.7:
            counter = self.rng.choice(fitting)
            if counter.low >= 0 and counter.high < array.size:
                return self._moved(counter, array.size)
            return (
                f"{counter.name} - {counter.low}" if counter.low >= 0 else f"{counter.name} + {-counter.low}"
            )
        if self.rng.random() < 0.15:
            return str(self.rng.randrange(array.size))
        bits = array.size.bit_length() - 1
        if bits == 0:
            return "0"
        return self.cast(self.expression(depth), self.up_to(bits), False).text

    def element(self, array: Array, depth: int) -> str:
        """An element of an array as C++ text."""
        row = f"[{self._row(array)}]" if array.rows else ""
        return f"{array.name}{row}[{self.index(array, depth)}]"

    def _row(self, array: Array) -> str:
        fitting = [c for c in self.scope.counters if c.low >= 0 and c.high < array.rows]
        unrolled = [counter for counter in fitting if counter.unrolled]
        if unrolled:
            return self.rng.choice(unrolled).name
        if fitting and self.rng.random() < 0.5:
            return self._moved(self.rng.choice(fitting), array.rows)
        if self.rng.random() < 0.15 and self.scope.variables:
            variable = self.rng.choice(self.scope.variables)
            return self.cast(Value(variable.name, variable.width, variable.signed), 1, False).text
        return str(self.rng.randrange(array.rows))

    def _moved(self, counter: Counter, size: int) -> str:
        """A counter, or it and a constant: an index of 0..size-1 whenever the counter is in its range."""
        if self.rng.random() < 0.7:
            return counter.name
        offset = self.rng.randint(-counter.low, size - 1 - counter.high)
        return f"{counter.name} {'-' if offset < 0 else '+'} {abs(offset)}" if offset else counter.name

    # ---- leaves ----------------------------------------------------------------------------------------

    def _leaf(self) -> Value:
        kind = self.rng.random()
        if kind < 0.12 and self.scope.counters:
            counter = self.rng.choice(self.scope.counters)
            return self.cast(Value(counter.name, 32, True), self.up_to(12))
        if kind < 0.3 and self.scope.arrays:
            array = self.rng.choice(self.scope.arrays)
            element = Value(self.element(array, 1), array.width, array.signed)
            return element if array.writable else self.cast(element, array.width, array.signed)
        if kind < 0.88 and self.scope.variables:
            variable = self.rng.choice(self.scope.variables)
            return Value(variable.name, variable.width, variable.signed)
        return self._literal()

    def _literal(self) -> Value:
        width = self.up_to(32)
        number = self.rng.choice([0, 1, 2, 3, (1 << width) - 1, self.rng.getrandbits(width)])
        return Value(f"{type_name(width, False)}({number}u)", width, False)

    # ---- operators -------------------------------------------------------------------------------------

    def _comparison(self) -> str:
        return self.rng.choice(["==", "!=", "<", "<=", ">", ">="])

    def _makers(self) -> list[Callable[[int], Value]]:
        return [self._sum, self._sum, self._product, self._logic, self._logic, self._shift, self._shift_by,
                self._compare, self._choice, self._choice, self._range, self._bit, self._unary, self._divide,
                self._recast, *([self._call] if self.scope.helpers else [])]  # fmt: skip

    def _call(self, depth: int) -> Value:
        helper = self.rng.choice(self.scope.helpers)
        arguments = [self.cast(self.expression(depth), *kind).text for kind in helper.parameters]
        return Value(f"{helper.call}({', '.join(arguments)})", helper.width, helper.signed)

    def _recast(self, depth: int) -> Value:
        return self.cast(self.expression(depth), self.width())

    def _two(self, depth: int) -> tuple[Value, Value, int]:
        a, b = self.expression(depth), self.expression(depth)
        common = max(a.width + (b.signed and not a.signed), b.width + (a.signed and not b.signed))
        return a, b, common

    def _sum(self, depth: int) -> Value:
        a, b, common = self._two(depth)
        operator = self.rng.choice("+-")
        return Value(f"({a.text} {operator} {b.text})", common + 1, operator == "-" or a.signed or b.signed)

    def _product(self, depth: int) -> Value:
        a, b, _ = self._two(depth)
        if a.width + b.width > 160:
            a, b = self.cast(a, self.up_to(30)), self.cast(b, self.up_to(60))
        return Value(f"({a.text} * {b.text})", a.width + b.width, a.signed or b.signed)

    def _logic(self, depth: int) -> Value:
        a, b, common = self._two(depth)
        return Value(f"({a.text} {self.rng.choice('&|^')} {b.text})", common, a.signed or b.signed)

    def _shift(self, depth: int) -> Value:
        a = self.expression(depth)
        operator = self.rng.choice(["<<", ">>"])
        return Value(f"({a.text} {operator} {self.rng.randrange(a.width)})", a.width, a.signed)

    def _shift_by(self, depth: int) -> Value:
        a, bits = self.expression(depth), 0
        bits = a.width.bit_length() - 1
        if bits == 0:
            return a
        amount = self.cast(self.expression(depth), self.up_to(bits), False)
        return Value(f"({a.text} {self.rng.choice(['<<', '>>'])} {amount.text})", a.width, a.signed)

    def _compare(self, depth: int) -> Value:
        a, b, _ = self._two(depth)
        return Value(f"ap_uint<1>({a.text} {self._comparison()} {_beside(a, b).text})", 1, False)

    def _choice(self, depth: int) -> Value:
        a, b, _ = self._two(depth)
        width, signed = self.width(), self.rng.random() < 0.4
        yes, no = self.cast(a, width, signed), self.cast(b, width, signed)
        return Value(f"({self.condition(depth - 1)} ? {yes.text} : {no.text})", width, signed)

    def _range(self, depth: int) -> Value:
        wide = [variable for variable in self.scope.variables if variable.width > 1]
        if not wide:
            return self.expression(depth)
        variable = self.rng.choice(wide)
        low = self.rng.randrange(variable.width)
        high = self.rng.randrange(low, variable.width)
        return Value(f"{variable.name}.range({high}, {low})", variable.width, False, part=True)

    def _bit(self, depth: int) -> Value:
        if not self.scope.variables:
            return self.expression(depth)
        variable = self.rng.choice(self.scope.variables)
        bits = variable.width.bit_length() - 1
        position = str(self.rng.randrange(variable.width))
        if bits and self.rng.random() < 0.5:
            position = f"int({self.cast(self.expression(depth), self.up_to(bits), False).text})"
        return Value(f"{variable.name}[{position}]", 1, False, part=True)

    def _unary(self, depth: int) -> Value:
        a, negated = self.expression(depth), self.rng.random() >= 0.5
        if a.part:  # becomes a built-in integer
            return self.cast(Value(f"({'-' if negated else '~'}{a.text})", 64, False), 64, False)
        if negated:
            return Value(f"(-{a.text})", a.width + 1, True)
        return Value(f"(~{a.text})", a.width, a.signed)

    def _divide(self, depth: int) -> Value:
        a = self.cast(self.expression(depth), self.up_to(12))
        operator, wide = self.rng.choice("/%"), self.up_to(8)
        if self.rng.random() < 0.6:
            divisor = self.cast(Value(str(self.rng.randint(1, (1 << wide) - 1)), wide, False), wide, False)
        else:
            divisor = self.cast(self.expression(depth), wide)
            divisor = self.cast(Value(f"{divisor.text} | ap_uint<1>(1)", wide, False), wide)
        width = a.width + divisor.signed if operator == "/" else min(a.width, divisor.width + 1)
        made = Value(f"({a.text} {operator} {divisor.text})", width, True)
        return self.cast(made, self.width() if self.widths.settles else max(1, width))


def _beside(left: Value, right: Value) -> Value:
    """`right` to be compared with `left`: Xilinx's headers call a range or a bit against a bit ambiguous."""
    bit = right.part and right.width == 1
    return Value(f"ap_uint<1>({right.text})", 1, False) if bit and left.part else right
