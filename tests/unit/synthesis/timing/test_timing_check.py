"""The check from the engine's folder to the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.engine.__main__ import main as compile_cpp
from asn2fpga.synthesis.timing.__main__ import main as check

CPP = """\
#include "hls_stream.h"
#include "ap_int.h"

void scale(hls::stream<ap_uint<16> >& words, hls::stream<ap_uint<32> >& products) {
  for (int i = 0; i < 8; i++) {
    const ap_uint<16> word = words.read();
    products.write(word * word);
  }
}
"""


def test_stand_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The longest path goes through the multiplier, and names its line."""
    source, out = tmp_path / "scale.cpp", tmp_path / "out"
    source.write_text(CPP)
    assert compile_cpp([str(source), "--top", "scale", "--out", str(out), "--no-area"]) == 0
    capsys.readouterr()
    assert check([str(out), "--paths", "1"]) == 0
    text = capsys.readouterr().out
    first, second = text.splitlines()[:2]
    assert first.startswith("longest path of the netlist ")
    assert second.startswith("the schedule's estimate ")
    assert "DSP48E1" in text
    assert "scale.cpp:7" in text


def test_a_folder_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"error: DIR {tmp_path}: the folder must hold a report.json of asn2fpga-hls; run that first.\n"
    )
