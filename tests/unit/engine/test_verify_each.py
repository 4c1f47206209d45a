"""What every step makes is verified if that is asked for: by option, argument or variable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from asn2fpga.engine.__main__ import main
from asn2fpga.engine.compile import VERIFY_VARIABLE
from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.passes import pipeline

SOURCE = """#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>
void next_word(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8> >& out) { out.write(in.read() + 1); }
"""
COMPLAINT = (
    "error: after balance: process next_word_body, block next_block: "
    "%2: u9 = add %0 %1: the result must be as wide as the arguments, not u9 of u8 u8. "
    "This is a mistake of the engine; please report it with the C++.\n"
)


def broken_balance(process: Process) -> Process:
    """Makes a sum wider than its arguments."""
    number = next(number for number, op in process.ops.items() if op.kind == "add")
    return replace(process, ops={**process.ops, number: replace(process.ops[number], width=9)})


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    broken_balance.__name__ = "balance"
    monkeypatch.setattr(pipeline, "balance", broken_balance)
    monkeypatch.delenv(VERIFY_VARIABLE)
    (tmp_path / "next.cpp").write_text(SOURCE)
    return [str(tmp_path / "next.cpp"), "--top", "next_word", "--out", str(tmp_path / "out"), "--no-area"]


def test_the_option_names_the_pass(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--verify-each"]) == 1
    assert capsys.readouterr().err == COMPLAINT


def test_the_variable_does_too(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VERIFY_VARIABLE, "1")
    assert main(arguments) == 1
    assert capsys.readouterr().err == COMPLAINT


def test_nothing_is_verified_unasked(arguments: list[str]) -> None:
    assert main(arguments) == 0
