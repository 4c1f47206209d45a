"""Passes as pairs of text: pairs/PASS-WHAT.ir holds a process before a pass, `---`, and the process after it.

`pytest --update-golden` writes the second half; read it like code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from golden_text import Golden

from asn2fpga.engine.ir.parse import parse_process
from asn2fpga.engine.ir.printed import format_process
from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.ir.verify import verify
from asn2fpga.engine.passes.dead_code import remove_dead_code
from asn2fpga.engine.passes.flatten import flatten
from asn2fpga.engine.passes.handshake import add_handshake
from asn2fpga.engine.passes.look_ahead import look_ahead
from asn2fpga.engine.passes.pipeline import passes
from asn2fpga.engine.target.delays import delay_model

PART = "xc7z020clg400-1"
CLOCKS = {"fit_clock": 4.0, "split_tables": 6.0}  # other passes see 10 ns
OTHERS: dict[str, Callable[[Process], Process | None]] = {
    "add_handshake": add_handshake,
    "flatten": lambda process: flatten(process, "turns"),
    "look_ahead": lambda process: look_ahead(process, "turns"),
    "remove_dead_code": remove_dead_code,
}
PAIRS = sorted((Path(__file__).parent / "pairs").glob("*.ir"))


def step_called(name: str) -> Callable[[Process], Process | None]:
    """A pass of the pipeline, or a part of one."""
    steps = {step.__name__: step for step in passes(delay_model(PART, CLOCKS.get(name, 10.0)))}
    return (OTHERS | steps)[name]


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_a_pass_makes_of_one_process_the_other(path: Path, golden: Golden) -> None:
    head, _, _ = path.read_text().partition("---\n")
    before = "".join(line for line in head.splitlines(keepends=True) if not line.startswith("#"))
    process = verify(parse_process(before), "parsing")
    assert format_process(process) == before
    name = path.stem.split("-")[0]
    after = step_called(name)(process)
    assert after is not None
    golden(path, f"{head}---\n{format_process(verify(after, name))}")


def test_every_pass_has_a_pair() -> None:
    named = {path.stem.split("-")[0] for path in PAIRS}
    assert named == {step.__name__ for step in passes(delay_model(PART, 10.0))} | OTHERS.keys()
