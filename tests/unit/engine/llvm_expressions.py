"""Random expressions as LLVM IR, with what they mean bit by bit, and the Verilog the engine makes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import llvmlite.binding as llvm
from bit_level import ONE, ZERO, Bits, Gates

from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.passes.pipeline import simplify
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.schedule.scheduler import schedule_process
from asn2fpga.engine.target.delays import delay_model
from asn2fpga.engine.verilog.process import emit_process

ARITHMETIC = ("add", "sub", "mul", "and", "or", "xor")
DIVISIONS = ("udiv", "urem", "sdiv", "srem")
SHIFTS = ("shl", "lshr", "ashr")
COMPARISONS = tuple(
    f"icmp {name}" for name in ("eq", "ne", "ult", "ule", "ugt", "uge", "slt", "sle", "sgt", "sge")
)
THREE_WAY = ("scmp", "ucmp")
WITH_A_FLAG = ("abs", "ctlz", "cttz")
SATURATING = ("uadd.sat", "usub.sat", "sadd.sat", "ssub.sat")
INTRINSICS = ("umin", "umax", "smin", "smax", *WITH_A_FLAG, *SATURATING, *THREE_WAY)
CASTS = ("zext", "sext", "trunc")
KINDS = (*ARITHMETIC, *DIVISIONS, *SHIFTS, *COMPARISONS, *INTRINSICS, *CASTS, "select")
ENDLESS_NS = 100_000.0  # a clock so slow that everything fits in one stage: the datapath is combinational


@dataclass(frozen=True)
class Value:
    """An LLVM value and its bits."""

    name: str
    width: int
    bits: Bits


@dataclass
class Expression:
    """A process that reads one word, computes, writes one word."""

    name: str
    input_bits: int
    values: list[Value] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    gates: Gates = field(default_factory=Gates)

    def new(self, text: str, width: int, bits: Bits) -> Value:
        """Enter an instruction."""
        value = Value(f"%v{len(self.lines)}", width, bits)
        self.lines.append(f"  {value.name} = {text}")
        self.values.append(value)
        return value

    def constant(self, number: int, width: int) -> Value:
        """A literal."""
        return Value(str(number), width, [ONE if number >> bit & 1 else ZERO for bit in range(width)])

    def field(self, low: int, width: int) -> Value:
        """Some bits of the word read."""
        moved = self.new(f"lshr i{self.input_bits} %word, {low}", self.input_bits, [])
        self.values.remove(moved)
        return self.new(
            f"trunc i{self.input_bits} {moved.name} to i{width}",
            width,
            [f"word[{low + bit}]" for bit in range(width)],
        )

    def cast(self, kind: str, a: Value, width: int) -> Value:
        """zext, sext or trunc; the same value if the width is the same."""
        if a.width == width:
            return a
        fill = ZERO if kind == "zext" else a.bits[-1]
        bits = (a.bits + [fill] * width)[:width]
        return self.new(f"{kind} i{a.width} {a.name} to i{width}", width, bits)

    def resized(self, a: Value, width: int, kind: str = "zext") -> Value:
        """`a` with so many bits."""
        return self.cast("trunc" if width < a.width else kind, a, width)

    def apply(self, kind: str, a: Value, b: Value, c: Value) -> Value:
        """One operation of its operands, made fit for it: no division by zero, no shift beyond the width."""
        width = a.width
        b = self.resized(b, width)
        if kind in DIVISIONS:
            return self._divide(kind, a, b)
        if kind in SHIFTS:
            b = self._binary("and", b, self.constant((1 << (width.bit_length() - 1)) - 1, width))
        if kind == "select":
            c = self.resized(c, 1)
            bits = self.gates.operation("select", c.bits, a.bits, b.bits)
            return self.new(f"select i1 {c.name}, i{width} {a.name}, i{width} {b.name}", width, bits)
        if kind in CASTS:
            return self.cast(kind, a, max(1, width - 2) if kind == "trunc" else width + 2)
        if kind in INTRINSICS:
            return self._intrinsic(kind, a, b)
        return self._binary(kind, a, b)

    def _binary(self, kind: str, a: Value, b: Value) -> Value:
        bits = self.gates.operation(kind, a.bits, b.bits)
        return self.new(f"{kind} i{a.width} {a.name}, {b.name}", len(bits), bits)

    def _divide(self, kind: str, a: Value, b: Value) -> Value:
        """Signed ones get a bit more, because the smallest number by -1 is undefined."""
        b = self._binary("or", b, self.constant(1, b.width))
        if kind.startswith("s"):
            a, b = self.cast("sext", a, a.width + 1), self.cast("sext", b, b.width + 1)
        return self._binary(kind, a, b)

    def _intrinsic(self, kind: str, a: Value, b: Value) -> Value:
        width = a.width
        second = "i1 false" if kind in WITH_A_FLAG else f"i{width} {b.name}"
        args = (a.bits,) if kind in WITH_A_FLAG else (a.bits, b.bits)
        bits = self.gates.operation(kind, *args)
        result, name = len(bits), f"i2.i{width}" if kind in THREE_WAY else f"i{width}"
        return self.new(f"call i{result} @llvm.{kind}.{name}(i{width} {a.name}, {second})", result, bits)

    # ---- as text ---------------------------------------------------------------------------------------

    def llvm(self) -> str:
        """The LLVM function; its last value is what it writes."""
        result = self.values[-1]
        access = "call void @asn_stream_access(ptr {}, i32 {}, i32 0, i32 0, i32 0, i32 0, i32 0, i32 0)"
        return "\n".join(
            [
                f"define void @{self.name}(ptr %source, ptr %result) {{",
                f"  {access.format('%source', self.input_bits)}",
                f"  %word = load volatile i{self.input_bits}, ptr %source",
                *self.lines,
                f"  {access.format('%result', result.width)}",
                f"  store volatile i{result.width} {result.name}, ptr %result",
                "  ret void",
                "}",
            ]
        )

    def reference(self) -> str:
        """Module gold_NAME: what it means."""
        result = self.values[-1]
        return "\n".join(
            [
                f"module gold_{self.name} (input [{self.input_bits - 1}:0] word, "
                f"output [{result.width - 1}:0] result);",
                *self.gates.lines,
                f"  assign result = {{{', '.join(reversed(result.bits))}}};",
                "endmodule",
            ]
        )

    def wrapper(self) -> str:
        """Module gate_NAME: the emitted module as a function of the word it reads."""
        return "\n".join(
            [
                f"module gate_{self.name} (input [{self.input_bits - 1}:0] word, "
                f"output [{self.values[-1].width - 1}:0] result);",
                f"  {self.name} process (.ap_clk(1'b0), .ap_rst_n(1'b1),",
                "    .source_valid(1'b1), .source_ready(), .source_data(word),",
                "    .result_valid(), .result_ready(1'b1), .result_data(result));",
                "endmodule",
            ]
        )


def one_operation(name: str, kind: str, width: int) -> Expression:
    """Two operands of a width, and a bit."""
    made = Expression(name, 2 * width + 1)
    made.apply(kind, made.field(0, width), made.field(width, width), made.field(2 * width, 1))
    return made


def random_expression(name: str, rng: random.Random, operations: int = 7) -> Expression:
    """Operations of what was computed before, of constants, and of bits read."""
    made = Expression(name, 12)
    for width in (rng.randint(1, 6), rng.randint(1, 6)):
        made.field(rng.randint(0, 12 - width), width)
    for _ in range(operations):
        a, b, c = (rng.choice(made.values) for _ in range(3))
        if rng.random() < 0.3:
            b = made.constant(rng.getrandbits(a.width), a.width)
        if a.width > 8:
            a = made.resized(a, 6)
        made.apply(rng.choice(KINDS), a, b, c)
    return made


def emitted(expressions: list[Expression]) -> str:
    """The engine's Verilog of all of them."""
    declared = ["declare void @asn_stream_access(ptr, i32, i32, i32, i32, i32, i32, i32)"]
    text = "\n".join([*(made.llvm() for made in expressions), *declared, *_intrinsics(expressions)])
    module = parse_module(str(llvm.parse_assembly(text)))
    delays = delay_model("xc7z020clg400-1", ENDLESS_NS)
    modules = []
    for made in expressions:
        function = next(found for found in module.functions.values() if found.name == made.name)
        process = simplify(read_process(module, function, Locations(module), endless=True), delays)
        modules.append(emit_process(process, schedule_process(process, delays)))
    return "\n".join(modules)


def _intrinsics(expressions: list[Expression]) -> list[str]:
    used = {
        (word.removeprefix("@").split("(")[0], word.split("(")[1])
        for made in expressions
        for line in made.lines
        for word in line.split()
        if word.startswith("@llvm.")
    }
    return [_declaration(name, kind) for name, kind in sorted(used)]


def _declaration(name: str, kind: str) -> str:
    base = name.removeprefix("llvm.").partition(".i")[0]
    result = "i2" if base in THREE_WAY else kind
    return f"declare {result} @{name}({kind}, {'i1' if base in WITH_A_FLAG else kind})"
