"""Quotients of more than 64 bits by the engine's headers: exact, as those by Xilinx's are not always."""

from __future__ import annotations

import random
from pathlib import Path

from asn2fpga.toolchain import process
from fuzz.batch import SIM, TIMEOUT_SECONDS, build_native
from fuzz.program import type_name

CASES = 60


def test_wide_divisions_are_exact(tmp_path: Path) -> None:
    rng = random.Random(11)
    lines, expected = [], []
    for _ in range(CASES):
        (a_type, a), (b_type, b) = (_operand(rng) for _ in range(2))
        lines.append(f'{{ {a_type} a = from_digits<{a_type} >("{a[1]:x}");')
        lines.append(f'  {b_type} b = from_digits<{b_type} >("{b[1]:x}");')
        lines.append("  show(ap_int<320>(a / b)); show(ap_int<320>(a % b)); }")
        quotient = abs(a[0]) // abs(b[0]) * (1 if (a[0] < 0) == (b[0] < 0) else -1)
        expected += [_shown(quotient), _shown(a[0] - quotient * b[0])]
    source = tmp_path / "divisions.cpp"
    source.write_text("\n".join(['#include "show_integers.h"', "int main() {", *lines, "}"]))
    build_native(source, tmp_path / "divisions", [SIM], "shim")
    log = tmp_path / "divisions.log"
    process.run([tmp_path / "divisions"], cwd=tmp_path, log=log, timeout_seconds=TIMEOUT_SECONDS)
    assert log.read_text().splitlines() == expected


def _operand(rng: random.Random) -> tuple[str, tuple[int, int]]:
    """A C++ type of more than 64 bits, and (value, bits) of one that is not 0.

    Mixed signs follow Xilinx's rules, which test_differential.py holds; here both operands are signed.
    """
    width = rng.randint(65, 300)
    bits = rng.choice([rng.getrandbits(width), (1 << width) - rng.randint(1, 99), rng.getrandbits(80) | 1])
    bits = bits % (1 << width) or 1
    return type_name(width, True), (bits - (bits >> (width - 1) << width), bits)


def _shown(value: int) -> str:
    return f"320 s {value % (1 << 320):080x}"
