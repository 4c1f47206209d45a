"""C++ files of processes, read as programs: every bug that fuzzing found is kept as one of them."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

from fuzz.program import Function, Line, Port, Program

WORDS = 48
_PROCESS = re.compile(r"HLS_PROCESS void p_(\w)\(([^)]*)\) \{\n(.*?)\n\}", re.DOTALL)
_STREAM = re.compile(r"hls::stream<(?:ap_(u?)int<(\d+)> |(\w+))>& (\w+)")
_HEAD = re.compile(
    r"^(?:#define [^\n]*\n|(?:struct|class|template|HLS_INLINE|static) .*?^\}[^\n]*\n)",
    re.DOTALL | re.MULTILINE,
)


def read_program(path: Path) -> Program:
    """The program of a file with processes `p_a`, `p_b` in order of the data flow; random input."""
    text = path.read_text()
    functions = []
    for letter, parameters, body in _PROCESS.findall(text):
        ports = tuple(
            Port(
                name,
                "in" if name.startswith("in") or f"{name}.read(" in body else "out",
                int(width or 0),
                not unsigned,
                record,
            )
            for unsigned, width, record, name in _STREAM.findall(parameters)
        )
        functions.append(Function(f"{path.stem}_{letter}", ports, {}, (Line(body, keep=True),)))
    program = Program(path.stem, 0, tuple(functions), head="".join(_HEAD.findall(text)))
    return replace(program, inputs=random_inputs(program, random.Random(path.stem)))


def random_inputs(program: Program, rng: random.Random) -> dict[str, list[int]]:
    """Words for every input stream of the top function: small ones, extremes and any."""
    return {port.name: _words(rng, port.width) for port in program.outer() if port.direction == "in"}


def _words(rng: random.Random, width: int) -> list[int]:
    full = (1 << width) - 1
    choices = [lambda: rng.getrandbits(width), lambda: rng.randint(0, 3) & full, lambda: 0, lambda: full]
    return [rng.choices(choices, [6, 3, 1, 1])[0]() for _ in range(WORDS)]
