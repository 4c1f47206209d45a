"""Proofs by SAT (Yosys): emitted datapaths equal LLVM's operations for all inputs of small widths."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import pytest

from asn2fpga.errors import ToolError
from asn2fpga.synthesis import yosys

sys.path.insert(0, str(Path(__file__).parent))
from llvm_expressions import (
    DIVISIONS,
    KINDS,
    Expression,
    emitted,
    one_operation,
    random_expression,
)

WIDTHS, COSTLY_WIDTHS = (1, 2, 5, 12), (1, 2, 4, 5)


def prove(expressions: list[Expression], folder: Path, emitted_text: str) -> None:
    """Raise ToolError unless the emitted modules equal their references for every input."""
    design, log = folder / "design.sv", folder / "yosys.log"
    pieces = [text for made in expressions for text in (made.reference(), made.wrapper())]
    design.write_text("\n".join([emitted_text, *pieces, ""]))
    passes = [yosys.read_verilog([design]), "proc"]
    for made in expressions:
        gold, gate, miter = f"gold_{made.name}", f"gate_{made.name}", f"miter_{made.name}"
        passes += [f"flatten {gate}", f"opt_clean {gate}", f"miter -equiv -flatten {gold} {gate} {miter}"]
        passes += [f"opt_clean {miter}", f"sat -verify -prove trigger 0 {miter}"]
    yosys.run_passes(passes, folder / "prove.ys", folder, log, timeout_seconds=300)
    assert log.read_text().count("SAT proof finished - no model found: SUCCESS!") == len(expressions)


def test_every_operation_equals_llvm_for_all_inputs(tmp_path: Path) -> None:
    expressions = [
        one_operation(f"p_{re.sub('[ .]', '_', kind)}_{width}", kind, width)
        for kind in KINDS
        for width in (COSTLY_WIDTHS if kind in (*DIVISIONS, "mul") else WIDTHS)
        if not (width == 1 and kind == "trunc")
    ]
    prove(expressions, tmp_path, emitted(expressions))


def test_random_expressions_equal_llvm_for_all_inputs(tmp_path: Path) -> None:
    rng = random.Random(20)
    expressions = [random_expression(f"p_{number}", rng) for number in range(40)]
    prove(expressions, tmp_path, emitted(expressions))


def test_the_proof_notices_a_wrong_operator(tmp_path: Path) -> None:
    made = one_operation("p_add", "add", 4)
    text = emitted([made])
    assert text.count(" + ") == 1
    with pytest.raises(ToolError):
        prove([made], tmp_path, text.replace(" + ", " - "))
