"""C++ as engineers write it, read as programs: a file is a kernel, with a top function of its name."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

from fuzz.program import Function, Port, Program
from fuzz.regressions import random_inputs

_INCLUDE = re.compile(r"^#include [<\"]([\w./]+)[>\"]$", re.MULTILINE)
_DEFINE = re.compile(r"^#define (\w+)", re.MULTILINE)
_STREAM = re.compile(r"hls::stream<ap_(u?)int<(\d+)>\s*>\s*&\s*(\w+)")
_VALUE = re.compile(r"(?:^|,)\s*(?:const )?(ap_u?int<(\d+)>|int|unsigned|short|bool) (\w+)")
_EVERYWHERE = ("ap_int.h", "ap_shift_reg.h", "engine.h", "hls_stream.h")


def read_kernel(path: Path) -> Program:
    """The program of a file; random input. Streams that are read are those called `in...`."""
    text, name = path.read_text(), path.stem
    found = re.search(rf"^void {name}\(([^)]*)\)", text, re.MULTILINE)
    assert found, f"{path}: there must be a top function void {name}(...)"
    ports = tuple(
        Port(port, "in" if port.startswith("in") else "out", int(width), not unsigned)
        for unsigned, width, port in _STREAM.findall(found[1])
    )
    source = "\n".join(
        [
            f"namespace {name}_kernel {{",
            _INCLUDE.sub("", text),
            "}",
            f"using {name}_kernel::{name};",
            *(f"#undef {macro}" for macro in _DEFINE.findall(text)),
        ]
    )
    includes = tuple(header for header in _INCLUDE.findall(text) if header not in _EVERYWHERE)
    program = Program(name, 0, (Function(name, ports, {}, ()),), source=source, includes=includes)
    rng = random.Random(name)
    return replace(program, inputs=random_inputs(program, rng), values=_values(found[1], rng))


def _values(parameters: str, rng: random.Random) -> dict[str, tuple[int, int]]:
    """Arguments that are no streams: small numbers, which stay as they are."""
    widths = {"int": 32, "unsigned": 32, "short": 16, "bool": 1}
    return {
        name: (bits, rng.randint(0, 9) % (1 << bits))
        for type_, width, name in _VALUE.findall(parameters)
        for bits in [int(width or 0) or widths[type_]]
    }
