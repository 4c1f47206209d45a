"""Random expressions through both header sets: Xilinx's open ap_int.h and the embedded engine's shim."""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.toolchain import process
from fuzz import fixed_point
from fuzz.batch import SIM, TIMEOUT_SECONDS, build_native
from fuzz.expressions import Expressions, Scope, Value, Variable
from fuzz.program import type_name
from fuzz.widths import AllWidths

BATCH = 100
_LITERALS = ("0", "1", "-1", "5", "-37", "255u", "4000000000u", "70000ll", "(1ull << 63)", "true",
             "(short)-9",
             "(unsigned char)200", "(signed char)-3")  # fmt: skip


class ShimExpressions(Expressions):
    """Expressions mixed with C++ literals of all built-in types."""

    def width(self) -> int:
        return self.rng.choice([self.rng.randint(1, 10), self.rng.randint(1, 70), self.rng.randint(1, 130)])

    def _makers(self) -> list[Callable[[int], Value]]:
        return [
            *super()._makers(),
            self._with_literal,
            self._with_literal,
            self._plus,
            self._shift_either_way,
            self._shift_either_way,
            self._truth,
            self._reduced,
        ]

    def _with_literal(self, depth: int) -> Value:
        a, literal = self.expression(depth), self.rng.choice(_LITERALS)
        operator = self.rng.choice(["+", "-", "*", "&", "|", "^"])
        texts = (a.text, literal) if self.rng.random() < 0.5 else (literal, a.text)
        if operator == "*" and a.width > 150:
            operator = "+"
        return Value(f"({texts[0]} {operator} {texts[1]})", a.width + 65, True)

    def _shift_either_way(self, depth: int) -> Value:
        """By an amount that may be negative or past the width, also of a built-in type."""
        a, amount = self.expression(depth), self.cast(self.expression(depth), self.up_to(10))
        if not a.part:
            a = self.cast(a, a.width, a.signed)
        text = self.rng.choice(
            [amount.text, f"int({amount.text})", f"(long long)({amount.text})", "-3", "70000ll"]
        )
        if a.part and text != amount.text:
            a = self.cast(a, a.width, a.signed)
        return Value(f"({a.text} {self.rng.choice(['<<', '>>'])} {text})", a.width, a.signed)

    def _plus(self, depth: int) -> Value:
        a = self.expression(depth)
        return Value(f"(+{a.text})", a.width, a.signed)

    def _truth(self, depth: int) -> Value:
        return Value(f"ap_uint<1>(!{self.expression(depth).text})", 1, False)

    def _reduced(self, depth: int) -> Value:
        variable, kind = self.rng.choice(self.scope.variables), self.rng.choice(["and", "or", "xor"])
        name = f"ap_uint<{variable.width}>({variable.name})" if kind == "xor" else variable.name
        return Value(f"ap_uint<1>({name}.{kind}_reduce())", 1, False)

    def _divide(self, depth: int) -> Value:
        """By no more than 31 bits where types are wider than 64: Xilinx's long division has a mistake.

        It forgets a carry where it corrects a digit (etc/ap_private.h, KnuthDiv): 2^96 - 16 modulo 2^95 - 1
        is 13 there. test_wide_division.py holds the engine's headers against exact integers.
        """
        a, b = self.expression(depth), self.expression(depth)
        a, b = self.cast(a, self.rng.randint(1, 128)), self.cast(b, self.rng.randint(2, 128))
        width, signed = b.width, b.signed
        if max(a.width, b.width) > 63:
            b = self.cast(b, min(b.width, 31), False)
        divisor = Value(
            f"{type_name(width, signed)}({b.text} | {type_name(width, signed)}(1))", width, signed
        )
        if self.rng.random() < 0.5:
            return Value(f"({a.text} / {divisor.text})", a.width + signed, a.signed or signed)
        return Value(
            f"({a.text} % {divisor.text})", min(a.width, width + (not signed and a.signed)), a.signed
        )


def block(seed: int) -> str:
    """One block of C++: variables, an expression shown bare, assigned, compounded, stepped."""
    rng = random.Random(seed)
    scope = Scope()
    make = ShimExpressions(rng, scope, AllWidths())
    lines = []
    for number in range(3):
        width, signed = make.width(), rng.random() < 0.5
        scope.variables.append(Variable(f"v{number}", width, signed))
        bits = rng.choice([rng.getrandbits(width), (1 << width) - 1, 1 << (width - 1), 0, rng.getrandbits(2)])
        lines.append(
            f'{type_name(width, signed)} v{number} = from_digits<{type_name(width, signed)} >("{bits:x}");'
        )
    lines.append(f"show({make.expression(rng.randint(1, 3)).text});")
    target = rng.choice(scope.variables).name
    lines.append(f"{target} = {make.expression(2).text}; show({target});")
    operator = rng.choice(["+=", "-=", "*=", "&=", "|=", "^="])
    lines.append(f"{target} {operator} {make.expression(1).text}; show({target});")
    lines.append(
        f"{rng.choice(['++', '--'])}{target}; show({target}); "
        f"{target}{rng.choice(['++', '--'])}; show({target});"
    )
    lines.append(f"show({make.condition(2)});")
    variable = rng.choice(scope.variables)
    low = rng.randrange(variable.width)
    high = rng.randrange(low, variable.width)
    lines.append(f"{variable.name}.range({high}, {low}) = {make.expression(2).text}; show({variable.name});")
    lines.append(
        f"{variable.name}[{rng.randrange(variable.width)}] = {make.condition(1)}; show({variable.name});"
    )
    lines.append(
        f"{variable.name} {rng.choice(['<<=', '>>='])} {rng.randrange(variable.width)}; "
        f"show({variable.name});"
    )
    lines += _calls(rng, variable)
    lines.append(_literal(rng, make.width()))
    return "\n".join([f"void block{seed}() {{", *(f"  {line}" for line in lines), "}"])


