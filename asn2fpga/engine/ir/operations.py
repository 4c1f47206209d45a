"""The operations of the IR, each once: a new pure operation is one row here and, if it wants one, a folding
rule. Whatever else the engine has to know about kinds of operations is asked of this table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from asn2fpga.engine.ir import arithmetic, spelling, widths
from asn2fpga.engine.ir.arithmetic import quotient, remainder, signed
from asn2fpga.engine.ir.process import Op
from asn2fpga.engine.ir.spelling import Spelling, infix, signed_infix
from asn2fpga.engine.ir.widths import WidthRule


class Delay(Enum):
    """What hardware an operation is, as far as time goes."""

    REGISTER = "register"
    WIRING = "wiring"
    INVERTER = "inverter"  # part of what follows it
    GATE = "gate"
    EQUALITY = "equality"  # a tree of gates
    CARRIED = "carried"  # along a carry chain
    SHIFT = "shift"
    PRODUCT = "product"
    DIVISION = "division"
    ACCESS = "access"


class Touches(Enum):
    """What the target of an operation is."""

    NOTHING = "nothing"
    MEMORY = "memory"
    STREAM = "stream"


class Number(Enum):
    """What `value` of an operation means."""

    NOTHING = "nothing"
    CONSTANT = "the constant"
    FIRST_BIT = "the first bit"
    SIGNS = "which factors are signed"
    PORT = "the read port"


Evaluate = Callable[[Op, Sequence[int], Sequence[int]], int]
"""The result, of which the low bits count, from (operation, bit patterns of its arguments, their widths)."""
Significant = Callable[[Op, Sequence[int], Sequence[int]], int]
"""Low bits of the result that can be non-zero, from (operation, those of its arguments, their widths)."""
Demanded = Callable[[Op, Sequence[int], int], Sequence[int]]
"""Low bits of each argument that the low `int` bits of the result depend on; in between, the widths."""


def _all_bits(op: Op, sizes: Sequence[int], demand: int) -> Sequence[int]:
    return sizes


def _low_bits(op: Op, sizes: Sequence[int], demand: int) -> Sequence[int]:
    return [demand] * len(sizes)


def _concat_demand(op: Op, sizes: Sequence[int], demand: int) -> Sequence[int]:
    wanted, position = [], 0
    for width in sizes:
        wanted.append(demand - position)
        position += width
    return wanted


@dataclass(frozen=True)
class Operation:
    """One kind of operation.

    `arity`: number of arguments, -1 for one or more. `width_rule` holds between result and arguments.
    `neutral`: an argument that leaves the other one as it is. `bitwise`: each bit depends on those beside it.
    `has_effect`: it happens or not, as its predicate says; all others may run in any case. `has_value`: it
    can be an argument. `is_inline`: it has no signal of its own in Verilog, but is part of what uses it.
    `narrowed`: its low bits depend on low bits only, so that it may be made as narrow as its demand.
    """

    kind: str
    arity: int
    delay: Delay
    width_rule: WidthRule
    evaluate: Evaluate | None = None
    verilog: Spelling | None = None
    commutative: bool = False
    associative: bool = False
    bitwise: bool = False
    neutral: int | None = None
    comparison: bool = False
    is_signed: bool = False
    touches: Touches = Touches.NOTHING
    has_effect: bool = False
    has_value: bool = True
    is_inline: bool = False
    narrowed: bool = False
    number: Number = Number.NOTHING
    significant: Significant = lambda op, bits, sizes: op.width
    demanded: Demanded = _all_bits

    @property
    def is_pure(self) -> bool:
        """Whether its value follows from its arguments alone."""
        return self.evaluate is not None


def _concat_bits(op: Op, bits: Sequence[int], sizes: Sequence[int]) -> int:
    below = sum(sizes[:-1])
    return below + bits[-1] if bits[-1] else below


_TABLE = (
    # ---- values that are there -------------------------------------------------------------------------
    Operation("constant", 0, Delay.WIRING, widths.fits, lambda op, a, w: op.value, is_inline=True,
              number=Number.CONSTANT, significant=lambda op, bits, w: op.value.bit_length()),
    Operation("phi", 0, Delay.REGISTER, widths.any_width),
    # ---- wiring ----------------------------------------------------------------------------------------
    Operation("slice", 1, Delay.WIRING, widths.part, lambda op, a, w: a[0] >> op.value, is_inline=True,
              number=Number.FIRST_BIT, significant=lambda op, bits, w: max(0, bits[0] - op.value),
              demanded=lambda op, w, demand: [op.value + demand]),
    Operation("concat", -1, Delay.WIRING, widths.sum_of_widths, lambda op, a, w: arithmetic.joined(a, w),
              lambda op, texts, w: "{" + ", ".join(reversed(texts)) + "}",
              significant=_concat_bits, demanded=_concat_demand),
    Operation("zext", 1, Delay.WIRING, widths.extended, lambda op, a, w: a[0], is_inline=True,
              significant=lambda op, bits, w: bits[0], demanded=_low_bits),
    Operation("sext", 1, Delay.WIRING, widths.extended, lambda op, a, w: signed(a[0], w[0]),
              is_inline=True, is_signed=True, demanded=_low_bits),
    # ---- gates -----------------------------------------------------------------------------------------
    Operation("not", 1, Delay.INVERTER, widths.same_width, lambda op, a, w: ~a[0],
              lambda op, texts, w: f"~{texts[0]}", bitwise=True, narrowed=True, demanded=_low_bits),
    Operation("and", 2, Delay.GATE, widths.same_width, lambda op, a, w: a[0] & a[1], infix("&"),
              commutative=True, associative=True, bitwise=True, neutral=-1, narrowed=True,
              significant=lambda op, bits, w: min(bits), demanded=_low_bits),
    Operation("or", 2, Delay.GATE, widths.same_width, lambda op, a, w: a[0] | a[1], infix("|"),
              commutative=True, associative=True, bitwise=True, neutral=0, narrowed=True,
              significant=lambda op, bits, w: max(bits), demanded=_low_bits),
    Operation("xor", 2, Delay.GATE, widths.same_width, lambda op, a, w: a[0] ^ a[1], infix("^"),
              commutative=True, associative=True, bitwise=True, neutral=0, narrowed=True,
              significant=lambda op, bits, w: max(bits), demanded=_low_bits),
    Operation("select", 3, Delay.GATE, widths.choice, lambda op, a, w: a[1] if a[0] else a[2],
              lambda op, texts, w: f"{texts[0]} ? {texts[1]} : {texts[2]}", narrowed=True,
              significant=lambda op, bits, w: max(bits[1:]),
              demanded=lambda op, w, demand: [1, demand, demand]),
    # ---- sums, products, quotients ---------------------------------------------------------------------
    Operation("add", 2, Delay.CARRIED, widths.same_width, lambda op, a, w: a[0] + a[1], infix("+"),
              commutative=True, associative=True, neutral=0, narrowed=True,
              significant=lambda op, bits, w: max(bits) + 1, demanded=_low_bits),
    Operation("sub", 2, Delay.CARRIED, widths.same_width, lambda op, a, w: a[0] - a[1], infix("-"),
              narrowed=True, demanded=_low_bits),
    Operation("mul", 2, Delay.PRODUCT, widths.any_width,
              lambda op, a, w: arithmetic.product(a, w, op.value), spelling.product,
              commutative=True, narrowed=True, number=Number.SIGNS,
              significant=lambda op, bits, w: op.width if op.value else sum(bits), demanded=_low_bits),
    Operation("udiv", 2, Delay.DIVISION, widths.same_width, lambda op, a, w: quotient(a[0], a[1]),
              infix("/"), significant=lambda op, bits, w: bits[0]),
    Operation("sdiv", 2, Delay.DIVISION, widths.same_width,
              lambda op, a, w: quotient(signed(a[0], w[0]), signed(a[1], w[1])), signed_infix("/"),
              is_signed=True),
    Operation("urem", 2, Delay.DIVISION, widths.same_width, lambda op, a, w: remainder(a[0], a[1]),
              infix("%"), significant=lambda op, bits, w: bits[0]),
    Operation("srem", 2, Delay.DIVISION, widths.same_width,
              lambda op, a, w: remainder(signed(a[0], w[0]), signed(a[1], w[1])), signed_infix("%"),
              is_signed=True),
    # ---- shifts ----------------------------------------------------------------------------------------
    Operation("shl", 2, Delay.SHIFT, widths.same_width, lambda op, a, w: a[0] << a[1] if a[1] < w[0] else 0,
              infix("<<"), narrowed=True, demanded=lambda op, w, demand: [demand, op.width]),
    Operation("lshr", 2, Delay.SHIFT, widths.same_width, lambda op, a, w: a[0] >> a[1] if a[1] < w[0] else 0,
              infix(">>"), significant=lambda op, bits, w: bits[0]),
    Operation("ashr", 2, Delay.SHIFT, widths.same_width,
              lambda op, a, w: signed(a[0], w[0]) >> min(a[1], w[0] - 1),
              lambda op, texts, w: f"$signed({texts[0]}) >>> {texts[1]}", is_signed=True),
    # ---- comparisons -----------------------------------------------------------------------------------
    Operation("eq", 2, Delay.EQUALITY, widths.one_bit, lambda op, a, w: a[0] == a[1], infix("=="),
              commutative=True, comparison=True),
    Operation("ult", 2, Delay.CARRIED, widths.one_bit, lambda op, a, w: a[0] < a[1], infix("<"),
              comparison=True),
    Operation("ule", 2, Delay.CARRIED, widths.one_bit, lambda op, a, w: a[0] <= a[1], infix("<="),
              comparison=True),
    Operation("slt", 2, Delay.CARRIED, widths.one_bit,
              lambda op, a, w: signed(a[0], w[0]) < signed(a[1], w[1]), signed_infix("<"),
              comparison=True, is_signed=True),
    Operation("sle", 2, Delay.CARRIED, widths.one_bit,
              lambda op, a, w: signed(a[0], w[0]) <= signed(a[1], w[1]), signed_infix("<="),
              comparison=True, is_signed=True),
    # ---- accesses --------------------------------------------------------------------------------------
    Operation("load", 1, Delay.ACCESS, widths.any_width, touches=Touches.MEMORY, number=Number.PORT),
    Operation("store", 2, Delay.ACCESS, widths.word, touches=Touches.MEMORY, has_effect=True,
              has_value=False),
    Operation("available", 0, Delay.ACCESS, widths.one_bit, touches=Touches.STREAM),
    Operation("read", 0, Delay.ACCESS, widths.any_width, touches=Touches.STREAM, has_effect=True),
    Operation("write", 1, Delay.ACCESS, widths.word, touches=Touches.STREAM, has_effect=True,
              has_value=False),
)  # fmt: skip

OPERATIONS = {row.kind: row for row in _TABLE}


def kinds_that(asked: Callable[[Operation], bool]) -> frozenset[str]:
    """Kinds of operations of which something holds."""
    return frozenset(row.kind for row in _TABLE if asked(row))


WIRING = kinds_that(lambda row: row.delay is Delay.WIRING)
EXTENSIONS = kinds_that(lambda row: row.width_rule is widths.extended)
GATES = kinds_that(lambda row: row.delay is Delay.GATE)
LOGIC = GATES | kinds_that(lambda row: row.delay is Delay.INVERTER)
CARRIED = kinds_that(lambda row: row.delay is Delay.CARRIED)
DIVISIONS = kinds_that(lambda row: row.delay is Delay.DIVISION)
COMPARISONS = kinds_that(lambda row: row.comparison)
COMMUTATIVE = kinds_that(lambda row: row.commutative)
ASSOCIATIVE = kinds_that(lambda row: row.associative)
NARROWED = kinds_that(lambda row: row.narrowed)
INLINE = kinds_that(lambda row: row.is_inline)
PURE = kinds_that(lambda row: row.is_pure)
ACCESSES = kinds_that(lambda row: row.touches is not Touches.NOTHING)
MEMORY_ACCESSES = kinds_that(lambda row: row.touches is Touches.MEMORY)
STREAM_ACCESSES = kinds_that(lambda row: row.touches is Touches.STREAM)
EFFECTS = kinds_that(lambda row: row.has_effect)
WITHOUT_VALUE = kinds_that(lambda row: not row.has_value)
