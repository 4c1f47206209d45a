"""Which constructs random programs use, counted in their text: `make fuzz-coverage`."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from fuzz.generator import generate
from fuzz.program import Group, Program, Statement, render

_WIDTH = re.compile(r"ap_u?int<(\d+)>")
_DATA_BOUND = r"for \(int (i\d+) = 0; \1 < ap_"
_CONSTRUCTS = {
    "function template": r"_(?:least|greatest|magnitude|turned)<\w",
    "minimum, maximum, absolute value": r"_(?:least|greatest|magnitude)<ap",
    "inlined function": r"_mix\d\(ap_u?int<\d+>\(",
    "inlined function that changes its argument": r"^ +p\d+_follow\(",
    "struct between processes": r"packet = \w+\.read\(\)",
    "counted loop": r"for \(int i\d+ = -?\d+; i\d+ (?:<|>=) -?\d+;",
    "loop with a bound from data": _DATA_BOUND,
    "while loop with breaks": r"while \(true\)",
    "do loop": r"\} while \(",
    "loop that begins anew from within": r"  starti\d+ =",
    "test made before a loop and in it": r"if \(flagi\d+\)",
    "loop that ends by a variable": r"while \(!done",
    "counter with an end": r"if \(count\d+ ",
    "unrolled loop": r"HLS_UNROLL_BEFORE",
    "pipelined loop": r"\{\n +HLS_PIPELINE",
    "pipelined process": r"^  HLS_PIPELINE",
    "break": r"\bbreak;",
    "continue": r"\bcontinue;",
    "early return": r"\breturn;",
    "if with else": r"\} else \{",
    "switch": r"\bswitch \(",
    "conditional read": r"(?m)^ {4,}.*\.read\(",
    "conditional write": r"(?m)^ {4,}.*\.write\(",
    "array, static": r"static ap_u?int<\d+> \w+\[",
    "array, two dimensions": r"static ap_u?int<\d+> \w+\[\d+\]\[",
    "array, initialised": r"static ap_u?int<\d+> \w+\[\d+\] = ",
    "array, local": r"  ap_u?int<\d+> local\d\[",
    "array, local, two dimensions": r"  ap_u?int<\d+> local\d\[\d+\]\[",
    "row chosen at run time": r"\w+\[(?:i\d+|ap_u?int)[^\]]*\]\[",
    "array as registers": r"HLS_PARTITION",
    "ROM": r"static const",
    "bypassed array": r"HLS_BYPASS",
    "dependence distance": r"HLS_DEPENDENCE_DISTANCE",
    "independent iterations": r"HLS_INDEPENDENT",
    "static variable": r"static ap_u?int<\d+> v",
    "range, read": r"\.range\(\d+, \d+\)\)",
    "range, written": r"\.range\(\d+, \d+\) =",
    "bit, read": r"ap_uint<1>\(\w+\[",
    "bit, written": r"^ +v\d\[int\(.*\)\] =",
    "addition, subtraction": r" [+-] ",
    "multiplication": r" \* ",
    "division by a constant": r" [/%] ap_u?int<\d+>\(\d+\)",
    "division by a variable": r" [/%] ap_u?int<\d+>\([^)]*\(",
    "shift by a constant": r" (?:<<|>>) \d",
    "shift by a variable": r" (?:<<|>>) ap_",
    "comparison": r" (?:<|<=|>|>=|==|!=) ",
    "choice": r" \? ",
    "logic": r" [&|^] ",
    "negation": r"\([~-]",
    "increment": r"(?:\+\+|--);",
    "compound assignment": r" (?:\+|-|\^|\||&)= ",
}  # fmt: skip
_SHAPES: dict[str, Callable[[Program], bool]] = {
    "several processes": lambda program: len(program.functions) > 1,
    "fork of streams": lambda program: any(
        len(_links(program, function.name, "out")) > 1 for function in program.functions
    ),
    "join of streams": lambda program: any(
        len(_links(program, function.name, "in")) > 1 for function in program.functions
    ),
    "nested loops": lambda program: any(
        _nested_loops(function.body, False) for function in program.functions
    ),
    "several inputs": lambda program: len(program.inputs) > 1,
    "several outputs": lambda program: sum(port.direction == "out" for port in program.outer()) > 1,
}


def _links(program: Program, process: str, direction: str) -> list[str]:
    inner = {port.name for port in program.inner()}
    (function,) = (function for function in program.functions if function.name == process)
    return [port.name for port in function.ports if port.direction == direction and port.name in inner]


def _nested_loops(statements: tuple[Statement, ...], inside: bool) -> bool:
    for group in statements:
        if isinstance(group, Group):
            loop = group.head.startswith(("for", "while", "do"))
            if (inside and loop) or _nested_loops(group.body + group.otherwise, inside or loop):
                return True
    return False


class Coverage:
    """Counts programs by construct, and the widths that occur."""

    def __init__(self) -> None:
        self.programs = 0
        self.counts: Counter[str] = Counter({name: 0 for name in (*_SHAPES, *_CONSTRUCTS)})
        self.widths: Counter[int] = Counter()

    def add(self, program: Program) -> None:
        """Count one program."""
        text = render(replace(program, head=""))
        self.programs += 1
        self.counts.update(name for name, holds in _SHAPES.items() if holds(program))
        self.counts.update(
            name for name, pattern in _CONSTRUCTS.items() if re.search(pattern, text, re.MULTILINE)
        )
        self.widths.update({int(width) for width in _WIDTH.findall(text)})

    def table(self) -> str:
        """One line a construct; the widths that are missing."""
        lines = [
            f"{count:7d} {100 * count / max(1, self.programs):5.1f} %  {name}"
            for name, count in self.counts.items()
        ]
        present = [width for width in range(1, 257) if self.widths[width]]
        return "\n".join(
            [f"{self.programs} programs", *lines, f"{len(present)} of the widths 1 to 256 are written out"]
        )


def main() -> int:
    """Count the constructs of the programs of consecutive seeds; 1 if one never occurs."""
    parser = argparse.ArgumentParser(prog="fuzz.coverage", description=main.__doc__)
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first program")
    options = parser.parse_args()
    coverage = Coverage()
    for seed in range(options.seed, options.seed + options.programs):
        coverage.add(generate(seed, f"p{seed}"))
    print(coverage.table())
    return int(not all(coverage.counts.values()))


if __name__ == "__main__":
    raise SystemExit(main())