def _calls(rng: random.Random, variable: Variable) -> list[str]:
    """Member functions that change a variable, or look at it."""
    name, bit = variable.name, rng.randrange(variable.width)
    value = rng.choice(["true", "false"])
    rotations = [] if variable.signed else [f"lrotate({bit})", f"rrotate({bit})"]
    changes = ["reverse()", *rotations, f"set({bit})", f"set({bit}, {value})",
               f"set_bit({bit}, {value})", f"clear({bit})", f"invert({bit})", "b_not()"]  # fmt: skip
    looks = ["countLeadingZeros()", f"get_bit({bit})", "sign()", "iszero()", "is_zero()", "nor_reduce()",
             "to_long()", "to_ulong()", "to_short()", "to_ushort()", "to_char()", "to_uchar()"]  # fmt: skip
    lines = [f"{name}.{change}; show({name});" for change in rng.sample(changes, 4)]
    return lines + [f"show(ap_int<70>({name}.{look}));" for look in rng.sample(looks, 4)]


def _literal(rng: random.Random, width: int) -> str:
    """An integer from a string literal that fits, with its base as an argument or as a prefix."""
    base, letter, prefix = rng.choice([(2, "b", "0b"), (8, "o", "0o"), (10, "d", "0d"), (16, "x", "0x")])
    number = rng.getrandbits(max(1, width - 4))
    digits = f"{number}" if base == 10 else f"{number:{letter}}"
    sign = rng.choice(["", "-"])
    argument = rng.choice([f'"{sign}{prefix}{digits}"', f'"{sign}{digits}", {base}'])
    return f"show({type_name(width, rng.random() < 0.5)}({argument}));"


@dataclass(frozen=True)
class Difference:
    """A block whose printed lines differ."""

    seed: int
    line: int
    xilinx: str
    shim: str


def compare(
    seeds: range, work: Path, block: Callable[[int], str] = block, reference: str = "xilinx"
) -> list[Difference]:
    """Compile the blocks of these seeds with both header sets, run both, list each first difference."""
    work.mkdir(parents=True, exist_ok=True)
    calls = [f'  printf("block {seed}\\n"); block{seed}();' for seed in seeds]
    source = work / "blocks.cpp"
    head = "#include <ap_fixed.h>\n" * (reference != "xilinx")
    source.write_text(
        "\n".join(
            [
                f'{head}#include "show_integers.h"',
                *map(block, seeds),
                "int main() {",
                "  setvbuf(stdout, 0, _IOLBF, 1 << 16);",
                *calls,
                "}",
                "",
            ]
        )
    )
    xilinx = _run(source, work / "xilinx", reference)
    shim = _run(source, work / "shim", "shim")
    return [found for seed in seeds for found in _differences(seed, xilinx[seed], shim[seed])]


def _run(source: Path, program: Path, reference: str) -> dict[int, list[str]]:
    build_native(source, program, [SIM], reference)
    log = program.with_suffix(".log")
    process.run([program], cwd=program.parent, log=log, timeout_seconds=TIMEOUT_SECONDS)
    blocks: dict[int, list[str]] = {}
    lines: list[str] = []
    for line in log.read_text().splitlines():
        if line.startswith("block "):
            blocks[int(line.split()[1])] = lines = []
        elif not line.upper().startswith("WARNING"):  # Xilinx's opinion on operands of two widths
            lines.append(line)
    return blocks


def _differences(seed: int, xilinx: list[str], shim: list[str]) -> list[Difference]:
    for number, (expected, got) in enumerate(zip(xilinx, shim, strict=True)):
        if expected != got:
            return [Difference(seed, number, expected, got)]
    return []


def main() -> int:
    """Compare blocks of consecutive seeds; print every difference with its block; 1 if there was one."""
    parser = argparse.ArgumentParser(prog="fuzz.shim", description=main.__doc__)
    parser.add_argument("--blocks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first block")
    parser.add_argument("--fixed", action="store_true", help="fixed-point numbers instead of integers")
    options = parser.parse_args()
    make = fixed_point.block if options.fixed else block
    reference = "xilinx with fixed point" if options.fixed else "xilinx"
    found, end = 0, options.seed + options.blocks
    for start in range(options.seed, end, BATCH):
        with tempfile.TemporaryDirectory() as work:
            seeds = range(start, min(start + BATCH, end))
            differences = compare(seeds, Path(work), make, reference)
        found += len(differences)
        for difference in differences:
            print(f"{difference}\n{make(difference.seed)}")
        print(f"blocks {options.seed}..{min(start + BATCH, end) - 1}: {found} differences", flush=True)
    return int(found > 0)


if __name__ == "__main__":
    raise SystemExit(main())
